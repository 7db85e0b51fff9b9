"""A whole round of a county by the commands, as its different people: from visits to filed ledgers, each refused what is not theirs."""

import csv

import polars as pl
import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from tests.cli.command import refused
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.store.facts import FactStore

ROUND, COUNTY = "2019-10", "341504"
STANDARD = """
county: "341504"
title: 叶集区边缘户标准
effective: 2019-10-01
income: {ceiling: {multiple: 1.5}}
help_cost: 3000
budget: 2000000
"""


class County:
    """The commands of a county's people."""

    def __init__(self, workbench, store):
        self.workbench, self.store = workbench, store
        facts = pl.DataFrame(FactStore(store).read(ROUND, COUNTY))
        self.households = facts.filter(pl.col("kind") != "registered")
        self.villages = self.households.select("township", "village").unique().sort("township", "village").rows()
        self.townships = sorted({township for township, _ in self.villages})

    def __call__(self, account, *words, at="2019-10-08T09:00"):
        who = ("--as", account) if account else ()
        return self.workbench("register", *words, *who, "--at", at, "--store", self.store, "--json")

    def done(self, account, *words, status=0, **options):
        result = self(account, *words, **options)
        assert result.status == status, (words, result.err)
        return result.record

    def people(self):
        self.done(None, "accounts", "add", "admin", "--name", "管理员", "--role", "administrator")
        for name in ("officer", "second"):
            self.account(name, "county_officer")
        for township in self.townships:
            self.account(f"r-{township}", "township_reviewer", "--township", township)
        for township, village in self.villages:
            self.account(f"w-{township}-{village}", "village_worker", "--township", township, "--village", village)

    def account(self, name, role, *area):
        self.done("admin", "accounts", "add", name, "--name", name, "--role", role, "--county", COUNTY, *area)

    def visits(self, folder, township, village):
        """The village's visits as a file."""
        path = folder / f"{township}-{village}.csv"
        here = self.households.filter((pl.col("township") == township) & (pl.col("village") == village))
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["户编号", "走访日期", "走访人", *(zh for zh, _ in VISIT_DOMAINS.values())])
            for household in here["household_id"]:
                writer.writerow([household, "2019-10-08", "王某、李某", *("情况属实" for _ in VISIT_DOMAINS)])
        return path


@pytest.fixture
def county(workbench, city_copy):
    return County(workbench, city_copy)


def test_a_round_from_visits_to_filed_ledgers(county, workbench, tmp_path):
    county.people()
    standard = tmp_path / "standard.yaml"
    standard.write_text(STANDARD, encoding="utf-8")
    number = county.done("officer", "standards", "draft", standard)["id"]
    county.done("officer", "standards", "submit", number, "--round", ROUND, "--reason", "按本区财力")
    refused(county("officer", "standards", "approve", number, "--document", "叶扶组〔2019〕1号"), "提交人", status=1)
    county.done("second", "standards", "approve", number, "--document", "叶扶组〔2019〕1号")

    visited = 0
    for township, village in county.villages:
        worker = f"w-{township}-{village}"
        visited += len(
            county.done(worker, "visit", "--file", county.visits(tmp_path, township, village), "--round", ROUND)[
                "visits"
            ]
        )
        for kind in ("risk", "edge"):
            result = county(worker, "propose", "--all", "--kind", kind, "--round", ROUND)
            assert result.status in {0, 1}, result.err
    assert visited == len(county.households)

    township, village = county.villages[0]
    worker, reviewer = f"w-{township}-{village}", f"r-{township}"
    refused(
        county(worker, "review", "--all", "--round", ROUND, "--kind", "risk", "--village", village), "无权", status=1
    )
    refused(county("officer", "propose", "--all", "--round", ROUND), "无权", status=1)
    refused(county(reviewer, "file", "--county", COUNTY, "--round", ROUND), "无权", status=1)
    refused(county("officer", "file", "--county", "341522", "--round", ROUND), "不在其中", status=1)

    proposed = county.done("officer", "list", "--round", ROUND, "--stage", "proposed")["households"]
    back = next(row for row in proposed if row["township"] == township and row["kind"] == "risk")
    county.done(reviewer, "return", back["household_id"], "--round", ROUND, "--reason", "请核实务工月数")
    for each in county.townships:
        for kind in ("risk", "edge"):
            county.done(f"r-{each}", "review", "--all", "--round", ROUND, "--kind", kind)
    filed = county.done("officer", "file", "--county", COUNTY, "--round", ROUND)
    edge = county.done("officer", "file", "--county", COUNTY, "--round", ROUND, "--kind", "edge")
    assert filed["number"] == "叶集区-2019-10-风险-001"
    assert filed["filed"] == len([row for row in proposed if row["kind"] == "risk"]) - 1
    assert county.done("officer", "prove", filed["number"])["holds"]
    assert county.done("officer", "prove", edge["number"])["holds"]

    preview = workbench(
        "preview", "--round", ROUND, "--county", COUNTY, "--standard", standard, "--store", county.store, "--json"
    ).record
    register = county.done("officer", "officers")["households"]
    assert len(register) == preview["in"]
    cases = county.done("officer", "cases", "list")["cases"]
    assert len([case for case in cases if case["origin"] != "lifted"]) == preview["below_line"]

    progress = county.done("officer", "progress", "--round", ROUND)
    assert sum(row["filed"] for row in progress["townships"] if row["kind"] == "risk") == filed["filed"]
    assert progress["waiting"]["case_wait"] == 0
    _documents(county, workbench, tmp_path, filed)
    assert workbench("audit", "verify", "--store", county.store, "--json").record["broken"] is None


def _documents(county, workbench, folder, filed):
    """The ledgers and the filing document of the round, read back."""
    options = ("--round", ROUND, "--county", COUNTY, "--as", "officer", "--store", county.store, "--json")
    rows = {}
    for kind in ("risk", "edge", "summary"):
        path = folder / f"{kind}.xlsx"
        done = workbench("ledger", "--kind", kind, "--out", path, *options)
        assert done.status == 0, done.err
        rows[kind] = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    said = "\n".join(str(cell) for row in rows["risk"] for cell in row)
    assert filed["number"] in said
    assert "模拟" in said
    assert "w-" in said  # who proposed
    path = folder / "filing.docx"
    assert workbench("filing", "--out", path, *options).record["number"] == filed["number"]
    text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    assert "叶集区边缘户标准" in text
    assert "模拟" in text


def test_a_ledger_needs_no_register_and_then_shows_facts_and_rules_only(workbench, city, tmp_path):
    path = tmp_path / "ledger.xlsx"
    done = workbench(
        "ledger", "--round", ROUND, "--county", COUNTY, "--kind", "risk", "--out", path, "--store", city, "--json"
    )
    assert done.status == 0, done.err
    lifted = pl.DataFrame(FactStore(city).read(ROUND, COUNTY)).filter(pl.col("kind") == "lifted")
    assert done.record["rows"] == len(lifted)
    document = tmp_path / "filing.docx"
    assert (
        workbench("filing", "--round", ROUND, "--county", COUNTY, "--out", document, "--store", city, "--json").status
        == 0
    )
    assert not (city / "register.sqlite").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ledger", "--kind", "risk", "--county", COUNTY, "--out", "x.csv"), ".xlsx"),
        (("ledger", "--kind", "red", "--county", COUNTY, "--out", "x.xlsx"), "risk"),
        (("ledger", "--kind", "risk", "--county", "999999", "--out", "x.xlsx"), "341504"),
        (("ledger", "--kind", "risk", "--county", COUNTY, "--out", "no/such/folder/x.xlsx"), "无法写入"),
        (("filing", "--county", COUNTY, "--out", "x.doc"), ".docx"),
    ],
)
def test_what_cannot_be_written_is_said(workbench, city, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    refused(workbench(*words, "--round", ROUND, "--store", city), said)
    assert list(tmp_path.iterdir()) == []


def test_without_saying_who_acts_nothing_is_done(workbench, city_copy):
    done = workbench("register", "list", "--round", ROUND, "--store", city_copy)
    refused(done, "--as")


def test_another_moment_is_for_simulated_data_only(workbench, tmp_path, monitoring):
    store = tmp_path / "real"
    workbench("intake", monitoring, "--round", ROUND, "--store", store)
    workbench("register", "accounts", "add", "admin", "--name", "某", "--role", "administrator", "--store", store)
    done = workbench("register", "accounts", "list", "--as", "admin", "--at", "2019-10-08T09:00", "--store", store)
    refused(done, "模拟数据", status=1)


def test_a_file_of_visits_with_faults_names_each_row_and_takes_none(county, tmp_path):
    county.people()
    counted = county.households.group_by("township", "village").len().sort("len", "village")
    township, village, _ = counted.row(-1)
    path = county.visits(tmp_path, township, village)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("2019-10-08", "10月8日")
    lines[0] += ",更正：务工月数"
    lines[1:] = [f"{line}," for line in lines[1:]]
    lines[2] += "很多"
    path.write_text("\n".join(lines), encoding="utf-8")
    done = county(f"w-{township}-{village}", "visit", "--file", path, "--round", ROUND)
    refused(done, "第 2 行", "10月8日", "第 3 行", "很多")
    assert county.done("officer", "list", "--round", ROUND)["households"] == []


@pytest.mark.deep
def test_a_standard_approved_for_the_round_under_way_sends_back_whom_it_changes(county, tmp_path):
    county.people()
    wide = STANDARD.replace("1.5", "3.0") + "require_group: false\n"
    number = _approved(county, tmp_path, wide)
    for township, village in county.villages:
        worker = f"w-{township}-{village}"
        county.done(worker, "visit", "--file", county.visits(tmp_path, township, village), "--round", ROUND)
        county(worker, "propose", "--all", "--kind", "edge", "--round", ROUND)
    proposed = county.done("officer", "list", "--round", ROUND, "--kind", "edge", "--stage", "proposed")["households"]
    narrow = wide.replace("3.0", "1.2").replace("2019-10-01", "2019-10-08")
    following = _submitted(county, tmp_path, narrow)
    foreseen = county.done("second", "standards", "effect", following)
    assert foreseen["for_round"] == ROUND
    assert 0 < foreseen["changed"] < foreseen["changed"] + foreseen["standing"] == len(proposed)
    assert sum(each["households"] for each in foreseen["by_village"]) == foreseen["changed"]
    assert county.done("officer", "list", "--round", ROUND, "--stage", "returned")["households"] == []
    document = ("--document", "叶扶组〔2019〕2号")
    done = county.done("second", "standards", "approve", following, *document, "--for-this-round")
    assert done["households"] == foreseen["households"]
    back = county.done("officer", "list", "--round", ROUND, "--kind", "edge", "--stage", "returned")["households"]
    assert {row["household_id"] for row in back} == {each["household_id"] for each in foreseen["households"]}
    assert [row["id"] for row in county.done("officer", "standards", "list")["standards"]] == [following, number]


def _submitted(county, folder, text):
    path = folder / "standard.yaml"
    path.write_text(text, encoding="utf-8")
    number = county.done("officer", "standards", "draft", path)["id"]
    county.done("officer", "standards", "submit", number, "--round", ROUND, "--reason", "按本区财力")
    return number


def _approved(county, folder, text):
    number = _submitted(county, folder, text)
    county.done("second", "standards", "approve", number, "--document", "叶扶组〔2019〕1号")
    return number
