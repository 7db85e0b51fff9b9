"""Help given meanwhile is beside each label, and a card says what it does to the model."""

import shutil

import numpy as np
import polars as pl
import pytest

from tests.register.conftest import COUNTY, opened_office
from workbench.register.assistance.plans import make_plan
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.help.feedback import _comparable, help_feedback
from workbench.risk.help.records import HELP, helped, with_help
from workbench.risk.model.boosting import Settings
from workbench.risk.model.fitting import fit, training_rows
from workbench.risk.registry.help_words import help_words
from workbench.store.facts import FactStore

FIRST, SECOND, THIRD = "2019-05", "2019-10", "2020-04"


def test_without_a_register_help_is_not_known(city):
    reader = PanelReader(city)
    labelled = reader.labelled(reader.transitions()[0])
    assert {name: labelled.schema[name] for name in HELP} == HELP
    assert all(labelled[name].null_count() == len(labelled) for name in HELP)
    assert "没有登记库" in help_words({"recorded": False})[0].zh
    assert help_words(None) == help_words({"recorded": False})


def test_the_panel_reads_plans_and_the_edge_register_of_the_time_between(city, tmp_path):
    root = shutil.copytree(city.root, tmp_path / "store")
    office = opened_office(root, f"sqlite:///{root / 'register.sqlite'}")
    planned = office.households(rule="2")[0]
    make_plan(office.worker(planned), SECOND, planned["household_id"], "稳定增收", "李某")
    office.register.engine.dispose()
    store = FactStore(root)
    frame = store.frame(SECOND, COUNTY, ["household_id", "county_code"])
    between = with_help(store, frame, SECOND, THIRD)
    assert between.filter(helped())["household_id"].to_list() == [planned["household_id"]]
    assert between["help_plan"].null_count() == 0
    # A plan made after the round's end was no help before it.
    assert not with_help(store, frame, FIRST, SECOND)["help_plan"].any()


def rows_of(city, undone, seed=3):
    """Labelled rounds of the city with made-up help: to who is nearest the line, and with slips undone by a chance of `undone`."""
    reader = PanelReader(city)
    frame = pl.concat(list(labelled_rounds(reader, reader.transitions())), how="diagonal_relaxed")
    rng = np.random.default_rng(seed)
    near = (frame["income_pc"] / frame["line"]).fill_null(9.0).to_numpy() < 1.6
    given = rng.random(len(frame)) < np.where(near, 0.5, 0.05)
    spared = given & (rng.random(len(frame)) < undone)
    return frame.with_columns(
        help_visits=pl.lit(0), help_plan=pl.Series(given), help_edge_register=pl.lit(value=False),
        slip=pl.col("slip") & ~pl.Series(spared),
    )  # fmt: skip


def feedback(city, undone):
    settings = Settings(bags=3)
    rows = training_rows(rows_of(city, undone), (), settings)
    return help_feedback(rows, fit(rows, settings), settings)


@pytest.mark.deep
def test_where_help_works_a_model_of_the_others_expects_more_and_the_card_says_so(city):
    record = feedback(city, 0.8)
    assert record["flagged"]["likeliest"] > 2 * record["flagged"]["others"]
    compared = record["compared"]
    assert compared["differs"]
    assert compared["happened"] < compared["model"] < 0.8 * compared["unhelped"]
    said = "".join(each.zh for each in help_words(record))
    assert "两版不同" in said
    assert "不要因为概率低就停止帮扶" in said


@pytest.mark.deep
def test_where_help_does_nothing_the_two_are_not_told_apart(city):
    record = feedback(city, 0.0)
    assert not record["compared"]["differs"]
    assert "分不清" in "".join(each.zh for each in help_words(record))


def test_too_few_helped_are_said_to_be_too_few():
    record = {
        "recorded": True, "rows": 900, "helped": 3, "visited": 2, "planned": 3, "in_edge_register": 0,
        "flagged": {"likeliest": 0.03, "others": None}, "compared": None, "by_standing": {},
    }  # fmt: skip
    assert "比不出来" in help_words(record)[-1].zh
    assert "没有一条" in help_words(record | {"helped": 0})[0].zh


def test_where_nearly_all_of_the_others_slipped_no_second_model_is_fitted():
    """As little is learnt from fifteen that did not slip as from fifteen that did: such a fit would refuse, or never end."""
    given = np.arange(1_000) < 200
    slips = np.ones(1_000)
    slips[200:215] = 0
    for happened in (slips, 1 - slips):
        assert not _comparable(happened, given)
    slips[200:300] = 0
    assert _comparable(slips, given)
