"""Where a county files the tiers of the round before once more, nothing is learnt or tested of its lifted households."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from tests.risk.test_tier_breaks import ROUNDS, changed
from workbench.domain.rules.round_rules import LIFTED
from workbench.errors import InputError
from workbench.risk.data.counties.unchanged_tiers import unchanged_tiers
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.panel import PanelReader, Transition
from workbench.risk.evaluation.advice import TIERS_COPIED
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.evaluation.evaluation_data import not_tested
from workbench.risk.model import training
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.round_warnings import round_warnings

COUNTY = "341522"


def with_tiers(city, folder, tiers_of, chosen=None):
    """The city with filed tiers: those that the rule had in the round `tiers_of(name)`; `chosen`: an expression of rows to hold."""
    tiers = {
        name: PanelReader(city).assessed(name).select("county_code", "household_id", filed="tier")
        for name in {tiers_of(name) for name in ROUNDS}
    }

    def file(facts):
        held = facts if chosen is None else facts.filter(chosen)
        (name,) = held["round"].unique().to_list()
        filed = held.join(tiers[tiers_of(name)], on=["county_code", "household_id"], how="left", maintain_order="left")
        return filed.with_columns(filed_tier=pl.when(pl.col("kind") == LIFTED).then("filed")).drop("filed")

    return changed(city, folder, file, ROUNDS)


def seen(store):
    reader = PanelReader(store)
    return unchanged_tiers({name: reader.facts(name) for name in store.rounds()}, reader.transitions())


def test_tiers_that_go_with_the_facts_and_cities_without_filed_ones_have_none(city, tmp_path):
    assert seen(city) == ()
    assert seen(with_tiers(city, tmp_path, lambda name: name)) == ()


def test_tiers_that_stay_while_facts_move_are_named(city, tmp_path):
    copied = seen(with_tiers(city, tmp_path, lambda name: ROUNDS[0] if name < ROUNDS[3] else ROUNDS[3]))
    assert {(each.start, each.end) for each in copied} == {(ROUNDS[0], ROUNDS[1]), (ROUNDS[1], ROUNDS[2])}
    largest = next(each for each in copied if each.county == COUNTY)
    assert largest.changed == 0
    assert "没有一户变过，而按事实有" in largest.words.zh
    assert "不用来学" in largest.words.zh


def filed(tiers, months, county=COUNTY):
    """Facts of a round: filed tiers, and months of work that the rule reads; all else is as good as can be."""
    facts = {
        "county_code": county, "household_id": [f"{county}-{number}" for number in range(len(tiers))], "kind": LIFTED, "filed_tier": tiers,
        "persons": 3, "labour": 2, "skilled": 1, "weak_labour": 0, "land_mu": 6.0, "income_business": 9000.0, "income_property": 0.0,
        "cost_business": 100.0, "income_pc": 9000.0, "net_income": 27000.0, "out_of_pocket": 0.0, "work_months": months, "cause": "缺资金",
        **dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), 0),
    }  # fmt: skip
    return pl.DataFrame(
        facts, schema_overrides={name: pl.Float64 for name, value in facts.items() if isinstance(value, float)}
    )


def among(*rounds):
    steps = [Transition(start, end, 3218.0, 3218.0, 6) for start, end in pairwise(ROUNDS[: len(rounds)])]
    return [(each.start, each.county) for each in unchanged_tiers(dict(zip(ROUNDS, rounds, strict=False)), steps)]


def test_next_to_none_is_none_and_an_office_that_looked_at_some_is_not_named():
    before = filed([3] * 400, [10.0] * 400)
    for moved, named in ((0, True), (2, True), (20, False)):
        after = filed([2] * moved + [3] * (400 - moved), [3.0] * 60 + [10.0] * 340)
        assert among(before, after) == ([(ROUNDS[0], COUNTY)] if named else [])


def test_without_facts_that_move_nothing_is_said_of_few_and_of_many_rounds_it_is():
    same = filed([3] * 400, [10.0] * 400)
    assert among(same, same) == []
    assert among(same, same, same, same) == [(name, COUNTY) for name in ROUNDS[:3]]


def test_small_counties_tell_together():
    before = [filed([3] * 50, [10.0] * 50, code) for code in ("a", "b", "c")]
    after = [filed([3] * 50, [3.0] * 8 + [10.0] * 42, code) for code in ("a", "b", "c")]
    assert among(before[0], after[0]) == []
    assert among(pl.concat(before), pl.concat(after)) == [(ROUNDS[0], code) for code in "abc"]


class NotFittedError(Exception):
    """Raised where training would begin to fit."""


def test_training_learns_from_the_others_alone_and_refuses_where_there_are_none(city, tmp_path, monkeypatch):
    asked = []

    def stop(labelled, _excluded, _settings):
        asked.append(labelled)
        raise NotFittedError

    monkeypatch.setattr(training, "training_rows", stop)
    with pytest.raises(NotFittedError):
        train(
            with_tiers(city, tmp_path / "all", lambda _name: ROUNDS[0], pl.col("county_code") == COUNTY),
            TrainingRequest(),
        )
    assert asked[0]["kind"].unique().to_list() == ["unregistered"]
    alone = (pl.col("kind") == LIFTED) & (pl.col("county_code") == COUNTY)
    with pytest.raises(InputError, match=r"没有一步可学：霍邱县：.*照抄了上一期"):
        train(with_tiers(city, tmp_path / "lifted", lambda _name: ROUNDS[0], alone), TrainingRequest())


def test_a_round_of_copied_tiers_tests_nothing_of_lifted_households(city, model, tmp_path):
    store = with_tiers(city, tmp_path / "all", lambda name: min(name, ROUNDS[2]))
    result = evaluate(store, ROUNDS[2], model)
    assert result["advice"]["use"] != "yes"
    assert result["advice"]["zh"].startswith("各县区已脱贫户备案的等级像是照抄了上一期")
    assert "不算他们" in result["advice"]["zh"]
    # One sentence for the step, however many counties: eight that say the same are read by nobody.
    assert [each.zh[:19] for each in result["warnings"] if "照抄了上一期" in each.zh] == [
        "金安区、裕安区、叶集区等 8 个县区："
    ]
    lifted = with_tiers(city, tmp_path / "one", lambda name: min(name, ROUNDS[2]), (pl.col("kind") == LIFTED) & (pl.col("county_code") == COUNTY))  # fmt: skip
    assert evaluate(lifted, ROUNDS[2], model)["advice"]["code"] == TIERS_COPIED.code


def said(store, round_name, **about):
    return " ".join(each.zh for each in round_warnings(SimpleNamespace(about={"line": None, **about}), DrawnFacts(store), round_name))  # fmt: skip


def test_a_round_that_is_scored_names_them(city, tmp_path):
    store = with_tiers(city, tmp_path, lambda name: min(name, ROUNDS[2]))
    assert said(store, ROUNDS[3]).count("从旧的等级算起") == 1
    assert "从旧的等级算起" not in said(store, ROUNDS[2])
    assert "从旧的等级算起" not in said(city, ROUNDS[3])


def test_of_a_kind_that_was_never_learnt_from_probabilities_are_guesses(city):
    learnt = {"unregistered": {"rows": 900, "slips": 30}}
    assert "没有学过已脱贫户" in said(city, ROUNDS[3], standings=learnt)
    assert "没有学过" not in said(city, ROUNDS[3], standings=learnt | {"3": {"rows": 90, "slips": 3}})
    assert "没有学过" not in said(city, ROUNDS[3])


def test_a_tier_that_was_never_learnt_from_is_known_no_better_than_the_least_known():
    frame = pl.DataFrame({"kind": [LIFTED, LIFTED, "unregistered"], "state": [3, 2, 1]})
    learnt = SimpleNamespace(
        spread_of=lambda logits: np.zeros(len(logits)), typical_spread=0.0, level_errors={"3": 0.1, "unregistered": 0.3}
    )
    errors = RiskModel.standard_error(learnt, np.zeros((3, 5)), frame)
    assert errors[1] == errors[2] == max(errors) > errors[0]


def test_a_county_that_is_gone_is_named(city):
    learnt = {code: {} for code in city.counties(ROUNDS[3])}
    assert "没有数据" not in said(city, ROUNDS[3], counties=learnt)
    assert "341599这一期没有数据" in said(city, ROUNDS[3], counties=learnt | {"341599": {}})
    many = {f"9{number}": {} for number in range(100, 130)}
    assert "等 30 个县区" in said(city, ROUNDS[3], counties=learnt | many)


def test_a_county_without_a_later_round_is_said_to_be_untested(city, tmp_path):
    store = with_tiers(
        city, tmp_path, lambda name: name, (pl.col("county_code") != COUNTY) | (pl.col("round") != ROUNDS[3])
    )
    for of, named in ((store, True), (city, False)):
        steps = [step for step in PanelReader(of).transitions() if step.start == ROUNDS[2]]
        said = not_tested(of.counties(ROUNDS[2]), steps)
        assert [each.zh.startswith("霍邱县之后没有期次，没有检验") for each in said] == ([True] if named else [])
    assert not_tested([COUNTY], [Transition(*ROUNDS[2:], 4000.0, 4000.0, 6)]) == []


def test_what_was_copied_tests_nothing_beside_a_county_in_another_unit(city, model, tmp_path, monkeypatch):
    alone = (pl.col("kind") == LIFTED) & (pl.col("county_code") == COUNTY)
    store = with_tiers(city, tmp_path / "both", lambda name: min(name, ROUNDS[2]), alone)
    unit = SimpleNamespace(county="341502")
    for name, given in (("_in_other_units", [unit]), ("_not_said", [])):
        monkeypatch.setattr(f"workbench.risk.evaluation.evaluation.{name}", lambda *_given, given=given: given)
    # All that is stored are lifted households whose tiers were copied: the county in another unit brings none of them back.
    assert evaluate(store, ROUNDS[2], model)["advice"]["code"] == TIERS_COPIED.code
