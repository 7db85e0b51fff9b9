"""A chain that somebody computed anew passes by itself; beside a backup or a printed head it does not."""

import json
import shutil
import sqlite3
from dataclasses import replace

import pytest

from tests.cli.command import refused, run
from tests.register.changes import fill
from tests.register.conftest import COUNTY, NOW, ROUND, opened_office
from workbench.backup.backup import Origin, back_up
from workbench.backup.restore import Target, restore
from workbench.domain.procedure.trail_head import TrailHead, parse_head
from workbench.errors import InputError
from workbench.register.access.acting_user import open_register
from workbench.register.audit.event import Event
from workbench.register.audit.log import START, _digest, record
from workbench.register.audit.store_verification import verify_store
from workbench.register.audit.witnesses import Compared, against_backup, against_head
from workbench.register.db.engine import writing
from workbench.register.location import marker_path, register_path
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.filing import gather_filing
from workbench.store.facts import FactStore


@pytest.fixture(scope="module")
def backed_up(city, tmp_path_factory):
    """A store at work, and its backup. Not to be changed."""
    folder = tmp_path_factory.mktemp("witness")
    root = shutil.copytree(city, folder / "store")
    office = opened_office(root, f"sqlite:///{register_path(root)}")
    fill(office)
    office.register.engine.dispose()
    back_up(Origin(root), folder / "b.backup", at=NOW, account="admin")
    return root, folder / "b.backup"


@pytest.fixture
def store(backed_up, tmp_path):
    return shutil.copytree(backed_up[0], tmp_path / "store")


def go_on(store):
    register = open_register(FactStore(store))
    with writing(register.engine) as connection:
        record(connection, at=NOW, account="admin", events=[Event("looked", "x", {})])
    register.engine.dispose()


def test_what_comes_back_from_a_backup_is_as_told_and_goes_on_from_it(backed_up, tmp_path):
    restore(backed_up[1], Target(tmp_path / "restored"), at=NOW, account="admin")
    verified = verify_store(tmp_path / "restored", None)
    assert (verified.broken, verified.files, verified.times) == (None, [], [])
    assert verified.holding > 0
    assert against_backup(tmp_path / "restored", None, backed_up[1]).verdict == "continues"


def compute_anew(store, *, cut=0, account="somebody else"):
    """The chain as somebody with the file and the program would forge it: whole in itself. `cut`: without so many last events."""
    with sqlite3.connect(register_path(store)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM audit_event ORDER BY number")]
        rows = rows[: len(rows) - cut]
        if account:
            rows[2]["account"] = account
        previous = START
        for row in rows:
            content = {**{name: value for name, value in row.items() if name != "hash"}, "previous": previous}
            previous = _digest(content)
            row.update(previous=content["previous"], hash=previous)
        connection.execute("DELETE FROM audit_event")
        for row in rows:
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO audit_event ({columns}) VALUES ({marks})", list(row.values()))  # noqa: S608
        connection.execute("UPDATE audit_head SET events = ?, hash = ?", (len(rows), previous))
    connection.close()


def test_a_chain_that_went_on_since_its_backup_continues(backed_up, store):
    go_on(store)
    result = against_backup(store, None, backed_up[1])
    assert (result.verdict, result.difference) == ("continues", None)


def test_a_chain_computed_anew_holds_by_itself_and_not_beside_its_backup(backed_up, store, capsys):
    compute_anew(store)
    assert verify_store(store, None).broken is None
    assert against_backup(store, None, backed_up[1]).verdict == "rewritten"
    assert against_backup(store, None, backed_up[1]).difference == 3
    done = run(capsys, "audit", "verify", "--store", store, "--against", backed_up[1], "--json")
    assert (done.status, done.record["against"]["verdict"]) == (1, "rewritten")
    shown = run(capsys, "audit", "verify", "--store", store, "--against", backed_up[1])
    assert "改写" in shown.err


def test_events_cut_off_with_the_chain_mended_are_found_beside_the_backup(backed_up, store):
    before = against_backup(store, None, backed_up[1])
    compute_anew(store, cut=1, account="")
    assert verify_store(store, None).broken is None
    assert against_backup(store, None, backed_up[1]) == replace(before, verdict="cut", difference=before.event)


def test_a_register_put_in_place_of_another_is_known_by_what_the_store_remembers(store, city, tmp_path):
    other = opened_office(shutil.copytree(city, tmp_path / "other"), f"sqlite:///{register_path(tmp_path / 'other')}")
    other.register.engine.dispose()
    shutil.copyfile(register_path(tmp_path / "other"), register_path(store))
    assert marker_path(store).exists()
    verified = verify_store(store, None)
    assert verified.broken is not None


def filed(store):
    with sqlite3.connect(register_path(store)) as connection:
        number, hashed = connection.execute(
            "SELECT number, hash FROM audit_event WHERE action = 'filed' LIMIT 1"
        ).fetchone()
    connection.close()
    return TrailHead(number, hashed)


def test_the_filing_document_bears_the_head_at_its_filing(backed_up):
    register = open_register(FactStore(backed_up[0]))
    county_round = CountyRound(register.facts, ROUND, COUNTY, register.acting_user("officer", NOW), NOW.date())
    head = gather_filing(county_round).trail
    register.engine.dispose()
    with sqlite3.connect(register_path(backed_up[0])) as connection:
        last = connection.execute(
            "SELECT number, hash FROM audit_event WHERE action = 'filed' ORDER BY number DESC"
        ).fetchone()
    connection.close()
    assert (head.event, head.hash) == last
    assert against_head(backed_up[0], None, head.coded).verdict == "continues"


@pytest.mark.parametrize("written", ["printed", "coded", "hash", "short"])
def test_what_is_printed_is_found_in_whatever_way_it_is_typed(store, written):
    head = filed(store)
    typed = head.hash[:20].upper() if written == "short" else getattr(head, written)
    assert against_head(store, None, typed) == Compared("continues", head.event, head.hash)


def test_a_printed_head_tells_a_chain_computed_anew_and_a_cut(store, capsys):
    head = filed(store)
    compute_anew(store)
    assert against_head(store, None, head.printed).verdict == "rewritten"
    assert against_head(store, None, head.hash).verdict == "absent"
    compute_anew(store, cut=verify_store(store, None).events - head.event + 1, account="")
    assert against_head(store, None, head.printed).verdict == "cut"
    done = run(capsys, "audit", "verify", "--store", store, "--head", head.printed, "--json")
    assert (done.status, done.record["against_head"]["verdict"]) == (1, "cut")


@pytest.mark.parametrize(
    "typed", ["", "12", "12:", "xyz", "1: 1234", "g" * 64, "a" * 65, "1:2:" + "a" * 64, "99999999999999: " + "a" * 64]
)
def test_what_is_no_head_is_said_to_be_none(typed, store, capsys):
    with pytest.raises(InputError, match="--head"):
        parse_head(typed)
    refused(run(capsys, "audit", "verify", "--store", store, "--head", typed), "--head")


def test_what_is_no_backup_is_said_to_be_none(store, tmp_path, capsys):
    (tmp_path / "x.backup").write_text("no backup")
    refused(run(capsys, "audit", "verify", "--store", store, "--against", tmp_path / "x.backup"), "x.backup")
    refused(run(capsys, "audit", "verify", "--store", store, "--against", tmp_path / "none"), "none")


def test_the_json_names_the_head(backed_up, capsys):
    result = run(capsys, "audit", "verify", "--store", backed_up[0], "--json").record
    assert result["broken"] is None
    assert result["head"]["event"] == result["events"]
    assert json.dumps(result["times"]) == "[]"
