"""A backup holds all of a store, proves itself whole, and comes back all or not at all, into either kind of database."""

import datetime as dt
import json
import random
import shutil
import sqlite3
import zipfile

import polars as pl
import pytest
from sqlalchemy import text

from tests.register.changes import fill
from tests.register.conftest import COUNTY, NOW, ROUND, Office, opened_office
from workbench.backup.backup import Origin, back_up
from workbench.backup.restore import Target, restore
from workbench.errors import DamagedError, InputError, NewerSchemaError, StoreError
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import RISK
from workbench.register.audit.log import head_of
from workbench.register.audit.verification import verify_register
from workbench.register.clock import Moment
from workbench.register.db import schema_versions
from workbench.register.db.dump import lines, tables_of
from workbench.register.db.engine import open_engine
from workbench.register.location import register_path
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import file_list, filings
from workbench.store.archive import layout, writing
from workbench.store.archive.reading import open_archive
from workbench.store.archive.writing import writing_archive
from workbench.store.facts import FactStore
from workbench.store.models import path_in_use, pointer_to

AT = dt.datetime(2019, 10, 9, 12, 0, tzinfo=NOW.tzinfo)
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def store(city, tmp_path_factory):
    """A store with every kind of record and of file. Not to be changed."""
    root = shutil.copytree(city, tmp_path_factory.mktemp("kept") / "store")
    office = opened_office(root, f"sqlite:///{register_path(root)}")
    fill(office)
    office.register.engine.dispose()
    for name, content in {"standards/341524.yaml": "title: 标准", "personal/round=2019-10/persons.parquet": "人",
                          "scores/round=2019-10/scores.parquet": "分", "scenarios/一.yaml": "方案"}.items():  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    (root / "index").mkdir()
    (root / "index" / "made.arrow").write_text("computed again")
    (root / "models").mkdir()
    for name in ("m1.skops", "m1.md", "m1.json", "m0.skops"):
        (root / "models" / name).write_text(name)
    (root / "model.json").write_text(pointer_to("m1"))
    return root


@pytest.fixture(scope="module")
def backup(store, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "六安.backup"
    back_up(Origin(store), path, at=AT, account="admin")
    return path


def target(tmp_path, url=None):
    return Target(tmp_path / "restored", url)


def put_back(path, goal):
    return restore(path, goal, at=AT, account="admin")


def files(root):
    results = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path for name, path in results.items() if not name.startswith((".", "register.sqlite", "backups"))}


def content(engine):
    with engine.connect() as connection:
        return {table.name: list(lines(connection, table)) for table in tables_of(connection)}


def new_url(kind, request, tmp_path):
    return (
        f"sqlite:///{tmp_path / 'other.sqlite'}"
        if kind == "sqlite"
        else request.getfixturevalue("postgresql").new_database()
    )


@pytest.mark.parametrize("kind", ["embedded", *DATABASES])
def test_what_comes_back_is_what_was_kept_in_either_database(store, backup, tmp_path, request, kind):
    url = None if kind == "embedded" else new_url(kind, request, tmp_path)
    goal = target(tmp_path, url)
    put_back(backup, goal)
    expected = {name: path.read_bytes() for name, path in files(store).items() if not name.startswith("index/")}
    results = {name: path.read_bytes() for name, path in files(goal.root).items()}
    assert results == expected
    assert path_in_use(None, goal.root) == goal.root / "models" / "m1.skops"
    register = open_register(FactStore(goal.root), url)
    before = content(open_engine(f"sqlite:///{register_path(store)}"))
    after = content(register.engine)
    assert json.loads(after["audit_event"].pop())["action"] == "restored"
    before.pop("audit_head"), after.pop("audit_head")
    assert after == before
    assert verify_register(register.engine).broken is None
    register.engine.dispose()


def old_store(tmp_path):
    """A store as versions before this one left it: the model in a folder elsewhere, named by its whole path."""
    root, elsewhere = tmp_path / "old", tmp_path / "elsewhere"
    (root / "standards").mkdir(parents=True)
    (root / "standards" / "341524.yaml").write_text("title: 标准", encoding="utf-8")
    elsewhere.mkdir()
    for name in ("m1.skops", "m1.md", "m1.json", "README.md"):
        (elsewhere / name).write_text(name)
    (root / "model.json").write_text(json.dumps({"model": "m1", "models": str(elsewhere)}))
    return root, elsewhere


def test_a_model_left_outside_of_its_store_by_an_older_version_is_kept_and_comes_back_inside(tmp_path):
    root, elsewhere = old_store(tmp_path)
    assert path_in_use(None, root) == elsewhere / "m1.skops"
    back_up(Origin(root), tmp_path / "b", at=AT, account="admin")
    shutil.rmtree(elsewhere)
    goal = target(tmp_path)
    put_back(tmp_path / "b", goal)
    assert path_in_use(None, goal.root) == goal.root / "models" / "m1.skops"
    assert sorted(path.name for path in (goal.root / "models").iterdir()) == ["m1.json", "m1.md", "m1.skops"]
    assert json.loads((goal.root / "model.json").read_text()) == {"model": "m1"}


def test_a_backup_of_an_older_version_puts_its_models_into_the_store(tmp_path):
    root, elsewhere = old_store(tmp_path)
    with writing_archive(tmp_path / "b", {"made_at": "", "register": None}) as writer:
        writer.add_file("store/model.json", root / "model.json")
        for path in elsewhere.glob("m1.*"):
            writer.add_file(f"models/{path.name}", path)
    shutil.rmtree(elsewhere)
    goal = target(tmp_path)
    put_back(tmp_path / "b", goal)
    assert path_in_use(None, goal.root).read_text() == "m1.skops"


def test_a_damaged_pointer_keeps_no_store_from_being_backed_up(tmp_path):
    root, _ = old_store(tmp_path)
    (root / "model.json").write_text("[]")
    back_up(Origin(root), tmp_path / "b", at=AT, account="admin")
    goal = target(tmp_path)
    put_back(tmp_path / "b", goal)
    assert (goal.root / "model.json").read_text() == "[]"


@pytest.mark.parametrize("kind", DATABASES)
def test_work_goes_on_in_a_restored_register_and_its_filings_prove_themselves(backup, tmp_path, request, kind):
    goal = target(tmp_path, new_url(kind, request, tmp_path))
    put_back(backup, goal)
    office = Office(open_register(FactStore(goal.root), goal.url))
    assert [prove(office.officer, filing["number"]).broken for filing in filings(office.officer)] == [[], []]
    fresh = next(
        each for each in office.households(rule="3")
        if not office.register.facts.is_closed(ROUND, COUNTY) and each["household_id"] not in _entered(office)
    )  # fmt: skip
    office._made |= {row["account"] for row in _accounts(office)}
    office.visit(fresh)  # new rows get numbers of their own
    assert file_list(office.officer, ROUND, COUNTY, RISK).number is None
    assert verify_register(office.register.engine).broken is None
    office.register.engine.dispose()


def test_a_register_on_postgresql_comes_back_into_a_file(city, tmp_path, postgresql):
    root = shutil.copytree(city, tmp_path / "store")
    url = postgresql.new_database()
    office = opened_office(root, url)
    fill(office)
    before = content(office.register.engine)
    back_up(Origin(root, url), tmp_path / "b", at=AT, account="admin")
    office.register.engine.dispose()
    put_back(tmp_path / "b", target(tmp_path))
    after = content(open_engine(f"sqlite:///{register_path(tmp_path / 'restored')}"))
    assert [json.loads(after["audit_event"].pop())["action"] for _ in range(2)] == ["restored", "backup_made"]
    before.pop("audit_head"), after.pop("audit_head")
    assert after == before


def test_a_backup_and_what_was_personal_in_it_are_the_owner_s_only(backup, tmp_path):
    assert backup.stat().st_mode & 0o077 == 0
    goal = target(tmp_path)
    put_back(backup, goal)
    assert (goal.root / "personal").stat().st_mode & 0o077 == 0
    for path in (register_path(goal.root), *(goal.root / "personal").rglob("*.parquet")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_manifest_tells_the_head_of_the_chain_and_every_hash(store, backup):
    with open_archive(backup) as opened:
        manifest = opened.manifest
    engine = open_engine(f"sqlite:///{register_path(store)}")
    with engine.connect() as connection:
        assert (manifest["register"]["events"], manifest["register"]["head"]) == head_of(connection)
    engine.dispose()
    assert manifest["register"]["version"] == schema_versions.newest_version()
    assert all(len(member["sha256"]) == 64 for member in manifest["members"].values())
    assert not any("index" in name for name in manifest["members"])


def test_any_byte_changed_in_a_backup_is_found_before_anything_is_touched(backup, tmp_path):
    whole, chance = backup.read_bytes(), random.Random(3)  # noqa: S311 - where to flip
    damaged, goal = tmp_path / "damaged", target(tmp_path)
    places = [0, 5, len(whole) - 1, len(whole) - 65, *(chance.randrange(len(whole)) for _ in range(100))]
    for place in places:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        with pytest.raises((DamagedError, InputError), match=r"没有恢复|不是备份"):
            put_back(damaged, goal)
    for end in (1, 40, 64, 65, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:end])
        with pytest.raises((DamagedError, InputError), match=r"没有恢复|不是备份"):
            put_back(damaged, goal)
    assert not goal.root.exists()


@pytest.mark.parametrize("text", [b"", b"PK", b"not a backup at all" * 20, b"PK\x03\x04" + b"0" * 200])
def test_a_file_that_is_no_backup_is_said_to_be_none(tmp_path, text):
    (tmp_path / "file").write_bytes(text)
    with pytest.raises((InputError, DamagedError), match="备份"):
        put_back(tmp_path / "file", target(tmp_path))


def test_a_plain_zip_with_a_right_seal_is_no_backup_either(tmp_path):
    with (tmp_path / "file").open("w+b") as opened:
        with zipfile.ZipFile(opened, "w") as made:
            made.comment = b"0" * 64
            made.writestr("letter.txt", "hello")
        layout.append_digest(opened)
    with pytest.raises(DamagedError, match="不是本工作台的备份"):
        put_back(tmp_path / "file", target(tmp_path))


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(InputError, match="读不到"):
        put_back(tmp_path / "none", target(tmp_path))


@pytest.mark.parametrize("change", [{"format": 2}, {"register": {"version": "9999", "events": 0, "head": ""}}])
def test_a_backup_of_a_newer_workbench_is_refused_in_words(tmp_path, change):
    with writing_archive(tmp_path / "newer", {"made_at": "", "register": None}) as writer:
        writer.add_lines("store/a.txt", ["a"])
    _changed_manifest(tmp_path / "newer", change)
    with pytest.raises(NewerSchemaError, match="请升级工作台"):
        put_back(tmp_path / "newer", target(tmp_path))
    assert not (tmp_path / "restored").exists()


def test_a_path_that_leads_out_of_the_store_is_refused(tmp_path):
    with writing_archive(tmp_path / "b", {"made_at": "", "register": None}) as writer:
        writer.add_lines("store/a.txt", ["a"])
    _changed_manifest(tmp_path / "b", {"members": {"store/../../a.txt": {"sha256": "", "bytes": 0}}})
    with pytest.raises(DamagedError, match="不是数据目录内的路径"):
        put_back(tmp_path / "b", target(tmp_path))


def test_a_store_or_a_register_that_holds_something_is_not_written_over(backup, city, tmp_path, postgresql):
    full = Target(shutil.copytree(city, tmp_path / "full"))
    before = files(full.root).keys()
    with pytest.raises(InputError, match="不是空目录"):
        put_back(backup, full)
    assert files(full.root).keys() == before
    url = postgresql.new_database()
    register = opened_office(tmp_path / "another", url).register
    register.engine.dispose()
    with pytest.raises(InputError, match="不能恢复到其上"):
        put_back(backup, target(tmp_path, url))
    assert files(tmp_path / "restored") == {}


def test_an_empty_register_that_was_made_already_is_filled(backup, tmp_path):
    goal = target(tmp_path)
    open_register(FactStore(goal.root)).engine.dispose()
    put_back(backup, goal)
    register = open_register(FactStore(goal.root))
    assert verify_register(register.engine).events > 10


@pytest.mark.parametrize("kind", DATABASES)
def test_a_backup_whose_register_was_made_up_is_not_restored_at_all(store, tmp_path, request, kind):
    root = shutil.copytree(store, tmp_path / "copy")
    back_up(Origin(root), tmp_path / "b", at=AT, account="admin")
    _changed_manifest(tmp_path / "b", {}, register={"head": "0" * 64})
    url = new_url(kind, request, tmp_path)
    with pytest.raises(DamagedError, match="核对不通过"):
        put_back(tmp_path / "b", target(tmp_path, url))
    assert files(tmp_path / "restored") == {}
    assert schema_versions.version_of(open_engine(url)) is None


def test_a_register_that_does_not_verify_is_not_taken_for_a_backup(store, tmp_path):
    root = shutil.copytree(store, tmp_path / "copy")
    with sqlite3.connect(register_path(root)) as connection:
        connection.execute("UPDATE filed_row SET result = '1'")
    connection.close()
    with pytest.raises(StoreError, match="audit verify"):
        back_up(Origin(root), tmp_path / "b", at=AT, account="admin")
    assert not (tmp_path / "b").exists()


def test_an_older_register_is_brought_forward_when_it_comes_back(store, tmp_path):
    root = shutil.copytree(store, tmp_path / "copy")
    engine = open_engine(f"sqlite:///{register_path(root)}")
    with engine.connect().execution_options(register_writes=True) as connection, connection.begin():
        schema_versions.change_version(connection, "0001", moment=Moment(AT), account="admin")
    engine.dispose()
    back_up(Origin(root), tmp_path / "b", at=AT, account="admin")
    put_back(tmp_path / "b", target(tmp_path))
    register = open_register(FactStore(tmp_path / "restored"))
    assert verify_register(register.engine).broken is None
    with register.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM entry")).scalar() > 0


def test_a_file_that_is_there_is_not_written_over_and_a_failure_leaves_none(store, tmp_path, monkeypatch):
    (tmp_path / "there").write_text("kept")
    with pytest.raises(InputError, match="不覆盖"):
        back_up(Origin(store), tmp_path / "there", at=AT, account="admin")
    assert (tmp_path / "there").read_text() == "kept"
    monkeypatch.setattr(writing, "append_digest", _full_disk)
    with pytest.raises(InputError, match="磁盘"):
        back_up(Origin(store), tmp_path / "b", at=AT, account="admin")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_nothing_to_back_up_is_said_so(tmp_path):
    with pytest.raises(StoreError, match="没有可备份"):
        back_up(Origin(tmp_path / "none"), tmp_path / "b", at=AT, account="admin")
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_a_register_is_kept_too(city, tmp_path):
    back_up(Origin(city), tmp_path / "b", at=AT, account="admin")
    put_back(tmp_path / "b", target(tmp_path))
    assert pl.DataFrame(FactStore(tmp_path / "restored").read(ROUND)).equals(pl.DataFrame(FactStore(city).read(ROUND)))
    assert not register_path(tmp_path / "restored").exists()


def _full_disk(_target):
    raise OSError(28, "No space left on device")


def _entered(office):
    with office.register.engine.connect() as connection:
        return set(connection.execute(text("SELECT household_id FROM entry")).scalars())


def _accounts(office):
    with office.register.engine.connect() as connection:
        return list(connection.execute(text("SELECT account FROM account")).mappings())


def _changed_manifest(path, change, register=None):
    """Write the manifest anew, with a right seal: what only somebody who means it would do."""
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(members["manifest.json"]) | change
    if register:
        manifest["register"] |= register
    members["manifest.json"] = json.dumps(manifest).encode()
    with path.open("w+b") as target:
        with zipfile.ZipFile(target, "w") as made:
            made.comment = b"0" * 64
            for name, data in members.items():
                made.writestr(name, data)
        layout.append_digest(target)
