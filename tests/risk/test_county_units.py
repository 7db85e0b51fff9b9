"""A county that gave a fact in another unit from the first round on is named, and what hangs on it is not learnt from."""

import numpy as np
import polars as pl
import pytest

from tests.risk.money import MONEY
from tests.risk.second_panel import second_panel
from workbench.risk.data.counties.units import other_units, unit_steps, unit_words, unread_cells
from workbench.risk.data.income_breaks import unbroken
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.data.tier_breaks import without_false_slips
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model import training
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.by_county import score_by_county
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore

ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10")
HERE = "341522"


def changed(city, folder, change, counties=(HERE,)):
    """The city with facts of some counties changed in all rounds."""
    store = FactStore(folder)
    for name in ROUNDS:
        facts = {code: change(city.frame(name, code), inside=code in counties) for code in city.counties(name)}
        store.write(name, {code: frame.to_arrow() for code, frame in facts.items()}, city.origin(name))
    return store


def times(factor, *facts):
    def change(frame, *, inside):
        return frame.with_columns(pl.col(fact) * (factor if inside else 1.0) for fact in facts)

    return change


def share(frame, *, inside):
    """A fraction of a mapping's own, in percent `inside`."""
    own = np.random.default_rng(len(frame)).beta(2, 5, len(frame))
    return frame.with_columns(x_share=pl.Series(own * (100 if inside else 1)))


def units_of(store, keep=()):
    return other_units({name: PanelReader(store).facts(name) for name in store.rounds()}, keep)


def test_counties_that_differ_as_counties_do_are_none(city, tmp_path):
    assert units_of(city) == ()
    assert units_of(second_panel(tmp_path, 3_000).store) == ()


def test_percents_for_fractions_from_the_first_round_on_are_named_and_read_as_unknown_there(city, tmp_path):
    store = changed(city, tmp_path, share)
    (unit,) = units_of(store)
    assert (unit.county, unit.fact, unit.rounds) == (HERE, "x_share", ROUNDS)
    assert 90 < unit.own / unit.others < 110
    (said,) = unit_words([unit])
    assert said.zh.startswith("霍邱县（2019-05 – 2020-10）：share的中位数")
    assert "--keep" in said.zh
    assert "Huoqiu" in said.en
    assert units_of(store, keep=["x_share"]) == ()
    reader = PanelReader(store, missing_in=unread_cells([unit]))
    known = reader.frame(reader.next_transition(ROUNDS[1])).group_by("county_code").agg(pl.col("x_share").count())
    assert known.filter(pl.col("x_share") == 0)["county_code"].to_list() == [HERE]


def test_incomes_of_another_unit_make_no_labels(city, tmp_path):
    store = changed(city, tmp_path, times(12.0, *MONEY))
    units, reader = units_of(store), PanelReader(store)
    assert {"income_pc", "net_income"} <= {each.fact for each in units}
    frames = {name: reader.facts(name) for name in ROUNDS}
    steps = reader.transitions()
    broken = [each for each in unit_steps(units, frames, steps) if not each.lifted]
    assert [(each.start, each.county) for each in broken] == [(name, HERE) for name in ROUNDS[:3]]
    assert all(HERE not in step.counties for step in unbroken(steps, broken))
    assert "先不要用" in broken[0].words.zh
    (said,) = unit_words(units)
    assert said.zh.startswith("霍邱县（2019-05 – 2020-10）：人均纯收入的中位数 1")
    assert "e+" not in said.zh


def test_where_tiers_are_judged_by_it_lifted_households_are_not_learnt_from(city, tmp_path):
    store = changed(city, tmp_path, times(1e-4, "out_of_pocket"))
    reader = PanelReader(store)
    steps = reader.transitions()
    frames = {name: reader.facts(name) for name in ROUNDS}
    false = unit_steps(other_units(frames), frames, steps)
    assert {(each.county, each.unit.fact, each.lifted) for each in false} == {(HERE, "out_of_pocket", True)}
    rest = without_false_slips(next(labelled_rounds(reader, steps)), false)
    assert rest.filter(county_code=HERE)["kind"].unique().to_list() == ["unregistered"]
    assert {"lifted", "unregistered"} <= set(rest.filter(pl.col("county_code") != HERE)["kind"])
    filed = {name: frame.with_columns(filed_tier=pl.lit(3)) for name, frame in frames.items()}
    assert unit_steps(other_units(filed), filed, steps) == ()


def made(medians, rows=200, sd=0.8, seed=3, fact="x_far"):
    rng = np.random.default_rng(seed)
    return {
        "2020-04": pl.concat(
            pl.DataFrame({"county_code": f"c{at}", fact: median * np.exp(rng.normal(0, sd, rows))})
            for at, median in enumerate(medians)
        )
    }


def named(frames):
    return [each.county for each in other_units(frames)]


def test_how_far_the_other_counties_lie_apart_is_what_a_county_is_held_against():
    apart = np.exp(np.random.default_rng(8).normal(0, 0.9, 9))
    assert named(made(apart)) == []
    assert named(made([*apart, 4.0])) == []
    assert named(made([*np.exp(np.linspace(-0.2, 0.2, 8)), 100.0])) == ["c8"]
    # Nobody can say which of them is right: none is learnt from.
    assert named(made([1.0, 1.1, 100.0, 110.0])) == ["c0", "c1", "c2", "c3"]
    assert named(made([1.0, 1.2, 0.9, 95.0, 110.0])) == ["c3", "c4"]


def test_two_counties_may_differ_more_and_small_ones_say_nothing():
    assert named(made([1.0, 7.0])) == []
    assert named(made([1.0, 100.0])) == ["c0", "c1"]
    assert named(made([1.0, 1.0, 100.0], rows=20)) == []
    assert named(made([1.0])) == []


def flags(*counts):
    """Counties with so many households of each value."""
    return {
        "2020-04": pl.concat(
            pl.DataFrame({"county_code": f"c{at}", "x_flag": [float(v) for v, n in own.items() for _ in range(n)]})
            for at, own in enumerate(counts)
        )
    }


def test_few_values_are_compared_as_codes():
    usual, rare = {0: 700, 1: 300}, {0: 960, 1: 40}
    (unit,) = other_units(flags(usual, usual, {1: 700, 2: 300}))
    assert unit.county == "c2"
    assert "flag取值 1/2、别的县区 0/1" in unit_words([unit])[0].zh
    assert named(flags(rare, rare, {0: 960, 100: 40})) == ["c2"]
    # A county without any case, or with all of them, is one.
    assert named(flags(usual, usual, {0: 1_000}, {1: 1_000})) == []
    assert named(flags({1: 200, 2: 600, 3: 200}, {2: 600, 3: 200, 4: 200}, {2: 500, 3: 400, 5: 100})) == []


class NotFittedError(Exception):
    """Raised where training would begin to fit."""


def test_training_names_it_and_leaves_out_what_hangs_on_it(city, tmp_path, monkeypatch):
    def change(frame, *, inside):
        return share(times(12.0, *MONEY)(frame, inside=inside), inside=inside)

    reported, asked = [], []

    def stop(account, *_others):
        reported.extend(account.units)
        raise NotFittedError

    for name in ("run_backtest", "fit", "_model", "help_feedback"):
        monkeypatch.setattr(training, name, lambda *_: None)
    monkeypatch.setattr(training, "training_rows", lambda labelled, *_: asked.append(labelled))
    monkeypatch.setattr(training, "about", stop)
    with pytest.raises(NotFittedError):
        train(changed(city, tmp_path, change), TrainingRequest())
    assert {each.county for each in reported} == {HERE}
    assert {"x_share", "income_pc"} <= {each.fact for each in reported}
    assert HERE not in set(asked[0]["county_code"])


def test_scores_are_read_without_it_there_and_say_so(city, model, tmp_path):
    store = changed(city, tmp_path, times(1e-4, "out_of_pocket"))
    of_both = [score(each, ROUNDS[3], model) for each in (store, city)]
    (said,) = [each for each in of_both[0].head.warnings if each.code == "risk.county-in-other-unit"]
    assert "自付支出" in said.zh
    assert "按未知处理" in said.zh
    assert not any(each.code == "risk.county-in-other-unit" for each in of_both[1].head.warnings)
    other, same = (pl.DataFrame(each.table).filter(pl.col("county_code") != HERE)["p_slip"] for each in of_both)
    assert other.equals(same)
    by_county = score_by_county(store, ROUNDS[3], model)
    assert by_county.head.warnings == of_both[0].head.warnings
    written = pl.read_parquet(by_county.path).sort("household_id", "county_code")
    assert written["p_slip"].equals(pl.DataFrame(of_both[0].table).sort("household_id", "county_code")["p_slip"])


def test_evaluation_counts_such_a_county_for_no_test(city, model, tmp_path):
    record = evaluate(changed(city, tmp_path, times(12.0, *MONEY)), ROUNDS[2], model)
    assert record["advice"]["use"] != "yes"
    assert record["advice"]["code"] == "risk.counties-in-other-unit"
    assert record["advice"]["zh"].startswith("霍邱县")
    assert sum(each.code == "risk.county-in-other-unit" for each in record["warnings"]) >= 1
