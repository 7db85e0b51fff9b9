"""A model's tables read off for many households at once: probability, its error, reasons, forecast of income."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.risk.model.glass_box import Bins, Floats, OnBins
from workbench.risk.model.income_forecast import income_forecast
from workbench.risk.model.trained_model import RiskModel

BASE, REST, FIRST_TOPIC = 0, 1, 2
"""What is told, as whole numbers: the average, everything else; from the third on, each topic raising and lowering."""
_RAISING, _LOWERING = 3, 2


@dataclass(frozen=True)
class TableScores:
    """What a model's tables say of households: logit and its standard error, reasons, forecast of log income.

    `topics` (rows, reasons): BASE, REST or FIRST_TOPIC + 2 × topic, + 1 where it lowers; `points` (rows, reasons) of the
    logit, which they add up to. `mean` and `sd` are None where the model has no forecast.
    """

    logit: Floats
    error: Floats
    topics: npt.NDArray[np.int16]
    points: Floats
    mean: Floats | None = None
    sd: Floats | None = None


@dataclass(frozen=True)
class Tables:
    """A model's boxes on shared bins, so that a value is looked up once for all of them."""

    model: RiskModel
    bins: Bins
    box: OnBins
    forecast: tuple[OnBins, ...]

    @classmethod
    def of(cls, model: RiskModel) -> Self:
        """The tables of a model."""
        forecast = (model.forecast.mean, model.forecast.spread) if model.forecast else ()
        bins = Bins.of(model.box, *forecast)
        return cls(model, bins, OnBins.of(model.box, bins), tuple(OnBins.of(box, bins) for box in forecast))

    def read(self, frame: pl.DataFrame, values: Floats) -> TableScores:
        """Score household-rounds by their design matrix (rows, features)."""
        model, binned = self.model, self.bins.find(values)
        points = model.points(self.box.grouped(binned, model.groups), frame)
        # From the points themselves, so that reasons add up to the probability to the last digit.
        logit = model.constant + points.sum(axis=1)
        error = model.standard_error(self.box.bag_logits(binned), frame)
        codes, shown = _reasons(points, logit, model.peers.of(frame), model.constant)
        income = income_forecast(*(box.logit(binned) for box in self.forecast)) if self.forecast else ()
        return TableScores(logit, error, codes, shown, *income)


def _reasons(points: Floats, logit: Floats, averages: Floats, constant: float) -> tuple[npt.NDArray[np.int16], Floats]:
    """What raises and lowers each probability, in points of the logit that add up to it; as `TableScores` tells them.

    First the average of its peers (`model.peers`), then the topics that raise it most, then those that lower it
    most, then everything else together.
    """
    above = points - averages
    base = constant + averages.sum(axis=1)
    order = np.argsort(above, axis=1)
    # The first slice runs backwards from the end: the highest first.
    shown = np.concatenate([order[:, : -_RAISING - 1 : -1], order[:, :_LOWERING]], axis=1)
    picked = np.take_along_axis(above, shown, axis=1)
    codes = np.empty((len(logit), shown.shape[1] + 2), np.int16)
    codes[:, 0], codes[:, -1] = BASE, REST
    codes[:, 1:-1] = FIRST_TOPIC + 2 * shown + (picked < 0)
    return codes, np.column_stack([base, picked, logit - base - picked.sum(axis=1)])
