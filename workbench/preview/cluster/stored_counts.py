"""Counts of a county that are stored: its index reduced to every hundredth of the line, for all ceilings that a slider shows.

`STORE/index/round=…/county_code=…/<income>.counts-<what is told apart>`. However many households a county has, there are
not more entries than townships, hundredths and sets of findings; a province's answer is the sum of its counties'. Made
anew when the facts of the county or the scores of the round change: the first bytes say what they were made from.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.index.cache import fingerprint_of, index_fingerprint, index_path
from workbench.preview.index.reduced import Distinctions
from workbench.preview.scope import PreviewScope
from workbench.store.scores import has_scores, scores_path

_LAYOUT = 2
_MOST_FILES = 12
"""Files of one county, round and income: each share of a route that is tried has its own."""
_DIGEST_BYTES = 64


def stored_distinctions(line: float, asked: Distinctions) -> Distinctions | None:
    """What kept counts tell apart, which is all that is asked about; None where a ceiling lies between two hundredths."""
    ceilings = tuple(multiple_of(multiple, line) for multiple in LeverValues().multiples)
    return Distinctions(ceilings, asked.rigid_shares, asked.drop_shares) if set(asked.cuts) <= set(ceilings) else None


def stored_counts(scope: PreviewScope, limits: EdgeLimits, stored: Distinctions, count: Callable[[], bytes]) -> bytes:
    """The counts of the scope's county from its file, or what `count` gives, which is stored.

    A store that cannot be written serves just as well, only slower.
    """
    store, county = scope.store, scope.county
    assert county is not None  # a worker counts one county
    path = index_path(
        store, scope.round_name, county,
        deduct_out_of_pocket=limits.deduct_out_of_pocket, own_groups=tuple(limits.own_groups),
    )  # fmt: skip
    shape = hashlib.sha256(json.dumps([limits.line, asdict(stored)]).encode()).hexdigest()[:16]
    path = path.with_suffix(f".counts-{shape}")
    files = [scores_path(store.root, scope.round_name)] if has_scores(store.root, scope.round_name) else []
    made_from = fingerprint_of(
        store.root, files, [_LAYOUT, index_fingerprint(store, scope.round_name, county)]
    ).encode()
    with suppress(OSError):
        content = path.read_bytes()
        counts = content[2 * _DIGEST_BYTES :]
        # Of other facts, or damaged: made anew, as an index is.
        if content[: 2 * _DIGEST_BYTES] == made_from + _digest(counts):
            return counts
    counts = count()
    with suppress(OSError):
        _write(path, made_from + _digest(counts) + counts)
    return counts


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
    # The oldest go: whoever tries many shares must not fill the disk.
    stored = sorted(path.parent.glob(f"{path.stem}.counts-*"), key=lambda each: each.stat().st_mtime)
    for old in stored[:-_MOST_FILES]:
        old.unlink(missing_ok=True)
