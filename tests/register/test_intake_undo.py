"""An intake undone: exactly what stood before comes back, what was decided upon it refuses, what visits corrected stays."""

import datetime as dt
import hashlib
import json
import os
import shutil

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.command import refused, run
from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND
from tests.register.killed import EXPORT
from workbench.errors import ClosedRoundError, InputError, RefusedError
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult, to_arrow
from workbench.register.assessment import RISK
from workbench.register.audit.store_verification import verify_store
from workbench.register.cases.cases import cases
from workbench.register.location import register_path
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.unit_of_work.closing import close
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.register.unit_of_work.intake_undoing import undo_here, undo_with_lock
from workbench.store.batches.batch import GivenFile, Source, batches
from workbench.store.facts import FactStore
from workbench.store.ingest import take_in
from workbench.store.schema import Origin

LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def url(tmp_path):
    """SQLite: PostgreSQL is tried where an undoing is killed (`test_recovery`)."""
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


def state_of(root):
    """Every file of facts and persons, by its bytes."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in ("facts", "personal")
        for path in (root / kind).rglob("*")
        if path.is_file()
    }


def result(frame, persons=None):
    facts = {COUNTY: to_arrow(frame)}
    people = {COUNTY: to_arrow(persons)} if persons is not None else {}
    return IntakeResult("x", facts, people, len(frame), None, 0, (), (), (), simulated=True)


def facts_of(office):
    return pl.DataFrame(office.register.facts.read(ROUND, COUNTY))


def taken(office, frame, persons=None):
    made = result(frame, persons)
    return take_in_with_lock(office.register, "shell:x", NOW, ROUND, [made], Origin(simulated=True))[0]


def undo(office, number):
    return undo_with_lock(office.register, "shell:y", LATER, number)


def with_one_more(office, **changes):
    """The facts, every household with water 1, and one that is new."""
    frame = facts_of(office).with_columns(water=pl.lit(1, pl.Int64))
    new = frame.filter(kind="unregistered").head(1).with_columns(household_id=pl.lit("34152400000001"))
    return pl.concat([frame, new.with_columns(**{name: pl.lit(value) for name, value in changes.items()})])


def people(frame):
    return frame.select("household_id", name=pl.lit("某"))


# -- what comes back -----------------------------------------------------------------------------------------------


def test_an_intake_undone_leaves_the_bytes_that_stood_before(office):
    root = office.register.facts.root
    first = state_of(root)
    frame = with_one_more(office)
    taken(office, frame.head(5), people(frame.head(5)))
    second = state_of(root)
    taken(office, frame, people(frame).with_columns(name=pl.lit("别")))
    assert len({str(each) for each in (first, second, state_of(root))}) == 3
    assert undo(office, 2).counties == (COUNTY,)
    assert state_of(root) == second
    undo(office, 1)
    assert state_of(root) == first
    assert [each.undone.account for each in batches(root)] == ["shell:y", "shell:y"]


@pytest.fixture
def open_by_default():
    """Files that others may read: whoever calls the store need not have closed them (the program does, as its first act)."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_by_default")
def test_without_a_register_a_county_that_was_not_there_is_gone_again(tmp_path):
    store = FactStore(tmp_path)
    made = [read_export(EXPORT, round_name=ROUND)]
    files = [GivenFile.at(EXPORT)]
    batch = take_in(store, ROUND, made, Origin(), Source("shell:x", NOW, files))
    assert batch.files[0].sha256 == hashlib.sha256(EXPORT.read_bytes()).hexdigest()
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "batches").rglob("*") if path.is_file()} == {0}
    undo_here(store, None, "shell:x", LATER, 1)
    assert store.rounds() == []
    assert list(tmp_path.glob("personal/**/*.parquet")) == []
    assert take_in(store, ROUND, made, Origin()).number == 2


def test_the_trail_tells_of_it_and_holds(office):
    taken(office, with_one_more(office))
    undo(office, 1)
    root, url = office.register.facts.root, str(office.register.engine.url)
    verified = verify_store(root, url)
    assert (verified.broken, verified.files) == (None, [])
    (root / "batches/1/batch.json").write_text("{}")
    assert [each.path for each in verify_store(root, url).files] == ["batches/1/batch.json"]


def test_a_snapshot_that_was_changed_is_not_put_back(office):
    taken(office, with_one_more(office))
    root = office.register.facts.root
    before = state_of(root)
    snapshot = next((root / "batches/1/before").rglob("*.parquet"))
    snapshot.write_bytes(snapshot.read_bytes() + b" ")
    with pytest.raises(InputError, match="was changed"):
        undo(office, 1)
    assert state_of(root) == before


def test_a_correction_made_upon_the_batch_stays_corrected(office):
    household = office.households(rule="3")[0]
    name = household["household_id"]
    water = office.register.facts.household(ROUND, name, COUNTY)["water"]
    other = pl.when(pl.col("household_id") == name).then(77.0).otherwise("land_mu")
    taken(office, facts_of(office).with_columns(land_mu=other, water=pl.lit(2, pl.Int64)))
    office.visit(household, land_mu=12.5)
    undo(office, 1)
    now = office.register.facts.household(ROUND, name, COUNTY)
    assert (now["land_mu"], now["water"]) == (12.5, water)


def test_a_correction_made_before_the_batch_is_there_again(office):
    household = office.households(rule="3")[0]
    name = household["household_id"]
    office.visit(household, land_mu=12.5)
    newer = pl.when(pl.col("household_id") == name).then(77.0).otherwise("land_mu")
    taken(office, facts_of(office).with_columns(land_mu=newer))
    assert office.register.facts.household(ROUND, name, COUNTY)["land_mu"] == 77.0
    undo(office, 1)
    assert office.register.facts.household(ROUND, name, COUNTY)["land_mu"] == 12.5


def test_a_case_that_the_batch_alone_brought_about_ends_with_it(office):
    taken(office, with_one_more(office, income_pc=900.0))
    (case,) = cases(office.officer, household="34152400000001")
    assert case["stage"] == "opened"
    undo(office, 1)
    (case,) = cases(office.officer, household="34152400000001")
    assert case["stage"] == "dismissed"


# -- what refuses --------------------------------------------------------------------------------------------------


def refuses(office, number, kind, words):
    root = office.register.facts.root
    before = state_of(root)
    with pytest.raises(kind, match=words):
        undo(office, number)
    assert state_of(root) == before


def test_undone_twice_is_refused_the_second_time(office):
    taken(office, with_one_more(office))
    undo(office, 1)
    refuses(office, 1, RefusedError, "was undone by shell:y")
    refuses(office, 9, InputError, "no batch 9")


def test_an_older_batch_waits_for_the_newer_one_upon_it(office):
    frame = with_one_more(office)
    taken(office, frame)
    taken(office, frame.with_columns(water=pl.lit(2, pl.Int64)))
    refuses(office, 1, RefusedError, "intake undo 2")
    undo(office, 2)
    undo(office, 1)


def test_a_closed_round_refuses(office):
    taken(office, with_one_more(office))
    close(office.register, "shell:x", NOW, ROUND)
    refuses(office, 1, ClosedRoundError, "closed")


def test_a_visit_to_a_household_that_the_batch_brought_refuses(office):
    taken(office, with_one_more(office))
    (new,) = [each for each in office.assessed("unregistered").to_dicts() if each["household_id"] == "34152400000001"]
    office.visit(new)
    refuses(office, 1, RefusedError, "visits to households that it brought 1")


@pytest.mark.parametrize("upto", ["propose", "file"])
def test_what_was_decided_upon_it_refuses_and_what_was_decided_before_does_not(office, upto):
    first, second = office.households(rule="3")[:2]
    office.visit(first)
    propose_all(office.worker(first), ROUND, RISK)
    taken(office, facts_of(office).with_columns(skilled=pl.lit(0, pl.Int64)))
    undo(office, 1)
    taken(office, with_one_more(office))
    if upto == "propose":
        office.visit(second)
        propose_all(office.worker(second), ROUND, RISK)
    else:
        now = [each for each in office.households() if each["household_id"] == second["household_id"]]
        take_through(office, now[0])
        file_list(office.officer, ROUND, COUNTY, RISK)
    refuses(office, 2, RefusedError, "propose")


# -- counts --------------------------------------------------------------------------------------------------------

FACTS = ("water", "land_mu", "has_car")
rows = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from([None, 0, 1]), st.sampled_from([None, 0.0, 1.5]), st.sampled_from([None, False, True])),
)


def table(by_name):
    schema = {"household_id": pl.String, "water": pl.Int64, "land_mu": pl.Float64, "has_car": pl.Boolean}
    lines = [(name, *values) for name, values in by_name.items()]
    return pl.DataFrame(lines, schema=schema, orient="row").with_columns(kind=pl.lit("lifted"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=rows, after=rows.filter(bool))
def test_what_is_added_changed_unchanged_and_forgotten_is_as_counted_by_hand(before, after, tmp_path):
    root = tmp_path / "store"
    shutil.rmtree(root, ignore_errors=True)
    store = FactStore(root)
    if before:
        take_in(store, ROUND, [result(table(before))], Origin())
    batch = take_in(store, ROUND, [result(table(after))], Origin())
    held = before.keys() & after.keys()
    assert batch.added == len(after) - len(held)
    assert batch.changed == sum(before[name] != after[name] for name in held)
    assert batch.unchanged == sum(before[name] == after[name] for name in held)
    lost = {
        fact: sum(before[name][place] is not None and after[name][place] is None for name in held)
        for place, fact in enumerate(FACTS)
    }
    assert dict(batch.forgotten) == {fact: count for fact, count in lost.items() if count}


# -- the shell -----------------------------------------------------------------------------------------------------


def test_from_the_shell_history_and_undo_stand_in_the_place_of_a_file(tmp_path, capsys, monkeypatch):
    store = ("--store", tmp_path / "store")
    where = ("--round", ROUND, *store, "--json")
    dry = run(capsys, "intake", EXPORT, *where, "--dry-run").record
    assert (dry["batch"], dry["changed"], dry["unchanged"], dry["forgotten"]) == (None, 0, 0, {})
    first = run(capsys, "intake", EXPORT, *where).record
    assert first["added"] == dry["added"] == first["accepted_households"] > 0
    again = run(capsys, "intake", EXPORT, *where).record
    assert (again["added"], again["unchanged"], again["changed_counties"]) == (0, first["added"], [])
    for words in (("intake", "history", *store), ("intake", *store, "history")):
        listed = run(capsys, *words, "--json").record["batches"]
        assert [(each["batch"], each["undone"]) for each in listed] == [(1, None), (2, None)]
        assert listed[0]["files"][0]["name"] == EXPORT.name
    done = run(capsys, "intake", "undo", 1, *store, "--json")
    assert (done.status, done.record["batch"], done.record["round"]) == (0, 1, ROUND)
    assert FactStore(tmp_path / "store").rounds() == []
    assert refused(run(capsys, "intake", "undo", 1, *store), "1", status=1)
    assert refused(run(capsys, "intake", "undo", "x", *store))
    assert "BATCH" in run(capsys, "intake", "undo", "--help").out
    assert "--mapping" in run(capsys, "intake", "--help").out
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXPORT, tmp_path / "history")
    assert run(capsys, "intake", "./history", *where, "--dry-run").record["added"] == first["added"]
    assert run(capsys, "intake", *where, "--dry-run", "--", "history").record["added"] == first["added"]


@pytest.mark.deep
def test_forty_thousand_households_come_back_as_they_were(tmp_path, capsys):
    root = tmp_path / "store"
    run(capsys, "simulate", "--households", 40_000, "--rounds", 1, "--store", root)
    store = FactStore(root)
    before = state_of(root)
    made = [
        IntakeResult("x", {code: store.read("2019-05", code)}, {}, 0, None, 0, (), (), (), simulated=True)
        for code in store.counties("2019-05")
    ]
    changed = [
        IntakeResult(
            "x", {code: to_arrow(pl.DataFrame(table).with_columns(water=pl.lit(None, pl.Int64)))}, {}, 0, None, 0, (), (), (),
            simulated=True,
        )
        for each in made
        for code, table in each.facts.items()
    ]  # fmt: skip
    batch = take_in(store, "2019-05", changed, Origin())
    assert batch.changed + batch.unchanged == 40_000
    assert batch.forgotten["water"] == batch.changed
    undo_here(store, None, "shell:x", NOW, batch.number)
    assert state_of(root) == before
    assert json.loads((root / "batches/1/batch.json").read_text())["undone"]["account"] == "shell:x"
    assert not register_path(root).exists()
