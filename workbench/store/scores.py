"""Scores on disk: `STORE/scores/round=YYYY-MM/scores.parquet`, what a model says of each household (contract §5).

Their table is in `workbench.store.arrow.score_tables`: to ask whether there are any needs no Arrow.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.domain.rounds import check_round
from workbench.errors import StoreError, Words
from workbench.store.facts import FactStore
from workbench.store.schema import read_households, read_schema

HEAD = "scores"
"""The key of the file's metadata under which the head stands."""
EXPECTED_UNIT = 2**40
"""So many units are one household, where expected slips are added up."""


@dataclass(frozen=True)
class Overdispersion:
    """How far totals of slips strayed from what was expected, beyond chance, in past rounds the model had not seen.

    Relative standard deviations: of a round over the whole city, of a county within it, of a part (such as the
    households that a standard brings in) within a county. `county_rounds`: how many county-rounds they rest on;
    0: none could be measured, the values are assumed.
    """

    city: float
    county: float
    part: float
    county_rounds: int


@dataclass(frozen=True)
class ScoreHead:
    """What holds for all scores of a round.

    `facts`: the digest of the facts that were scored, `county_facts` that of each county's (empty in scores of earlier
    versions); `given_line`: the line given by hand when the model was trained,
    None where it is that of each round's year; `line`, `line_next`: yuan a person and year, of the round and of the next
    one, that "slip" was read with;
    `residuals`: quantiles, evenly spaced from 0 to 1, of (log income at the next round - forecast_mean) / forecast_sd,
    empty where there is no forecast; `level`: of the intervals; `not_scored`: households by the reason why not.
    """

    round: str
    model: str
    facts: str
    given_line: float | None
    line: float
    line_next: float
    level: float
    dispersion: Overdispersion
    residuals: tuple[float, ...]
    not_scored: dict[str, float]
    advice: dict[str, str]
    warnings: tuple[Words, ...] = ()
    county_facts: dict[str, str] = field(default_factory=dict)

    def is_stale(self, store: FactStore, county: str | None = None) -> bool:
        """Whether the facts of the round, of one county or of any, are no longer those that were scored."""
        if not self.county_facts:
            return store.digest(self.round) != self.facts
        now, scored = store.county_digests(self.round), self.county_facts
        return now != scored if county is None else now.get(county) != scored.get(county)

    def other_facts(self, store: FactStore) -> list[str]:
        """What staleness in a county is told by beside that county's facts: of scores of earlier versions, all facts of the round."""
        return [] if self.county_facts else [store.digest(self.round)]

    def with_staleness(self, *, stale: bool) -> "ScoreHead":
        """The head with a warning where the facts are no longer those that were scored."""
        if not stale:
            return self
        warning = Words(
            f"评分之后本期的事实有改动，概率未随之更新；请重新评分（workbench score --round {self.round}）",
            f"the facts of the round have changed since it was scored; please run again (workbench score --round {self.round})",
            code="store.scores-stale",
        )
        return replace(self, warnings=(*self.warnings, warning))


def scores_path(root: Path, round_name: str) -> Path:
    """Where the scores of a round are kept."""
    return root / "scores" / f"round={check_round(round_name)}" / "scores.parquet"


def has_scores(root: Path, round_name: str) -> bool:
    """Whether a model has scored the round."""
    return scores_path(root, round_name).exists()


def read_head(root: Path, round_name: str) -> ScoreHead:
    """What holds for all scores of a round; raises StoreError where the round has none."""
    path = scores_file(root, round_name)
    metadata = read_schema(path).metadata
    try:
        return head_from(json.loads(metadata[HEAD]))
    except (KeyError, TypeError, ValueError):
        command = f"workbench score --round {round_name}"
        message = Words(
            f"不是本工作台写的评分；请重新运行 {command}",
            f"not scores of this workbench; run again: {command}",
            code="store.not-scores-workbench-run",
        )
        raise StoreError(message.after(f"{path}: ")) from None


def head_from(data: dict[str, Any]) -> ScoreHead:
    """The head whose plain data (`dataclasses.asdict`) was written down."""
    head = {**data, "dispersion": Overdispersion(**data["dispersion"]), "residuals": tuple(data["residuals"])}
    return ScoreHead(**{**head, "warnings": tuple(_words(each) for each in data["warnings"])})


def _words(stored: Any) -> Words:
    """A warning as it was written; earlier versions wrote both languages in one text."""
    return Words(stored, stored) if isinstance(stored, str) else Words(**stored)


def read_reasons(
    root: Path, round_name: str, households: Collection[str]
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The reasons of some households by county and number; of one that was scored twice none, for nobody knows whose they are.

    Reasons are most of what scores hold: who shows a page of a list reads those of the page. Raises StoreError as `read_scores`.
    """
    reasons: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rows = read_households(scores_file(root, round_name), households, ["county_code", "reasons"])
    for row in rows.iter_rows(named=True):
        key = (row["county_code"], row["household_id"])
        reasons[key] = [] if key in reasons else row["reasons"]
    return reasons


def scores_file(root: Path, round_name: str) -> Path:
    """Where the scores of a round are; raises StoreError where the round has none."""
    path = scores_path(root, round_name)
    if not path.exists():
        raise StoreError(
            Words(
                f"期次 {round_name}：还没有模型评分；请先评分（workbench score --round {round_name}）",
                f"round {round_name}: no model has scored it; first run (workbench score --round {round_name})",
                code="store.round-not-scored",
            )
        )
    return path
