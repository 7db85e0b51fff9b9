"""What tests of jobs share."""

from tests.register.conftest import city  # noqa: F401 - a fixture
