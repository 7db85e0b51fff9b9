"""The true slip probabilities of a simulated round, `STORE/truth/round=…`; read by evaluation and by nothing else."""

from pathlib import Path

import polars as pl

from workbench.store.arrow.tables import read_columns


def read_truth(root: Path, round_name: str) -> pl.DataFrame | None:
    """household_id and p_slip of a simulated round; None where the data is not simulated."""
    files = sorted((root / "truth" / f"round={round_name}").glob("*.parquet"))
    if not files:
        return None
    return pl.concat([pl.DataFrame(read_columns(path, ["household_id", "p_slip"])) for path in files])
