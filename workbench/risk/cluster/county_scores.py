"""What workers do to score a round: settle what holds for all of it, score one county each, put the parts together.

A probability asks for no other household: the model reads a household's own facts and rounds. What all counties share
(which facts have drifted, from which round to which) is settled once, by one worker, on the draw that one computer takes.
"""

import datetime as dt
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.register.audit.file_events import scored as scored_event
from workbench.register.audit.file_events import tell_of_files
from workbench.risk.data.panel import PanelReader, Transition
from workbench.risk.data.readable_facts import Reading, reading
from workbench.risk.evaluation.score_outcome import outcome_sums, scored_before
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.registry.artefact import load
from workbench.risk.scoring.scoring import Households, facts_of_all, framed, head_of, households_of, scored
from workbench.store.arrow.score_tables import expected_units, write_score_parts
from workbench.store.cluster.county_store import CountyStore
from workbench.store.facts import FactStore
from workbench.store.models import path_in_use
from workbench.store.scores import head_from, read_head

PARTS = ".parts"
"""Beside the rounds of `scores/`, where no reader of partitions looks."""
_ABANDONED = dt.timedelta(days=1)


@dataclass(frozen=True)
class RoundQuestion:
    """Which round is scored with which model: `models`, `shared`: folders that each worker reads, None: the store's own."""

    round_name: str
    keep: tuple[str, ...] = ()
    models: str | None = None
    shared: str | None = None


@dataclass(frozen=True)
class CountyQuestion:
    """A county to be scored; `unread`: facts that count as unknown; `parts`: the folder that its scores are written to."""

    county: str
    model: str
    step: Transition
    unread: tuple[str, ...]
    parts: str


@dataclass(frozen=True)
class ScoreParts:
    """The parts of all `counties` that are to become the scores of a round, what holds for all of them, and who asked when."""

    parts: str
    counties: tuple[str, ...]
    head: dict[str, Any]
    account: str
    now: dt.datetime


def settle_round(store: FactStore, asked: RoundQuestion) -> bytes:
    """A worker's task: settle what holds for all counties of a round, as plain data."""
    path = path_in_use(_path(asked.models), store.root, _path(asked.shared))
    model = _model(str(path))
    step = PanelReader(store, model.about["line"]).next_transition(asked.round_name)
    facts = facts_of_all(store)
    read = reading(facts, asked.round_name, model, asked.keep)
    record = {
        "model": str(path), "step": asdict(step), "unread": read.unread, "unread_in": [(each.county, each.fact) for each in read.units], "facts_used": list(model.about["facts_used"]),
        # Who is not scored, and why, is known when the counties are.
        "head": asdict(head_of(facts, step, model, read, Households())),
        "counties": store.counties(asked.round_name), "simulated": store.origin(asked.round_name).simulated,
        "scored_before": {start: asdict(read_head(store.root, start)) for start in scored_before(store, asked.round_name)},
    }  # fmt: skip
    return json.dumps(record).encode()


def county_scores(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: the scores of one county, written beside those of the others; gives back counts."""
    model = _model(asked.model)
    reader = PanelReader(
        CountyStore(store.root, asked.county), model.about["line"], missing=model.missing, missing_in=model.missing_in
    )
    frame = framed(reader, asked.step)
    there = households_of(frame)
    counts = {"there": asdict(there), "scored": 0, "expected": 0}
    if there.can_slip:
        table = scored(model, frame, Reading((), asked.unread))
        _write_part(table, Path(asked.parts), asked.county)
        counts |= {"scored": len(table), "expected": expected_units(table)}
    return json.dumps(counts).encode()


def _write_part(table: pa.Table, folder: Path, county: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Two workers may score one county, where Spark gave one of them up: each has a draft of its own, and both write the same.
    draft = folder / f".{county}-{os.getpid()}-{socket.gethostname()}.draft"
    pq.write_table(table, draft, compression="zstd")
    draft.replace(folder / f"{county}.parquet")


def county_outcome(store: FactStore, asked: tuple[str, str, str]) -> bytes:
    """A worker's task: what became of the scores of one county between two rounds, in sums."""
    county, start, end = asked
    return json.dumps(outcome_sums(CountyStore(store.root, county), start, end, county=county)).encode()


def join_parts(store: FactStore, asked: ScoreParts) -> bytes:
    """A worker's task: make the parts of all counties the scores of the round, whole or not at all; gives back the path."""
    head = head_from(asked.head)
    path = write_score_parts(store.root, head.round, _parts(asked), lambda: head, store.origin(head.round))
    tell_of_files(store, None, asked.account, asked.now, lambda: [scored_event(store.root, head.round, head.model)])
    return str(path).encode()


def remove_parts(_store: FactStore, parts: str) -> bytes:
    """A worker's task: remove the parts of counties, whether or not they became scores."""
    folder = Path(parts)
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # another round is being scored, and has its parts there
        folder.parent.rmdir()
    return b""


def sweep_parts(store: FactStore, now: dt.datetime) -> bytes:
    """A worker's task: parts that a driver left behind when it was killed go; those of a round that is being scored stay.

    Which is which no worker can tell of a driver on another computer: nobody works on a round for `_ABANDONED`.
    """
    for folder in (store.root / "scores" / PARTS).glob("*"):
        with suppress(OSError):  # it was removed meanwhile, by whom it belongs to
            newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            if now.timestamp() - newest > _ABANDONED.total_seconds():
                remove_parts(store, str(folder))
    return b""


def _parts(asked: ScoreParts) -> Iterator[pa.Table]:
    """One county at a time: a round of many is never in memory whole."""
    for county in asked.counties:
        yield pq.read_table(Path(asked.parts) / f"{county}.parquet")


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


@lru_cache(2)
def _model(path: str) -> RiskModel:
    # A worker that scores many counties reads it once.
    return load(Path(path))
