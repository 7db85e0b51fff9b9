"""Labelled household-rounds with the probabilities that the model, and what it is held against, give them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.panel import Transition
from workbench.risk.model.fitting import labels
from workbench.risk.model.glass_box import Floats

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class EvaluationData:
    """Labelled household-rounds and the probabilities, (rows,) each, that candidates give them; truth where known."""

    frame: pl.DataFrame
    slips: Floats
    weight: Floats
    candidates: Mapping[str, Floats]
    truth: Floats | None = None

    @property
    def model(self) -> Floats:
        """The model's own probabilities."""
        return self.candidates["model"]

    def of(self, rows: Rows) -> "EvaluationData":
        """Some of the rows."""
        return EvaluationData(
            self.frame.filter(pl.Series(rows)), self.slips[rows], self.weight[rows],
            {name: p[rows] for name, p in self.candidates.items()}, None if self.truth is None else self.truth[rows],
        )  # fmt: skip


def backtest_data(frame: pl.DataFrame, names: tuple[str, ...]) -> EvaluationData:
    """The last round of a forward chain, made ready for judging."""
    # Weights as they are, not of mean 1: totals of the round are counted by them.
    slips, _ = labels(frame)
    return EvaluationData(
        frame, slips, frame["weight"].fill_null(1.0).to_numpy(), {name: frame[name].to_numpy() for name in names}
    )


def not_tested(codes: Collection[str], steps: Sequence[Transition]) -> list[Words]:
    """Counties of a round, `codes`, that no later round holds: nothing of them is in any figure of its evaluation."""
    # Without counties a step is one of all that the round holds.
    tested = (
        None
        if any(step.counties is None for step in steps)
        else {code for step in steps for code in step.counties or ()}
    )
    gone = [] if tested is None else sorted(set(codes) - tested)
    if not gone:
        return []
    names = [county_names(code) for code in gone]
    return [
        Words(
            f"{'、'.join(zh for zh, _ in names)}之后没有期次，没有检验，各项数字不含那里",
            f"{', '.join(en for _, en in names)}: no later round, so nothing was tested there; no figure counts it",
            code="risk.county-not-tested",
        )
    ]
