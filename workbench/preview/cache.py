"""The index on disk: `STORE/index/round=…/<income>.arrow`, memory-mapped, rebuilt when the facts have changed."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa

from workbench.preview.index import INDEX_COLUMNS, CountySlice, PreviewIndex, build_index
from workbench.store.facts import FactStore

_LAYOUT = 1
_ARRAYS = (
    "income", "income_pc", "net_income", "out_of_pocket", "previous_income_pc", "groups_true",
    "groups_unknown", "checks", "lacking", "township_of", "origin",
)  # fmt: skip


def load_index(store: FactStore, round_name: str, *, deduct_out_of_pocket: bool = False) -> PreviewIndex:
    """The index of a round (all its counties), from disk where it matches the facts, else built and kept.

    A store that cannot be written serves just as well, only slower: the index then stays in memory.
    """
    name = "deducted" if deduct_out_of_pocket else "income_pc"
    path = store.root / "index" / f"round={round_name}" / f"{name}.arrow"
    fingerprint = _fingerprint(store, round_name)
    kept = _read(path, fingerprint)
    if kept is not None:
        return kept
    facts = store.read_with_previous(round_name, columns=list(INDEX_COLUMNS))
    index = build_index(facts, deduct_out_of_pocket=deduct_out_of_pocket)
    try:
        _write(path, index, fingerprint)
    except OSError:
        return index
    return _read(path, fingerprint) or index


def _fingerprint(store: FactStore, round_name: str) -> str:
    """What the index depends on: the files of the round and of the one before, and this layout."""
    before = store.previous_round(round_name)
    files = store.files(round_name) + (store.files(before) if before else [])
    stats = [(path.relative_to(store.root).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps([_LAYOUT, stats]).encode()).hexdigest()


def _write(path: Path, index: PreviewIndex, fingerprint: str) -> None:
    columns: dict[str, Any] = {name: getattr(index, name) for name in _ARRAYS}
    if index.weight is not None:
        columns["weight"] = index.weight
    columns |= {"household_id": index.household_id, "village": index.village}
    head = {
        "fingerprint": fingerprint,
        "deduct_out_of_pocket": index.deduct_out_of_pocket,
        "counties": [asdict(county) for county in index.counties],
        "townships": index.townships,
    }
    table = pa.table(columns).replace_schema_metadata({"index": json.dumps(head, ensure_ascii=False)})
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{uuid4().hex[:8]}")
    with pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    draft.replace(path)


def _read(path: Path, fingerprint: str) -> PreviewIndex | None:
    if not path.exists():
        return None
    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        head = json.loads(table.schema.metadata[b"index"])
    except (pa.ArrowInvalid, KeyError, ValueError, OSError):
        return None
    if head["fingerprint"] != fingerprint:
        return None
    arrays = {name: _array(table, name) for name in _ARRAYS}
    return PreviewIndex(
        deduct_out_of_pocket=head["deduct_out_of_pocket"],
        counties=tuple(CountySlice(**county) for county in head["counties"]),
        townships=tuple((code, name) for code, name in head["townships"]),
        weight=_array(table, "weight") if "weight" in table.column_names else None,
        household_id=_chunk(table, "household_id"),
        village=_chunk(table, "village"),
        **arrays,
    )


def _chunk(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _array(table: pa.Table, name: str) -> Any:
    """The numbers of a column as NumPy, over the mapped file itself. (Arrow's own conversion would load pandas.)"""
    dtype = np.dtype({"double": "f8", "uint8": "u1", "uint32": "u4"}[str(table.schema.field(name).type)])
    if not len(table):
        return np.empty(0, dtype)
    chunk = _chunk(table, name)
    return np.frombuffer(chunk.buffers()[1], dtype, count=len(chunk), offset=chunk.offset * dtype.itemsize)
