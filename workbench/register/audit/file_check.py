"""The files of a store against what the events told of them: changed, missing, added; and those that no event covers."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.register.audit.covered_files import BY_FOLDER, files_there, folder_of, kind_of
from workbench.store.files import hash_of

COVERED = "files_covered"
"""The action of an event that told of every folder there was: a folder that no event names since was added by hand."""
_PART = re.compile(r"round=(?P<round>[^/]+)/(?:county_code=(?P<county>[^/]+)/)?")


@dataclass(frozen=True)
class WrongFile:
    """A file that is not what its last event told: `state` is changed, missing or added.

    `expected`, `actual`: SHA-256, None where there is or was to be none; `event`: the last that tells of it, None where none does.
    """

    path: str
    what: str
    state: str
    expected: str | None
    actual: str | None
    event: int | None

    @property
    def round(self) -> str | None:
        """The round that it belongs to."""
        match = _PART.search(self.path)
        return match["round"] if match else None

    @property
    def county(self) -> str | None:
        """The county that it belongs to."""
        match = _PART.search(self.path)
        return match["county"] if match else None


@dataclass(frozen=True)
class NotCovered:
    """Files of a kind that nothing could be said of, because no event tells of them."""

    what: str
    files: int
    example: str


@dataclass
class ExpectedFiles:
    """What the events so far tell of files: by path, with the event; which folders they told as a whole."""

    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    by_folder: dict[str, set[str]] = field(default_factory=dict)
    all_covered: bool = False

    def add(self, hashes: Any, event: int) -> None:
        """Take up the `hashes` of an event; what is no such thing, because somebody changed it, says nothing."""
        if not isinstance(hashes, Mapping):
            return
        for name, said in hashes.items():
            if isinstance(said, str):
                self._put(name, said, event)
            elif isinstance(said, Mapping):
                # A folder recorded as a whole replaces what earlier events said of it: what it lacks is expected no more.
                for path in self.by_folder.pop(name, ()):
                    self.files.pop(path, None)
                self.folders[name] = event
                for own, hashed in said.items():
                    # As text, for in an event that somebody changed it may be anything.
                    self._put(f"{name}{own}", str(hashed), event)

    def _put(self, path: str, hashed: str, event: int) -> None:
        self.files[path] = hashed, event
        self.by_folder.setdefault(folder_of(path), set()).add(path)


@dataclass(frozen=True)
class FileCheck:
    """`holding`: how many files are what their event told; those that are not; those that no event covers."""

    holding: int
    wrong: list[WrongFile]
    not_covered: list[NotCovered]


def check_files(root: Path, expected: ExpectedFiles) -> FileCheck:
    """Every file that an event names, and every file that is there."""
    there = set(files_there(root))
    wrong = [
        wrong_file for path in sorted(expected.files) if (wrong_file := _checked(root, path, *expected.files[path]))
    ]
    uncovered: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for path in sorted(there - expected.files.keys()):
        what, event = kind_of(path), expected.folders.get(folder_of(path))
        # Only where a folder was recorded as a whole is a file too many one that somebody put there.
        if what in BY_FOLDER and (event is not None or expected.all_covered):
            wrong.append(WrongFile(path, what, "added", None, _hash(root / path), event))
        else:
            uncovered[what] += 1
            examples.setdefault(what, path)
    not_covered = [NotCovered(what, files, examples[what]) for what, files in sorted(uncovered.items())]
    return FileCheck(len(expected.files) - sum(each.state != "added" for each in wrong), wrong, not_covered)


def _checked(root: Path, path: str, expected: str, event: int) -> WrongFile | None:
    actual = _hash(root / path)
    if actual == expected:
        return None
    return WrongFile(path, kind_of(path), "missing" if actual is None else "changed", expected, actual, event)


def _hash(path: Path) -> str | None:
    """None where it is not there, or cannot be read."""
    try:
        return hash_of(path)
    except OSError:
        return None
