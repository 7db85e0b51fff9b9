"""tier, explain, preview, sweep: their JSON, and that one command agrees with another."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.command import KEYS, refused, run_program
from tests.preview.scored import score_store
from workbench.cli.rules.explained import EDGE_WORDS
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.explanation import EDGE_RESULTS
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.tiers import tier_frame
from workbench.statistics.tiers import lifted_facts
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

STANDARDS = Path(__file__).parent / "standards"
GOOD, WIDE = STANDARDS / "good.yaml", STANDARDS / "wide.yaml"
ROUND = ("--round", "2019-10")


def _facts(store, round_name="2019-10"):
    return FactStore(store).frame_with_previous(round_name)


@pytest.mark.parametrize(
    "words",
    [
        ("tier", *ROUND),
        ("preview", *ROUND, "--standard", GOOD),
        ("sweep", *ROUND, "--standard", GOOD, "--vary", "income.ceiling.multiple=1.0:2.0:0.5"),
        ("doctor",),
    ],
)
def test_json_is_one_object_with_the_keys_of_the_contract(workbench, city, words):
    # Of the installed program one says that nothing but the object is written; how it is started is the same for all.
    done = (run_program if words[0] == "tier" else workbench)(*words, "--store", city, "--json")
    assert done.status == 0, done.err
    assert set(done.record) >= KEYS[words[0]]


@pytest.mark.parametrize("command", ["tier", "preview", "sweep"])
def test_people_are_told_that_it_is_simulated(workbench, city, command):
    more = {"tier": (), "preview": ("--standard", GOOD), "sweep": ("--standard", GOOD, "--vary", "help_cost=1:2:1")}
    done = workbench(command, *ROUND, *more[command], "--store", city)
    assert (done.status, "模拟数据" in done.out) == (0, True)
    assert workbench(command, *ROUND, *more[command], "--store", city, "--json").record["simulated"] is True


# -- tier ----------------------------------------------------------------------------------------------------------


def test_every_engine_gives_the_same_tiers(workbench, city):
    results = {}
    for engine in ("polars", "pandas", "duckdb"):
        record = workbench("tier", *ROUND, "--engine", engine, "--store", city, "--json").record
        results[engine] = {key: record[key] for key in ("counts", "rows", "by_county", "line")}
    assert results["pandas"] == results["polars"] == results["duckdb"]


def test_tiers_of_the_counties_add_up_to_the_lifted_households(workbench, city):
    record = workbench("tier", *ROUND, "--store", city, "--json").record
    lifted = _facts(city).filter(pl.col("kind") == "lifted")
    assert set(record["counts"]) == {"1", "2", "3", "undetermined"}
    assert sum(record["counts"].values()) == len(lifted)
    for key, count in record["counts"].items():
        assert sum(counts[key] for counts in record["by_county"].values()) == count
    one = workbench("tier", *ROUND, "--county", "341522", "--store", city, "--json").record
    assert one["by_county"] == {"341522": record["by_county"]["341522"]}


def test_readings_order_the_tiers(workbench, city):
    red = {
        name: workbench("tier", *ROUND, "--reading", name, "--store", city, "--json").record["counts"]["1"]
        for name in ("both_halves", "default", "either_half")
    }
    assert red["both_halves"] <= red["default"] <= red["either_half"]
    assert red["both_halves"] < red["either_half"]


def test_another_line_moves_households_near_it(workbench, city):
    counts = [
        workbench("tier", *ROUND, "--line", line, "--store", city, "--json").record["counts"]["3"]
        for line in (1, 3218, 10000)
    ]
    assert counts[0] > counts[1] > counts[2]


# -- explain -------------------------------------------------------------------------------------------------------


def _change(store, household, fact, value):
    """Write one changed fact of one household into the store."""
    for path in (store / "facts" / "round=2019-10").rglob("*.parquet"):
        table = pq.ParquetFile(path).read()
        frame = pl.DataFrame(table)
        if household in frame["household_id"]:
            changed = frame.with_columns(
                pl.when(pl.col("household_id") == household)
                .then(pl.lit(value))
                .otherwise(pl.col(fact))
                .cast(frame.schema[fact])
                .alias(fact)
            )
            columns = [pa.array(changed[field.name].to_list(), field.type) for field in table.schema]
            pq.write_table(pa.table(columns, schema=table.schema), path)


def _one_of_each_tier(store):
    lifted = lifted_facts(RoundScope(FactStore(store), "2019-10"))
    assessed = tier_frame(lifted, tier_parameters("2019-10"), reading("default")).collect()
    return [assessed.filter(pl.col("tier") == tier)["household_id"][0] for tier in (1, 2, 3)]


def test_what_would_change_the_tier_does_change_it(workbench, city_copy):
    for tier, household in enumerate(_one_of_each_tier(city_copy), start=1):
        record = workbench("explain", household, *ROUND, "--store", city_copy, "--json").record
        assert record["tier"] == tier
        assert set(record) >= KEYS["explain"]
        change = record["would_change"]
        assert change["tier"] != tier
        used = [trace["facts"] for trace in record["criteria"]]
        assert change["from"] == next(facts[change["fact"]] for facts in used if change["fact"] in facts)
        _change(city_copy, household, change["fact"], change["to"])
        again = workbench("explain", household, *ROUND, "--store", city_copy, "--json").record
        assert again["tier"] == change["tier"]


def test_what_would_bring_a_household_in_does(workbench, city_copy):
    unregistered = _facts(city_copy).filter(
        (pl.col("kind") == "unregistered") & pl.col("income_pc").is_between(4800, 6000)
    )
    options = (*ROUND, "--standard", GOOD, "--store", city_copy, "--json")
    changed = set()
    for household in unregistered["household_id"].head(6):
        record = workbench("explain", household, *options).record
        change = record["would_change"]
        if change is None:
            continue
        _change(city_copy, household, change["fact"], change["to"])
        assert workbench("explain", household, *options).record["edge"] == change["edge"]
        changed.add(change["edge"])
    assert "in" in changed


def test_an_undetermined_household_names_what_would_settle_it(workbench, city_copy):
    household = _facts(city_copy).filter(pl.col("kind") == "lifted")["household_id"][0]
    for fact in ("food", "labour", "weak_labour", "income_pc"):
        _change(city_copy, household, fact, None)
    record = workbench("explain", household, *ROUND, "--store", city_copy, "--json").record
    assert record["tier"] is None
    assert len(record["possible_tiers"]) > 1
    assert set(record["missing"]) & {"food", "labour", "weak_labour", "income_pc"}
    assert record["would_change"] is None
    output = workbench("explain", household, *ROUND, "--store", city_copy)
    assert "暂不能判定" in output.out
    assert "未知" in output.out


def test_a_result_below_the_line_is_said_in_words(workbench, city_copy):
    """Of the household itself, and of what would bring it below: both were a key that no words stood for."""
    facts = _facts(city_copy).filter(pl.col("kind") == "unregistered").drop_nulls("income_pc").sort("income_pc")
    poorest = facts["household_id"][0]
    _change(city_copy, poorest, "income_pc", 1.0)
    options = (*ROUND, "--standard", GOOD, "--store", city_copy)
    said = next(line for line in workbench("explain", poorest, *options).out.splitlines() if line.startswith(poorest))
    assert "低于扶贫标准" in said
    for household in facts.filter(pl.col("income_pc") > 4000)["household_id"].head(6):
        assert workbench("explain", household, *options).status == 0
    assert set(EDGE_WORDS) == {*EDGE_RESULTS, "cannot_tell"}


def test_every_criterion_has_its_clause(workbench, city):
    household = _facts(city).filter(pl.col("kind") == "lifted")["household_id"][0]
    record = workbench("explain", household, *ROUND, "--store", city, "--json").record
    assert len(record["criteria"]) == 11
    assert all(trace["clause"].startswith("§2.1.1") and trace["facts"] for trace in record["criteria"])


# -- preview -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", [GOOD, WIDE])
def test_townships_add_up(workbench, city, standard):
    record = workbench("preview", *ROUND, "--standard", standard, "--against", GOOD, "--store", city, "--json").record
    assert record["in"] > 0
    for key in ("in", "cannot_tell", "below_line", "newly_in", "leaving"):
        assert sum(township[key] for township in record["by_township"]) == record[key]
    assert all(count <= record["in"] for count in record["by_route"].values())
    assert sum(record["by_route"].values()) >= record["in"]
    assert sum(t["households"] for t in record["by_township"]) == len(
        _facts(city).filter(pl.col("kind") == "unregistered")
    )


def test_counties_add_up(workbench, city):
    options = (*ROUND, "--standard", WIDE, "--store", city, "--json")
    whole = workbench("preview", *options).record
    parts = [workbench("preview", *options, "--county", code).record for code in FactStore(city).counties("2019-10")]
    for key in ("in", "cannot_tell", "below_line"):
        assert sum(part[key] for part in parts) == whole[key]


def test_comparing_two_standards(workbench, city):
    def preview(standard, against):
        options = ("--standard", standard, "--against", against, "--store", city, "--json")
        return workbench("preview", *ROUND, *options).record

    same, wider, narrower = preview(GOOD, GOOD), preview(WIDE, GOOD), preview(GOOD, WIDE)
    assert (same["newly_in"], same["leaving"]) == (0, 0)
    assert wider["in"] - wider["newly_in"] + wider["leaving"] == same["in"]
    assert (wider["newly_in"], wider["leaving"]) == (narrower["leaving"], narrower["newly_in"])


def test_cost_and_budget(workbench, city):
    record = workbench("preview", *ROUND, "--standard", GOOD, "--store", city, "--json").record
    assert record["cost"] == 3000 * record["in"]
    assert record["over_budget"] is (record["cost"] > 20000)
    without = workbench("preview", *ROUND, "--standard", WIDE, "--store", city, "--json").record
    assert (without["cost"], without["over_budget"]) == (None, None)


def test_a_standard_of_a_county_is_previewed_there(workbench, city, tmp_path):
    standard = tmp_path / "standard.yaml"
    standard.write_text('county: "341524"\n' + GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    options = (*ROUND, "--store", city, "--json")
    own = workbench("preview", *options, "--standard", standard).record
    chosen = workbench("preview", *options, "--standard", GOOD, "--county", "341524").record
    assert own | {"milliseconds": 0} == chosen | {"milliseconds": 0}
    elsewhere = workbench("preview", *options, "--standard", standard, "--county", "341522")
    assert refused(elsewhere, "341524", "341522")


def test_the_line_given_counts_before_that_of_the_standard(workbench, city, tmp_path):
    standard = tmp_path / "standard.yaml"
    standard.write_text("line: 5000\n" + GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    options = (*ROUND, "--standard", standard, "--store", city, "--json")
    assert workbench("preview", *options).record["line"] == 5000
    assert workbench("preview", *options, "--line", "2500").record["line"] == 2500


# -- sweep ---------------------------------------------------------------------------------------------------------


def test_a_point_of_a_sweep_is_a_preview(workbench, city, tmp_path):
    options = (*ROUND, "--against", GOOD, "--store", city, "--json")
    axes = ("--vary", "income.ceiling.multiple=1.0:2.0:0.5", "--vary", "help_cost=1000:3000:1000")
    grid = workbench("sweep", *options, "--standard", WIDE, *axes).record["grid"]
    assert len(grid) == 9
    for point in (grid[0], grid[4], grid[8]):
        standard = tmp_path / "point.yaml"
        text = WIDE.read_text(encoding="utf-8").replace(
            "multiple: 2.0", f"multiple: {point['income.ceiling.multiple']}", 1
        )
        standard.write_text(f"{text}help_cost: {point['help_cost']}\n", encoding="utf-8")
        record = workbench("preview", *options, "--standard", standard).record
        for key in ("in", "cannot_tell", "below_line", "newly_in", "leaving", "cost", "expected_slips"):
            assert point[key] == record[key], (point, key)


def test_a_higher_ceiling_lets_more_in(workbench, city):
    options = ("--standard", GOOD, "--vary", "income.ceiling.multiple=1.0:3.0:0.25", "--store", city, "--json")
    inside = [point["in"] for point in workbench("sweep", *ROUND, *options).record["grid"]]
    assert inside == sorted(inside)
    assert inside[0] < inside[-1]


def test_a_budget_answers_what_ceiling_it_carries(workbench, city):
    options = (*ROUND, "--standard", GOOD, "--store", city)
    record = workbench("preview", *options, "--carry", "80000", "--json").record
    assert record["in_range"] == [record["in"], record["in"] + record["cannot_tell"]]
    assert record["cost_range"] == [3000.0 * each for each in record["in_range"]]
    answer = record["carried"]["ceiling"]
    assert answer["cost"] <= 80_000
    shown = workbench("preview", *options, "--carry", "80000")
    assert f"{answer['yuan']:,.0f} 元" in shown.out
    assert "80,000 yuan a year carry" in workbench("preview", *options, "--carry", "80000", "--lang", "en").out
    assert refused(workbench("preview", *options, "--carry", "-1", "--json"), "80000")


def test_settings_without_effect_are_said(workbench, city, tmp_path):
    file = tmp_path / "vain.yaml"
    file.write_text("income: {ceiling: {multiple: 1.5}, group_ceilings: {dibao: 1.2}}\n", encoding="utf-8")
    notes = workbench("preview", *ROUND, "--standard", file, "--store", city, "--json").record["notes"]
    assert any("income.group_ceilings.dibao" in note for note in notes)


# -- what a model expects ------------------------------------------------------------------------------------------


def test_expected_slips_in_preview_and_sweep(workbench, city_copy):
    score_store(FactStore(city_copy), "2019-10")
    options = (*ROUND, "--standard", GOOD, "--store", city_copy)
    record = workbench("preview", *options, "--json").record
    assert record["expected_slips"] > 0
    axis = ("--vary", "income.ceiling.multiple=1.0:2.0:0.5")
    grid = workbench("sweep", *options, *axis, "--json").record["grid"]
    assert (grid[1]["expected_slips"], grid[1]["slips_share"]) == (record["expected_slips"], record["slips_share"])
    asked = ("preview", *options, "--income-error", "0.1", "--bunching", "--threshold", "0.1")
    output, english = workbench(*asked), workbench(*asked, "--lang", "en")
    assert (output.status, english.status) == (0, 0), output.err
    for words in ("预计风险变差", "90% 的把握在", "如果收入再测一次", "门槛 10.0%"):
        assert words in output.out
    for words in (
        "90% of the time between",
        "of all slips expected among unregistered",
        "never evidence about any household",
    ):
        assert words in english.out
    assert "占未建档户全部预计风险变差的比例" in workbench("sweep", *options, *axis).out


def test_without_scores_people_are_told_how_to_get_them(workbench, city):
    axis = ("--vary", "income.ceiling.multiple=1.0:2.0:0.5")
    for command, more in (("preview", ()), ("sweep", axis)):
        output = workbench(command, *ROUND, "--standard", GOOD, *more, "--store", city)
        assert (output.status, "workbench score --round 2019-10" in output.out) == (0, True)


@pytest.mark.parametrize(("option", "value"), [("--income-error", "2"), ("--income-error", "0"), ("--threshold", "1")])
def test_impossible_options_are_refused(workbench, city, option, value):
    done = workbench("preview", *ROUND, "--standard", GOOD, option, value, "--store", city, "--json")
    assert refused(done, option)


def test_explain_says_levels_and_figures_in_words(workbench, city):
    """Neither the codes of guarantees (0, 1, 2) nor the names of parameters, which tell a person nothing."""
    rows = FactStore(city).read("2019-10", columns=["household_id", "kind", "food"]).to_pylist()
    household = next(row["household_id"] for row in rows if row["kind"] == "lifted" and row["food"] == 0)
    said = workbench("explain", household, "--round", "2019-10", "--store", city).out
    assert "吃饭 无困难" in said
    assert "全户务工合计不足 6 个月" in said
    assert "_" not in said
