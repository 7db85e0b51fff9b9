"""A round scored on a cluster: what the driver asks of the workers, and what it makes of their counts."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from workbench.risk.cluster.county_scores import (
    PARTS,
    CountyQuestion,
    RoundQuestion,
    ScoreParts,
    county_outcome,
    county_scores,
    join_parts,
    remove_parts,
    settle_round,
    sweep_parts,
)
from workbench.risk.data.panel import Transition
from workbench.risk.evaluation.score_outcome import ScoreOutcome, outcome
from workbench.risk.scoring.scoring import Households, refuse_absent_facts
from workbench.store.cluster.counties import ClusterStore
from workbench.store.scores import EXPECTED_UNIT, ScoreHead, head_from


@dataclass(frozen=True)
class RoundScored:
    """What became of scoring a round: the `file` as the workers see it, how many households have a score, slips expected."""

    file: str
    head: ScoreHead
    scored: int
    expected_slips: float
    outcomes: tuple[ScoreOutcome, ...]
    simulated: bool


def score_on(cluster: ClusterStore, asked: RoundQuestion, account: str, now: dt.datetime) -> RoundScored:
    """Score a round; `account`, `now`: who asks when, for the trail of a register in the store.

    Raises InputError where the model cannot be used on these facts; then the scores that were there stay.
    """
    # Refuses a round that is not stored, and says which are.
    cluster.counties(asked.round_name)
    cluster.run(sweep_parts, [now])
    (answer,) = cluster.run(settle_round, [asked])
    whole = json.loads(answer)
    outcomes = _outcomes(cluster, asked.round_name, whole)
    parts = str(cluster.root / "scores" / PARTS / uuid4().hex)
    try:
        return _scored(cluster, whole, parts, (account, now), outcomes)
    finally:
        # Also where it failed; what a crash leaves behind the next scoring sweeps away (`sweep_parts`).
        cluster.run(remove_parts, [parts])


def _scored(
    cluster: ClusterStore, whole: dict[str, Any], parts: str, who: tuple[str, dt.datetime],
    outcomes: tuple[ScoreOutcome, ...],
) -> RoundScored:  # fmt: skip
    codes, step = whole["counties"], Transition(**whole["step"])
    unread = {code: (*whole["unread"], *(fact for own, fact in whole["unread_in"] if own == code)) for code in codes}
    asked = [CountyQuestion(code, whole["model"], step, unread[code], parts) for code in codes]
    counts = [json.loads(answer) for answer in cluster.run(county_scores, asked)]
    there = sum((Households(**each["there"]) for each in counts), Households())
    # Over all counties: a fact that one of them lacks may be known in the others.
    refuse_absent_facts(whole["facts_used"], there)
    head = whole["head"] | {"not_scored": there.not_scored}
    with_scores = tuple(code for code, each in zip(codes, counts, strict=True) if each["there"]["can_slip"])
    (path,) = cluster.run(join_parts, [ScoreParts(parts, with_scores, head, *who)])
    return RoundScored(
        path.decode(),
        head_from(head),
        sum(each["scored"] for each in counts),
        sum(each["expected"] for each in counts) / EXPECTED_UNIT,
        outcomes,
        whole["simulated"],
    )


def _outcomes(cluster: ClusterStore, round_name: str, whole: dict[str, Any]) -> tuple[ScoreOutcome, ...]:
    """What the round says of the scores of the rounds before."""
    outcomes = []
    for start, head in whole["scored_before"].items():
        answers = cluster.run(county_outcome, [(code, start, round_name) for code in whole["counties"]])
        sums: dict[str, dict[str, float]] = {}
        for name, by_county in (each for answer in answers for each in json.loads(answer).items()):
            sums.setdefault(name, {}).update(by_county)
        outcomes.append(outcome(start, sums, head_from(head).dispersion))
    return tuple(outcomes)
