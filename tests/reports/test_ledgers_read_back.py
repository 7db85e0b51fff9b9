"""A ledger taken in again gives the very facts that it was made from; totals, titles and signatures are passed over."""

import dataclasses
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.person_lists import A2017, B2022, C2021, D2023, write_csv
from tests.reports import made_up
from workbench.domain.facts import FACT, FACTS, FactType
from workbench.domain.parameters import counties
from workbench.errors import StoreError
from workbench.intake.export import read_export
from workbench.intake.tables.layouts import layouts, recognise
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.reports.records import Adjustment, EdgeLedger, EdgeRow, EdgeStatus, Place, RiskLedger, RiskRow
from workbench.store.facts import FactStore
from workbench.store.ingest import take_in
from workbench.store.schema import Origin

ROUND, COUNTY = "2019-10", "341524"
CODES = {county.zh: code for code, county in counties().items()}


def read(path: Path, content: bytes, **options):
    path.write_bytes(content)
    return read_export(path, round_name=ROUND, **options)


def rows_of(result, county=COUNTY):
    return {row["household_id"]: row for row in pl.DataFrame(result.facts[county]).to_dicts()}


@pytest.mark.parametrize(
    ("made", "write"), [(made_up.risk_ledger(), risk_ledger), (made_up.edge_ledger(), edge_ledger)]
)
def test_every_fact_of_every_household_is_read_back(tmp_path, made, write):
    result = read(tmp_path / "台账.xlsx", write(made))
    assert (result.rejected_rows, result.problems, result.persons) == (0, (), {})
    outcome = rows_of(result)
    assert len(outcome) == len(made.rows)
    for row in made.rows:
        read_back = outcome[row.household_id]
        assert {name: read_back[name] for name in row.facts} == dict(row.facts)
        assert (read_back["township"], read_back["village"]) == (row.place.township, row.place.village)


def test_the_filed_tier_is_read_only_where_the_household_was_filed(tmp_path):
    made = made_up.risk_ledger()
    result = rows_of(read(tmp_path / "台账.xlsx", risk_ledger(made)))
    assert {row.household_id: row.tier if row.filed_on else None for row in made.rows} == {
        number: facts["filed_tier"] for number, facts in result.items()
    }


def test_a_draft_brings_no_filed_tier_but_keeps_the_one_of_an_earlier_ledger(tmp_path):
    drafts = tuple(
        dataclasses.replace(row, list_number="", filed_on=None, facts={**row.facts, "filed_tier": earlier})
        for row, earlier in zip(made_up.risk_ledger(6).rows, (None, 0, 1, 2, 3, None), strict=True)
    )
    result = rows_of(read(tmp_path / "台账.xlsx", risk_ledger(RiskLedger(made_up.heading(), drafts))))
    assert [facts["filed_tier"] for facts in result.values()] == [None, 0, 1, 2, 3, None]


def test_rows_of_totals_and_signatures_are_noted_and_not_rejected(tmp_path):
    result = read(tmp_path / "台账.xlsx", risk_ledger(made_up.risk_ledger(3)))
    assert result.layout == "risk_ledger"
    assert any("合计行" in note.zh for note in result.notes)


# -- ledgers made elsewhere ----------------------------------------------------------------------------------------------

HEADERS = [
    "序号", "县（区）", "乡镇", "村", "户号", "户主", "身份证号", "家庭人口", "住房安全", "主要风险", "上期等级", "本期等级", "备案等级",
    "调整类型", "调整原因", "帮扶措施", "责任人",
]  # fmt: skip


def made_elsewhere(path: Path, *rows: list[str]) -> Path:
    lines = [["某县返贫风险台账"], HEADERS, *rows, ["合计", "", "", "", "", "", "", "9"], ["填表人：张三"]]
    return write_csv(path, lines, "gb18030")


def line(number: str, *, tier: str = "黄色", housing: str = "新困难", persons: str = "3") -> list[str]:
    return [
        "1", "金寨县", "梅山镇", "青山村", number, "某某", "341599196203040009", persons, housing, "因病", "蓝", tier, tier,
        "半年", "", "公益岗", "李四",
    ]  # fmt: skip


def test_a_ledger_of_the_same_columns_made_elsewhere_is_read_and_says_nothing_of_facts_without_a_column(tmp_path):
    result = read_export(made_elsewhere(tmp_path / "台账.csv", line("0001")), round_name=ROUND)
    assert (result.layout, result.rejected_rows, result.problems) == ("risk_ledger", 0, ())
    assert rows_of(result)["0001"] == {
        "household_id": "0001", "county_code": COUNTY, "township": "梅山镇", "village": "青山村", "persons": 3, "housing": 2,
        "filed_tier": 2, "kind": "lifted",
    }  # fmt: skip


def test_what_a_ledger_says_in_words_of_its_own_is_reported_and_not_guessed(tmp_path):
    path = made_elsewhere(
        tmp_path / "台账.csv", line("0001", tier="橙色", housing="还行"), line("0002"), line("0002"), line("")
    )
    result = read_export(path, round_name=ROUND)
    outcome = rows_of(result)["0001"]
    assert (outcome["filed_tier"], outcome["housing"]) == (None, None)
    assert {(one.row, one.column, one.reason) for one in result.problems} == {
        (3, "备案等级", "unknown value"),
        (3, "住房安全", "unknown value"),
        (5, "户编号", "duplicate household"),
        (6, "户编号", "missing"),
    }
    assert result.rejected_rows == 2
    assert "某某" not in str(result.problems)


def test_the_lists_of_the_national_system_are_no_ledgers():
    ours = {layout.name for layout in layouts() if layout.mapping is not None}
    assert ours == {"risk_ledger", "edge_ledger", "unregistered_template"}
    for headers in (A2017, B2022, C2021, D2023):
        assert recognise(headers).layout.name not in ours


# -- over a store ---------------------------------------------------------------------------------------------------------


def ledger_of(facts: pl.DataFrame, kind: str):
    """A ledger of the households of a store, filed for the lifted ones that have no filed tier yet."""
    rows = facts.filter(pl.col("kind") == kind).to_dicts()
    names = {code: name for name, code in CODES.items()}
    for row in rows:
        place = Place(names.get(row["county_code"], row["county_code"]), row["township"] or "", row["village"] or "")
        if kind == "lifted":
            tier, filed = row["filed_tier"] or 3, row["filed_tier"] is None
            yield RiskRow(
                place, row["household_id"], "张三", "", row, None, tier, Adjustment.FIRST,
                list_number="备1号" if filed else "", filed_on=made_up.FILED_ON if filed else None,
            )  # fmt: skip
        else:
            yield EdgeRow(place, row["household_id"], "李四", "", row, EdgeStatus.MANAGED)


def stored(root, table):
    store = FactStore(root)
    store.write(ROUND, {COUNTY: table}, Origin(details={"files": ["x"]}))
    return store


def test_taking_in_a_ledger_over_its_store_changes_nothing_but_filed_tiers_that_were_unknown(tmp_path):
    chance = made_up.seeded(3)
    kinds = ["lifted", "unregistered"] * 30
    table = pl.DataFrame(
        [
            {"household_id": f"0{number:05d}", "township": chance.choice(["张冲乡", "梅山镇", None]), "village": "甲村",
             "filed_tier": chance.choice([None, 1, 2]) if kind == "lifted" else None, "x_rooms": 2.5, "weight": 2.0,
             **made_up.facts(chance, kind)}
            for number, kind in enumerate(kinds)
        ],
        infer_schema_length=None,
    ).to_arrow()  # fmt: skip
    store = stored(tmp_path / "store", table)
    before = pl.DataFrame(store.read(ROUND)).sort("household_id")
    risk = RiskLedger(made_up.heading(simulated=False), tuple(ledger_of(before, "lifted")))
    edge = EdgeLedger(made_up.heading(simulated=False), tuple(ledger_of(before, "unregistered")))
    results = [read(tmp_path / "r.xlsx", risk_ledger(risk)), read(tmp_path / "e.xlsx", edge_ledger(edge))]
    take_in(store, ROUND, results, Origin(details={"files": ["r", "e"]}))
    after = pl.DataFrame(store.read(ROUND)).sort("household_id")
    expected = before.with_columns(
        filed_tier=pl.when(pl.col("kind") == "lifted").then(pl.col("filed_tier").fill_null(3)).otherwise(None)
    )
    assert after.equals(expected)
    assert take_in(store, ROUND, results, Origin(details={"files": ["r", "e"]})).counties == ()


def test_a_simulated_ledger_is_known_by_its_title_and_never_taken_in_with_real_households(tmp_path):
    made = made_up.risk_ledger(4)
    result = read(tmp_path / "模拟.xlsx", risk_ledger(made))
    real = read(
        tmp_path / "真实.xlsx", risk_ledger(dataclasses.replace(made, heading=made_up.heading(simulated=False)))
    )
    assert (result.simulated, real.simulated) == (True, False)
    store = stored(tmp_path / "real", pl.DataFrame({"household_id": ["1"], "kind": ["lifted"]}).to_arrow())
    with pytest.raises(StoreError, match="这份文件是模拟数据"):
        take_in(store, ROUND, [result], Origin())
    with pytest.raises(StoreError, match="有的文件是模拟数据"):
        take_in(store, ROUND, [result, real], Origin())
    empty = FactStore(tmp_path / "simulated")
    take_in(empty, ROUND, [result], Origin())
    assert empty.origin(ROUND).simulated
    with pytest.raises(StoreError, match="holds simulated households"):
        take_in(empty, ROUND, [real], Origin())


STRATEGIES = {
    FactType.INTEGER: st.integers(0, 10**4),
    FactType.FLOAT: st.integers(-(10**12), 10**12).map(lambda fen: fen / 100),
    FactType.BOOLEAN: st.booleans(),
    FactType.STRING: st.just("甲"),
}
POSSIBLE = {"persons": st.integers(1, 10**4), "exit_year": st.integers(1986, 2018)}
"""Facts whose other values are findings: they are not known until they are corrected."""
household = st.fixed_dictionaries(
    {
        fact.name: st.none()
        | (st.sampled_from(fact.values) if fact.values else POSSIBLE.get(fact.name, STRATEGIES[fact.type]))
        for fact in FACTS
        if fact.name not in {"household_id", "round", "county_code", "township", "village", "weight"}
    }
)


@settings(max_examples=8)
@given(st.lists(household, min_size=1, max_size=20))
def test_whatever_the_facts_they_come_back_to_the_last_digit(tmp_path_factory, households):
    rows = tuple(
        RiskRow(
            Place("金寨县", "梅山镇", "甲村"), f"0{number + 1}", "王", "", {**facts, "kind": "lifted"}, None, None,
            Adjustment.FIRST,
        )
        for number, facts in enumerate(households)
    )  # fmt: skip
    path = tmp_path_factory.mktemp("ledger") / "台账.xlsx"
    result = rows_of(read(path, risk_ledger(RiskLedger(made_up.heading(), rows))))
    for row in rows:
        assert {name: result[row.household_id][name] for name in row.facts} == dict(row.facts)


def test_a_ledger_bears_every_fact_of_the_vocabulary(tmp_path):
    facts = rows_of(read(tmp_path / "台账.xlsx", risk_ledger(made_up.risk_ledger(2)))).popitem()[1]
    assert set(FACT) - set(facts) == {"round", "weight"}
