"""A trained model: what it reads, its tables, how it is calibrated, and everything that its card says of it."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.model.calibration import Calibration, sigmoid
from workbench.risk.model.glass_box import Floats, GlassBox
from workbench.risk.model.income_forecast import Forecast
from workbench.risk.model.peers import Peers, standings
from workbench.risk.scoring.reason_topics import Topic, topics_of
from workbench.safeguards.plain_data import Json
from workbench.store.scores import Overdispersion

_PLACE, _STANDING = "place", "standing"
_OWN, _COMMON, _LEVEL = 0.6, 1.0, 2.0
"""Of a household's own spread between bags, of that of all, and of the error of its tier's level (docs/risk-study.md)."""
Groups = list[list[tuple[int, float]]]


@dataclass(frozen=True)
class RiskModel:
    """The probability that a household slips by the next round.

    `peers`: whom the reasons of a household compare it with. `typical_spread`: root mean square
    of what the bags differ by. `level_errors`: by tier or kind the standard error of its level in the logit, none of models
    trained before it was asked. `margin`: the income margin alone, which a model must beat. `about`: the
    record behind the card, JSON only.
    """

    matrix: DesignMatrix
    box: GlassBox
    calibration: Calibration
    dispersion: Overdispersion
    margin: GlassBox
    logistic: GlassBox
    forecast: Forecast | None
    peers: Peers
    typical_spread: float
    level_errors: dict[str, float] = field(default_factory=dict)
    about: Json = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that scores and commands know it by."""
        return str(self.about["name"])

    @property
    def missing(self) -> dict[str, list[str]]:
        """The rounds in which a fact was not asked, and so was learnt as missing, by fact."""
        return dict(self.about.get("read_as_missing", {}))

    @property
    def missing_in(self) -> dict[str, list[tuple[str, str]]]:
        """The rounds and counties in which a fact was in another unit, and so was learnt as missing, by fact."""
        cells: dict[str, list[tuple[str, str]]] = {}
        for each in self.about.get("other_units", []):
            cells.setdefault(each["fact"], []).extend((name, each["county"]) for name in each["rounds"])
        return cells

    def logit(self, frame: pl.DataFrame, values: Floats | None = None) -> Floats:
        """The calibrated logit of household-rounds, (rows,)."""
        values = self.matrix.matrix(frame) if values is None else values
        return self.calibration.apply(self.box.logit(values), frame)

    def probability(self, frame: pl.DataFrame) -> Floats:
        """The probability of a slip by the next round, (rows,)."""
        return sigmoid(self.logit(frame))

    def standard_error(self, bag_logits: Floats, frame: pl.DataFrame) -> Floats:
        """Standard error of the logit (rows,) from the logits of the bags, (rows, bags): of chance and of the model itself.

        `frame`: the household-rounds, with `kind` and `state`.
        """
        # Bags differ by the households they saw and share what the learners smooth away: where they agree most, the model
        # is not surest. So most of the error is that of all households, and a part is each one's own.
        own = _OWN * self.spread_of(bag_logits)
        common = _COMMON * self.typical_spread
        # A tier of few slips is smoothed towards the others, in every bag alike: what its own slips tell of it bounds how
        # well it can be known (decision 0067).
        level = _LEVEL * _by_standing(standings(frame), self.level_errors)
        return np.asarray(np.sqrt(own**2 + common**2 + level**2))

    def spread_of(self, bag_logits: Floats) -> Floats:
        """What the bags differ by in the logit (delete-a-group jackknife), from the logits of the bags, (rows, bags)."""
        count = self.box.bags
        deviations = bag_logits - bag_logits.mean(axis=1, keepdims=True)
        values: Floats = self.calibration.slope * np.sqrt((count - 1) / count * (deviations**2).sum(axis=1))
        return values

    def contributions(self, frame: pl.DataFrame, values: Floats) -> Floats:
        """Points of the logit by topic, (rows, topics), against nothing: with the intercepts they add up to the logit."""
        return self.points(self.box.contributions(values, self.groups), frame)

    def points(self, grouped: Floats, frame: pl.DataFrame) -> Floats:
        """Points of the logit from the box's contributions by topic, (rows, topics), and the shifts of each row."""
        points = self.calibration.slope * grouped
        # What the calibration adds for a place is said of the place, what it adds for a tier of the tier.
        points[:, self._topic_at[_PLACE]] += self.calibration.place_shifts(frame)
        points[:, self._topic_at[_STANDING]] += self.calibration.standing_shifts(frame)
        return points

    @property
    def constant(self) -> float:
        """What the logit is where every contribution is nothing."""
        return float(self.calibration.intercept + self.calibration.slope * self.box.intercepts.mean())

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What reasons speak of."""
        return topics_of(self.matrix.features)

    @cached_property
    def _topic_at(self) -> dict[str, int]:
        return {topic.name: position for position, topic in enumerate(self.topics)}

    @cached_property
    def groups(self) -> Groups:
        """The terms of each topic and the share of each that counts to it: of a pair of two topics, half each.

        County and season leave a pair to the other feature: what they change is told as that.
        """
        groups: Groups = [[] for _ in self.topics]
        for position, term in enumerate(self.box.terms):
            topics = [self.matrix.features[feature].topic for feature in term.features]
            telling = [topic for topic in topics if topic != _PLACE] or topics
            for topic in telling:
                groups[self._topic_at[topic]].append((position, 1 / len(telling)))
        return groups


def _by_standing(standing: pl.Series, values: dict[str, float]) -> Floats:
    """The value of each row's tier or kind, (rows,); of one that training never saw the largest of those it did."""
    # Never less sure than of what was learnt from least: nothing told its level at all.
    unseen = max(values.values(), default=0.0)
    known: Floats = standing.replace_strict(values, default=unseen, return_dtype=pl.Float64).fill_null(0.0).to_numpy()
    return known


def with_peers(model: RiskModel, frame: pl.DataFrame, values: Floats, weight: Floats) -> RiskModel:
    """The model with the peers of its reasons and its typical spread, from household-rounds, their design matrix and weights."""
    points = model.contributions(frame, values)
    peers = Peers.fitted(frame, points, sigmoid(model.constant + points.sum(axis=1)), weight)
    spread = model.spread_of(model.box.bag_logits(values))
    return replace(model, peers=peers, typical_spread=float(np.sqrt(np.mean(spread**2))))
