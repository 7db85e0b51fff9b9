"""The table of a round's scores: its columns, and how it is read and written (`workbench.store.scores` says what holds for all)."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.arrow.tables import read_columns, read_rows, with_origin
from workbench.store.schema import Origin
from workbench.store.scores import EXPECTED_UNIT, HEAD, ScoreHead, scores_file, scores_path
from workbench.store.transaction import transaction, unstaged_file

_COPIED = 1 << 20
"""Bytes at a time."""
_FEW_TEXTS = pa.dictionary(pa.int16(), pa.string())
REASON = pa.struct([("topic", _FEW_TEXTS), ("zh", _FEW_TEXTS), ("en", _FEW_TEXTS), ("points", pa.float64())])
SCHEMA = pa.schema(
    [
        ("household_id", pa.string()),
        ("county_code", pa.string()),
        ("township", pa.string()),
        ("kind", pa.string()),
        ("state", pa.int64()),
        ("weight", pa.float64()),
        ("p_slip", pa.float64()),
        ("p_low", pa.float64()),
        ("p_high", pa.float64()),
        ("reasons", pa.list_(REASON)),
        ("forecast_mean", pa.float64()),
        ("forecast_sd", pa.float64()),
        ("model", pa.string()),
    ]
)
"""One row a household that can slip and can be judged; all others are counted in `ScoreHead.not_scored`.

The few texts of reasons are kept once in memory; in the file they are plain strings to every reader.

`state` as `domain.rules.states` reads it; `reasons` add up, in points of the logit, to the logit of `p_slip`;
`forecast_mean`, `forecast_sd`: the forecast of log income a person (yuan) at the next round, null where there is none.
"""


def read_scores(root: Path, round_name: str, columns: list[str] | None = None, county: str | None = None) -> pa.Table:
    """The scores of a round, of one county or of all, one row a scored household (`SCHEMA`).

    Raises StoreError where the round has none.
    """
    path = scores_file(root, round_name)
    return read_rows(path, "county_code", county, columns) if county else read_columns(path, columns)


def write_scores(root: Path, table: pa.Table, head: ScoreHead, origin: Origin) -> Path:
    """Put the scores of a round in place of those there, whole or not at all."""
    return write_score_parts(root, head.round, [table], lambda: head, origin)


def write_score_parts(
    root: Path, round_name: str, parts: Iterable[pa.Table], head: Callable[[], ScoreHead], origin: Origin
) -> Path:
    """Write scores as `write_scores` does, county by county, so that they need never be in memory together.

    `head`: asked when the last part is written, for what holds for all of them may be known only then.
    """
    path = scores_path(root, round_name)
    # Of no batches: `empty_table` makes arrays of Python lists, for which Arrow loads pandas.
    stamped = with_origin(pa.Table.from_batches([], SCHEMA), origin).schema
    # Parts may be computed as they come: a city is scored for a minute in which people go on working.
    with unstaged_file(root) as scores:
        # Without Arrow's own schema every reader finds plain strings; the metadata then has to be put in by hand.
        with pq.ParquetWriter(scores, stamped, compression="zstd", store_schema=False) as writer:
            for part in parts:
                writer.write_table(part.cast(SCHEMA).replace_schema_metadata(stamped.metadata))
            written = json.dumps(asdict(head()), ensure_ascii=False).encode()
            writer.add_key_value_metadata({**(stamped.metadata or {}), HEAD: written})
        scores.seek(0)
        with transaction(root) as pending:
            # Whoever reads the folder as a partition would read files of other names too.
            for old in path.parent.glob("*.parquet"):
                pending.remove(old)
            with pending.stage(path).open("wb") as staged:
                shutil.copyfileobj(scores, staged, _COPIED)
    return path


def expected_units(scores: pa.Table) -> int:
    """The slips that scores expect together, in whole 2^-40 of a household: the same in whatever order they are added."""
    # Through Polars: Arrow loads pandas before it gives NumPy a column of several chunks.
    both = pl.DataFrame(scores.select(["p_slip", "weight"]))
    expected = both["p_slip"].to_numpy() * both["weight"].to_numpy()
    return int(np.rint(expected * EXPECTED_UNIT).astype(np.int64).sum())
