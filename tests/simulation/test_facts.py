"""The simulated facts: the contract's columns, consistent with one another, with the gaps that registers have."""

import polars as pl
import pytest

from workbench.domain.facts import FACT, FACTS, FAMILY_FLAGS, GUARANTEES
from workbench.settings import DIVISIONS
from workbench.simulation.settlements import read_settlements

ARROW = {"string": "string", "integer": "int64", "float": "double", "boolean": "bool"}


def test_columns_and_types_are_the_contract_s(small_city):
    for simulated in small_city.rounds:
        for code, table in simulated.facts.items():
            assert table.column_names == [*(fact.name for fact in FACTS), *FAMILY_FLAGS]
            types = [*(ARROW[fact.type] for fact in FACTS), *("bool" for _ in FAMILY_FLAGS)]
            assert [str(column.type) for column in table.columns] == types
            assert table["county_code"].unique().to_pylist() == [code]
            assert table["round"].unique().to_pylist() == [simulated.round]


def test_values_are_allowed_ones(small_city):
    for frame in small_city.frames:
        for name in ("kind", "cause", "housing_grade", *GUARANTEES):
            assert set(frame[name].drop_nulls().unique()) <= set(FACT[name].values)


def test_household_numbers_are_unique_and_nobody_s(small_city):
    for simulated, frame in zip(small_city.rounds, small_city.frames, strict=True):
        ids = frame["household_id"]
        assert ids.is_unique().all()
        assert ids.str.contains(r"^341599\d{8}$").all()
        assert set(simulated.truth["household_id"].to_pylist()) == set(ids)


def test_members_fit_the_household(small_city):
    frame = pl.concat(small_city.frames)
    for rule in (
        pl.col("persons") >= 1,
        pl.col("labour") + pl.col("weak_labour") + pl.col("students") <= pl.col("persons"),
        pl.col("skilled") <= pl.col("labour"),
        pl.col("seriously_ill") + pl.col("chronically_ill") <= pl.col("persons"),
        pl.col("severely_disabled") <= pl.col("disabled"),
        pl.col("disabled") <= pl.col("persons"),
        pl.col("work_months") <= 12 * pl.col("persons"),
        pl.col("disability") == (pl.col("disabled") > 0),
        pl.col("dilapidated_housing") == pl.col("housing_grade").is_in(["C", "D"]),
        pl.col("illness") == (pl.col("seriously_ill") + pl.col("chronically_ill") > 0),
    ):
        assert frame.filter(~rule).is_empty(), rule


def test_kinds_of_families_fit_the_members(small_city):
    frame = pl.concat(small_city.frames)
    for rule in (
        ~pl.col("x_elderly_alone") | ((pl.col("persons") <= 2) & (pl.col("labour") == 0) & (pl.col("students") == 0)),
        ~pl.col("x_one_parent") | (pl.col("persons") >= 2),
        ~pl.col("x_many_children") | ((pl.col("persons") >= 3) & (pl.col("students") >= 2)),
    ):
        assert frame.filter(~rule).is_empty(), rule
    for name in FAMILY_FLAGS:
        assert 0.001 < frame[name].mean() < 0.3
        assert 0.01 < frame[name].null_count() / len(frame) < 0.03
    # A family is what it was half a year ago, but for what happened to its members.
    first, second = (each.select("household_id", *FAMILY_FLAGS) for each in small_city.frames[:2])
    both = first.join(second, on="household_id").drop_nulls()
    assert all((both[name] == both[f"{name}_right"]).mean() > 0.97 for name in FAMILY_FLAGS)


def test_income_adds_up(small_city):
    frame = pl.concat(small_city.frames)
    net = pl.sum_horizontal("income_wage", "income_business", "income_property", "income_transfer") - pl.col(
        "cost_business"
    )
    whole = frame.filter(pl.col("income_property").is_not_null(), pl.col("net_income").is_not_null())
    assert whole.filter(net != pl.col("net_income")).is_empty()
    assert frame.filter((pl.col("net_income") / pl.col("persons") - pl.col("income_pc")).abs() > 0.006).is_empty()
    assert frame["income_pc"].min() > 0


def test_kinds_and_years_of_exit(small_city):
    first = small_city.frames[0]
    poor = first.filter(county_code="341524")
    assert 0.18 < (poor["kind"] == "lifted").mean() < 0.26
    assert set(first.filter(kind="lifted")["exit_year"]) == set(range(2014, 2019))
    assert (
        first.filter(kind="unregistered").select("exit_year", "cause").null_count().row(0)
        == (first.filter(kind="unregistered").height,) * 2
    )


def test_unregistered_incomes_near_the_line(small_city):
    ratio = small_city.frames[0].filter(kind="unregistered")["income_pc"].drop_nulls() / 3218
    assert 0.005 < (ratio < 1).mean() < 0.015
    assert 0.04 < ratio.is_between(1, 1.5, closed="left").mean() < 0.08
    assert 0.08 < ratio.is_between(1.5, 2, closed="left").mean() < 0.12


def test_incomes_heap_at_round_numbers(small_city):
    wage = small_city.frames[-1]["income_wage"].drop_nulls()
    wage = wage.filter(wage > 2000)
    assert 0.25 < (wage % 500 == 0).mean() < 0.45


def test_the_gaps(small_city):
    first, later = small_city.frames[0], small_city.frames[-1]
    assert first.filter(county_code="341504")["water"].null_count() == first.filter(county_code="341504").height
    assert first.filter(county_code="341523")["water"].null_count() < 0.1 * first.filter(county_code="341523").height
    nulls = [sum(frame.null_count().row(0)) / len(frame) for frame in (first, later)]
    assert nulls[0] > 1.3 * nulls[1]
    by_county = {
        code: frame["out_of_pocket"].null_count() / len(frame) for (code,), frame in later.group_by("county_code")
    }
    assert by_county["341504"] > 2 * by_county["341525"]
    assert first.filter(county_code="341504")["has_car"].null_count() > 0.8 * first.filter(county_code="341504").height
    assert all(frame["filed_tier"].null_count() == len(frame) for frame in small_city.frames)
    assert all(frame["persons"].null_count() == 0 for frame in small_city.frames)


def test_households_persist_but_for_a_few(small_city):
    for before, after in zip(small_city.frames, small_city.frames[1:], strict=False):
        stay = before.join(after, on="household_id", how="semi").height
        assert 0.99 < stay / len(before) < 1
        assert len(after) > stay
    first, last = small_city.frames[0], small_city.frames[-1]
    entered = first.filter(kind="unregistered").join(last.filter(kind="registered"), on="household_id", how="semi")
    assert 0 < len(entered) < 0.02 * len(first)


def test_places_are_real_and_named_as_of_their_time(small_city):
    settlements = read_settlements(DIVISIONS)
    real = set(
        zip(
            (settlements.counties[int(unit)] for unit in settlements.county),
            settlements.township_2019,
            settlements.village,
            strict=True,
        )
    )
    first = small_city.frames[0]
    assert set(first.select("county_code", "township", "village").iter_rows()) <= real
    assert "城北乡" in set(first["township"])
    assert set(first.filter(county_code="LA-KFQ")["township"]) == {"六安经济开发区"}
    assert not {name for name in settlements.township if name.endswith(("经济开发区", "产业园", "产业开发区"))} - {
        "六安经济开发区"
    }
    changed = dict(zip(settlements.townships("2021-10"), settlements.townships("2022-04"), strict=True))
    renamed = {old: new for old, new in changed.items() if old != new}
    assert renamed == {
        "城北乡": "城北镇", "中店乡": "中店镇", "先生店乡": "先生店镇", "彭塔乡": "彭塔镇", "宋店乡": "宋店镇",
        "临淮岗乡": "临淮岗镇", "冯瓴乡": "冯瓴镇", "张冲乡": "流波䃥镇",
    }  # fmt: skip


@pytest.mark.parametrize("index", range(1, 5))
def test_floods_are_of_the_summer(small_city, index):
    frame = small_city.frames[index]
    new = frame.join(small_city.frames[index - 1].filter(~pl.col("disaster")), on="household_id", how="semi")
    assert (new["disaster"].mean() > 0.005) == frame["round"][0].endswith("10")
