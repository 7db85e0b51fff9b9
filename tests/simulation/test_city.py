"""Running the simulation: the same again for the same seed, in order, and refusing what makes no sense."""

import hashlib
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from workbench.domain.facts import FAMILY_FLAGS
from workbench.errors import InputError
from workbench.settings import DIVISIONS
from workbench.simulation import city
from workbench.simulation.calendar import is_summer, round_names
from workbench.simulation.city import describe, simulate
from workbench.simulation.households import apportion

PRINT_DIGEST = "from tests.simulation.test_city import digest, run; print(digest(run()))"


def run(households=600, rounds=3, seed=5, drift=0.0):
    return list(simulate(households, rounds, seed, divisions=DIVISIONS, drift=drift))


def digest(rounds):
    hasher = hashlib.sha256()
    for simulated in rounds:
        for table in (*simulated.facts.values(), simulated.truth):
            hasher.update(repr(table.to_pydict()).encode())
    return hasher.hexdigest()


def same(first, second):
    return first.facts == second.facts and first.truth == second.truth


def test_the_rounds():
    assert round_names(7) == ["2019-05", "2019-10", "2020-04", "2020-10", "2021-04", "2021-10", "2022-04"]
    assert [is_summer(name) for name in round_names(3)] == [True, False, True]
    assert [simulated.round for simulated in run()] == round_names(3)


def test_same_seed_same_city_whatever_the_threads():
    here = digest(run())
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    alone = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST], env=environment, capture_output=True, text=True, check=True
    )
    assert alone.stdout.strip() == here
    assert digest(run(seed=6)) != here


def test_a_longer_run_begins_with_the_shorter():
    assert all(same(one, other) for one, other in zip(run(rounds=2), run(rounds=4), strict=False))


def test_kinds_of_families_change_no_other_draw(monkeypatch):
    """Whatever is drawn of families, every other fact and every truth is what it was."""
    steady = run()
    monkeypatch.setattr(
        city, "family_draws", lambda count, _: dict.fromkeys(("parent_draw", "child_draw"), np.zeros(count))
    )
    other = run()
    for one, another in zip(steady, other, strict=True):
        assert one.truth == another.truth
        for code, table in one.facts.items():
            assert table.drop_columns(list(FAMILY_FLAGS)) == another.facts[code].drop_columns(list(FAMILY_FLAGS))
    assert not all(map(same, steady, other))


def test_drift_shifts_later_rounds_only():
    steady, drifting = run(rounds=4), run(rounds=4, drift=1.0)
    assert same(steady[0], drifting[0])
    assert steady[1].facts == drifting[1].facts
    assert steady[1].truth != drifting[1].truth
    assert steady[2].facts != drifting[2].facts


def test_drift_differs_by_county():
    steady, drifting = run(households=4000, rounds=2), run(households=4000, rounds=2, drift=1.0)
    shift = {}
    for before, after in zip(steady[1].truth.to_pylist(), drifting[1].truth.to_pylist(), strict=True):
        shift[before["household_id"]] = after["p_slip"] / before["p_slip"] if before["p_slip"] else None
    by_county = {
        code: {round(shift[key], 1) for key in table["household_id"].to_pylist() if shift[key] and shift[key] != 1}
        for code, table in drifting[1].facts.items()
    }
    assert len({max(ratios) for ratios in by_county.values()}) > 4


def test_a_city_of_one_household():
    only = run(households=1)
    assert sum(len(table) for table in only[0].facts.values()) == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"households": 0}, "--households 0"),
        ({"rounds": 0}, "--rounds 0"),
        ({"seed": -1}, "--seed -1"),
        ({"drift": -0.5}, "--drift -0.5"),
        ({"drift": float("nan")}, "--drift nan"),
    ],
)
def test_what_makes_no_sense_is_refused(options, named):
    with pytest.raises(InputError, match=f"{named}.*between"):
        run(**options)


def test_a_missing_division_list_is_named(tmp_path):
    with pytest.raises(InputError, match=r"luan_streets\.csv"):
        simulate(10, 1, 1, divisions=tmp_path)
    for path in DIVISIONS.glob("*.csv"):
        shutil.copy(path, tmp_path)
    (tmp_path / "luan_villages.csv").write_text("code,name\n1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"luan_villages\.csv.*areaCode, streetCode"):
        simulate(10, 1, 1, divisions=tmp_path)


def test_progress_counts_rounds():
    calls = []
    list(simulate(50, 3, 1, divisions=DIVISIONS, progress=lambda done, total: calls.append((done, total))))
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_shares_add_up():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert sum(apportion(99_991, [878.6, 1024.6, 168, 1702.2])) == 99_991


def test_the_record_names_what_made_the_city():
    assert describe(100, 2, 7, 0.5) == {
        "generator": "workbench.simulation", "version": 1, "households": 100, "rounds": 2, "seed": 7, "drift": 0.5,
    }  # fmt: skip
