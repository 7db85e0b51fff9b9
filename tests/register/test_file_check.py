"""What decisions rest on is in the trail: any file changed, taken out or added outside of the workbench is found and named."""

import shutil
from itertools import chain

import polars as pl
import pytest

from tests.cli.command import run
from tests.register.changes import fill
from tests.register.conftest import COUNTY, NOW, ROUND, opened_office
from tests.register.test_intake import _result
from tests.register.test_trail import events
from tests.variants import seldom
from workbench.register.access.acting_user import open_register
from workbench.register.audit.covered_files import BY_FOLDER, KINDS, files_there, kind_of
from workbench.register.audit.file_events import model_chosen, scored, tell_of_files
from workbench.register.audit.store_verification import verify_store
from workbench.register.location import register_path
from workbench.register.unit_of_work.closing import close
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

COVERED = ("closing", "facts", "persons", "sources", "filed_facts", "scores", "model")
OTHER = "341503"


@pytest.fixture(scope="module")
def at_work(city, tmp_path_factory):
    """A store at work, with every kind of file in it; real time. Not to be changed."""
    root = shutil.copytree(city, tmp_path_factory.mktemp("files") / "store")
    office = opened_office(root, f"sqlite:///{register_path(root)}")
    fill(office)
    facts, register = office.register.facts, office.register
    for folder, content in (("personal", "persons"), ("provenance", "sources")):
        partition = root / folder / f"round={ROUND}" / f"county_code={OTHER}"
        partition.mkdir(parents=True)
        (partition / f"{content}.parquet").write_text(content)
    close(register, "shell:x", NOW, ROUND, OTHER)
    for name, content in {f"scores/round={ROUND}/scores.parquet": "p", "models/m1.skops": "m", "models/m1.json": "{}",
                          "model.json": '{"model": "m1"}'}.items():  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    recorded = [scored(root, ROUND, "m1"), model_chosen(root, "m1")]
    tell_of_files(facts, None, "shell:x", NOW, lambda: recorded)
    register.engine.dispose()
    return root


@pytest.fixture
def store(at_work, tmp_path):
    return shutil.copytree(at_work, tmp_path / "store")


def test_a_store_at_work_is_as_told_and_what_no_event_tells_of_is_not_said_to_hold(at_work):
    verified = verify_store(at_work, None)
    assert (verified.broken, verified.files, verified.unreadable) == (None, [], None)
    kinds = {kind_of(path) for path in files_there(at_work)}
    assert set(COVERED) <= kinds <= set(KINDS)
    assert {each.what for each in verified.not_covered} == kinds - set(COVERED) == {"truth"}
    assert verified.holding + sum(each.files for each in verified.not_covered) == len(files_there(at_work))


# Each kind changed, and facts taken out; whichever of the two it is, what is there is compared with what the trail tells.
@pytest.mark.parametrize(
    ("tampering", "kind"),
    [
        (tampering, kind) if tampering == "changed" or kind == "facts" else seldom((tampering, kind))
        for tampering in ("changed", "missing")
        for kind in COVERED
    ],
)
def test_a_file_of_any_kind_changed_or_taken_out_is_found_with_its_event(store, kind, tampering):
    path = next(each for each in files_there(store) if kind_of(each) == kind)
    if tampering == "missing":
        (store / path).unlink()
    else:
        content = bytearray((store / path).read_bytes())
        content[len(content) // 2] ^= 1
        (store / path).write_bytes(content)
    verified = verify_store(store, None)
    (wrong,) = verified.files
    assert (wrong.path, wrong.what, wrong.state) == (path, kind, tampering)
    assert verified.broken == wrong.event is not None
    assert wrong.expected
    assert (wrong.actual is None) == (tampering == "missing")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        # Each kind in one of the three places, and each place with facts; the others in the long runs.
        pytest.param(kind, place, marks=() if kind == "facts" or place == "new folder" else pytest.mark.deep)
        for kind in sorted(BY_FOLDER - {"closing"})
        for place in ("same folder", "new folder", "mark")
    ],
)
def test_a_file_added_by_hand_where_it_would_be_read_is_found(store, kind, place):
    path = next(store / each for each in files_there(store) if kind_of(each) == kind)
    added = {
        "same folder": path.with_name("more.parquet"),
        "new folder": path.parent.with_name(f"{path.parent.name}9") / path.name,
        "mark": path.with_name("_closed.json"),
    }[place]
    added.parent.mkdir(exist_ok=True)
    shutil.copy(path, added)
    verified = verify_store(store, None)
    assert [(each.path, each.state) for each in verified.files] == [(added.relative_to(store).as_posix(), "added")]
    assert verified.broken is not None


def test_round_and_county_of_changed_facts_are_said(store, capsys):
    path = store / f"facts/round={ROUND}/county_code={COUNTY}/facts.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    done = run(capsys, "audit", "verify", "--store", store, "--json")
    assert done.status == 1
    (wrong,) = done.record["files"]
    assert (wrong["round"], wrong["county"], wrong["what"]) == (ROUND, COUNTY, "facts")
    shown = run(capsys, "audit", "verify", "--store", store).err
    assert "不经工作台" in shown
    assert COUNTY in shown


def test_what_was_there_before_there_was_a_register_is_covered_from_its_first_account(city, tmp_path):
    root = shutil.copytree(city, tmp_path / "store")
    opened_office(root, f"sqlite:///{register_path(root)}").register.engine.dispose()
    path = next(root.glob("facts/*/*/facts.parquet"))
    path.write_bytes(path.read_bytes() + b" ")
    assert [each.state for each in verify_store(root, None).files] == ["changed"]


def test_a_register_of_before_there_were_hashes_says_what_it_does_not_cover_until_it_does(city, tmp_path, capsys):
    root = shutil.copytree(city, tmp_path / "store")
    register = open_register(FactStore(root))
    register.engine.dispose()
    done = run(capsys, "audit", "verify", "--store", root, "--json")
    assert done.status == 0
    record = done.record
    assert {each["what"]: each["files"] for each in record["not_covered"]}["facts"] == len(
        list(root.glob("facts/*/*/*"))
    )
    assert record["files_holding"] == 0


def test_every_way_in_is_told_with_its_files(store):
    by_action = {each["action"]: each["details"].get("hashes") for each in events(open_register(FactStore(store)))}
    for action in ("files_covered", "facts_corrected", "filed", "round_closed", "scored", "model_chosen"):
        assert by_action[action], action
    assert set(chain(*(each or () for each in by_action.values()))) >= {
        f"facts/round={ROUND}/county_code={OTHER}/", f"personal/round={ROUND}/county_code={OTHER}/", "model.json",
    }  # fmt: skip


def test_facts_taken_in_are_told_by_their_files_and_hold(store):
    register = open_register(FactStore(store))

    table = pl.DataFrame(register.facts.read(ROUND, COUNTY)).with_columns(water=pl.lit(1, pl.Int64))
    take_in_with_lock(
        register, "shell:x", NOW, ROUND, [_result(table)], Origin(simulated=True, details={"files": ["a.csv"]})
    )
    register.engine.dispose()
    assert verify_store(store, None).files == []


def test_an_administrator_has_the_trail_cover_what_was_there_before_it_told_of_files(city, tmp_path, capsys):
    root = shutil.copytree(city, tmp_path / "store")
    opened_office(root, f"sqlite:///{register_path(root)}").register.engine.dispose()
    added = root / "facts/round=2019-10/county_code=341599/facts.parquet"
    added.parent.mkdir()
    shutil.copy(next(root.glob("facts/*/*/facts.parquet")), added)
    refused = run(capsys, "audit", "cover", "--store", root, "--as", "admin")
    assert refused.status == 1
    assert "341599" in refused.err
    shutil.rmtree(added.parent)
    assert run(capsys, "audit", "cover", "--store", root, "--as", "officer").status == 1
    done = run(capsys, "audit", "cover", "--store", root, "--as", "admin", "--json")
    assert done.record["files"] == len(list(root.glob("facts/*/*/*.parquet")))
    verified = verify_store(root, None)
    assert (verified.broken, verified.times) == (None, [])


def test_a_city_simulated_again_is_told_with_the_folders_that_it_took_away(tmp_path, capsys):
    root = tmp_path / "store"
    assert run(capsys, "simulate", "--households", "300", "--rounds", "2", "--store", root).status == 0
    opened_office(root, f"sqlite:///{register_path(root)}").register.engine.dispose()
    assert run(capsys, "simulate", "--households", "300", "--rounds", "1", "--seed", "4", "--store", root).status == 0
    verified = verify_store(root, None)
    assert (verified.broken, verified.files) == (None, [])
    assert {each.what for each in verified.not_covered} == {"truth"}
