"""Arrow files that are memory-mapped, and so shared between pages; each says what it was made from."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD = b"head"


@dataclass(frozen=True)
class Mapped:
    """A mapped file: its columns, over the file itself, and the plain data written with them."""

    table: "pa.Table"
    head: dict[str, Any]

    def column(self, name: str) -> "pa.Array":
        """A column as one Arrow array."""
        import pyarrow as pa  # noqa: PLC0415 - as in `read_mapped`

        column = self.table[name]
        if not column.num_chunks:
            # Of no household: to combine none makes an array of a list, for which Arrow loads pandas.
            return pa.nulls(0, column.type)
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def array(self, name: str) -> npt.NDArray[Any]:
        """The numbers of a column as NumPy. (Arrow's own conversion would load pandas.)"""
        dtype = np.dtype(
            {"double": "f8", "int64": "i8", "uint8": "u1", "uint16": "u2", "uint32": "u4"}[
                str(self.table.schema.field(name).type)
            ]
        )
        if not len(self.table):
            return np.empty(0, dtype)
        chunk = self.column(name)
        return np.frombuffer(chunk.buffers()[1], dtype, count=len(chunk), offset=chunk.offset * dtype.itemsize)


def write_mapped(path: Path, columns: Mapping[str, Any], head: Mapping[str, Any], fingerprint: str) -> None:
    """Put a file in place of the one there, whole or not at all; raises OSError where it cannot be written."""
    import pyarrow as pa  # noqa: PLC0415 - as in `read_mapped`

    text = json.dumps({**head, "fingerprint": fingerprint}, ensure_ascii=False)
    arrays = {name: values if isinstance(values, pa.Array) else _arrow(values) for name, values in columns.items()}
    table = pa.table(arrays).replace_schema_metadata({_HEAD: text})
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: two processes may build the same index at once, and neither must write into the other's file.
    draft = path.with_suffix(f".{os.getpid()}-{uuid4().hex[:8]}")
    with pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        # In one chunk, so that a column is one range of the file and can be read without copying.
        writer.write_table(table.combine_chunks())
    # A rename: who has the old file mapped keeps it, and nobody ever sees half of the new one.
    draft.replace(path)


def _arrow(values: npt.NDArray[Any]) -> "pa.Array":
    """Numbers as Arrow has them, through Polars: Arrow itself would load pandas to read NumPy's."""
    return pl.Series(values).to_arrow(compat_level=pl.CompatLevel.oldest())


def read_mapped(path: Path, fingerprint: str) -> Mapped | None:
    """The file, or None where there is none that was made from just this."""
    with suppress(OSError):  # of another owner, or too long a path
        if path.exists():
            return _read(path, fingerprint)
    return None


def _read(path: Path, fingerprint: str) -> Mapped | None:
    # Late: where nothing is kept yet, nothing of Arrow is needed.
    import pyarrow as pa  # noqa: PLC0415

    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        head = json.loads(table.schema.metadata[_HEAD])
    # An index is made anew in a moment; one that is damaged, of another layout or not to be read is no reason to fail.
    except (pa.ArrowInvalid, KeyError, TypeError, ValueError, OSError):
        return None
    return Mapped(table, head) if head["fingerprint"] == fingerprint else None
