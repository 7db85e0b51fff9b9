"""Every sentence of a filing document against the register: several lists, changed tiers, households whose case runs."""

import datetime as dt
import io
import re
from collections import Counter

import polars as pl
import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, copied_office
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import cases, step
from workbench.register.procedure.filings import file_list, filings
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree, send_all_back
from workbench.reports.documents.filing import filing_document
from workbench.reports.documents.wording import tier_name
from workbench.reports.gathering.changes import FALLEN, FIRST, change_reason
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.gathering.summary import gather_summary
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.reports.ledgers.summary import total
from workbench.reports.records import LetIn

BEFORE = "2019-05"
RETURNED_REASON = "家中老人今年新发大病"
AGAINST_THE_RULES = "户主病情加重，经评议列为一级"


@pytest.fixture(scope="module")
def office(city, tmp_path_factory):
    """One office for the whole file: it is read, and its last test alone goes on with it."""
    root = tmp_path_factory.mktemp("filing-sentences")
    opened = copied_office(city, f"sqlite:///{root / 'register.sqlite'}", root / "store")
    yield opened
    opened.register.engine.dispose()


@pytest.fixture
def seen(office):
    return CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date())


def filed_before(office, tiers):
    """The round before as an earlier ledger brought it, with these tiers filed."""
    facts = office.register.facts
    rows = pl.DataFrame(facts.read(BEFORE, COUNTY))
    given = pl.col("household_id").replace_strict(tiers, default=None, return_dtype=pl.Int64)
    changed = rows.with_columns(filed_tier=pl.coalesce(given, "filed_tier"))
    facts.write(BEFORE, {COUNTY: changed.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(BEFORE, COUNTY))


def paper(seen):
    document = Document(io.BytesIO(filing_document(gather_filing(seen))))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def sheet(content):
    """The rows of a ledger as dictionaries by header, and everything that stands on it."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    at = next(number for number, row in enumerate(rows) if "户编号" in row)
    listed = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    return [row for row in listed if re.fullmatch(r"\d+", str(row["户编号"]))], "\n".join(
        str(cell) for row in rows for cell in row
    )


def below_the_line(office):
    """A lifted household of tier 2 whose income is made to lie below the line; its tier stays what it was."""
    chosen, facts = office.households(rule="2")[0], office.register.facts
    rows, here = pl.DataFrame(facts.read(ROUND, COUNTY)), pl.col("household_id") == chosen["household_id"]
    low = {"income_pc": 3000.0, "net_income": 3000.0 * pl.col("persons"), "out_of_pocket": 0.0}
    changed = rows.with_columns(
        pl.when(here).then(value).otherwise(pl.col(name)).cast(rows.schema[name]).alias(name)
        for name, value in low.items()
    )
    facts.write(ROUND, {COUNTY: changed.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))
    return next(each for each in office.households(rule="2") if each["household_id"] == chosen["household_id"])


@pytest.fixture(scope="module")
def round_at_work(office):
    """Two lists of tiers and two of edge households filed, a tier against the rules, one returned, one below the line."""
    office.set_standard()
    poor = below_the_line(office)
    filed_before(office, {poor["household_id"]: 1})
    lifted = [each for each in office.households(rule="3") if each["household_id"] != poor["household_id"]]
    by_hand, returned = lifted[1], lifted[2]
    for household in (lifted[0], poor):
        take_through(office, household)
    file_list(office.officer, ROUND, COUNTY, RISK)
    office.visit(by_hand)
    propose(office.worker(by_hand), ROUND, by_hand["household_id"], "1", AGAINST_THE_RULES)
    office.visit(returned)
    propose(office.worker(returned), ROUND, returned["household_id"], "1", RETURNED_REASON)

    agree(office.reviewer(by_hand), ROUND, RISK, [by_hand["household_id"]])
    send_all_back(office.reviewer(returned), ROUND, {returned["household_id"]: 2}, "请核实")
    file_list(office.officer, ROUND, COUNTY, RISK)
    for household in office.households("unregistered", "in")[:2]:
        take_through(office, household, "enter", EDGE)
        file_list(office.officer, ROUND, COUNTY, EDGE)
    return {"poor": poor, "by_hand": by_hand, "returned": returned}


@pytest.mark.usefixtures("round_at_work")
def test_a_paper_names_every_list_that_it_rests_on_and_its_hash(office, seen):
    said, made = paper(seen), filings(office.officer, ROUND, COUNTY)
    assert len(made) == 4
    for each in made:
        assert each["number"] in said
        assert each["list_hash"] in said
    assert f"已备案{sum(each['households'] for each in made if each['kind'] == RISK)}户" in said
    assert f"筛查对象已备案{sum(each['households'] for each in made if each['kind'] == EDGE)}户次" in said
    for kind, content in (
        (RISK, risk_ledger(gather_risk_ledger(seen))),
        (EDGE, edge_ledger(gather_edge_ledger(seen))),
    ):
        _, whole = sheet(content)
        for each in made:
            assert (each["number"] in whole, each["list_hash"] in whole) == (each["kind"] == kind,) * 2


@pytest.mark.usefixtures("round_at_work")
def test_only_what_is_filed_is_said_to_have_gone_through_the_procedure(seen):
    said = paper(seen)
    rest = len(seen.lifted) - 3
    filed = dict(Counter(seen.filed_results(ROUND).values()))
    tiers = "、".join(f"{tier_name(tier)}{filed[tier]}户" for tier in sorted(filed))
    assert sum(filed.values()) == 3
    assert (
        f"已备案3户（{tiers}），均经村两委和驻村扶贫工作队入户走访、初评上报和乡镇审核；其余{rest}户尚未备案，所列等级按规则测算。"
        in said
    )
    assert said.count("审核") == said.count("审核；其余")
    assert "等级按规则测算；已备案的3户以备案的等级为准" in said
    assert not re.search(r"[：，]默认|workbench|[^\d]0户0人，均", said)


@pytest.mark.usefixtures("round_at_work")
def test_a_paper_says_in_which_townships_the_filed_live_and_whom_the_standard_would_let_in(office, seen):
    document, said = gather_filing(seen), paper(seen)
    (table,) = Document(io.BytesIO(filing_document(document))).tables
    filed = table.rows[0].cells[2].text, [int(row.cells[2].text) for row in table.rows[1:]]
    assert filed[0] == "其中已备案"
    assert sum(filed[1][:-1]) == filed[1][-1] == document.filed == 3
    assessed = office.assessed("unregistered")
    let_in = set(assessed.filter(rule="in")["household_id"])
    entries = seen.entries(EDGE)
    on_lists = let_in & {name for name, entry in entries.items() if entry["filing_id"]}
    assert document.let_in == LetIn(len(on_lists), 0, len(let_in - on_lists))
    assert (
        f"按现行标准测算应纳入{len(let_in)}户，其中已在管{len(on_lists)}户、经程序未纳入0户、尚未备案{len(let_in - on_lists)}户。"
        in said
    )


def test_every_changed_household_has_its_reason_and_all_figures_of_changes_are_alike(seen, round_at_work):
    document, said = gather_filing(seen), paper(seen)
    rows, whole = sheet(risk_ledger(gather_risk_ledger(seen)))
    changed = [row for row in rows if row["上期等级"].replace("—", "") != row["本期等级"] and row["上期等级"] != "—"]
    assert changed
    assert [row["户编号"] for row in changed if not row["调整原因"]] == []
    first = [row for row in rows if row["上期等级"] == "—" and "暂不能判定" not in row["本期等级"]]
    assert all(FIRST in row["调整原因"] or "上期事实不全" in row["调整原因"] for row in first)
    everything = len([move for move in document.movements if move.before != move.after])
    assert everything > 1
    moved = sum(move.households for move in document.movements if move.before != move.after)
    assert moved == sum(document.changed_by.values())
    assert f"等级与上期不同的{moved}户：" in said
    assert RETURNED_REASON not in whole
    by_number = {row["户编号"]: row for row in rows}
    assert AGAINST_THE_RULES in by_number[round_at_work["by_hand"]["household_id"]]["调整原因"]
    assert "建议一级（红）" in by_number[round_at_work["by_hand"]["household_id"]]["村两委意见"]
    assert by_number[round_at_work["returned"]["household_id"]]["村两委意见"] == ""


@pytest.mark.usefixtures("round_at_work")
def test_cases_are_counted_by_what_the_households_were(office, seen):
    origins = [case["origin"] for case in cases(office.officer)]
    said = paper(seen)
    assert (
        f"另有{len(origins)}户（已脱贫户{origins.count('lifted')}户、未建档立卡户{origins.count('unregistered')}户）"
        in said
    )


@pytest.mark.usefixtures("round_at_work")
def test_columns_of_the_edge_ledger_hold_what_they_are_called(seen):
    rows, _ = sheet(edge_ledger(gather_edge_ledger(seen)))
    assert len(rows) == 2
    for row in rows:
        assert "建议纳入" in row["村初评上报"]
        assert "审核通过" in row["乡镇审核"]
        assert row["致贫风险"]
        assert "评议记录" not in row


def test_who_is_below_the_line_is_no_lower_risk_and_is_named(office, seen, round_at_work):
    poor = round_at_work["poor"]["household_id"]
    whole = total(gather_summary(seen).rows, "", "")
    rows = {row.household_id: row for row in gather_risk_ledger(seen).rows}
    lighter = [row for row in rows.values() if row.tier and row.previous_tier and row.tier > row.previous_tier]
    running = {case["household_id"] for case in cases(office.officer) if case["origin"] == "lifted"}
    assert poor in running & {row.household_id for row in lighter}
    assert whole.lowered == sum(row.household_id not in running for row in lighter)
    assert whole.below_line == sum(row.household_id in running for row in lighter) > 0
    assert f"另有{whole.below_line}户等级比上期轻，但收入低于扶贫标准" in paper(seen)
    assert rows[poor].remarks == "收入低于扶贫标准，返贫认定程序待核实"
    # Once announced it is fallen back, and no longer somebody of a lighter tier.
    (case,) = cases(office.officer, household=poor)
    for name in ("verify", "appraise", "publicise"):
        step(office.worker(round_at_work["poor"]), case["id"], name, NOW.date(), "情况属实")
    later = NOW + dt.timedelta(days=5)
    reviewer = office.acting_user(office.reviewer(round_at_work["poor"]).person.account, later)
    step(reviewer, case["id"], "announce", later.date(), "无异议")
    again = CountyRound(office.register.facts, ROUND, COUNTY, office.officer, later.date())
    (row,) = [each for each in gather_risk_ledger(again).rows if each.household_id == poor]
    assert (row.tier_now, row.reason, row.remarks) == (0, FALLEN, "")
    assert total(gather_summary(again).rows, "", "").below_line == whole.below_line - 1


@pytest.mark.parametrize(
    ("was", "unclear", "reason"),
    [(0, 1, "本期查明有：无劳力"), (0, 0, "新出现：无劳力"), (3, 0, "不再有：无资源"), (1, 0, "各项情形与上期相同")],
)
def test_a_criterion_that_could_not_be_told_before_has_not_come(was, unclear, reason):
    row = {
        "previous_tier": 3,
        "criteria_before": was,
        "unknown_before": unclear,
        "criteria_true": 1,
        "criteria_unknown": 0,
    }
    assert change_reason(row, 1, "").startswith(reason)
    assert change_reason(row, 3, "") == ""
