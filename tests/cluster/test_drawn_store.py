"""What workers draw for training is what one computer would draw: households, histories, labels, the sample that shows drift."""

import json
import shutil

import pytest

from tests.cluster.in_process import InProcess
from tests.cluster.questions import answer, without_times
from tests.register.conftest import opened_office
from tests.trained_city import UNTIL
from workbench.register.assistance.plans import make_plan
from workbench.risk.cluster.drawn_store import draw_into
from workbench.risk.data.panel import PanelReader
from workbench.risk.help.records import helped
from workbench.risk.model import training
from workbench.settings import DIVISIONS
from workbench.simulation.city import describe, simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    store = FactStore(tmp_path_factory.mktemp("city") / "store")
    write_city(store, simulate(900, 3, 4, divisions=DIVISIONS), Origin(simulated=True, details=describe(900, 3, 4)))
    return store


def same(ours, theirs):
    order = ["county_code", "household_id"]
    columns = sorted(ours.columns)
    return theirs.select(columns).sort(order).equals(ours.select(columns).sort(order))


def test_a_draw_learns_from_the_same_households(city, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "MOST_ROWS", 500)
    store, draw = draw_into(InProcess(None, city.root), tmp_path / "drawn", None)
    here = PanelReader(city, share=draw.share)
    there = PanelReader(store, share=draw.share, rows=draw.rows)
    steps = here.transitions()
    labelled = sum(int(PanelReader(city).labelled(step)["slip"].count()) for step in steps)
    assert draw.share == 500 / labelled
    assert steps == there.transitions()
    for step in steps:
        ours, theirs = here.labelled(step), there.labelled(step)
        assert 0 < len(ours) < 400
        assert same(ours, theirs)
    for name in city.rounds():
        ours, theirs = here.facts(name, most=200), there.facts(name, most=200)
        assert same(ours.drop("filed_tier"), theirs.drop("filed_tier"))
        assert draw.facts[name] == city.digest(name)
        assert draw.rows[name] == len(city.frame(name))


def test_rounds_after_the_last_one_asked_for_are_not_drawn(city, tmp_path):
    store, draw = draw_into(InProcess(None, city.root), tmp_path / "drawn", "2019-10")
    assert (store.rounds(), draw.share) == (["2019-05", "2019-10"], 1.0)
    assert same(city.frame("2019-05"), store.frame("2019-05"))


@pytest.mark.deep
def test_a_model_trained_on_a_draw_of_all_is_the_one_trained_here(trained, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    trained_on, ours = trained
    store = shutil.copytree(trained_on, tmp_path / "store")
    theirs = answer(["train", "--until", UNTIL, "--engine", "spark"], store)
    # What the training of the whole said, which every test of a model shares: it takes as long as all of this file.
    assert theirs == without_times(json.loads(json.dumps(ours).replace(str(trained_on), str(store))))


def test_help_is_asked_of_the_register_of_the_whole(city, tmp_path):
    root = shutil.copytree(city.root, tmp_path / "store")
    office = opened_office(root, f"sqlite:///{root / 'register.sqlite'}")
    planned = office.households(rule="2")[0]
    make_plan(office.worker(planned), "2019-10", planned["household_id"], "稳定增收", "李某")
    office.register.engine.dispose()
    store, draw = draw_into(InProcess(None, root), tmp_path / "drawn", None)
    steps = PanelReader(store).transitions()
    reader = PanelReader(store, rows=draw.rows, drawn_from=FactStore(root))
    between = reader.labelled(steps[-1])
    assert between.filter(helped())["household_id"].to_list() == [planned["household_id"]]
    assert not PanelReader(store, rows=draw.rows).labelled(steps[-1])["help_plan"].any()
