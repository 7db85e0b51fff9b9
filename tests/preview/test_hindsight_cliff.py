"""Just in against just out equals a household by household count under three ceilings; the interval covers what it should."""

import numpy as np
import pytest
from hypothesis import given

from tests.preview.hindsight_by_hand import by_number, line_of, previous_of, slipped, steps_of
from tests.preview.test_hindsight_agrees import any_past, store_of
from tests.preview.test_hindsight_curve import in_multiples
from tests.reference import edge
from tests.strategies import standard
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import Count
from workbench.preview.hindsight.cliff import Cliff, Side, cliff
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope


def by_hand(rounds, data, multiple):
    """Weights of those just in and just out: all, labelled, slipped."""
    held, sums = by_number(rounds), {"in": [0, 0, 0], "out": [0, 0, 0]}
    for code in {code for counties in rounds.values() for code in counties}:
        for step in steps_of(rounds, code):
            lines = [line_of(name, data) for name in step]
            for row in rounds[step[0]][code]:
                if row["kind"] != "unregistered":
                    continue
                household = {**row, "previous": previous_of(held, step[0], code, row["household_id"])}
                lower, now, higher = (
                    edge(household, data | {"income": data["income"] | {"ceiling": {"multiple": each}}}, lines[0])[0]
                    is True
                    for each in (round(multiple - 0.1, 4), multiple, round(multiple + 0.1, 4))
                )
                slip = slipped(held, step, code, row, lines)
                for name, chosen in (("in", now and not lower), ("out", higher and not now)):
                    for place, also in enumerate((True, slip is not None, slip is True)):
                        sums[name][place] += row["weight"] * (chosen and also)
    return sums


@given(rounds=any_past, data=standard.map(in_multiples))
def test_both_sides(tmp_path_factory, rounds, data):
    data["income"]["ceiling"] = {"multiple": 1.2}
    past = Hindsight.of(PastScope(store_of(tmp_path_factory.mktemp("cliff"), rounds)), parse_standard(data))
    sides = cliff(past)
    assert {
        name: [side.households.households, side.labelled.households, side.slipped.households]
        for name, side in (("in", sides.just_in), ("out", sides.just_out))
    } == by_hand(rounds, data, 1.2)


def test_the_interval_covers_the_difference_nine_times_in_ten():
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(2000):
        sides = [
            Side(Count(), Count(number, number), Count(slips, slips))
            for number, slips in ((60, int(rng.binomial(60, 0.2))), (45, int(rng.binomial(45, 0.1))))
        ]
        low, high = Cliff(*sides).interval
        covered += low <= 0.1 <= high
    assert covered / 2000 == pytest.approx(0.9, abs=0.03)


def test_with_nobody_on_a_side_there_is_no_interval():
    nobody = Side(Count(), Count(), Count())
    assert Cliff(nobody, nobody).interval is None
