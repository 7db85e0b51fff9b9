"""How long the tests take, from what a whole run printed: `python -m tests.slow LOG` writes tests/slow.txt.

`make durations` runs the tests, which wants a machine that does nothing else, and gives this what they print.
"""

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("slow.txt")
ALONE, SHARED, EACH = 0.3, 0.8, 0.1
"""In seconds, to be in `make fast`: what a test may take, what a file's tests may share, and how much of that a test of it."""
_LINE = re.compile(r"([\d.]+)s (setup|call|teardown)\s+(tests/\S+\.py)::(\S+)")
_NAMED = re.compile(r"(tests/\S+\.py)::(\S+)")
_HEAD = """\
# Made by `make durations`: the files and tests that take long on two cores, with their seconds; no line is written by hand.
# `make fast` leaves out a test that took {alone} s or more, and a whole file whose tests share what took {shared} s; a line that
# begins with `file` leaves nothing out: `make test` begins with those that take longest. tests/test_slow.py names what is gone.
"""


@dataclass(frozen=True)
class Durations:
    """What a log says, in seconds: of each file, of what its tests share, and of each test (its slowest example)."""

    files: dict[str, float]
    shared: dict[str, float]
    tests: dict[str, float]
    number: dict[str, int]


def durations(log: str) -> Durations:
    """Those of a run with `-vv --durations=0`; what pytest leaves out took next to nothing."""
    files: dict[str, float] = defaultdict(float)
    shared: dict[str, float] = defaultdict(float)
    tests: dict[str, float] = defaultdict(float)
    for seconds, part, path, name in _LINE.findall(log):
        files[path] += float(seconds)
        if part == "setup":
            shared[path] = max(shared[path], float(seconds))
        test = f"{path}::{name.partition('[')[0]}"
        # What comes before the first test of a file is the file's, not that test's.
        tests[test] = max(tests[test], float(seconds) if part == "call" else 0.0)
    named = Counter(path for path, _ in set(_NAMED.findall(log)))
    return Durations(files, shared, tests, named)


def listing(log: str) -> list[str]:
    """The lines of the list: files by their length, then the files and tests that the fast run leaves out."""
    measured = durations(log)
    whole = {
        path
        for path, seconds in measured.shared.items()
        if seconds >= SHARED and seconds / max(measured.number[path], 1) >= EACH
    }
    alone = {name for name, seconds in measured.tests.items() if seconds >= ALONE and name.split("::")[0] not in whole}
    lengths = [f"file {path} {seconds:.0f}" for path, seconds in sorted(measured.files.items()) if seconds >= 1]
    return [*lengths, *sorted(whole | alone)]


def main(log: Path) -> None:
    """Write the list from a log."""
    lines = listing(log.read_text(encoding="utf-8", errors="replace"))
    if not lines:
        sys.exit(f"{log} names no durations: run pytest with -vv --durations=0")
    LIST.write_text(_HEAD.format(alone=ALONE, shared=SHARED) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
