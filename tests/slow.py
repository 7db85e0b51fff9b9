"""What the fast run leaves out, from what a whole run printed: `python -m tests.slow LOG` writes tests/slow.txt.

`make durations` runs the tests, which wants a machine that does nothing else, and gives this what they print. The fast run
has so many seconds of a core in all, and takes the tests that need the least of them; how long a single one may take follows.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("slow.txt")
BUDGET = 50.0
"""Seconds of a core for the tests of `make fast`: two cores for a minute, without what starting and collecting take."""
NEXT_TO_NOTHING = 0.003
"""Seconds of a test that the log says nothing of, since pytest leaves out what is shorter than it was asked for."""
NEEDS_LITTLE = "not (deep or browser or database or training)"
_LINE = re.compile(r"([\d.]+)s (setup|call|teardown)\s+(tests/\S+\.py)::(\S+)")
_HEAD = """\
# Made by `make durations`: the files and tests that `make fast` leaves out, and with their seconds the files that take longest;
# no line is written by hand. A line that begins with `file` leaves nothing out: `make test` begins with those that take longest.
# A file without a test's name is left out whole and not even read by `make fast`. tests/test_slow.py names what is gone.
"""


@dataclass(frozen=True)
class Durations:
    """What a log says, in seconds: of each file, of what its tests share, and of all examples of each test together."""

    files: dict[str, float]
    shared: dict[str, float]
    tests: dict[str, float]


def durations(log: str) -> Durations:
    """Those of a run with `-vv --durations=0`."""
    files: dict[str, float] = defaultdict(float)
    shared: dict[str, float] = defaultdict(float)
    tests: dict[str, float] = defaultdict(float)
    for said, part, path, name in _LINE.findall(log):
        seconds = float(said)
        files[path] += seconds
        if part == "setup" and seconds > shared[path]:
            # What comes before the first test of a file is the file's, not that test's.
            seconds, shared[path] = shared[path], seconds
        tests[f"{path}::{name.partition('[')[0]}"] += seconds
    return Durations(files, shared, tests)


def chosen(measured: Durations, examples: Counter[str], budget: float) -> set[str]:
    """The tests of the fast run: as many examples as the budget has seconds for, those that take least first.

    `examples`: how many there are of each test that may be chosen. Each bears its part of what its file shares; a file of
    which one is chosen costs all of that.
    """
    in_file: Counter[str] = Counter()
    for test, number in examples.items():
        in_file[test.partition("::")[0]] += number
    own = {test: measured.tests.get(test, 0.0) / number + NEXT_TO_NOTHING for test, number in examples.items()}

    def seconds(test: str) -> float:
        path = test.partition("::")[0]
        return own[test] + measured.shared.get(path, 0.0) / in_file[path]

    results: set[str] = set()
    begun: set[str] = set()
    spent = 0.0
    for test in sorted(examples, key=lambda each: (seconds(each), each)):
        path = test.partition("::")[0]
        more = own[test] * examples[test] + (0.0 if path in begun else measured.shared.get(path, 0.0))
        # What does not fit is passed by, not the end: a test of a thousand examples would leave half of the time unused.
        if spent + more <= budget:
            spent += more
            results.add(test)
            begun.add(path)
    return results


def listing(measured: Durations, able: Collection[str], fast: Collection[str], paths: Iterable[str]) -> list[str]:
    """The lines of the list. `able`: the tests that could be in the fast run; `paths`: every file of tests."""
    begun = {test.partition("::")[0] for test in fast}
    lengths = [f"file {path} {seconds:.0f}" for path, seconds in sorted(measured.files.items()) if seconds >= 1]
    whole = [path for path in paths if path not in begun]
    return [
        *lengths,
        *sorted([*whole, *(test for test in able if test not in fast and test.partition("::")[0] in begun)]),
    ]


def collected(marks: str) -> Counter[str]:
    """How many examples there are of each test that has these marks."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only", "-m", marks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = (line.partition("[")[0] for line in done.stdout.splitlines() if line.startswith("tests/"))
    return Counter(name for name in names if "::" in name)


def main(log: Path) -> None:
    """Write the list from a log, and say how much of each folder the fast run has."""
    measured = durations(log.read_text(encoding="utf-8", errors="replace"))
    if not measured.files:
        sys.exit(f"{log} names no durations: run pytest with -vv --durations=0")
    able = collected(NEEDS_LITTLE)
    fast = chosen(measured, able, BUDGET)
    paths = [path.relative_to(ROOT).as_posix() for path in sorted(LIST.parent.rglob("test_*.py"))]
    lines = listing(measured, able, fast, paths)
    LIST.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    rooms: Counter[str] = Counter()
    of_rooms: Counter[str] = Counter()
    for test, number in able.items():
        room = Path(test.partition("::")[0]).parent.as_posix()
        of_rooms[room] += number
        rooms[room] += number if test in fast else 0
    for room, number in sorted(of_rooms.items()):
        sys.stdout.write(f"{room}: {rooms[room]} of {number}\n")
    sys.stdout.write(f"{rooms.total()} of {of_rooms.total()} tests that need little are in the fast run\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
