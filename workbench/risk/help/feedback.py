"""What help given meanwhile does to what a model learns: who was helped slips less, and looks safe to the next model.

So the share that was helped is told for the likeliest and the others, and the model is compared with one that learnt from
households that nobody had helped. Where the two differ, the model's probability is one *with* the help that was usual.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from workbench.risk.data.draws import drawn
from workbench.risk.help.records import HELP, helped
from workbench.risk.model.boosting import Settings
from workbench.risk.model.calibration import Calibration, sigmoid
from workbench.risk.model.fitting import LEAST_SLIPS, Fit, Training, fit
from workbench.risk.model.glass_box import Floats, GlassBox
from workbench.risk.model.peers import standings
from workbench.safeguards.plain_data import Json

_TENTH = 0.1
_LEAST_HELPED = 50
"""Household-rounds that were helped, and were not, below which two models cannot be told apart."""
_MOST_ROWS = 100_000
_SURE = 2.0
"""Standard errors beyond which the two models differ."""


@dataclass(frozen=True)
class Comparison:
    """Slips among helped household-rounds: those that the model expects, those that one of the not helped expects, and came.

    `log_ratio`: of the second to the first, with the standard error by which bags of both differ.
    """

    rows: int
    model: float
    unhelped: float
    happened: float
    log_ratio: float
    error: float

    @property
    def differs(self) -> bool:
        """Whether the two differ beyond what the households drawn explain."""
        return abs(self.log_ratio) > _SURE * self.error


def help_feedback(rows: Training, fitted: Fit, settings: Settings) -> Json:
    """The record of help in what was learnt from: how much there was, to whom it went, and what a model without it says."""
    given = _helped(rows.frame)
    # No register is no zero: whether anybody was helped is not known then.
    if given is None:
        return {"recorded": False}
    record: Json = {
        "recorded": True,
        "rows": len(given),
        "helped": int(given.sum()),
        "visited": int((rows.frame["help_visits"].fill_null(0) > 0).sum()),
        "planned": int(rows.frame["help_plan"].fill_null(value=False).sum()),
        "in_edge_register": int(rows.frame["help_edge_register"].fill_null(value=False).sum()),
        "flagged": _flagged(fitted.unseen, given, rows.frame["start"]),
        "compared": None,
        "by_standing": {},
    }
    # Two models of a handful of slips differ by chance alone.
    if not _comparable(rows.slips, given):
        return record
    other = fit(_unhelped(rows, given), settings)
    record["compared"] = _record(compared(rows, fitted, other, given))
    names = standings(rows.frame).to_numpy()
    for name in sorted({str(each) for each in names[given] if each is not None}):
        of_standing = given & (names == name)
        # A standing with few helped rows would be read as a finding.
        if of_standing.sum() >= _LEAST_HELPED:
            record["by_standing"][name] = _record(compared(rows, fitted, other, of_standing))
    return record


def _helped(frame: pl.DataFrame) -> np.ndarray | None:
    """Who was helped, (rows,); None where no register says anything of any row."""
    if not set(HELP) <= set(frame.columns):
        return None
    given = frame.select(helped()).to_series()
    return None if given.null_count() == len(given) else given.fill_null(value=False).to_numpy()


def _flagged(p: Floats, given: np.ndarray, start: pl.Series) -> Json:
    """The shares helped of the likeliest tenth of each round, and of all others, by fits that had not seen the household."""
    place = pl.DataFrame({"p": p, "start": start}).select(
        pl.col("p").rank("ordinal", descending=True).over("start") <= _TENTH * pl.len().over("start")
    )
    likeliest = place.to_series().to_numpy()
    return {"likeliest": _share(given[likeliest]), "others": _share(given[~likeliest])}


def _share(chosen: np.ndarray) -> float | None:
    return float(chosen.mean()) if len(chosen) else None


def _comparable(slips: Floats, given: np.ndarray) -> bool:
    happened = int(slips[~given].sum())
    # Where nearly all of them slipped a fit has as little to learn from as where hardly any did.
    fewest = min(happened, int((~given).sum()) - happened)
    return min(int(given.sum()), int((~given).sum())) >= _LEAST_HELPED and fewest >= LEAST_SLIPS


def _unhelped(rows: Training, given: np.ndarray) -> Training:
    """The household-rounds that were not helped, of so many households as a fit that only compares may take."""
    # Drawn by household, so that all rounds of one stay on the same side.
    alone = np.flatnonzero(~given)
    numbered = rows.frame.select("household_id").with_row_index("row")[alone]
    chosen = drawn(numbered, _MOST_ROWS / max(len(numbered), 1), "not helped")["row"].to_numpy()
    return replace(
        rows, frame=rows.frame[chosen], values=rows.values[chosen], slips=rows.slips[chosen],
        weight=rows.weight[chosen], folds=rows.folds[chosen],
    )  # fmt: skip


def compared(rows: Training, fitted: Fit, other: Fit, chosen: np.ndarray) -> Comparison:
    """The slips that two fits expect among the chosen rows."""
    frame, values = rows.frame.filter(pl.Series(chosen)), rows.values[chosen]
    model, unhelped = (_expected(each.box, each.calibration, values, frame) for each in (fitted, other))
    whole = float(np.log(unhelped.mean() / model.mean()))
    # Bags leave out the same households in both fits, so that what those bring in common drops out (jackknife).
    ratios = np.log(unhelped / model)
    count = len(ratios)
    error = float(np.sqrt((count - 1) / count * ((ratios - ratios.mean()) ** 2).sum()))
    return Comparison(
        len(values), float(model.mean()), float(unhelped.mean()), float(rows.slips[chosen].sum()), whole, error
    )


def _expected(box: GlassBox, calibration: Calibration, values: Floats, frame: pl.DataFrame) -> Floats:
    """Slips that each bag expects, (bags,)."""
    logits = box.bag_logits(values)
    shifts = calibration.apply(np.zeros(len(values)), frame)
    sums: Floats = sigmoid(calibration.slope * logits + shifts[:, None]).sum(axis=0)
    return sums


def _record(one: Comparison) -> Json:
    return {
        "rows": one.rows, "model": one.model, "unhelped": one.unhelped, "happened": one.happened,
        "log_ratio": one.log_ratio, "error": one.error, "differs": one.differs,
    }  # fmt: skip
