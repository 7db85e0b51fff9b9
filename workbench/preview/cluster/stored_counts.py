"""Counts of a county that are stored: its index reduced to every hundredth of the line, for all ceilings that a slider shows.

`STORE/index/round=…/county_code=…/<income>.counts-<what is told apart>`, and `….past-…` for what became of its households
by the next round. However many households a county has, there are not more entries than townships, hundredths and sets of
findings; a province's answer is the sum of its counties'. Made anew when the facts of the county or the scores of the
round change: the first bytes say what they were made from.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.index.cache import fingerprint_of, index_fingerprint, index_path
from workbench.preview.index.reduced import Distinctions
from workbench.preview.scope import PreviewScope
from workbench.store.scores import has_scores, read_head, scores_path

_LAYOUT = 3
_MOST_FILES = 12
"""Files of one county, round, income and kind: each share of a route that is tried has its own."""
_DIGEST_BYTES = 64


def stored_distinctions(line: float, asked: Distinctions) -> Distinctions | None:
    """What stored counts tell apart, which is all that is asked about; None where a ceiling lies between two hundredths."""
    ceilings = tuple(multiple_of(multiple, line) for multiple in LeverValues().multiples)
    stored = Distinctions(ceilings, asked.rigid_shares, asked.drop_shares)
    return stored if asked <= stored else None


@dataclass(frozen=True)
class StoredCounts:
    """A file of counts: where it is, and the digest of all that they are made from."""

    path: Path
    made_from: str

    @classmethod
    def of_round(
        cls, scope: PreviewScope, limits: EdgeLimits, stored: Distinctions, *, by_township: bool
    ) -> "StoredCounts":
        """The counts of the scope's county (there must be one) in its round, with the scores that the round has."""
        store = scope.store
        shape = [limits.line, asdict(stored), by_township]
        if not has_scores(store.root, scope.round_name):
            return cls._of(scope, limits, ("counts", shape), [], [])
        # The counts say whether the scores are still of the facts.
        more = read_head(store.root, scope.round_name).other_facts(store)
        return cls._of(scope, limits, ("counts", shape), [scores_path(store.root, scope.round_name)], more)

    @classmethod
    def of_past(
        cls,
        scope: PreviewScope,
        limits: EdgeLimits,
        stored: Distinctions,
        next_round: tuple[str, float],
        more: tuple[bool, ...],
    ) -> "StoredCounts":
        """The counts of what became of the households of the scope's county by its next round, given with its poverty line.

        `more`: whatever else is told apart, or not.
        """
        name, line = next_round
        shape = [limits.line, line, asdict(stored), more]
        return cls._of(scope, limits, ("past", shape), scope.store.files(name, scope.county), [name])

    @classmethod
    def _of(
        cls,
        scope: PreviewScope,
        limits: EdgeLimits,
        kind: tuple[str, Sequence[Any]],
        files: list[Path],
        more: list[str],
    ) -> "StoredCounts":
        store, county = scope.store, scope.county
        assert county is not None  # a worker counts one county
        path = index_path(
            store, scope.round_name, county,
            deduct_out_of_pocket=limits.deduct_out_of_pocket, own_groups=tuple(limits.own_groups),
        )  # fmt: skip
        name, shape = kind
        suffix = hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:16]
        fingerprint = index_fingerprint(store, scope.round_name, county)
        return cls(
            path.with_suffix(f".{name}-{suffix}"), fingerprint_of(store.root, files, [_LAYOUT, fingerprint, *more])
        )

    def read(self) -> bytes | None:
        """The counts, None where there are none, or they are damaged, or made from something else."""
        with suppress(OSError):
            content = self.path.read_bytes()
            counts = content[2 * _DIGEST_BYTES :]
            if content[: 2 * _DIGEST_BYTES] == self.made_from.encode() + _digest(counts):
                return counts
        return None

    def read_or(self, count: Callable[[], bytes]) -> bytes:
        """The counts from the file, or what `count` gives, which is stored.

        A store that cannot be written serves just as well, only slower.
        """
        stored = self.read()
        if stored is not None:
            return stored
        counts = count()
        with suppress(OSError):
            self._write(self.made_from.encode() + _digest(counts) + counts)
        return counts

    def _write(self, content: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(self.path)
        # The oldest go: whoever tries many shares must not fill the disk.
        kind = self.path.name.rpartition("-")[0]
        stored = sorted(self.path.parent.glob(f"{kind}-*"), key=lambda each: each.stat().st_mtime)
        for old in stored[:-_MOST_FILES]:
            old.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
