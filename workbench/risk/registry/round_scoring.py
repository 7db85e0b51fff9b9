"""A round scored on this computer with the model in use, put in the store, and told in the trail of the register."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import Words
from workbench.register.audit.file_events import model_chosen, scored, tell_of_files
from workbench.risk.cluster.scores import RoundScored
from workbench.risk.data.panel import Progress
from workbench.risk.evaluation.score_outcome import score_outcomes
from workbench.risk.registry import artefact
from workbench.risk.scoring.by_county import score_by_county
from workbench.store.facts import FactStore
from workbench.store.models import left_outside
from workbench.store.round_scope import RoundScope
from workbench.store.scores import EXPECTED_UNIT


@dataclass(frozen=True)
class ScoringRequest:
    """What is scored, and by what.

    `keep`: drifting facts that are used all the same; `models`: a folder named by hand; `shared`: that of this computer;
    `register`: the URL of a register outside of the store.
    """

    round_name: str
    keep: tuple[str, ...] = ()
    models: Path | None = None
    shared: Path | None = None
    register: str | None = None


def score_round(
    facts: FactStore,
    asked: ScoringRequest,
    who: tuple[str, dt.datetime],
    progress: Progress | None,
    before_writing: Callable[[], None] = lambda: None,
) -> tuple[RoundScored, Path | None]:
    """Score a round; `who`: the account and the moment for the trail. `before_writing` is called when all is computed.

    Returns what came of it, and the model that was copied into the store, where an older version had left it outside.
    Raises InputError where there is no model, or it cannot be used on these facts; then the scores that were there stay.
    """
    account, now = who
    # Here, since scoring writes to the store anyway (0012).
    outside = left_outside(facts.root)
    if outside is not None:
        artefact.use(outside, facts.root)
        chosen = outside.stem
        tell_of_files(facts, asked.register, account, now, lambda: [model_chosen(facts.root, chosen)])
    model = artefact.in_use(asked.models, facts.root, asked.shared)
    outcomes = score_outcomes(facts, asked.round_name, asked.register)
    scores = score_by_county(facts, asked.round_name, model, asked.keep, progress, asked.register, before_writing)
    tell_of_files(facts, asked.register, account, now, lambda: [scored(facts.root, asked.round_name, model.name)])
    expected, simulated = scores.expected / EXPECTED_UNIT, RoundScope(facts, asked.round_name).simulated
    made = RoundScored(str(scores.path), scores.head, scores.rows, expected, tuple(outcomes), simulated)
    return made, outside


def copied_in(outside: Path) -> Words:
    """Say that the model in use was brought into the store."""
    return Words(
        f"在用的模型原在数据目录之外（{outside}），已复制进来",
        f"the model in use was outside of the store ({outside}); it has been copied into it",
    )
