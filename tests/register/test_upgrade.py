"""The register brought forward keeps its decisions, on both databases, and its backup brings them back; what fails halfway changes nothing."""

import datetime as dt
import json
import shutil
from textwrap import dedent, indent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from tests.register.changes import fill
from tests.register.conftest import NOW
from workbench.backup.backup import Origin
from workbench.backup.restore import Target, restore
from workbench.backup.upgrade import upgrade
from workbench.errors import InputError, NewerSchemaError, StoreError
from workbench.register.access.acting_user import open_register
from workbench.register.audit.verification import verify_register
from workbench.register.clock import Moment
from workbench.register.db import follow_up_tables, procedure_tables, schema_versions, sign_in_tables
from workbench.register.db.dump import lines, tables_of
from workbench.register.db.engine import Base, open_engine, writing
from workbench.register.db.schema_versions import migration_versions, move, newest_version, version_of
from workbench.register.location import register_path
from workbench.register.unit_of_work import pending_work
from workbench.store.archive.reading import open_archive
from workbench.store.facts import FactStore

AT = dt.datetime(2019, 10, 9, 12, 0, tzinfo=NOW.tzinfo)
MODELS = (procedure_tables, follow_up_tables, pending_work, sign_in_tables)
"""They fill the metadata."""


def origin_of(office):
    return Origin(office.register.facts.root, office.register.engine.url.render_as_string(hide_password=False))


def changed(office):
    return upgrade(origin_of(office), at=AT, account="admin")


def content(engine):
    with engine.connect() as connection:
        return {table.name: list(lines(connection, table)) for table in tables_of(connection)}


def assert_holds(after, before):
    """Every row as it was, null columns too; a column that a later version adds is null in it."""
    for now, then in zip(after, before, strict=True):
        new, old = json.loads(now), json.loads(then)
        assert {name: new[name] for name in old} == old
        assert {new[name] for name in new.keys() - old.keys()} <= {None}


@pytest.fixture
def at_first(office):
    """An office whose register has the first version, with decisions in it."""
    household = office.households(rule="3")[0]
    office.visit(household, work_months=8.0)
    with writing(office.register.engine) as connection:
        schema_versions.change_version(connection, migration_versions()[0], moment=Moment(AT), account="admin")
    return office


def test_every_version_up_and_down_leaves_the_tables_that_the_code_means(url):
    engine = open_engine(url)
    move(engine, newest_version())
    for version in [*reversed(migration_versions()), *migration_versions()]:
        move(engine, version)
        assert version_of(engine) == version
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_an_older_register_is_brought_forward_with_all_that_it_holds_after_a_backup(at_first):
    engine = at_first.register.engine
    before = content(engine)
    with pytest.raises(StoreError, match="workbench upgrade"):
        open_register(at_first.register.facts, str(origin_of(at_first).url))
    done = changed(at_first)
    assert (done.before, done.after) == (migration_versions()[0], newest_version())
    after = content(engine)
    assert [line.split('"action":"')[1].split('"')[0] for line in after["audit_event"][-2:]] == [
        "backup_made", "version_changed",
    ]  # fmt: skip
    for name in set(before) - {"audit_event", "audit_head"}:
        assert_holds(after[name], before[name])
    assert after["audit_event"][: len(before["audit_event"])] == before["audit_event"]
    assert verify_register(engine).broken is None
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    with open_archive(done.backup) as opened:
        assert opened.manifest["register"]["version"] == migration_versions()[0]


def test_work_goes_on_after_an_upgrade(at_first):
    changed(at_first)
    fill(at_first)
    assert verify_register(at_first.register.engine).broken is None


def test_an_upgrade_that_is_not_needed_does_nothing(office):
    before = content(office.register.engine)
    assert changed(office).backup is None
    assert content(office.register.engine) == before


def test_the_backup_made_before_an_upgrade_is_the_way_back(at_first, tmp_path):
    """Every row of before is in it, and none of what was recorded after; this workbench brings it forward again."""
    engine = at_first.register.engine
    before = content(engine)
    done = changed(at_first)
    with open_archive(done.backup) as archive:
        held = {name: list(archive.rows(f"register/{name}.jsonl")) for name in before}
    rows = {name: [json.loads(line) for line in listed] for name, listed in before.items()}
    assert held.pop("audit_event")[: len(rows["audit_event"])] == rows.pop("audit_event")
    assert held.pop("audit_head") != rows.pop("audit_head")  # the backup is itself an event
    assert held == rows
    fill(at_first)
    restore(done.backup, Target(tmp_path / "restored"), at=AT, account="admin")
    restored = open_engine(f"sqlite:///{register_path(tmp_path / 'restored')}")
    after = content(restored)
    for name in set(before) - {"audit_event", "audit_head"}:
        assert_holds(after[name], before[name])
    assert verify_register(restored).broken is None
    restored.dispose()


def test_a_register_of_a_newer_workbench_is_left_alone(office):
    with office.register.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchemaError, match="更新版本"):
        changed(office)


def add_version(monkeypatch, folder, up):
    """A version after the newest one, which tests make up."""
    scripts = shutil.copytree(schema_versions._SCRIPTS, folder / "migrations")
    head = f"import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '9999', '{newest_version()}'\n"
    body = "def upgrade():\n" + indent(dedent(up), "    ")
    (scripts / "versions" / "9999_made_up.py").write_text(head + body)
    monkeypatch.setattr(schema_versions, "_SCRIPTS", scripts)


def test_a_migration_that_fails_halfway_leaves_the_old_version_whole(at_first, monkeypatch, tmp_path):
    up = """
        op.add_column("entry", sa.Column("later", sa.Text()))
        op.execute("UPDATE entry SET stage = 'filed'")
        op.execute("INSERT INTO no_such_table VALUES (1)")
    """
    add_version(monkeypatch, tmp_path, up)
    before = content(at_first.register.engine)
    with pytest.raises(Exception, match="no_such_table"):
        changed(at_first)
    after = content(at_first.register.engine)
    assert after.keys() == before.keys()
    assert after["entry"] == before["entry"]
    assert version_of(at_first.register.engine) == migration_versions()[0]
    assert verify_register(at_first.register.engine).broken is None


def test_a_later_version_that_alters_rows_seals_them_anew(office, monkeypatch, tmp_path):
    fill(office)
    up = """
        op.add_column("entry", sa.Column("later", sa.Text()))
        op.add_column("standard", sa.Column("kind", sa.Text(), nullable=False, server_default="county"))
    """
    add_version(monkeypatch, tmp_path, up)
    changed(office)
    assert verify_register(office.register.engine).broken is None
    with office.register.engine.begin() as connection:
        (details,) = connection.execute(
            text("SELECT details FROM audit_event WHERE action = 'version_changed'")
        ).scalars()  # fmt: skip
        connection.execute(text("UPDATE entry SET later = 'x' WHERE id = 1"))
    assert '"wrote":{"standard":{"1":' in details
    assert [each.kind for each in verify_register(office.register.engine).changed] == ["entry"]


def test_a_register_that_does_not_hold_is_not_brought_forward(at_first):
    with at_first.register.engine.begin() as connection:
        connection.execute(text("UPDATE entry SET stage = 'filed'"))
    with pytest.raises(StoreError, match="audit verify"):
        changed(at_first)
    assert version_of(at_first.register.engine) == migration_versions()[0]


def test_a_store_without_a_register_is_said_to_have_none(tmp_path):
    with pytest.raises(InputError, match="没有登记库"):
        upgrade(Origin(tmp_path), at=AT, account="admin")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_refused_in_words(tmp_path):
    (tmp_path / "register.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StoreError, match="已损坏"):
        open_register(FactStore(tmp_path))
    with pytest.raises(StoreError, match="已损坏"):
        upgrade(Origin(tmp_path), at=AT, account="admin")


def test_a_database_that_cannot_be_reached_is_said_so_without_its_password(tmp_path):
    url = f"postgresql+psycopg://wang:secret@/x?host={tmp_path}"
    with pytest.raises(StoreError, match="打不开") as refused:
        open_register(FactStore(tmp_path), url)
    assert "secret" not in str(refused.value)


def test_tables_are_compared_with_something(tmp_path):
    """The comparison that these tests rest on does see a difference."""
    engine = create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
