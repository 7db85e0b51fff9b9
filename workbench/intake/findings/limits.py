"""What no household can have: a weight that stands for none, amounts beyond all that the rules can compare exactly."""

from collections.abc import Mapping

import polars as pl

from workbench.domain.facts import FACT
from workbench.errors import Words
from workbench.intake.findings.problems import UNTIL_CORRECTED, Findings
from workbench.intake.reading.sheet import ROW

_WEIGHT = "weight"


def within_limits(frame: pl.DataFrame, columns: Mapping[str, str], findings: Findings) -> pl.DataFrame:
    """The rows with amounts and counts that are too large reported and not known, and rows without a weight rejected.

    `columns`: the file's column behind a fact, where it is one.
    """
    for name in frame.columns:
        most = FACT[name].most if name in FACT else None
        if most is None:
            continue
        # Within these limits no product of the rules overflows 64 bits (0021); beyond them it would, without a word.
        beyond = (pl.col(name).abs() > most).fill_null(value=False)
        findings.problem(
            frame.filter(beyond).select(row=ROW, value=pl.col(name).cast(pl.String)), columns.get(name, name), "too large",
            Words(f"应在 ±{most:,.0f} 之间；", f"beyond ±{most:,.0f}; ") + UNTIL_CORRECTED,
        )  # fmt: skip
        frame = frame.with_columns(pl.when(~beyond).then(pl.col(name)).alias(name))
    return _weighed(frame, columns, findings) if _WEIGHT in frame.columns else frame


def _weighed(frame: pl.DataFrame, columns: Mapping[str, str], findings: Findings) -> pl.DataFrame:
    """Where a file has weights, a row without one stands for nobody knows how many households."""
    good = (pl.col(_WEIGHT) > 0).fill_null(value=False)
    findings.problem(
        frame.filter(~good).select(row=ROW, value=pl.col(_WEIGHT).cast(pl.String)), columns.get(_WEIGHT, _WEIGHT),
        "no weight",
        Words(
            "权重缺失，或不大于 0，此行未导入；请补上大于 0 的权重",
            "the weight is missing or not above 0, the row is rejected; give a weight above 0",
        ),
    )  # fmt: skip
    return frame.filter(good)
