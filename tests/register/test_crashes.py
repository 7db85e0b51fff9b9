"""Killed at random moments, a hundred times in the long runs: nothing half done, the chain holds, the work is continued."""

import random
import shutil

import polars as pl
import psycopg
import pytest
from sqlalchemy import select

from tests.register.conftest import COUNTY, NOW, ROUND, opened_office
from tests.register.killed import a_round, calls_of, check_whole, intake, killed_at, opened
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts
from workbench.register.db.procedure_tables import Correction
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
from workbench.store.facts import FactStore
from workbench.store.personal import persons_path
from workbench.store.schema import Origin

pytestmark = pytest.mark.slow
HOUSEHOLDS = 6
A_FEW = [("sqlite", 5)]
MANY = [("sqlite", 12), ("sqlite", 60), ("postgresql", 4), ("postgresql", 15)]
INTAKE_KILLS = [4, *(pytest.param(each, marks=pytest.mark.deep) for each in (8, 25))]


@pytest.fixture(scope="module")
def village(city, tmp_path_factory):
    """A store of one village, and its lifted households: a round takes a fraction of a second."""
    root = tmp_path_factory.mktemp("village") / "store"
    facts = pl.DataFrame(FactStore(city).read(ROUND, COUNTY)).filter(pl.col("kind") == "lifted").head(HOUSEHOLDS)
    place = facts["township"][0], facts["village"][0]
    moved = facts.with_columns(township=pl.lit(place[0]), village=pl.lit(place[1]))
    table = moved.to_arrow(compat_level=pl.CompatLevel.oldest())
    FactStore(root).write(ROUND, {COUNTY: table}, Origin(simulated=True))
    return root, place, facts["household_id"].to_list()


def begun(root, place, url):
    """A register with its three people, before anybody visited."""
    office = opened_office(root, url)
    people = [
        NewAccount("worker", "村", "village_worker", Area(COUNTY, *place)),
        NewAccount("reviewer", "乡", "township_reviewer", Area(COUNTY, place[0])),
    ]
    add_accounts(office.admin, people)
    office.register.engine.dispose()


def copies(kind, village, folder, request):
    """Yields ever new copies of a register at its beginning: (root, url)."""
    root, place, _ = village
    server = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    base = shutil.copytree(root, folder / "base")
    start = server.new_database() if server else f"sqlite:///{base / 'register.sqlite'}"
    begun(base, place, start)
    number = 0
    while True:
        number += 1
        copy = shutil.copytree(base, folder / f"copy-{number}")
        yield copy, copied(server, start) if server else f"sqlite:///{copy / 'register.sqlite'}"
        shutil.rmtree(copy)


def copied(server, start):
    url = server.new_database()
    name, model = (each.split("@/")[1].split("?")[0] for each in (url, start))
    with psycopg.connect(f"host={server.folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {model}")
    return url


@pytest.mark.parametrize(("kind", "kills"), [*A_FEW, *(pytest.param(*each, marks=pytest.mark.deep) for each in MANY)])
def test_killed_during_a_round_nothing_is_half_done_and_it_is_continued(kind, kills, village, tmp_path, request):
    _, _, households = village
    chance, reached, caught = random.Random(11), set(), 0  # noqa: S311 - when to kill
    fresh = copies(kind, village, tmp_path, request)
    root, url = next(fresh)
    moments = calls_of(a_round, str(root), url, households)
    _check_done(root, url, households)
    for _ in range(kills):
        root, url = next(fresh)
        caught += killed_at(chance.randrange(moments), a_round, str(root), url, households)
        with opened(root, url) as register:
            stages = check_whole(register)
            reached |= {*stages, f"{sum(stages.values())} visited"}
            _check_corrected(register)
            check_whole(register)
        a_round(str(root), url, households)
        _check_done(root, url, households)
    assert caught > kills * 0.7
    assert len(reached) >= min(kills // 2, 4)  # the kills came at different moments


@pytest.mark.parametrize("kills", INTAKE_KILLS)
def test_killed_while_facts_are_taken_in_all_or_nothing_is_there(kills, tmp_path):
    # More of the kills towards the end, where what was read is put in place.
    chance, caught, outcomes = random.Random(12), 0, set()  # noqa: S311 - when to kill
    moments = calls_of(intake, str(tmp_path / "whole"))
    expected = _taken_in(tmp_path / "whole")
    for number in range(kills):
        root = tmp_path / str(number)
        caught += killed_at(moments - int(moments * chance.random() ** 3), intake, str(root))
        result = _taken_in(root)
        outcomes.add(result is None)
        assert result is None or result == expected
        intake(str(root))
        assert _taken_in(root) == expected
    assert caught > kills / 2
    assert outcomes == {True, False}  # some before the commit, some after


def _check_corrected(register):
    """Every correction that the register holds is in the facts."""
    with register.engine.connect() as connection:
        rows = connection.execute(select(Correction.household_id, Correction.applied)).all()
    assert all(row.applied for row in rows)
    facts = pl.DataFrame(register.facts.read(ROUND, COUNTY))
    corrected = facts.filter(pl.col("household_id").is_in([row.household_id for row in rows]))
    assert corrected["work_months"].to_list() == [11.0] * len(rows)


def _check_done(root, url, households):
    with opened(root, url) as register:
        stages = check_whole(register)
        officer = register.acting_user("officer", NOW)
        lists = filings(officer)
        assert all(prove(officer, each["number"]).broken == [] for each in lists)
        assert sum(each["households"] for each in lists) == stages["filed"]
        assert stages["filed"] + stages["visited"] == len(households)  # those left cannot be judged
        assert stages["filed"] > 0
        assert not list((register.facts.root / ".staging").glob("*"))


def _taken_in(root):
    """What is there of the county: None where nothing is."""
    store = FactStore(root)
    if not store.rounds():
        assert not list(root.glob("personal/**/*.parquet"))
        return None
    (county,) = store.counties(ROUND)
    return store.digest(ROUND), persons_path(root, ROUND, county).read_bytes()
