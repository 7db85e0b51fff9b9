"""A store whose people had accounts opens with its own register or not at all: nothing is shown, nothing is written."""

import datetime as dt
import json
import shutil

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import cluster
from workbench.backup.backup import Origin as BackupOrigin
from workbench.backup.backup import back_up
from workbench.backup.restore import Target, restore
from workbench.clock import BEIJING
from workbench.errors import DamagedError, NewerSchemaError, StoreError
from workbench.register.access.accounts import NewAccount, first_account
from workbench.register.access.acting_user import existing_register, open_register
from workbench.register.location import MissingRegisterError, marker_path, register_exists, register_path
from workbench.register.marker import identity
from workbench.register.unit_of_work.fact_import import take_in_here
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

NOW = dt.datetime(2019, 6, 1, 9, tzinfo=BEIJING)


def with_accounts(root, url=None):
    facts = FactStore(root)
    register = open_register(facts, url)
    first_account(register, NewAccount("admin", "管理员", "administrator"), NOW)
    register.engine.dispose()
    return facts


@pytest.fixture
def facts(tmp_path):
    return with_accounts(tmp_path / "store")


def empty_one(facts):
    register_path(facts.root).unlink()
    other = open_register(FactStore(facts.root.parent / "other"))
    other.engine.dispose()
    shutil.copy(register_path(other.facts.root), register_path(facts.root))


def another_ones(facts):
    shutil.copy(register_path(with_accounts_elsewhere(facts).root), register_path(facts.root))


def with_accounts_elsewhere(facts):
    elsewhere = FactStore(facts.root.parent / "elsewhere")
    register = open_register(elsewhere)
    first_account(register, NewAccount("other", "别人", "administrator"), NOW)
    register.engine.dispose()
    return elsewhere


def moved_away(facts):
    register_path(facts.root).rename(facts.root.parent / "moved.sqlite")


def zero_bytes(facts):
    register_path(facts.root).write_bytes(b"")


def unreadable(facts):
    """What nobody may read, root included: no file at all."""
    register_path(facts.root).unlink()
    register_path(facts.root).mkdir()


def damaged(facts):
    register_path(facts.root).write_bytes(b"no database" * 1000)


def newer(facts):
    engine = create_engine(f"sqlite:///{register_path(facts.root)}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


LOST = {
    moved_away: MissingRegisterError, empty_one: MissingRegisterError, another_ones: MissingRegisterError,
    zero_bytes: MissingRegisterError, unreadable: StoreError, damaged: DamagedError, newer: NewerSchemaError,
}  # fmt: skip


@pytest.mark.parametrize(("lose", "error"), LOST.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_without_its_register_such_a_store_opens_in_no_way(facts, lose, error):
    lose(facts)
    with pytest.raises(error):
        open_register(facts)
    with pytest.raises(error):
        existing_register(facts)


@pytest.mark.parametrize(("lose", "error"), LOST.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_without_its_register_nothing_is_taken_in(facts, lose, error):
    lose(facts)
    with pytest.raises(error):
        take_in_here(facts, None, "anybody", NOW, "2019-05", [], Origin(simulated=False))
    assert facts.rounds() == []


def test_opening_such_a_store_makes_no_new_register(facts):
    moved_away(facts)
    with pytest.raises(MissingRegisterError):
        open_register(facts)
    assert not register_path(facts.root).exists()


def test_a_register_put_back_opens_again(facts):
    moved_away(facts)
    (facts.root.parent / "moved.sqlite").rename(register_path(facts.root))
    assert open_register(facts).acting_user("admin", NOW).name == "管理员"


def test_a_store_that_never_had_accounts_asks_for_none(tmp_path):
    facts = FactStore(tmp_path)
    assert not register_exists(facts.root)
    open_register(facts).engine.dispose()
    register_path(facts.root).unlink()
    assert not register_exists(facts.root)


def test_a_store_from_before_the_marker_gets_it_when_its_register_is_opened(facts):
    marker_path(facts.root).unlink()
    register = open_register(facts)
    assert json.loads(marker_path(facts.root).read_text())["register"] == identity(register.engine)


def test_a_marker_that_says_nothing_opens_nothing(facts):
    marker_path(facts.root).write_text("{")
    with pytest.raises(MissingRegisterError):
        open_register(facts)


def test_a_register_that_is_exchanged_while_it_is_open_is_noticed(facts):
    register = open_register(facts)
    register.acting_user("admin", NOW)
    register_path(facts.root).rename(facts.root.parent / "moved.sqlite")
    with pytest.raises(StoreError):
        register.acting_user("admin", NOW)
    shutil.copy(register_path(with_accounts_elsewhere(facts).root), register_path(facts.root))
    assert register.acting_user("other", NOW).name == "别人"


def test_a_store_without_its_register_is_not_backed_up_as_if_it_had_none(tmp_path):
    facts = with_accounts(tmp_path / "store")
    write_city(facts, simulate(50, 1, 5, divisions=DIVISIONS), Origin(simulated=True))
    moved_away(facts)
    with pytest.raises(MissingRegisterError):
        back_up(BackupOrigin(facts.root), tmp_path / "backup.zip", at=NOW, account="admin")


def test_a_backup_put_back_is_the_same_register(facts, tmp_path):
    back_up(BackupOrigin(facts.root), tmp_path / "backup.zip", at=NOW, account="admin")
    target = Target(tmp_path / "again", None)
    restore(tmp_path / "backup.zip", target, at=NOW, account="admin")
    assert marker_path(target.root).read_text() == marker_path(facts.root).read_text()
    assert open_register(FactStore(target.root)).acting_user("admin", NOW).name == "管理员"
    moved_away(FactStore(target.root))
    with pytest.raises(MissingRegisterError):
        open_register(FactStore(target.root))


def test_a_register_elsewhere_is_remembered_too(tmp_path):
    with cluster() as postgres:
        facts = with_accounts(tmp_path / "store", postgres.new_database())
        with pytest.raises(MissingRegisterError):  # the URL is not given
            existing_register(facts)
        with pytest.raises(MissingRegisterError):  # another database
            open_register(facts, postgres.new_database())
