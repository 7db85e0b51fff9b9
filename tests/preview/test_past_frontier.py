"""The frontier by what happened: its figures equal a count household by household, and no standard drawn at random beats it."""

import random

import pytest

from tests.preview.hindsight_by_hand import by_hand
from tests.preview.test_hindsight_agrees import REFERENCE, past_of, store_of
from tests.reference import CHECKS, GROUPS
from tests.strategies import OWN_GROUPS
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.frontier.points import frontier, searched
from workbench.preview.frontier.request import past_evidence
from workbench.preview.hindsight.past_rounds import PastScope

OWN = OWN_GROUPS[0]
VALUES = LeverValues((1.0, 1.1, 1.2, 1.5, 1.8, 2.0, 3.0), (0.0, 0.1, 0.3, 0.5, 1.0))
"""Few, since what is asked is whether the figures are true, and not how finely is searched."""


def whole(data):
    """A standard with every key that the count by hand reads."""
    data = {"own_groups": {}, "routes": {}, "exclusions": [], "require_group": True, **data}
    data["income"] = {"deduct_out_of_pocket": False, "group_ceilings": {}, **data["income"]}
    return data


def counted(rounds, data):
    record = by_hand(rounds, whole(data))
    return sum(each["in"] for each in record["rounds"]), sum(each["caught"] for each in record["rounds"])


def drawn(draw):
    """Any standard of the searched family, its numbers among those searched."""

    def ceiling():
        return {"multiple": draw.choice(VALUES.multiples[1:])}

    def some(names):
        return [name for name in names if draw.random() < 0.5]

    listed = some((*GROUPS, OWN))
    return {
        "income": {"ceiling": ceiling(), "group_ceilings": {each: ceiling()["multiple"] for each in listed[:2]}},
        "own_groups": {OWN: "自定"}, "groups": listed, "require_group": draw.random() < 0.5, "exclusions": some(CHECKS),
        "routes": {
            name: {"share": draw.choice(VALUES.shares), "ceiling": ceiling()}
            for name in some(["rigid_expenditure", "income_drop"])
        },
    }  # fmt: skip


@pytest.mark.parametrize("seed", [3, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(4, 9))])
def test_points_are_counted_by_hand_and_nothing_drawn_beats_them(tmp_path, seed):
    rounds = past_of(seed)
    at_hand = parse_standard({**REFERENCE, "own_groups": {OWN: "自定"}, "groups": [*GROUPS, OWN]})
    evidence, _ = past_evidence(PastScope(store_of(tmp_path, rounds)), at_hand)
    front = frontier(evidence, at_hand, searched(evidence, at_hand, VALUES))
    figures = [(point.inside.households, point.inside.slips) for point in front.points]
    assert figures
    assert figures == [counted(rounds, standard_data(point.standard)) for point in front.points]
    draw = random.Random(seed)  # noqa: S311 - no secret
    for inside, caught in (counted(rounds, drawn(draw)) for _ in range(30)):
        assert not [one for one in figures if inside <= one[0] and caught > one[1]]
        assert not [one for one in figures if inside < one[0] and caught >= one[1]]
