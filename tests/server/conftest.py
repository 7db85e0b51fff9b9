"""What tests of the server share: warm processes to fork from, and a city of the register's tests."""

import pytest

from tests.register.conftest import city  # noqa: F401 - a fixture
from tests.server.forks import SECONDS
from workbench.server.forks.warm import WarmProcess


@pytest.fixture(scope="module")
def warm():
    """One for all tests of a file; none of them may kill it."""
    process = WarmProcess()
    process.start().result(SECONDS)
    yield process
    process.close()


@pytest.fixture
def own_warm():
    """One that a test may kill."""
    process = WarmProcess()
    process.start().result(SECONDS)
    yield process
    process.close()
