"""What `make fast` leaves out by its name is there: a test that was renamed would be tried in the fast run again."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import slow
from tests.conftest import SECONDS, SLOW, pytest_collection_modifyitems

PROJECT = Path(__file__).parents[1]


@dataclass
class Named:
    """As much of a test as the order of a run asks for."""

    nodeid: str

    def add_marker(self, mark):
        """Marks are of no concern here."""


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


def test_the_list_is_made_from_what_a_run_printed():
    assert slow.listing(LOG) == [
        "file tests/a/test_long.py 14",
        "file tests/b/test_short.py 1",
        "tests/a/test_long.py",
        "tests/b/test_short.py::test_one",
    ]


def test_what_many_tests_share_leaves_none_of_them_out():
    many = "".join(f"tests/a/test_long.py::test_{number} PASSED\n" for number in range(200))
    assert "tests/a/test_long.py" not in slow.listing(LOG + many)
    assert "tests/a/test_long.py::test_two" in slow.listing(LOG + many)


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
