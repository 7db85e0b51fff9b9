"""Rounds in which nobody slipped, or nearly everybody did: what is copied or judged otherwise is named, and praised nowhere."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from workbench.domain.parameters import poverty_line
from workbench.errors import InputError
from workbench.risk.data.panel import PanelReader, Transition, labelled_rounds
from workbench.risk.data.slipless_steps import slipless_steps, without_slipless
from workbench.risk.evaluation.advice import MOST_SLIPPED, NOBODY_SLIPPED, advice
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.model import training
from workbench.risk.model.fitting import enough
from workbench.risk.model.training import TrainingRequest, train
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUNDS = ("2020-04", "2020-10", "2021-04", "2021-10")
COUNTIES = ("341502", "341524")
HOUSEHOLDS = 400


def filed(folder, chance=0.2, copied=(), county=None):
    """Four rounds of filed tiers, each worse with a `chance`; rounds `copied` repeat the one before, in one county or in all."""
    store, rng = FactStore(folder), np.random.default_rng(7)
    here = np.arange(HOUSEHOLDS) % 2
    tier = np.full(HOUSEHOLDS, 3)
    for name in ROUNDS:
        moved = rng.random(HOUSEHOLDS) < (chance if name != ROUNDS[0] else 0)
        if name in copied:
            moved &= False if county is None else here != COUNTIES.index(county)
        tier = np.where(moved, np.maximum(tier - 1, 1), np.minimum(tier + (rng.random(HOUSEHOLDS) < 0.1), 3))
        income = poverty_line(name).value * rng.uniform(1.6, 3.0, HOUSEHOLDS)
        frame = pl.DataFrame({
            "household_id": [f"h{number}" for number in range(HOUSEHOLDS)], "county_code": np.array(COUNTIES)[here],
            "kind": "lifted", "filed_tier": tier, "persons": 3, "income_pc": income, "net_income": 3 * income,
        })  # fmt: skip
        store.write(
            name,
            {str(code): part.to_arrow() for (code,), part in frame.group_by("county_code")},
            Origin(simulated=True),
        )
    return store


def rounds_of(store, until=None):
    reader = PanelReader(store)
    steps = reader.transitions(until)
    return list(labelled_rounds(reader, steps)), steps


def test_a_city_that_goes_on_has_no_slipless_step(city, tmp_path):
    assert slipless_steps(*rounds_of(city)) == ()
    assert slipless_steps(*rounds_of(filed(tmp_path))) == ()


def test_a_round_copied_from_the_one_before_is_named_and_not_learnt_from(tmp_path):
    rounds, steps = rounds_of(filed(tmp_path, copied=ROUNDS[3:]))
    steps_without = slipless_steps(rounds, steps)
    assert [(each.start, each.end, each.county) for each in steps_without] == [
        (ROUNDS[2], ROUNDS[3], county) for county in COUNTIES
    ]
    assert "金寨县" in steps_without[1].words.zh
    assert "不用来学" in steps_without[1].words.zh
    assert [len(without_slipless(each, steps_without)) for each in rounds] == [HOUSEHOLDS, HOUSEHOLDS, 0]


def test_of_one_county_alone_the_others_are_learnt_from(tmp_path):
    rounds, steps = rounds_of(filed(tmp_path, copied=ROUNDS[3:], county="341524"))
    steps_without = slipless_steps(rounds, steps)
    assert [each.county for each in steps_without] == ["341524"]
    assert without_slipless(rounds[-1], steps_without)["county_code"].unique().to_list() == ["341502"]


@pytest.mark.parametrize("copied", [ROUNDS[2:3], (ROUNDS[1], ROUNDS[3])], ids=["alone in its season", "each spring"])
def test_whatever_the_season_nothing_is_learnt_from_a_round_without_slips(tmp_path, copied):
    """A middle round has no other of its season to be held against, and may be a copy all the same."""
    rounds, steps = rounds_of(filed(tmp_path, copied=copied))
    steps_without = slipless_steps(rounds, steps)
    assert {(each.end, each.county) for each in steps_without} == {(name, code) for name in copied for code in COUNTIES}
    assert [len(without_slipless(each, steps_without)) for each in rounds] == [
        0 if step.end in copied else HOUSEHOLDS for step in steps
    ]


def cells(*counts):
    """Labelled rounds of so many rows and slips, by round and county."""
    return [
        pl.concat(
            pl.DataFrame({"start": ROUNDS[at], "county_code": code, "slip": [True] * slips + [False] * (rows - slips)})
            for code, (rows, slips) in by_county.items()
        )
        for at, by_county in enumerate(counts)
    ]


def cells_without(*counts):
    steps = [Transition(*pair, 1.0, 1.0, 6) for pair in pairwise((*ROUNDS, "2022-04"))]
    return [(each.start, each.county) for each in slipless_steps(cells(*counts), steps)]


def test_where_most_counties_were_copied_those_that_were_not_tell():
    copied = {"a": (500, 0), "b": (500, 0), "c": (500, 0), "d": (500, 60)}
    full = dict.fromkeys(copied, (500, 50))
    assert cells_without(full, copied, full) == [(ROUNDS[1], code) for code in "abc"]


def test_a_county_of_few_slips_and_a_quiet_round_have_none_by_chance():
    calm = {"a": (500, 4), "b": (500, 50)}
    assert cells_without(calm, {"a": (500, 0), "b": (500, 40)}, calm) == []
    # The line rested: every county has a fifth of its slips, and the smallest none.
    assert cells_without({"a": (200, 50), "b": (2_000, 500)}, {"a": (200, 0), "b": (2_000, 60)}) == []
    assert cells_without({"a": (300, 12)}, {"a": (300, 0)}) == []


def test_a_county_of_one_step_is_held_against_the_others_of_the_round():
    assert cells_without({"b": (900, 90)}, {"a": (900, 0), "b": (900, 90)}) == [(ROUNDS[1], "a")]


def test_few_are_none_by_chance(tmp_path):
    rounds, steps = rounds_of(filed(tmp_path, copied=ROUNDS[3:], chance=0.03))
    assert slipless_steps(rounds, steps) == ()
    assert slipless_steps([], steps) == ()


class NotFittedError(Exception):
    """Raised where training would begin to fit."""


def test_training_leaves_the_copied_round_out(tmp_path, monkeypatch):
    asked = []

    def stop(labelled, _excluded, _settings):
        asked.append(labelled)
        raise NotFittedError

    monkeypatch.setattr(training, "training_rows", stop)
    with pytest.raises(NotFittedError):
        train(filed(tmp_path, copied=ROUNDS[3:]), TrainingRequest())
    assert asked[0]["start"].unique().sort().to_list() == list(ROUNDS[:2])


@pytest.mark.parametrize(("chance", "said"), [(1.0, "风险变差 "), (0.0, "风险变差 0 条")])
def test_where_all_slip_or_none_there_is_nothing_to_learn(tmp_path, chance, said):
    store = filed(tmp_path, chance=chance)
    with pytest.raises(InputError, match=said):
        train(store, TrainingRequest(until=ROUNDS[1]))


def data(rate, seed=4):
    rng, rows = np.random.default_rng(seed), 2_000
    level, own = np.log(max(rate, 0.01) / (1 - min(rate, 0.99))), rng.normal(0, 1.5, rows)
    p = {name: 1 / (1 + np.exp(-level - part * own)) for name, part in (("model", 1.0), ("margin", 0.2))}
    slips = (rng.random(rows) < p["model"]).astype(float) * (rate > 0)
    return EvaluationData(
        pl.DataFrame({"county_code": ["341524"] * rows}), slips, np.ones(rows),
        p | {"base_rate": np.full(rows, max(slips.mean(), 1e-3))},
    )  # fmt: skip


def test_no_list_is_praised_where_most_slip_or_none():
    given = {rate: advice(data(rate)) for rate in (0.0, 0.2, 0.85)}
    assert (given[0.0]["use"], given[0.0]["code"]) == ("caution", NOBODY_SLIPPED.code)
    assert given[0.2]["use"] == "yes"
    assert (given[0.85]["use"], given[0.85]["code"]) == ("caution", MOST_SLIPPED.code)


def test_where_no_household_can_be_judged_twice_incomes_are_what_is_asked_for():
    with pytest.raises(InputError, match="没有一户前后两期都能判定") as refused:
        enough(np.empty(0))
    assert refused.value.code == "risk.no-outcome"
