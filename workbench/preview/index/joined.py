"""The indexes of a round's counties put together into that of the whole round."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.preview.index.build import CountySlice, Floats, PreviewIndex, Texts

ALONGSIDE = (
    "income", "income_pc", "net_income", "out_of_pocket", "dropped_to", "dropped_from", "groups_true",
    "groups_unknown", "checks", "lacking",
)  # fmt: skip
"""The arrays of an index that hold a value a row and nothing that refers to another part."""


def join_indexes(parts: Sequence[PreviewIndex]) -> PreviewIndex:
    """One index of the rows of all parts, in their order; at least one, all of the same income and round.

    What counts from the first row of a part counts from the first row of the whole: slices, townships, origins.
    """
    if len(parts) == 1:
        # As it is: concatenating would copy the mapped file into memory.
        return parts[0]
    rows = _offsets([len(part) for part in parts])
    towns = _offsets([len(part.townships) for part in parts])
    # By the highest origin, not by the rows: what must not happen is that two households share one.
    origins = _offsets([int(part.origin.max(initial=0)) + 1 for part in parts])
    alongside: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ALONGSIDE}
    return replace(
        parts[0],
        counties=tuple(_moved(each, by) for part, by in zip(parts, rows, strict=True) for each in part.counties),
        townships=tuple(town for part in parts for town in part.townships),
        **alongside,
        township_of=np.concatenate([part.township_of + np.uint32(by) for part, by in zip(parts, towns, strict=True)]),
        origin=np.concatenate([part.origin + np.uint32(by) for part, by in zip(parts, origins, strict=True)]),
        weight=_weights(parts),
        slips=_of_all([part.slips for part in parts]),
        rows=_of_all([part.rows for part in parts]),
        household_id=_texts([part.household_id for part in parts]),
        village=_texts([part.village for part in parts]),
    )


def _offsets(sizes: Sequence[int]) -> list[int]:
    """Where each part begins."""
    return [0, *np.cumsum(sizes)[:-1].tolist()]


def _moved(county: CountySlice, by: int) -> CountySlice:
    return CountySlice(county.code, county.start + by, county.known + by, county.stop + by)


def _of_all(values: Sequence[Any]) -> Any:
    """What every part has, one after another; None where one of them has none."""
    return None if any(each is None for each in values) else np.concatenate(values)


def _texts(parts: Sequence[Texts]) -> Texts:
    """The texts of all parts; None where one lists no household."""
    if any(each is None for each in parts):
        return None
    # Late: indexes that list no household are put together without it.
    import pyarrow as pa  # noqa: PLC0415

    return pa.concat_arrays(parts)


def _weights(parts: Sequence[PreviewIndex]) -> Floats | None:
    """The weights of all rows; None where every row of every part stands for one household."""
    if all(part.weight is None for part in parts):
        return None
    return np.concatenate([np.ones(len(part)) if part.weight is None else part.weight for part in parts])
