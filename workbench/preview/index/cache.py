"""The index on disk: one memory-mapped file a county and income, made anew when the county's own facts have changed.

`STORE/index/round=…/county_code=…/<income>.arrow`. That of the whole round, `STORE/index/round=…/<income>.arrow`, is put
together from those of its counties: a fact corrected in one of them makes one county's index anew, not the city's.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from filelock import FileLock, Timeout

from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.preview.index.build import INDEX_COLUMNS, CountySlice, PreviewIndex, build_index
from workbench.preview.index.joined import join_indexes
from workbench.preview.index.memory_map import read_mapped, write_mapped
from workbench.store.fact_files import file_digest
from workbench.store.facts import FactStore

# Part of every fingerprint: an index of another layout is made anew and never read as one of this.
_LAYOUT = 6
# Whoever waits longer builds an index alone: one builder that hangs must not hold up every page.
_PATIENCE_SECONDS = 120
_ASKED = ".asked"
_ARRAYS = (
    "income", "income_pc", "net_income", "out_of_pocket", "dropped_to", "dropped_from", "groups_true",
    "groups_unknown", "checks", "lacking", "township_of", "origin",
)  # fmt: skip


def load_index(
    store: FactStore, round_name: str, county: str | None = None, *,
    deduct_out_of_pocket: bool = False, own_groups: tuple[str, ...] = (),
) -> PreviewIndex:  # fmt: skip
    """The index of a round, of one county or of all, from disk where it matches the facts, else built and kept.

    `own_groups`: facts of the county's own that count as key groups beside the eight.

    A store that cannot be written serves just as well, only slower: the index then stays in memory.
    Raises StoreError where the round, or the county in it, is not stored.
    """

    def build() -> PreviewIndex:
        if county is not None:
            facts = store.frame_with_previous(round_name, county, [*INDEX_COLUMNS, *own_groups], kind=UNREGISTERED)
            return build_index(facts, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups)
        counties = store.counties(round_name)
        return join_indexes(
            [
                load_index(store, round_name, code, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups)
                for code in counties
            ]
        )

    path = index_path(store, round_name, county, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups)
    return _cached_or_built(path, index_fingerprint(store, round_name, county), build)


def asked_before(
    store: FactStore, round_name: str, county: str | None, *, deduct_out_of_pocket: bool, own_groups: tuple[str, ...]
) -> bool:
    """Whether somebody asked for this index, or for an answer that it gives, before: then it is worth making."""
    path = index_path(store, round_name, county, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups)
    try:
        return path.exists() or path.with_suffix(_ASKED).exists()
    except OSError:  # a folder that only its owner may look into: somebody made it
        return False


def note_asked(
    store: FactStore, round_name: str, county: str | None, *, deduct_out_of_pocket: bool, own_groups: tuple[str, ...]
) -> None:
    """Let `asked_before` know of an answer that was given without the index."""
    path = index_path(store, round_name, county, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups)
    with suppress(OSError):  # a store that cannot be written is scanned each time
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(_ASKED).touch()


def _cached_or_built(path: Path, fingerprint: str, build: Callable[[], PreviewIndex]) -> PreviewIndex:
    cached = _read(path, fingerprint)
    if cached is not None:
        return cached
    with _one_builder(path):
        # Whoever had to wait for the lock finds here what the first one has built.
        cached = _read(path, fingerprint)
        if cached is not None:
            return cached
        index = build()
        try:
            _write(path, index, fingerprint)
        except OSError:
            return index
        # Read back, so that this page shares the mapped file too instead of holding a copy of its own.
        return _read(path, fingerprint) or index


@contextmanager
def _one_builder(path: Path) -> Iterator[None]:
    """Let pages that need the same index at once build it once; where no lock can be had, each builds its own."""
    lock = FileLock(path.with_suffix(".lock"))
    with suppress(OSError, Timeout, NotImplementedError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE_SECONDS)
    try:
        yield
    finally:
        # Does nothing where the lock could not be had.
        lock.release()


def index_path(
    store: FactStore, round_name: str, county: str | None = None, *,
    deduct_out_of_pocket: bool, own_groups: tuple[str, ...] = (),
) -> Path:  # fmt: skip
    """Where the index of a round, of one county or of all, of an income and of a county's own groups is kept."""
    # By a digest: names of many groups together are longer than a file's name may be.
    own = "-" + hashlib.sha256("/".join(own_groups).encode()).hexdigest()[:16] if own_groups else ""
    name = ("deducted" if deduct_out_of_pocket else "income_pc") + own
    folder = store.root / "index" / f"round={round_name}"
    return (folder / f"county_code={quote(county, safe='')}" if county else folder) / f"{name}.arrow"


def index_fingerprint(store: FactStore, round_name: str, county: str | None) -> str:
    """What an index depends on: the content of the round's facts, of each county's round before, and this layout."""
    files = store.files(round_name, county)
    for code in [county] if county else store.counties(round_name):
        # Each county's own: a round that passed a county over is not its round before (decision 0009).
        before = store.previous_round(round_name, code)
        files += store.files(before, code) if before else []
    return fingerprint_of(store.root, files, [_LAYOUT])


def fingerprint_of(root: Path, files: list[Path], more: list[Any]) -> str:
    """A digest of the content of files, and of whatever else something depends on."""
    # Relative paths and content only: in a copied or moved store the indexes stay good.
    contents = [(path.relative_to(root).as_posix(), file_digest(path)) for path in files]
    return hashlib.sha256(json.dumps([more, contents]).encode()).hexdigest()


def _write(path: Path, index: PreviewIndex, fingerprint: str) -> None:
    columns: dict[str, Any] = {name: getattr(index, name) for name in _ARRAYS}
    if index.weight is not None:
        columns["weight"] = index.weight
    columns |= {"household_id": index.household_id, "village": index.village}
    head = {
        "deduct_out_of_pocket": index.deduct_out_of_pocket,
        "groups": index.groups,
        "counties": [asdict(county) for county in index.counties],
        "townships": index.townships,
    }
    write_mapped(path, columns, head, fingerprint)


def _read(path: Path, fingerprint: str) -> PreviewIndex | None:
    cached = read_mapped(path, fingerprint)
    if cached is None:
        return None
    arrays = {name: cached.array(name) for name in _ARRAYS}
    return PreviewIndex(
        deduct_out_of_pocket=cached.head["deduct_out_of_pocket"],
        groups=tuple(cached.head["groups"]),
        counties=tuple(CountySlice(**county) for county in cached.head["counties"]),
        townships=tuple((code, name) for code, name in cached.head["townships"]),
        weight=cached.array("weight") if "weight" in cached.table.column_names else None,
        household_id=cached.column("household_id"),
        village=cached.column("village"),
        **arrays,
    )
