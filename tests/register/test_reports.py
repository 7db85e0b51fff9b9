"""Ledgers from a register: every household that it manages, and the standard of the register that was named."""

import dataclasses
import datetime as dt
import io
import zipfile

import polars as pl
import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from tests.cli.command import run
from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import add_window, cases, step
from workbench.register.procedure.filings import file_list
from workbench.reports.documents.filing import filing_document
from workbench.reports.documents.wording import tier_name
from workbench.reports.gathering.cases import gather_entry_list, gather_public_list
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger, standard_applied
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.gathering.summary import gather_summary
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.public_list import public_list
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.store.personal import persons_path


def seen_by(office, user=None, **changes):
    return CountyRound(office.register.facts, ROUND, COUNTY, user, NOW.date(), **changes)


@pytest.fixture
def two_managed(office):
    """Two households in the edge register."""
    office.set_standard()
    chosen = office.households("unregistered", "in")[:2]
    for household in chosen:
        take_through(office, household, "enter", EDGE)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    return sorted(chosen, key=lambda each: (each["township"], each["village"], each["household_id"]))


def without(office, household):
    """The facts taken in anew, without a household."""
    facts = office.register.facts
    rest = pl.DataFrame(facts.read(ROUND, COUNTY)).filter(pl.col("household_id") != household["household_id"])
    facts.write(ROUND, {COUNTY: rest.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))


def test_a_managed_household_without_facts_in_the_round_stands_in_the_ledger_with_blanks(office, two_managed):
    gone = two_managed[0]
    whole = gather_edge_ledger(seen_by(office, office.officer))
    without(office, gone)
    ledger = gather_edge_ledger(seen_by(office, office.officer))
    assert [row.household_id for row in ledger.rows] == [each["household_id"] for each in two_managed]
    row, other = ledger.rows
    assert (row.place.township, row.place.village) == (gone["township"], gone["village"])
    assert {value for name, value in row.facts.items() if name not in {"household_id", "township", "village"}} == {None}
    assert (row.remarks, other.remarks) == ("本期数据中没有此户", "")
    assert (row.entered_on, row.status, row.standard) == (NOW.date(), whole.rows[0].status, whole.rows[0].standard)
    assert other == whole.rows[1]
    assert edge_ledger(ledger) != edge_ledger(whole)


def test_the_summary_counts_it_too(office, two_managed):
    def counted():
        rows = gather_summary(seen_by(office, office.officer)).rows
        return sum(row.edge.households for row in rows), sum(row.edge_new for row in rows)

    assert counted() == (2, 2)
    without(office, two_managed[0])
    assert counted() == (2, 2)


def test_the_area_of_the_person_holds_for_it_too(office, two_managed):
    gone = two_managed[0]
    other = next(each for each in office.households() if each["township"] != gone["township"])
    without(office, gone)
    result = gather_edge_ledger(seen_by(office, office.reviewer(other)))
    assert gone["household_id"] not in {row.household_id for row in result.rows}


def test_without_an_account_the_standard_is_that_of_the_register_named(office, tmp_path, capsys):
    url = office.register.engine.url.render_as_string(hide_password=False)
    office.set_standard(income={"ceiling": {"multiple": 2.5}})
    applied = standard_applied(seen_by(office, register=url))
    assert (applied.version.version, applied.standard.income.ceiling.multiple) == (1, 2.5)
    few = len(gather_edge_ledger(seen_by(office, register=url)).rows)
    assert few == len(office.households("unregistered", "in")) > 0
    command = ("ledger", "--round", ROUND, "--county", COUNTY, "--kind", "edge", "--out", tmp_path / "边缘户.xlsx")
    done = run(capsys, *command, "--store", office.register.facts.root, "--register", url, "--json")
    assert done.record["rows"] == few


def test_reports_without_a_register_are_of_facts_alone(office):
    assert dataclasses.astuple(seen_by(office).heading()) == dataclasses.astuple(seen_by(office).heading("risk"))


HOSTILE = ['=HYPERLINK("http://example.org","点我")', "<img src=x onerror=alert(1)>", "@SUM(A1)", "+1+1"]


@pytest.fixture
def hostile(office, two_managed):
    """Heads whose names are formulas and markup; one household publicised, one waiting for a window; a hostile township."""
    facts = office.register.facts
    poor = office.assessed("unregistered").filter(rule="below_line").to_dicts()[:2]
    households = [*two_managed, *poor, *office.households()[:1]]
    names = [HOSTILE[number % len(HOSTILE)] for number in range(len(households))]
    path = persons_path(facts.root, ROUND, COUNTY)
    path.parent.mkdir(parents=True, exist_ok=True)
    ids = [each["household_id"] for each in households]
    pl.DataFrame(
        {"household_id": ids, "name": names, "id_number": [""] * len(ids), "relation": ["户主"] * len(ids)}
    ).write_parquet(path)
    publicised, waiting = (next(iter(cases(office.officer, household=each["household_id"])))["id"] for each in poor)
    for number, household in zip((publicised, waiting), poor, strict=True):
        for name in ("verify", "appraise", "publicise"):
            step(office.worker(household), number, name, NOW.date(), "情况属实")
    later = NOW + dt.timedelta(days=5)
    step(
        office.acting_user(office.reviewer(poor[1]).person.account, later), waiting, "announce", later.date(), "无异议"
    )
    step(office.acting_user("officer", later), waiting, "wait", later.date(), "列入")
    add_window(office.admin, "秋季", later.date(), later.date())
    return dict(zip(ids, names, strict=True))


def test_names_that_are_formulas_or_markup_stand_as_text_in_every_file(office, hostile):
    seen = seen_by(office, office.officer)
    files = {
        "risk": risk_ledger(gather_risk_ledger(seen)),
        "edge": edge_ledger(gather_edge_ledger(seen)),
        "public": public_list(gather_public_list(seen, office.officer, "梅山镇扶贫工作站", "0564-7000000")),
        "entry": entry_list(gather_entry_list(seen, office.officer, "秋季")),
    }
    shown = set()
    for content in files.values():
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        cells = {str(cell) for row in rows for cell in row}
        assert cells & set(hostile.values())
        shown |= cells & set(hostile.values())
        parts = zipfile.ZipFile(io.BytesIO(content))
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
        assert not any("<img" in parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert shown == set(HOSTILE)


def test_a_township_that_is_a_formula_or_markup_is_text_in_the_filing_document(office):
    facts = office.register.facts
    township, village = HOSTILE[:2]
    moved = pl.DataFrame(facts.read(ROUND, COUNTY)).with_columns(township=pl.lit(township), village=pl.lit(village))
    facts.write(ROUND, {COUNTY: moved.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))
    content = filing_document(gather_filing(seen_by(office, office.officer)))
    (table,) = Document(io.BytesIO(content)).tables
    assert table.rows[1].cells[0].text == township
    words = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert not any(mark in words for mark in ("<w:hyperlink", "<w:fldSimple", "<w:instrText", "<img"))


def test_the_filing_document_says_how_much_of_the_round_is_filed(office):
    def said():
        content = filing_document(gather_filing(seen_by(office, office.officer)))
        return "".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)

    everybody = len(office.assessed())
    assert f"已备案0户；其余{everybody:,}户尚未备案" in said()
    first = office.households()[0]
    take_through(office, first)
    file_list(office.officer, ROUND, COUNTY, RISK)
    assert (
        f"已备案1户（{tier_name(int(first['rule']))}1户），均经村两委和驻村扶贫工作队入户走访、初评上报和乡镇审核；其余{everybody - 1:,}户尚未备案"
        in said()
    )
    assert "开展2019年下半年" in said()


@pytest.mark.usefixtures("hostile")
def test_what_is_made_public_says_what_the_household_is_to_become(office):
    listed = gather_public_list(seen_by(office, office.officer), office.officer, "梅山镇扶贫工作站", "0564-7000000")
    assert [row.matter for row in listed.rows] == ["拟认定为贫困户，纳入建档立卡"]
    # On the sheet as in the form: who hangs it out.
    assert listed.heading.unit == "梅山镇扶贫工作站"
