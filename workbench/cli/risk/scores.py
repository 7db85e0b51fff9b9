"""`workbench score`: what a model says of every household of a round, on this computer or on a cluster."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.options import (
    JsonOption,
    MasterOption,
    RoundOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
)
from workbench.cli.output import emit, warn
from workbench.cli.risk.options import KeepOption, ModelsOption, facts_named, steps
from workbench.cli.risk.shown import show_scoring
from workbench.clock import now_in_beijing
from workbench.errors import InputError, Words
from workbench.settings import models_path, register_url, who_acts
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore

if TYPE_CHECKING:
    from workbench.risk.cluster.scores import RoundScored


def score_command(
    round_name: RoundOption,
    keep: KeepOption = None,
    models: ModelsOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Score a round: probability, interval and reasons of every household that can slip."""
    # Before the store is written to.
    checked_round(round_name)
    cluster = cluster_or_here(engine, master, store)
    wanted = facts_named(keep)
    if cluster is None:
        made = _scored_here(open_store(store), round_name, wanted, models)
    else:
        made = _scored_there(cluster, round_name, wanted, models)
    record = {
        "round": round_name, "model": made.head.model, "file": made.file, "scored": made.scored,
        "expected_slips": made.expected_slips, "not_scored": made.head.not_scored,
        "level": made.head.level, "warnings": list(made.head.warnings), "advice": made.head.advice,
        "last_scores": [each.record() for each in made.outcomes],
        "shifts_since_last_scores": [asdict(shift) for each in made.outcomes for shift in each.shifts],
        "simulated": made.simulated,
    }  # fmt: skip
    emit(record, lambda: show_scoring(record), as_json=as_json)


def _scored_here(facts: FactStore, round_name: str, keep: tuple[str, ...], models: Path | None) -> "RoundScored":
    from workbench.risk.registry.round_scoring import ScoringRequest, copied_in, score_round  # noqa: PLC0415

    asked = ScoringRequest(round_name, keep, models, models_path(), register_url())
    with steps() as progress:
        made, outside = score_round(facts, asked, (who_acts(), now_in_beijing()), progress)
    # Said, since the store has grown: what its scores rest on has to lie in it (0012).
    if outside is not None:
        warn(copied_in(outside))
    return made


def _scored_there(cluster: ClusterStore, round_name: str, keep: tuple[str, ...], models: Path | None) -> "RoundScored":
    from workbench.risk.cluster.county_scores import RoundQuestion  # noqa: PLC0415
    from workbench.risk.cluster.scores import score_on  # noqa: PLC0415

    if register_url() is not None:
        raise InputError(_register_elsewhere())
    # Absolute: a relative folder would be sought where each worker runs.
    folders = [None if each is None else str(each.absolute()) for each in (models, models_path())]
    asked = RoundQuestion(round_name, keep, *folders)
    return score_on(cluster, asked, who_acts(), now_in_beijing())


def _register_elsewhere() -> Words:
    return Words(
        "--engine spark：登记库在数据库服务器上，集群的工作进程不去查它，已备案的等级便读不到；请不带 --engine spark 运行",
        "--engine spark: the register is in a database server, which the workers of a cluster do not ask, so that tiers filed there "
        "would be missed; run without --engine spark",
        code="cli.score-register-elsewhere",
    )
