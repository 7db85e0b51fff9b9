"""Without its register a store of real data is a page of words, 503, whatever is asked for; with it back, all is as before."""

import gc
import shutil

import pytest
from sqlalchemy import create_engine, text

from tests.browser import start_server, wait_until
from tests.postgres import cluster
from tests.server.test_signing_in import store
from tests.server.visitors import Visitor, answered, write_notebook
from tests.variants import one_in
from workbench.register.access.acting_user import open_register
from workbench.register.location import register_path
from workbench.store.facts import FactStore

PATHS = (
    "",
    "login",
    "voila/render/label.ipynb",
    "alive/1-1",
    "api/kernels/1-1-1-1-1",
    "nosuch",
    "login?lang=en",
    "accounts",
    "password",
)


@pytest.fixture
def real(tmp_path):
    root = store(tmp_path / "store", simulated=False)
    gc.collect()
    settle(root)
    return root


@pytest.fixture
def server(real, tmp_path):
    write_notebook(tmp_path, "label.ipynb")
    running = start_server(real, tmp_path, tmp_path / "log.txt")
    yield running
    running.stop()


def settle(root):
    """Bring all of the register into its one file, as when whoever made it has ended."""
    engine = create_engine(f"sqlite:///{register_path(root)}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        register_path(root).with_name(f"register.sqlite{suffix}").unlink(missing_ok=True)


def moved_away(path):
    path.rename(path.with_name("moved"))


def empty(path):
    path.unlink()
    other = open_register(FactStore(path.parent.parent / "other"))
    other.engine.dispose()
    shutil.copy(register_path(other.facts.root), path)


def unreadable(path):
    path.unlink()
    path.mkdir()


def damaged(path):
    path.write_bytes(b"no database" * 1000)


def newer(path):
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


LOSSES = one_in(5, (moved_away, damaged, unreadable, empty, newer))


def says_so(server):
    visitor = Visitor(server)
    for path in PATHS:
        status, answer = visitor.ask(path)
        assert (path, status) == (path, 503)
        assert 'name="password"' not in answer
        assert "Traceback" not in answer
    assert "登记库" in visitor.ask("login")[1]
    assert "register" in visitor.ask("login?lang=en")[1]
    assert visitor.sign_in("金寨经办") == 503


@pytest.mark.parametrize("lose", LOSSES)
def test_a_server_that_starts_without_its_register_says_so_on_every_page(real, tmp_path, lose):
    lose(register_path(real))
    write_notebook(tmp_path, "label.ipynb")
    server = start_server(real, tmp_path, tmp_path / "log.txt")
    try:
        says_so(server)
    finally:
        server.stop()


def test_a_register_that_goes_and_comes_back_while_the_server_runs(real, server):
    visitor = Visitor(server)
    visitor.sign_in("金寨经办")
    assert visitor.ask("")[0] == 200
    moved_away(register_path(real))
    wait_until(lambda: visitor.ask("")[0] == 503, 30, "the register's absence goes unnoticed")
    says_so(server)
    register_path(real).with_name("moved").rename(register_path(real))
    wait_until(lambda: visitor.ask("")[0] == 200, 30, "the register that is back goes unnoticed")


# -- in a database -------------------------------------------------------------------------------------------------


@pytest.fixture
def database():
    with cluster() as running:
        yield running


@pytest.mark.deep
def test_pages_while_the_database_is_out_of_reach_and_after_its_restart(tmp_path, database, monkeypatch):
    url = database.new_database()
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    root = store(tmp_path / "store", simulated=False, url=url)
    gc.collect()
    write_notebook(tmp_path, "label.ipynb")
    server = start_server(root, tmp_path, tmp_path / "log.txt")
    try:
        visitor = Visitor(server)
        visitor.sign_in("金寨经办")
        assert visitor.ask("")[0] == 200
        database.stop()
        wait_until(lambda: visitor.ask("")[0] == 503, 60, "the database's absence goes unnoticed")
        says_so(server)
        database.start()
        wait_until(lambda: visitor.ask("")[0] == 200, 60, "the database that is back goes unnoticed")
        kernel = visitor.open()
        with visitor.socket(kernel) as socket:
            assert answered(socket)
    finally:
        server.stop()
