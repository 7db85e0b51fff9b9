"""A trained model: what it reads, its tables, how it is calibrated, and everything that its card says of it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.model.calibration import Calibration, sigmoid
from workbench.risk.model.glass_box import Floats, GlassBox
from workbench.risk.model.income_forecast import Forecast
from workbench.risk.scoring.reason_topics import TOPICS
from workbench.store.scores import Overdispersion

_PLACE = "place"
Groups = list[list[tuple[int, float]]]


@dataclass(frozen=True)
class RiskModel:
    """The probability that a household slips by the next round.

    `averages`: by standing (tier, or kind) the mean contribution of each topic, in the order of TOPICS, and the mean
    logit; reasons are told against them. `margin`: the income margin alone, which a model must beat. `about`: the
    record behind the card, JSON only.
    """

    matrix: DesignMatrix
    box: GlassBox
    calibration: Calibration
    dispersion: Overdispersion
    margin: GlassBox
    logistic: GlassBox
    forecast: Forecast | None
    averages: dict[str, list[float]]
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that scores and commands know it by."""
        return str(self.about["name"])

    @property
    def missing(self) -> dict[str, list[str]]:
        """By fact the rounds in which it was not asked, and so was learnt as missing."""
        return dict(self.about.get("read_as_missing", {}))

    def logit(self, frame: pl.DataFrame, values: Floats | None = None) -> Floats:
        """The calibrated logit of household-rounds, (rows,)."""
        values = self.matrix.matrix(frame) if values is None else values
        return self.calibration.apply(self.box.logit(values), frame["county_code"])

    def probability(self, frame: pl.DataFrame) -> Floats:
        """The probability of a slip by the next round, (rows,)."""
        return sigmoid(self.logit(frame))

    def spread(self, values: Floats) -> Floats:
        """Standard error of the logit from fits that each left out some of the households (delete-a-group jackknife)."""
        return self.spread_of(self.box.bag_logits(values))

    def spread_of(self, bag_logits: Floats) -> Floats:
        """Standard error of the logit from the logits of the bags, (rows, bags)."""
        count = self.box.bags
        deviations = bag_logits - bag_logits.mean(axis=1, keepdims=True)
        values: Floats = self.calibration.slope * np.sqrt((count - 1) / count * (deviations**2).sum(axis=1))
        return values

    def contributions(self, frame: pl.DataFrame, values: Floats) -> Floats:
        """Points of the logit by topic, (rows, topics), against nothing: with the intercepts they add up to the logit."""
        return self.points(self.box.contributions(values, self.groups), self.calibration.shifts(frame["county_code"]))

    def points(self, grouped: Floats, shifts: Floats) -> Floats:
        """Points of the logit from the box's contributions by topic, (rows, topics), and the county shift of each row."""
        points = self.calibration.slope * grouped
        points[:, _TOPIC_AT[_PLACE]] += shifts
        return points

    @property
    def constant(self) -> float:
        """What the logit is where every contribution is nothing."""
        return float(self.calibration.intercept + self.calibration.slope * self.box.intercepts.mean())

    @cached_property
    def groups(self) -> Groups:
        """The terms of each topic and the share of each that counts to it: of a pair of two topics, half each.

        County and season leave a pair to the other feature: what they change is told as that.
        """
        groups: Groups = [[] for _ in TOPICS]
        for position, term in enumerate(self.box.terms):
            topics = [self.matrix.features[feature].topic for feature in term.features]
            telling = [topic for topic in topics if topic != _PLACE] or topics
            for topic in telling:
                groups[_TOPIC_AT[topic]].append((position, 1 / len(telling)))
        return groups


_TOPIC_AT = {topic.name: position for position, topic in enumerate(TOPICS)}


def standings(frame: pl.DataFrame) -> pl.Series:
    """Of each row the tier of a lifted household, else its kind: whom a reason compares it with."""
    return frame.select(
        standing=pl.when(pl.col("kind") == "lifted").then(pl.col("state").cast(pl.String)).otherwise(pl.col("kind"))
    ).to_series()


def average_contributions(
    model: RiskModel, frame: pl.DataFrame, values: Floats, weight: Floats
) -> dict[str, list[float]]:
    """The mean contribution of each topic by standing, (topics,) each."""
    points, standing = model.contributions(frame, values), standings(frame).to_numpy()
    names = sorted({str(name) for name in standing if name is not None})
    return {
        name: np.average(points[standing == name], axis=0, weights=weight[standing == name]).tolist() for name in names
    }
