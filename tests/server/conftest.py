"""What tests of the server share: warm processes to fork from, a city of the register's tests, a server and who visits it."""

import pytest

from tests.browser import start_server
from tests.register.conftest import city, real_city  # noqa: F401 - fixtures
from tests.server.forks import SECONDS
from tests.server.visitor import Visitor
from workbench.server.forks.warm import WarmProcess
from workbench.settings import NOTEBOOKS


@pytest.fixture(scope="module")
def warm():
    """One for all tests of a file; none of them may kill it."""
    yield from warmed_up()


@pytest.fixture
def own_warm():
    """One that a test may kill."""
    yield from warmed_up()


def warmed_up():
    """A warm process, ended when it is no longer asked for."""
    process = WarmProcess()
    process.start().result(SECONDS)
    yield process
    process.close()


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    """A server of the `store` of a file's tests, one for all of them."""
    running = start_server(store.root, NOTEBOOKS, tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    running.stop()


@pytest.fixture
def act(server):
    """`act(account)`: a browser without scripts in which that person is chosen."""

    def become(account):
        visitor = Visitor(server)
        visitor.sign_in(account)
        return visitor

    return become
