"""What the slider reads of the past is what is counted at each ceiling alone; and the list of households is that count."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.test_hindsight_agrees import REFERENCE, any_past, store_of
from tests.strategies import standard
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.curve import past_curves
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import OUTCOMES
from workbench.preview.hindsight.past_rounds import PastScope

MULTIPLES = (1.0, 1.05, 1.2, 1.5, 1.8, 2.4, 3.0)


def in_multiples(data):
    """A standard that may be used in every year."""
    data["income"]["ceiling"] = {"multiple": 1.2}
    for way in data["routes"].values():
        way["ceiling"] = {"multiple": 1.5}
    return data


@given(rounds=any_past, data=standard.map(in_multiples))
def test_every_ceiling_at_once(tmp_path_factory, rounds, data):
    scope = PastScope(store_of(tmp_path_factory.mktemp("curve"), rounds))
    past = list(scope.rounds(parse_standard(data)))
    curves = past_curves(past, lambda line: [multiple_of(each, line) for each in MULTIPLES])
    for place, multiple in enumerate(MULTIPLES):
        data["income"]["ceiling"] = {"multiple": multiple}
        alone = Hindsight.of(scope, parse_standard(data))
        for curve, each in zip(curves, alone.rounds, strict=True):
            assert curve.inside[place] == each.totals.inside.households
            assert curve.cannot_tell[place] == each.totals.cannot_tell.households
            assert {name: curve.outcomes[name][place] for name in OUTCOMES} == {
                name: each.of(name).households for name in OUTCOMES
            }


@given(rounds=any_past, data=standard.map(in_multiples), number=st.integers(0, 6))
def test_a_round_under_another_standard_is_not_read_again(tmp_path_factory, rounds, data, number):
    scope = PastScope(store_of(tmp_path_factory.mktemp("under"), rounds))
    data["income"]["group_ceilings"] = {}
    income = REFERENCE["income"] | {"deduct_out_of_pocket": data["income"]["deduct_out_of_pocket"]}
    past = list(scope.rounds(parse_standard(REFERENCE | {"income": income, "own_groups": data["own_groups"]})))
    data["income"]["ceiling"] = {"multiple": MULTIPLES[number]}
    chosen = parse_standard(data)
    assert (
        Hindsight.over([each.under(chosen) for each in past], chosen).record() == Hindsight.of(scope, chosen).record()
    )


@given(rounds=any_past, data=standard.map(in_multiples))
def test_the_households_are_those_counted(tmp_path_factory, rounds, data):
    past = Hindsight.of(PastScope(store_of(tmp_path_factory.mktemp("list"), rounds)), parse_standard(data))
    listed = slipped_households(past.rounds)
    for name in OUTCOMES:
        assert listed.filter(pl.col("outcome") == name)["weight"].sum() == past.of_outcome(name).households
    for row in listed.iter_rows(named=True):
        then = [
            each for each in rounds[row["round"]][row["county_code"]] if each["household_id"] == row["household_id"]
        ]
        later = [
            each
            for each in rounds[row["next_round"]][row["county_code"]]
            if each["household_id"] == row["household_id"]
        ]
        assert row["income_next"] == pytest.approx(later[0]["income_pc"], abs=0)
        assert set(row["groups"]) == {name for name in data["groups"] if then[0][name]}
        assert set(row["exclusions"]) == {name for name in data["exclusions"] if then[0][name]}
        asked = [*data["groups"], *data["exclusions"]]
        assert set(row["unknown"]) - {"income"} == {name for name in asked if then[0][name] is None}
