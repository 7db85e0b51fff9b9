"""Some of the rows of an index as an index of its own, so that whatever counts an index counts them too."""

from dataclasses import replace
from typing import Any

import numpy as np

from workbench.preview.index.build import Bools, CountySlice, Positions, PreviewIndex, Texts
from workbench.preview.index.joined import ALONGSIDE


def chosen_rows(index: PreviewIndex, chosen: Bools) -> PreviewIndex:
    """The index of the rows chosen (one boolean a row) of the index's counties, in their order, townships and origins as they are."""
    # A view of one county shares the arrays of the whole: rows of others are not its own, whatever `chosen` says.
    here = np.zeros(len(index), np.bool_)
    for county in index.counties:
        here[county.start : county.stop] = chosen[county.start : county.stop]
    rows = np.flatnonzero(here)

    def at(row: int) -> int:
        return int(np.searchsorted(rows, row))

    def of(values: Any) -> Any:
        return None if values is None else values[rows]

    counties = (CountySlice(each.code, at(each.start), at(each.known), at(each.stop)) for each in index.counties)
    alongside: dict[str, Any] = {name: getattr(index, name)[rows] for name in (*ALONGSIDE, "township_of", "origin")}
    return replace(
        index,
        counties=tuple(counties),
        **alongside,
        weight=of(index.weight),
        household_id=_taken(index.household_id, rows),
        village=_taken(index.village, rows),
        slips=of(index.slips),
        rows=of(index.rows),
    )


def _taken(texts: Texts, rows: Positions) -> Texts:
    """Texts at some rows; by Arrow: a Series of all would read every one of them, where a few per cent are taken."""
    if texts is None:
        return None
    # Late: an index that lists no household is cut without it.
    import pyarrow as pa  # noqa: PLC0415

    # From the buffer, since Arrow loads pandas to read NumPy's numbers.
    places = pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows.astype(np.int64, copy=False))])
    return texts.take(places)
