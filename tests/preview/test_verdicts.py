"""The words for the difference of two standards: the same wherever two are compared, and never more than the figures bear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.preview.slips.verdicts import Verdict, verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "interval", "said"),
    [
        ((110, 500), (100, 500), (1.0, 19.0), "明显好于"),
        ((109, 500), (100, 500), (1.0, 17.0), "略好"),
        ((110, 500), (100, 500), (0.0, 20.0), "差不多"),
        ((110, 500), (100, 500), (-1.0, 21.0), "差不多"),
        ((110, 500), (100, 500), None, "差不多"),
        ((110, 1000), (100, 500), (1.0, 19.0), "抓住得多，但走访也多"),
        ((220, 1000), (100, 500), (90.0, 150.0), "明显好于"),
        ((105, 400), (100, 500), (1.0, 9.0), "明显好于"),
        ((100, 500), (110, 500), (-19.0, -1.0), "明显差于"),
        ((100, 500), (109, 500), (-17.0, -1.0), "略差"),
        ((100, 500), (110, 1000), (-19.0, -1.0), "抓住得少，但走访也少"),
        ((5, 10), (0, 0), (1.0, 9.0), "抓住得多，但走访也多"),
        ((0, 0), (0, 0), (0.0, 0.0), "差不多"),
    ],
)
def test_what_is_said(ours, theirs, interval, said):
    assert verdict(ours, theirs, interval).words.zh == said


@given(
    sides=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=2, max_size=2),
    bounds=st.lists(st.floats(-9, 9), min_size=2, max_size=2).map(sorted),
)
def test_the_other_way_round_it_is_the_reverse_and_within_chance_nothing_is_better(sides, bounds):
    one, other = sides
    said, back = verdict(one, other, tuple(bounds)), verdict(other, one, (-bounds[1], -bounds[0]))
    assert (said is Verdict.SAME) == (bounds[0] <= 0 <= bounds[1])
    pairs = {
        Verdict.CLEARLY_BETTER: Verdict.CLEARLY_WORSE,
        Verdict.SLIGHTLY_BETTER: Verdict.SLIGHTLY_WORSE,
        Verdict.MORE_FOR_MORE: Verdict.LESS_FOR_LESS,
        Verdict.SAME: Verdict.SAME,
    }
    assert {said, back} in [{better, worse} for better, worse in pairs.items()]
