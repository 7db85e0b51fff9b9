"""What a trained model promises: its card, its constraints, its forecast, facts that drift or are not there."""

import itertools

import numpy as np
import polars as pl
import pytest

from workbench.errors import InputError
from workbench.risk.data.panel import PanelReader
from workbench.risk.model import training
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.peers import standings
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry.card_page import card_page
from workbench.risk.scoring import scoring
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore

LAST = "2020-04"


def at_risk(store, position=-1):
    reader = PanelReader(store)
    step = reader.transitions()[position]
    return reader.frame(step).filter(pl.col("state") > 0).with_columns(start=pl.lit(step.start))


def copied(city, folder, change):
    """The city with the facts of the last round changed."""
    store = FactStore(folder)
    for name in city.rounds():
        facts = pl.DataFrame(city.read(name))
        changed = change(facts) if name == city.rounds()[-1] else facts
        parts = {str(code): part.to_arrow() for (code,), part in changed.group_by("county_code")}
        store.write(name, parts, city.origin(name))
    return store


def test_the_card_answers_first_whether_to_trust_it(model):
    page = card_page(model.about)
    order = [
        "模拟数据 SIMULATED",
        "## 模型可靠性",
        "## 与更简单的办法比",
        "## 在我们县的模型可靠性",
        "## 不能指望什么",
        "## 用了哪些事实",
        "## Summary in English",
    ]
    positions = [page.index(words) for words in order]
    assert positions == sorted(positions)
    assert "金寨县" in page
    assert model.about["hash"] in page
    assert "None" not in page
    assert "nan" not in page


def test_a_round_with_twice_the_slips_is_to_be_checked_before_the_model_is_judged(model):
    large = model.about["performance"]["calibration_in_the_large"]
    twice = large | {"observed": 2.5 * large["expected"]}
    about = model.about | {"performance": model.about["performance"] | {"calibration_in_the_large": twice}}
    assert "先核实" in card_page(about)
    assert "先核实" not in card_page(
        about
        | {"performance": about["performance"] | {"calibration_in_the_large": large | {"observed": large["expected"]}}}
    )


def test_contributions_add_up_by_topic(city, model):
    frame = at_risk(city)
    values = model.matrix.matrix(frame)
    points = model.contributions(frame, values)
    assert points.shape == (len(frame), len(model.topics))
    assert np.allclose(points.sum(axis=1) + model.constant, model.logit(frame, values))


def test_curves_of_constrained_features_are_monotone(model):
    directions = {at: feature.monotone for at, feature in enumerate(model.matrix.features) if feature.monotone}
    checked = 0
    for term in model.box.terms:
        if len(term.features) == 1 and term.features[0] in directions:
            steps = np.diff(term.tables[:, 1:].astype(float), axis=1) * directions[term.features[0]]
            assert (steps >= -1e-6).all()
            checked += 1
    assert checked >= 3
    assert model.about["income_raised"]["share"] < 0.05


def test_probabilities_follow_income(city, model):
    frame = at_risk(city).filter(pl.col("kind") == "unregistered")
    margin = (frame["income_pc"] / frame["line"]).to_numpy()
    p = model.probability(frame)
    assert p[margin < 1.1].mean() > 4 * p[margin > 2].mean()


def test_the_forecast_knows_every_line(city, model):
    agreement = model.about["forecast_agreement"]
    assert agreement["forecast"] == pytest.approx(agreement["happened"], rel=0.4)
    frame = at_risk(city).filter(pl.col("kind") == "unregistered")
    mean, sd = model.forecast.read(model.matrix.matrix(frame))
    lines = [model.forecast.below(mean, sd, line) for line in (3000.0, 4000.0, 6000.0, 1e9)]
    assert all((low <= high).all() for low, high in itertools.pairwise(lines))
    assert lines[-1].min() == 1


def test_averages_are_those_of_each_tier(city, model):
    assert set(model.peers.means) <= {"1", "2", "3", "unregistered"}
    assert set(standings(at_risk(city))) <= set(model.peers.means)


def test_a_column_that_is_suddenly_zero_is_named_and_read_as_unknown(city, model, tmp_path):
    broken = copied(city, tmp_path, lambda facts: facts.with_columns(pl.lit(0, pl.Int64).alias("seriously_ill")))
    name = broken.rounds()[-1]
    result, whole = score(broken, name, model), score(city, name, model)
    assert any("大病" in warning.zh and "按未知处理" in warning.zh for warning in result.head.warnings)
    stored = score(broken, name, model, keep=("seriously_ill",))
    p = {
        key: np.asarray(each.table["p_slip"]) for key, each in {"found": result, "whole": whole, "kept": stored}.items()
    }
    assert np.abs(p["found"] - p["kept"]).max() > 0
    assert p["found"].sum() == pytest.approx(p["whole"].sum(), rel=0.3)


def test_without_incomes_nothing_is_scored(city, model, tmp_path):
    blank = copied(city, tmp_path, lambda facts: facts.with_columns(income_pc=pl.lit(None, pl.Float64)))
    with pytest.raises(InputError):
        score(blank, blank.rounds()[-1], model)


def test_a_household_that_cannot_be_judged_has_no_score_but_is_counted(city, model):
    result = score(city, LAST, model)
    facts = pl.DataFrame(city.read(LAST))
    scored = set(result.table["household_id"].to_pylist())
    unknown = facts.filter(pl.col("income_pc").is_null(), pl.col("kind") != "registered")
    assert not scored & set(unknown["household_id"])
    assert sum(result.head.not_scored.values()) + len(scored) == len(facts)


def test_who_has_no_label_takes_no_household_from_those_learnt_from(city, tmp_path, monkeypatch):
    def registered_besides(facts):
        others = facts.with_columns(pl.format("r{}", "household_id").alias("household_id"), kind=pl.lit("registered"))
        return pl.concat([facts, others.cast(facts.schema)])

    store = FactStore(tmp_path)
    for name in city.rounds()[:2]:
        tables = {
            code: registered_besides(pl.DataFrame(city.read(name, code))).to_arrow() for code in city.counties(name)
        }
        store.write(name, tables, city.origin(name))
    steps = PanelReader(store).transitions()
    labelled = sum(int(PanelReader(store).labelled(step)["slip"].count()) for step in steps)
    assert 2 * labelled < len(store.frame(steps[0].start))
    for most, share in ((labelled, 1.0), (labelled // 2, labelled // 2 / labelled)):
        monkeypatch.setattr(training, "MOST_ROWS", most)
        assert training._share(store, TrainingRequest(), steps, None) == pytest.approx(share, abs=1e-12)


@pytest.mark.deep
def test_of_too_many_households_some_are_drawn_with_their_whole_histories_and_the_card_says_so(city, monkeypatch):
    monkeypatch.setattr(training, "MOST_ROWS", 3000)
    some = train(city, TrainingRequest(until="2019-10", day="2026-11-23"))
    assert some.about["share_of_households"] == pytest.approx(3000 / 3723)
    assert f"固定随机取 {some.about['share_of_households']:.1%} 的户" in card_page(some.about)
    assert some.about["households"] < len(city.frame("2019-05"))
    assert some.about["checked_on"] == "households"
    assert some.about["advice"]["use"] != "yes"  # no later round has tested it


def test_scores_are_the_same_whatever_the_pieces(city, model, monkeypatch):
    whole = score(city, LAST, model).table
    monkeypatch.setattr(scoring, "_PIECE", 700)
    pieces = score(city, LAST, model).table
    assert pieces.combine_chunks().equals(whole.combine_chunks())
    assert np.allclose(
        sigmoid(model.logit(at_risk(city), model.matrix.matrix(at_risk(city)))),
        np.asarray(whole["p_slip"]),
        rtol=0,
        atol=1e-12,
    )
