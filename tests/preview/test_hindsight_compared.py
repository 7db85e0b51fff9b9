"""Two standards over the same past: places and groups add up, and the difference's interval is that of a paired resampling."""

from collections import defaultdict

import numpy as np
import pytest

from tests.preview.test_hindsight_agrees import FACTS, REFERENCE, store_of
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight

WIDE = parse_standard(REFERENCE | {"require_group": False, "income": {"ceiling": {"multiple": 1.3}}})
OURS = parse_standard(REFERENCE)
ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10", "2021-04")


@pytest.fixture(scope="module")
def scope(tmp_path_factory):
    """Three rounds of 150 households near the line, of which many slip more than once."""
    rng = np.random.default_rng(4)
    rounds = {
        name: {
            county: [
                dict.fromkeys(FACTS)
                | {"household_id": f"{number:03d}", "kind": "unregistered", "weight": 1.0, "persons": 3}
                | {"income_pc": round(float(rng.uniform(3000, 5500)), 2), "dibao": bool(rng.random() < 0.5)}
                | {group: False for group in REFERENCE["groups"] if group != "dibao"}
                | {check: bool(rng.random() < 0.1) for check in REFERENCE["exclusions"]}
                for number in numbers
            ]
            for county, numbers in (("341522", range(60)), ("341524", range(60, 150)))
        }
        for name in ROUNDS
    }
    return PastScope(store_of(tmp_path_factory.mktemp("compared"), rounds))


def test_townships_and_groups_add_up(scope):
    record = hindsight(scope, OURS)
    counties = {code: hindsight(PastScope(scope.store, code), OURS)["slips"] for code in ("341522", "341524")}
    assert {each["county_code"]: each["slips"] for each in record["by_township"]} == counties
    assert sum(each["slips"] for each in record["by_township"]) == record["slips"] > 50
    assert sum(each["caught"] for each in record["by_township"]) == record["caught"]
    townships = record["by_township"]
    assert all(each["interval"][0] <= each["shrunk_share"] <= each["interval"][1] for each in townships)
    # The simulated city treats its townships alike: hardly any is said to differ.
    assert sum(each["differs"] for each in townships) < len(townships) / 5
    groups = record["by_group"]
    assert groups["dibao"]["slips"] + groups["none"]["slips"] == record["slips"]
    assert groups["dibao"]["caught"] + groups["none"]["caught"] == record["caught"] > groups["none"]["caught"]


def test_the_interval_of_a_difference_is_that_of_households_drawn_again(scope):
    sides = [Hindsight.of(scope, standard) for standard in (WIDE, OURS)]
    slips, gained = defaultdict(int), defaultdict(int)
    for each, other in zip(*(side.rounds for side in sides), strict=True):
        caught = dict(zip(other.slips.household_id.to_pylist(), other.caught, strict=True))
        for household, ours in zip(each.slips.household_id.to_pylist(), each.caught, strict=True):
            slips[household] += 1
            gained[household] += int(ours) - int(caught[household])
    everyone = np.array([(slips[one], gained[one]) for one in slips])
    rng = np.random.default_rng(1)
    drawn = [everyone[rng.integers(0, len(everyone), len(everyone))].sum(axis=0) for _ in range(4000)]
    low, high = np.quantile([gain / number for number, gain in drawn], (0.05, 0.95))
    difference = caught_difference(*sides)
    assert max(slips.values()) > 1
    assert difference.share == pytest.approx(everyone[:, 1].sum() / everyone[:, 0].sum())
    assert difference.interval == pytest.approx((low, high), abs=0.012)


def test_a_standard_differs_from_itself_by_nothing(scope):
    record = hindsight(scope, OURS, OURS)
    assert record["difference"] == {
        "caught_share": 0.0,
        "interval": [0.0, 0.0],
        "level": 0.9,
        "verdict": "about_the_same",
    }


def test_without_slips_there_is_no_difference(scope):
    record = hindsight(PastScope(scope.store, until="2019-05"), OURS, WIDE)
    assert (record["rounds"], record["caught_share"], record["difference"]) == ([], None, None)
