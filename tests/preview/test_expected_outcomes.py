"""What is expected after a round, in the form of what happened: equal to a sum over households, one after the other."""

import numpy as np
import pytest
from hypothesis import given

from tests.preview.hindsight_by_hand import outcome
from tests.preview.scored import scored_frame, scores_of
from tests.preview.test_counts_agree import index_of, spread
from tests.reference import edge
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.expected import expected_round
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.missed import OUTCOMES


@given(rows=households, data=standard)
def test_why_missed_of_what_is_expected(rows, data):
    """Any standard: own groups, ceilings of groups, routes, exclusions; a household without a score is in neither part."""
    frame = scored_frame(spread(rows, weighted=True))
    chosen = parse_standard(data)
    limits = edge_limits(chosen, LINE)
    index = index_of(frame, limits)
    slips = scores_of(frame, index).under(index, LINE)
    past = Hindsight.over([expected_round("2019-10", index, slips, limits)], chosen)
    expected = dict.fromkeys(OUTCOMES, 0.0)
    inside = 0.0
    for row, each in zip(rows, frame.iter_rows(named=True), strict=True):
        if each["kind"] != "unregistered":
            continue
        inside += each["weight"] * (edge(row, data, LINE)[0] is True)
        if each["p_slip"] is not None:
            expected[outcome(row, data, LINE)] += each["weight"] * each["p_slip"]
    assert past.rounds[0].totals.inside.households == inside
    # Probabilities are held in fixed point, each to 2^-28.
    assert {name: past.of_outcome(name).households for name in OUTCOMES} == pytest.approx(expected, abs=1e-6)
    assert np.isclose(past.slips().households, sum(expected.values()), atol=1e-6)
