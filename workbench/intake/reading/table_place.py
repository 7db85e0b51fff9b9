"""Where in a file the table stands, where a person says it: the rows of its header, and the sheets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TablePlace:
    """`header_rows`: the first and the last row of the header, from 1 (None: it is looked for); `sheets`: those to read, by name (empty: all that are alike)."""

    header_rows: tuple[int, int] | None = None
    sheets: tuple[str, ...] = ()
