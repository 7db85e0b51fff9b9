"""The frontier over every lever: its figures by the independent implementation of the rules, and what it claims of other standards."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.preview.scored import DISPERSION, scored_frame, scores_of
from tests.preview.test_counts_agree import index_of, spread
from tests.reference import CHECKS, GROUPS, edge
from tests.strategies import LINE, households
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.counts.counts import totals
from workbench.preview.frontier.choice import Choice, standard_of
from workbench.preview.frontier.classes import AssessedRound, LeverValues, household_classes
from workbench.preview.frontier.plainer import SIMPLER_PREFERRED, extra_settings, proposed
from workbench.preview.frontier.points import Evidence, frontier, searched
from workbench.preview.frontier.request import frontier_record
from workbench.preview.frontier.trial import Trial, levers
from workbench.preview.index.build import build_index
from workbench.preview.slips.scored_index import ranking

AT_HAND = parse_standard({"income": {"ceiling": {"multiple": 1.5}}, "exclusions": CHECKS})
VALUES = LeverValues((1.0, 1.15, 1.2, 1.2345, 1.5, 1.8, 2.0, 3.0), (0.0, 0.15, 0.3, 0.3333, 0.5, 1.0))
DEDUCTED = AT_HAND.model_copy(update={"income": AT_HAND.income.model_copy(update={"deduct_out_of_pocket": True})})


def assessed(rows, at_hand=AT_HAND, weighted=True):
    frame = scored_frame(spread(rows, weighted))
    index = index_of(frame, edge_limits(at_hand, LINE))
    slips = scores_of(frame, index).under(index, LINE)
    return frame, index.with_slips(slips.expected), slips


def evidence_of(index, slips):
    return Evidence(("2019-10",), (AssessedRound(index, LINE),), (slips.variance,), DISPERSION, 0.9)


def positions(values):
    ceiling = st.integers(0, len(values.multiples) - 1)
    route = st.tuples(st.integers(0, len(values.shares) - 1), ceiling)
    return st.builds(
        Choice, ceiling, st.tuples(*[ceiling] * len(GROUPS)), route, route, st.integers(0, (1 << len(CHECKS)) - 1)
    )


choices = positions(VALUES)


def by_households(frame, rows, standard):
    """Who is in, one household after the other by the plain reading; households and expected slips."""
    data = standard_data(standard)
    inside = [
        kind == "unregistered" and edge(row, data, LINE)[0] is True
        for row, kind in zip(rows, frame["kind"], strict=True)
    ]
    chosen = frame.filter(inside)
    return chosen["weight"].sum(), (chosen["weight"] * chosen["p_slip"]).fill_null(0.0).sum()


@given(rows=households, choice=choices, at_hand=st.sampled_from([AT_HAND, DEDUCTED]), seed=st.integers(0, 99))
def test_every_value_of_every_lever(rows, choice, at_hand, seed):
    frame, index, _ = assessed(rows, at_hand)
    classes = household_classes([AssessedRound(index, LINE)], VALUES)
    rng = np.random.default_rng(seed)
    for lever in levers(classes):
        amounts = lever.amounts(Trial(classes, choice))
        for at in rng.choice(amounts.shape[1], 3):
            standard = standard_of(lever.put(choice, int(at)), VALUES, at_hand)
            inside, slips = by_households(frame, rows, standard)
            assert amounts[0, at] == inside
            assert amounts[1, at] == pytest.approx(slips, abs=1e-6)


@settings(max_examples=6)
@given(
    rows=households, others=st.lists(choices, min_size=60, max_size=60), at_hand=st.sampled_from([AT_HAND, DEDUCTED])
)
def test_points_are_whole_standards_that_none_of_the_family_beats(rows, others, at_hand):
    frame, index, slips = assessed(rows, at_hand)
    evidence = evidence_of(index, slips)
    front = frontier(evidence, at_hand, searched(evidence, at_hand, VALUES))
    figures = [(point.inside.households, point.inside.slips) for point in front.points]
    for point, (inside, caught) in zip(front.points, figures, strict=True):
        assert (inside, pytest.approx(caught, abs=1e-6)) == by_households(frame, rows, point.standard)
        assert parse_standard(standard_data(point.standard)) == point.standard
    assert figures == sorted(set(figures))
    assert all(low[1] < high[1] for low, high in itertools.pairwise(figures))
    for other in others:
        count = totals(index, edge_limits(standard_of(other, VALUES, at_hand), LINE)).inside
        assert not [
            one
            for one in figures
            if count.households <= one[0] and count.slips >= one[1] and one != (count.households, count.slips)
        ]


def city(n=4000, seed=6):
    rng = np.random.default_rng(seed)
    incomes = rng.uniform(3300, 9600, n).round(2)
    rows = [
        {
            "previous": {"income_pc": float(income * rng.uniform(0.7, 2)), "out_of_pocket": 0.0},
            "income_pc": float(income), "net_income": float(income), "out_of_pocket": float(round(income * rng.uniform(0, 0.7), 2)),
            **{group: bool(rng.random() < 0.1) for group in GROUPS},
            **{check: bool(rng.random() < 0.1) for check in CHECKS},
        }
        for income in incomes
    ]  # fmt: skip
    return assessed(rows, weighted=False)


def test_standards_of_other_values_do_not_beat_it():
    """Any standard whatever: 1.2 times the line with no group required among them, ceilings and shares off the searched ones."""
    _, index, slips = city()
    front = frontier(evidence_of(index, slips), AT_HAND)
    inside = np.array([point.inside.households for point in front.points])
    caught = np.array([point.inside.slips for point in front.points])
    rng = np.random.default_rng(2)
    plain = {"income": {"ceiling": {"multiple": 1.2}}, "require_group": False}
    for data in [plain, {**plain, "exclusions": CHECKS}, *(any_standard(rng) for _ in range(300))]:
        count = totals(index, edge_limits(parse_standard(data), LINE)).inside
        assert not ((count.households <= inside) & (count.slips >= caught) & (count.households < inside)).any()
        assert not ((count.households <= inside) & (count.slips > caught)).any()
    assert len(front.points) > 30


def any_standard(rng):
    def some(names):
        return [name for name in names if rng.random() < 0.6]

    def ceiling():
        return {"multiple": round(rng.uniform(1, 3), 4)}

    return {
        "income": {"ceiling": ceiling(), "group_ceilings": {group: ceiling()["multiple"] for group in some(GROUPS)[:2]}},
        "groups": some(GROUPS), "require_group": bool(rng.random() < 0.5), "exclusions": some(CHECKS),
        "routes": {
            name: {"share": round(rng.uniform(0, 1), 3), "ceiling": ceiling()}
            for name in some(["rigid_expenditure", "income_drop"])
        },
    }  # fmt: skip


def test_a_countys_own_group_is_a_lever_like_the_eight():
    own = {"x_one_parent": "单亲家庭户"}
    data = {"income": {"ceiling": {"multiple": 1.5}}, "own_groups": own}
    at_hand = parse_standard(data)
    n = 600
    rng = np.random.default_rng(1)
    flags = (rng.random(n) < 0.2).tolist()
    rows = [{"previous": None, "income_pc": float(income)} for income in rng.uniform(3300, 9600, n).round(2)]
    frame = scored_frame(spread(rows, weighted=False).with_columns(x_one_parent=pl.Series(flags)))
    frame = frame.with_columns(p_slip=pl.when("x_one_parent").then(0.5).otherwise(pl.col("p_slip") / 10))
    index = build_index(frame, deduct_out_of_pocket=False, own_groups=tuple(own))
    slips = scores_of(frame, index).under(index, LINE)
    front = frontier(evidence_of(index.with_slips(slips.expected), slips), at_hand)
    listed = [point.standard for point in front.points if point.standard.require_group]
    assert any("x_one_parent" in standard.groups and standard.income.ceiling.multiple > 1 for standard in listed)
    for point in front.points[::5]:
        assert point.standard.own_groups == own
        count = totals(index.with_slips(slips.expected), edge_limits(point.standard, LINE)).inside
        assert (count.households, count.slips) == (point.inside.households, point.inside.slips)


def test_what_is_said_of_the_points():
    _, index, slips = city(1500)
    evidence = evidence_of(index, slips)
    record = frontier_record(evidence, AT_HAND, ranking(index, slips))
    own = totals(index, edge_limits(AT_HAND, LINE)).inside
    assert (record["at_hand"]["in"], record["at_hand"]["caught"]) == (own.households, own.slips)
    for point in record["points"]:
        assert point["caught"] <= point["ideal"] + 1e-9
        assert point["gain"]["slips"] == pytest.approx(point["caught"] - own.slips)
        low, high = point["gain"]["interval"]
        assert low <= point["gain"]["slips"] <= high
        standard = parse_standard(point["standard"])
        omitted = (
            [group for group in GROUPS if group not in standard.groups] if standard.require_group else ["no group"]
        )
        assert bool(omitted) == any("§2.2-b" in note.en for note in point["notes"])
        assert all(count["caught"] <= record["ideal"][-1]["caught"] for count in record["ideal"])
        # Only the income ceiling may have none: where nobody comes in by income alone it stands at the line.
        assert {note.en.partition(":")[0] for note in point["ineffective"]} <= {"income.ceiling"}
    proposed = record["points"][record["proposal"]]
    assert proposed["in"] <= own.households
    assert proposed["gain"]["interval"][0] > 0


def test_the_simpler_of_two_within_chance_stands_for_the_best():
    """A rule of four ceilings and two routes stood among the best for a tenth of a slip, and no head can defend it (issue 15)."""
    _, index, slips = city(1500)
    evidence = evidence_of(index, slips)
    record = frontier_record(evidence, AT_HAND, ranking(index, slips))
    pairs = [(point, point["plainer"]) for point in record["points"] if point["plainer"]]
    assert len(pairs) > 5
    assert SIMPLER_PREFERRED in record["notes"]
    for point, simpler in pairs:
        best, standard = (parse_standard(each["standard"]) for each in (point, simpler))
        assert extra_settings(standard) < extra_settings(best)
        assert 0 < simpler["in"] <= point["in"]
        count = totals(index, edge_limits(standard, LINE)).inside
        assert (count.households, pytest.approx(count.slips, abs=1e-6)) == (simpler["in"], simpler["caught"])
        assert simpler["less"]["slips"] == pytest.approx(point["caught"] - simpler["caught"], abs=1e-6)
        assert simpler["less"]["interval"][0] <= 0 <= simpler["less"]["slips"]
    # What is proposed gains more than chance may, be it the simpler one or not.
    chosen = proposed(record)
    assert chosen["gain"]["clear"]
    assert chosen["in"] <= record["at_hand"]["in"]
    assert all(extra_settings(parse_standard(point["standard"])) for point, _ in pairs)


def test_nothing_is_proposed_within_chance():
    """The best standard at hand: what the others gain over it lies within the interval, and nothing is proposed."""
    _, index, slips = city(1500)
    evidence = evidence_of(index, slips)
    first = frontier(evidence, AT_HAND)
    assert first.proposal is not None
    again = frontier(evidence, first.points[first.proposal].standard)
    assert again.proposal is None
    assert again.at_hand.gain.interval == (0.0, 0.0)
    assert not again.at_hand.gain.clear
