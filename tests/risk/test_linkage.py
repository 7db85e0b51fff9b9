"""Numbers that no longer stand for one household are named, and nothing is learnt from them."""

import numpy as np
import polars as pl
import pytest

from workbench.errors import InputError
from workbench.risk.data.income_breaks import unbroken
from workbench.risk.data.linkage import COLUMNS, linkages
from workbench.risk.data.panel import PanelReader, Transition
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry.help_words import linkage_words
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore

STEP = Transition("2019-10", "2020-04", 3750.0, 4000.0, 6, ("341524",))


def households(count=300, seed=1):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({
        "household_id": [f"h{number}" for number in range(count)], "county_code": "341524",
        "village": [f"v{number}" for number in rng.integers(0, 12, count)], "persons": rng.integers(1, 7, count),
    })  # fmt: skip


def linkage(after, before=None):
    (link,) = linkages({"2019-10": households() if before is None else before, "2020-04": after}, [STEP])
    return link


def dealt_anew(frame, seed=2):
    order = np.random.default_rng(seed).permutation(len(frame))
    return frame.with_columns(household_id=frame["household_id"][order])


def test_numbers_that_go_on_agree_wholly():
    link = linkage(households())
    assert (link.again, link.villages, link.persons) == (1.0, 1.0, 1.0)
    assert not link.unusual
    assert linkage_words([{**vars(link), "unusual": False}])[0].zh.startswith("户编号")


def test_numbers_dealt_anew_agree_no_more_than_by_chance():
    link = linkage(dealt_anew(households()))
    assert link.again == 1.0
    assert abs(link.villages) < 0.15
    assert link.broken
    assert "金寨县" in link.words.zh
    assert unbroken([STEP], [link]) == []


def test_villages_that_were_merged_are_no_other_households():
    link = linkage(households().with_columns(village=pl.lit("合并村")))
    assert link.villages is None or link.villages < 0.5
    assert link.persons == 1.0
    assert not link.broken


def test_numbers_most_of_which_are_gone_are_named_and_still_learnt_from():
    link = linkage(households()[:120])
    assert link.again == pytest.approx(0.4)
    assert link.unusual
    assert not link.broken
    assert "先对上" in link.words.zh


def test_what_is_not_known_is_not_compared():
    link = linkage(households().with_columns(village=pl.lit(None, pl.String), persons=pl.lit(None, pl.Int64)))
    assert link.agreement is None
    assert not link.broken


def mixed_up(city, folder):
    """The city with the numbers of its last round dealt anew within each county."""
    store = FactStore(folder)
    for name in city.rounds():
        facts = pl.DataFrame(city.read(name))
        parts = {}
        for (code,), part in facts.group_by("county_code"):
            parts[str(code)] = (dealt_anew(part) if name == city.rounds()[-1] else part).to_arrow()
        store.write(name, parts, city.origin(name))
    return store


def test_a_simulated_city_goes_on_and_one_mixed_up_is_refused_warned_of_and_no_test(city, model, tmp_path):
    reader = PanelReader(city)
    frames = {name: reader.facts(name, list(COLUMNS)) for name in city.rounds()}
    assert not any(each.unusual for each in linkages(frames, reader.transitions()))
    assert all(each["again"] > 0.9 for each in model.about["linkage"])
    store = mixed_up(city, tmp_path)
    last = store.rounds()[-1]
    assert any("靠不住" in each.zh for each in score(store, last, model).head.warnings)
    record = evaluate(store, store.rounds()[-2], model)
    assert record["advice"]["use"] == "no"
    assert "户编号" in record["advice"]["zh"]


def test_where_every_step_is_mixed_up_nothing_is_trained(city, tmp_path):
    store, (first, second) = FactStore(tmp_path), city.rounds()[:2]
    for name in (first, second):
        facts = pl.DataFrame(city.read(name))
        parts = {
            str(code): (dealt_anew(part) if name == second else part).to_arrow()
            for (code,), part in facts.group_by("county_code")
        }
        store.write(name, parts, city.origin(name))
    with pytest.raises(InputError, match="户编号"):
        train(store, TrainingRequest())
