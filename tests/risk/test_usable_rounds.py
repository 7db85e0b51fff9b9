"""A fact that was not asked in some rounds is missing there and learnt elsewhere; what changed its meaning is kept out."""

import numpy as np
import polars as pl
import pytest

from workbench.domain.facts import CROSS_CHECKS
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.drift import drifts
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.data.readable_facts import reading
from workbench.risk.data.usable_rounds import UsableFacts, usable_facts
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate

ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10", "2021-04")
SPRINGS, AUTUMNS = ROUNDS[::2], ROUNDS[1::2]


def rounds(changes, rows=1_500):
    """Rounds of the same households whose debt is `changes(round, values)`."""
    rng = np.random.default_rng(3)
    ids = [f"h{row}" for row in range(rows)]
    frames = {}
    for name in ROUNDS:
        debt = pl.Series("x_debt", np.exp(rng.normal(7, 1, rows)) * (rng.random(rows) < 0.6))
        frames[name] = pl.DataFrame(
            {"household_id": ids, "kind": "unregistered", "county_code": "a", "x_debt": changes(name, debt)}
        )
    return frames


def usable(changes):
    frames = rounds(changes)
    return usable_facts(drifts(frames), frames)


def nothing(debt):
    return debt.set(debt.is_not_null(), None)


def of_few(debt):
    """Recorded of those who have any."""
    return debt.set(debt == 0, None)


CASES = {
    "unknown at first": (lambda name, debt: nothing(debt) if name < "2020" else debt, (), ROUNDS[:2]),
    "of a few at first": (lambda name, debt: of_few(debt) if name == ROUNDS[0] else debt, (), ROUNDS[:1]),
    "asked each autumn": (lambda name, debt: nothing(debt) if name in SPRINGS else debt, (), SPRINGS),
    "asked each spring": (lambda name, debt: nothing(debt) if name in AUTUMNS else debt, (), AUTUMNS),
    "not asked once": (lambda name, debt: nothing(debt) if name == ROUNDS[2] else debt, (), ROUNDS[2:3]),
    "zero where not asked, each spring": (lambda name, debt: debt * (name in AUTUMNS), (), SPRINGS),
    "higher each autumn": (lambda name, debt: debt * (8 if name in AUTUMNS else 1), (), None),
    "given up": (lambda name, debt: nothing(debt) if name > "2020-05" else debt, ("x_debt",), None),
    "another unit once and for all": (lambda name, debt: debt / (10_000 if name > "2020" else 1), ("x_debt",), None),
    "zero once": (lambda name, debt: debt * (name != ROUNDS[1]), ("x_debt",), None),
    "as ever": (lambda _name, debt: debt, (), None),
}


@pytest.mark.parametrize("case", CASES)
def test_which_rounds_of_a_fact_can_be_read(case):
    changes, excluded, missing = CASES[case]
    assert usable(changes) == UsableFacts(excluded, {"x_debt": missing} if missing else {})


def test_cross_checks_that_began_in_the_second_round_are_learnt():
    made = simulate(6_000, 4, 1, divisions=DIVISIONS)
    frames = {one.round: pl.concat([pl.DataFrame(table) for table in one.facts.values()]) for one in made}
    result = usable_facts(drifts(frames), frames)
    assert result.excluded == ()
    assert result.missing == dict.fromkeys(CROSS_CHECKS, ("2019-05",))


def test_features_and_their_history_read_it_as_missing_and_tiers_do_not(city):
    plain = PanelReader(city)
    blind = PanelReader(city, missing={"net_income": ("2019-05",)})
    for reader, unread in ((plain, False), (blind, True)):
        first, second = list(labelled_rounds(reader, reader.transitions()[:2]))
        assert (first["net_income"].null_count() == len(first)) is unread
        assert (second["net_income_1"].null_count() == len(second)) is unread
        assert second["net_income"].null_count() < len(second)
    assert plain.labelled(plain.transitions()[0])["slip"].equals(blind.labelled(blind.transitions()[0])["slip"])


def test_the_demonstration_learns_its_cross_checks(city, model):
    assert model.about["read_as_missing"] == {fact: ["2019-05"] for fact in CROSS_CHECKS}
    assert set(CROSS_CHECKS) <= set(model.about["facts_used"])
    assert set(reading(DrawnFacts(city), "2019-05", model).unread) == set(CROSS_CHECKS)
    assert not set(reading(DrawnFacts(city), "2020-04", model).unread) & set(CROSS_CHECKS)
