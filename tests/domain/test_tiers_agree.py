"""Tiers agree with the independent reading, household by household, on every engine and under every reading."""

import pytest
from hypothesis import given

from tests.engines import ENGINES, columns, native
from tests.reference import criteria, possible, tier
from tests.strategies import LINE, facts_frame, households
from workbench.domain.facts import GUARANTEES
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.criteria import BIT
from workbench.domain.rules.legal_readings import reading, readings
from workbench.domain.rules.tiers import TIER_FACTS, possible_list, tier_frame, tiers_alone

PARAMETERS = tier_parameters("2019-10")
NAMES = ["tier", "possible_tiers", "criteria_true", "criteria_unknown"]


def test_the_columns_that_hashes_of_facts_are_over_keep_their_order():
    # In another order a household proposed yesterday would count as changed, and go back to its village.
    assert (
        "labour", "weak_labour", "seen_before", "land_mu", "persons", "income_business", "income_property", "work_months",
        "cost_business", "out_of_pocket", "net_income", "previous_out_of_pocket", *GUARANTEES, "income_pc", "skilled", "cause",
    ) == TIER_FACTS  # fmt: skip


def assessed(rows, name, engine):
    result = tier_frame(native(facts_frame(rows), engine), PARAMETERS, reading(name))
    return columns(result, NAMES, engine)


@pytest.mark.parametrize("name", list(readings()))
@given(rows=households)
def test_tiers_and_possible_tiers(name, rows):
    result = assessed(rows, name, "polars")
    assert result["tier"] == [tier(row, LINE, name) for row in rows]
    assert [possible_list(bits) for bits in result["possible_tiers"]] == [possible(row, LINE, name) for row in rows]


@given(rows=households)
def test_traces(rows):
    result = assessed(rows, "default", "polars")
    for row, true, unknown in zip(rows, result["criteria_true"], result["criteria_unknown"], strict=True):
        traced = {name: None if unknown & bit else bool(true & bit) for name, bit in BIT.items()}
        assert traced == criteria(row, LINE)


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "polars"])
@given(rows=households)
def test_engines_agree(engine, rows):
    for name in readings():
        assert assessed(rows, name, engine) == assessed(rows, name, "polars")


@given(rows=households)
def test_tiers_without_traces_are_the_same_tiers(rows):
    for name in readings():
        alone = tiers_alone(native(facts_frame(rows), "polars"), PARAMETERS, reading(name))
        assert alone.to_dict(as_series=False) == {"tier": assessed(rows, name, "polars")["tier"]}
