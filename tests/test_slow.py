"""What `make fast` leaves out by its name is there: a test that was renamed would be tried in the fast run again."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import slow
from tests.conftest import SECONDS, SLOW, leaves_out_slow, pytest_collection_modifyitems

PROJECT = Path(__file__).parents[1]


@dataclass
class Named:
    """As much of a test as the order of a run asks for."""

    nodeid: str

    def add_marker(self, mark):
        """Marks are of no concern here."""

    def get_closest_marker(self, name):
        """None of these needs a trained model, as whose tests are put in an order of their own."""


def is_there(listed):
    path, _, test = listed.partition("::")
    return (PROJECT / path).is_file() and (not test or f"def {test}(" in (PROJECT / path).read_text(encoding="utf-8"))


def test_every_test_and_file_that_is_listed_as_slow_is_there():
    assert sorted(each for each in {*SLOW, *SECONDS} if not is_there(each)) == []


def test_what_is_not_there_is_named():
    assert not is_there("tests/test_slow.py::test_of_another_name")
    assert not is_there("tests/test_of_another_name.py")


LOG = """
tests/a/test_long.py::test_one PASSED
12.00s setup    tests/a/test_long.py::test_one
1.30s call     tests/a/test_long.py::test_two[some words]
0.20s call     tests/a/test_long.py::test_three
0.40s call     tests/b/test_short.py::test_one[x]
0.60s call     tests/b/test_short.py::test_one[y]
0.05s call     tests/b/test_short.py::test_two
(20118 durations < 0.005s hidden.)
"""
MEASURED = slow.durations(LOG)
ABLE = Counter(
    {
        "tests/a/test_long.py::test_two": 1,
        "tests/a/test_long.py::test_three": 1,
        "tests/b/test_short.py::test_one": 2,
        "tests/b/test_short.py::test_two": 1,
        "tests/b/test_short.py::test_of_no_time": 40,
    }
)


def test_what_tests_share_is_the_files_and_examples_add_up():
    assert MEASURED.shared["tests/a/test_long.py"] == 12
    assert MEASURED.tests["tests/b/test_short.py::test_one"] == pytest.approx(1.0)
    assert MEASURED.files["tests/a/test_long.py"] == pytest.approx(13.5)


@pytest.mark.parametrize(
    ("budget", "names"),
    [
        (0.15, {"test_of_no_time"}),
        (0.3, {"test_of_no_time", "test_two"}),
        (1.5, {"test_of_no_time", "test_two", "test_one"}),
        # Whatever the first test of a file costs that shares much, the file costs all of it.
        (13.0, {"test_of_no_time", "test_two", "test_one"}),
    ],
)
def test_the_fast_run_takes_what_needs_least_until_its_time_is_used(budget, names):
    assert slow.chosen(MEASURED, ABLE, budget) == {f"tests/b/test_short.py::{name}" for name in names}


def test_with_time_enough_every_test_that_may_be_is_in_it():
    assert slow.chosen(MEASURED, ABLE, 100) == set(ABLE)


def test_the_list_names_files_by_their_length_then_what_is_left_out():
    paths = ["tests/a/test_long.py", "tests/b/test_short.py", "tests/c/test_pages_only.py"]
    assert slow.listing(MEASURED, ABLE, slow.chosen(MEASURED, ABLE, 0.3), paths) == [
        "file tests/a/test_long.py 14",
        "file tests/b/test_short.py 1",
        "tests/a/test_long.py",
        "tests/b/test_short.py::test_one",
        "tests/c/test_pages_only.py",
    ]


@pytest.mark.parametrize(
    ("marks", "left_out"),
    [
        ("not slow", True),
        ("not (deep or browser or database or training or slow)", True),
        ("not deep", False),
        ("deep or hypothesis", False),
        ("slow", False),
        ("", False),
    ],
)
def test_a_file_is_not_read_where_no_slow_test_would_be_run(marks, left_out):
    assert leaves_out_slow(marks) == left_out


def test_a_log_without_durations_is_refused(tmp_path):
    (tmp_path / "log.txt").write_text("7005 passed in 941.19s", encoding="utf-8")
    with pytest.raises(SystemExit, match="--durations=0"):
        slow.main(tmp_path / "log.txt")


def test_a_long_file_is_begun_before_a_short_one():
    shortest, longest = min(SECONDS, key=SECONDS.get), max(SECONDS, key=SECONDS.get)
    items = [Named(f"{path}::test_{n}") for path in ("tests/none.py", shortest, longest) for n in (1, 2)]
    pytest_collection_modifyitems(items)
    assert [each.nodeid for each in items] == [
        f"{path}::test_{n}" for path in (longest, shortest, "tests/none.py") for n in (1, 2)
    ]
