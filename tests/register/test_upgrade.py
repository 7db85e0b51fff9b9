"""The register brought forward and taken back keeps its decisions, on both databases; what fails halfway changes nothing."""

import datetime as dt
import shutil
from textwrap import dedent, indent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from tests.register.changes import fill
from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.backup.backup import Origin
from workbench.backup.upgrade import upgrade, what_is_lost
from workbench.errors import InputError, NewerSchemaError, RefusedError, StoreError
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.clock import Moment
from workbench.register.db import follow_up_tables, procedure_tables, schema_versions, sign_in_tables
from workbench.register.db.dump import lines, tables_of
from workbench.register.db.engine import Base, open_engine, writing
from workbench.register.db.schema_versions import move, newest_version, version_of, versions
from workbench.register.procedure.filings import file_list
from workbench.register.unit_of_work import pending_work
from workbench.store.archive import open_archive
from workbench.store.facts import FactStore

AT = dt.datetime(2019, 10, 9, 12, 0, tzinfo=NOW.tzinfo)
MODELS = (procedure_tables, follow_up_tables, pending_work, sign_in_tables)
"""They fill the metadata."""


def origin_of(office):
    return Origin(office.register.facts.root, office.register.engine.url.render_as_string(hide_password=False))


def changed(office, **choice):
    return upgrade(origin_of(office), at=AT, account="admin", **choice)


def content(engine):
    with engine.connect() as connection:
        return {table.name: list(lines(connection, table)) for table in tables_of(connection)}


@pytest.fixture
def at_first(office):
    """An office whose register has the first version, with decisions in it."""
    household = office.households(rule="3")[0]
    office.visit(household, work_months=8.0)
    with writing(office.register.engine) as connection:
        schema_versions.change_version(connection, versions()[0], moment=Moment(AT), account="admin")
    return office


def test_every_version_up_and_down_leaves_the_tables_that_the_code_means(url):
    engine = open_engine(url)
    move(engine, newest_version())
    for version in [*reversed(versions()), *versions()]:
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
    assert (done.before, done.after, done.lost) == (versions()[0], newest_version(), {})
    after = content(engine)
    assert [line.split('"action":"')[1].split('"')[0] for line in after["audit_event"][-2:]] == [
        "backup_made", "version_changed",
    ]  # fmt: skip
    for name in set(before) - {"audit_event", "audit_head"}:
        assert after[name] == before[name]
    assert after["audit_event"][: len(before["audit_event"])] == before["audit_event"]
    assert verify_register(engine).broken is None
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    with open_archive(done.backup) as opened:
        assert opened.manifest["register"]["version"] == versions()[0]


def test_work_goes_on_after_an_upgrade(at_first):
    changed(at_first)
    fill(at_first)
    assert verify_register(at_first.register.engine).broken is None


def test_an_upgrade_that_is_not_needed_does_nothing(office):
    before = content(office.register.engine)
    assert changed(office).backup is None
    assert content(office.register.engine) == before


def test_back_and_forward_again_where_the_older_version_holds_everything(at_first):
    changed(at_first)
    before = content(at_first.register.engine)
    while version_of(at_first.register.engine) != versions()[0]:
        assert changed(at_first, back=True).lost == {}
    changed(at_first)
    after = content(at_first.register.engine)
    for name in set(before) - {"audit_event", "audit_head"}:
        assert after[name] == before[name]
    assert verify_register(at_first.register.engine).broken is None


def test_going_back_says_what_it_would_lose_and_changes_nothing(office):
    fill(office)
    take_back_to_second(office)
    before = content(office.register.engine)
    with pytest.raises(RefusedError, match="没有更改") as refused:
        changed(office, back=True)
    assert "edge_household 1" in str(refused.value)
    assert "poverty_case" in str(refused.value)
    assert content(office.register.engine) == before
    assert set(what_is_lost(office.register.engine, "0001")) == {
        "edge_household", "poverty_case", "case_step", "personal_case_note", "entry_window", "plan", "plan_measure",
    }  # fmt: skip


def test_going_back_all_the_same_loses_just_that_and_says_so_in_the_chain(office):
    fill(office)
    take_back_to_second(office)
    done = changed(office, back=True, lose=True)
    assert (done.after, done.lost["edge_household"]) == ("0001", 1)
    assert verify_register(office.register.engine).broken is None
    changed(office)
    verified = verify_register(office.register.engine)
    assert (verified.broken, verified.changed) == (None, [])
    assert file_list(office.officer, ROUND, COUNTY, RISK).number is None


def test_the_first_version_has_none_before_it(at_first):
    with pytest.raises(InputError, match="最早"):
        changed(at_first, back=True)


def test_a_register_of_a_newer_workbench_is_left_alone(office):
    with office.register.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for back in (False, True):
        with pytest.raises(NewerSchemaError, match="更新版本"):
            changed(office, back=back)


def add_version(monkeypatch, folder, up, down="pass"):
    """A version after the newest one, which tests make up."""
    scripts = shutil.copytree(schema_versions._SCRIPTS, folder / "migrations")
    head = f"import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '9999', '{newest_version()}'\n"
    body = "def upgrade():\n" + indent(dedent(up), "    ") + "\ndef downgrade():\n" + indent(dedent(down), "    ")
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
    assert version_of(at_first.register.engine) == versions()[0]
    assert verify_register(at_first.register.engine).broken is None


def test_a_later_version_that_alters_rows_seals_them_anew(office, monkeypatch, tmp_path):
    fill(office)
    up = """
        op.add_column("entry", sa.Column("later", sa.Text()))
        op.add_column("standard", sa.Column("kind", sa.Text(), nullable=False, server_default="county"))
    """
    down = """
        op.drop_column("standard", "kind")
        op.drop_column("entry", "later")
    """
    add_version(monkeypatch, tmp_path, up, down)
    changed(office)
    assert verify_register(office.register.engine).broken is None
    with office.register.engine.begin() as connection:
        (details,) = connection.execute(
            text("SELECT details FROM audit_event WHERE action = 'version_changed'")
        ).scalars()  # fmt: skip
        connection.execute(text("UPDATE entry SET later = 'x' WHERE id = 1"))
    assert '"wrote":{"standard":{"1":' in details
    assert [each.kind for each in verify_register(office.register.engine).changed] == ["entry"]
    with pytest.raises(StoreError, match="audit verify"):
        changed(office, back=True, lose=True)
    with office.register.engine.begin() as connection:
        connection.execute(text("UPDATE entry SET later = NULL WHERE id = 1"))
    with pytest.raises(RefusedError, match=r"standard\.kind 1"):
        changed(office, back=True)
    changed(office, back=True, lose=True)
    assert verify_register(office.register.engine).broken is None


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


def take_back_to_second(office):
    """To the version that still has everything, where there are later ones."""
    while version_of(office.register.engine) != "0002":
        changed(office, back=True, lose=True)


def test_tables_are_compared_with_something(tmp_path):
    """The comparison that these tests rest on does see a difference."""
    engine = create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
