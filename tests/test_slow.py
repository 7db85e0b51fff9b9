"""What `make fast` leaves out by its name is there: a test that was renamed would be tried in the fast run again."""

from pathlib import Path

from tests.conftest import SLOW

PROJECT = Path(__file__).parents[1]


def is_there(listed):
    path, _, test = listed.partition("::")
    return (PROJECT / path).is_file() and (not test or f"def {test}(" in (PROJECT / path).read_text(encoding="utf-8"))


def test_every_test_and_file_that_is_listed_as_slow_is_there():
    assert sorted(each for each in SLOW if not is_there(each)) == []


def test_what_is_not_there_is_named():
    assert not is_there("tests/test_slow.py::test_of_another_name")
    assert not is_there("tests/test_of_another_name.py")
