"""Several simulated cities: by whom they are made does not show, the first is the demonstration city, no two share a number."""

import polars as pl

from tests.cli.command import refused, run
from tests.cluster.in_process import InProcess
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore

ASKED = ["simulate", "--households", "700", "--rounds", "2", "--seed", "3", "--cities", "3"]


def test_cities_are_the_same_whoever_makes_them(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    stores = [FactStore(tmp_path / name) for name in ("here", "there")]
    done = [
        run(capsys, *ASKED, "--store", store.root, "--json", *more)
        for store, more in zip(stores, ([], ["--engine", "spark"]), strict=True)
    ]
    ours, theirs = ({**each.record, "store": ""} for each in done)
    assert ours == theirs
    rounds = stores[0].rounds()
    assert rounds == stores[1].rounds() == ["2019-05", "2019-10"]
    for name in rounds:
        assert stores[0].county_digests(name) == stores[1].county_digests(name)
    facts = stores[0].frame(rounds[0])
    assert len(facts) == ours["households_by_round"][rounds[0]] == 700
    assert facts["household_id"].n_unique() == 700
    cities = facts["county_code"].str.slice(0, 4).unique().sort().to_list()
    assert cities == ["3415", "9801", "9802", "LA-K"]  # the last: the zone that reports by itself
    assert stores[0].simulated()


def test_the_first_of_several_is_the_city_itself(tmp_path, capsys):
    run(capsys, *ASKED, "--store", tmp_path / "store")
    alone = next(simulate(234, 2, 3, divisions=DIVISIONS))
    stored = FactStore(tmp_path / "store").frame(alone.round)
    own = stored.filter(~pl.col("county_code").str.starts_with("98"))
    assert own["household_id"].to_list() == [
        number for code in sorted(alone.facts) for number in alone.facts[code]["household_id"].to_pylist()
    ]


def test_no_city_is_refused(tmp_path, capsys):
    done = run(capsys, *ASKED[:-1], "0", "--store", tmp_path / "store", "--lang", "en")
    assert refused(done, "--cities 0: must be between 1 and 99")
