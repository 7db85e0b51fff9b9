"""What a province would be: commands on one computer (Polars) and on a standalone Spark cluster of one and of two workers.

Each command is a process of its own, asked twice (the second time its indexes and stored counts are there). Seconds of the
wall go by the load of the machine, which is named beside them; seconds of the processor are those of the driver with all that
it started, and of the workers with all that they started; memory is the most of each process, in MB.

Run: python -m benchmarks.province [--households 2000000 8000000] [--stores FOLDER] [--workers 1 2] [--commands tier score]
[--append docs/province.md], which puts the table at the end of a file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.report import append_table, table
from tests.cluster.standalone import UNAVAILABLE, Standalone, environment, standalone
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry import artefact
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

ROUND, ROUNDS, OF_A_CITY = "2019-10", 2, 1_000_000
"""A city at a time is in memory: 3 GB for a million households and two rounds."""
_STANDARD = """
income: {ceiling: {multiple: 1.5}}
groups: [dilapidated_housing, dibao, illness, disability]
require_group: true
exclusions: [has_car]
help_cost: 3000
"""
_PROGRAM = "from workbench.cli.app import main; main()"
_LOOK_SECONDS = 0.2
_MB = 1 << 20


def main() -> None:
    """Measure every command on every store with every engine."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, nargs="+", default=[200_000])
    arguments.add_argument("--stores", type=Path)
    arguments.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--commands", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    arguments.add_argument("--append", type=Path)
    given = arguments.parse_args()
    print(f"load when it began: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for households in given.households:
            store = _store(given.stores or Path(folder), households, Path(folder))
            asked = _Measurement(households, [] if UNAVAILABLE else given.workers, given.commands)
            title, rows = _measured(store, asked, Path(folder))
            table(title, _COLUMNS, rows)
            if given.append:
                append_table(given.append, title, _COLUMNS, rows)
    print(f"load when it ended: {os.getloadavg()[0]:.1f}")


def _model(folder: Path) -> Path:
    """A model learnt from a small city: what it says is not measured, how long it takes to say it is."""
    small = FactStore(folder / "small")
    write_city(small, simulate(4000, 4, 11, divisions=DIVISIONS), Origin(simulated=True))
    return artefact.save(train(small, TrainingRequest()), folder / "models", "")


def _store(folder: Path, households: int, scratch: Path) -> FactStore:
    store = FactStore(folder / f"s{households // 1_000_000 or households}")
    if not (store.root / "facts").exists():
        cities = max(1, households // OF_A_CITY)
        size = ("--households", str(households), "--rounds", str(ROUNDS), "--cities", str(cities))
        _run(["simulate", *size, "--store", str(store.root)], [])
    # A store that has one is measured as it is: whoever made it beforehand wants the time of the commands alone.
    if not (store.root / "model.json").exists():
        artefact.use(_model(scratch), store.root)
    return store


_OF_ROUND, _OURS = ("--round", ROUND), ("--standard", "STANDARD")
COMMANDS = {
    "tier": ("tier", *_OF_ROUND),
    "hindsight": ("hindsight", *_OURS),
    "score": ("score", *_OF_ROUND),
    "slider": ("preview", *_OF_ROUND, *_OURS),
    "100 ceilings": ("sweep", *_OF_ROUND, *_OURS, "--vary", "income.ceiling.multiple=1.01:2.0:0.01"),
}
"""What is measured, by name; `slider`: what is answered where a slider was moved."""


@dataclass(frozen=True)
class _Measurement:
    """What is measured of a store: how many households it has, on clusters of how many workers, which commands."""

    households: int
    workers: Sequence[int]
    commands: Sequence[str]


def _measured(store: FactStore, asked: _Measurement, folder: Path) -> tuple[str, list[list[str]]]:
    standard = folder / "standard.yaml"
    standard.write_text(_STANDARD, encoding="utf-8")
    commands = {
        name: [str(standard) if word == "STANDARD" else word for word in COMMANDS[name]] for name in asked.commands
    }
    rows = [_row("Polars", name, store, command, None) for name, command in commands.items()]
    for count in asked.workers:
        with ExitStack() as stack:
            cluster = stack.enter_context(standalone(Path(tempfile.mkdtemp(dir=folder)), workers=count))
            rows += [_row(f"Spark, {count}", name, store, command, cluster) for name, command in commands.items()]
    title = f"{asked.households:,} households x {ROUNDS} rounds: seconds of the wall and of the processor, most MB of a process"
    return title, _compared(rows)


def _row(engine: str, name: str, store: FactStore, command: list[str], cluster: Standalone | None) -> dict[str, Any]:
    for path in store.root.glob("index/**/*"):
        if path.is_file():
            path.unlink()
    more = ["--engine", "spark", "--master", cluster.master] if cluster else []
    workers = [each.pid for each in cluster.workers] if cluster else []
    runs = [_run([*command, "--store", str(store.root), "--json", *more], workers) for _ in range(2)]
    answers = [_plain(json.loads(each["out"])) for each in runs]
    assert answers[0] == answers[1], (engine, name)
    row = {"engine": engine, "name": name, "answer": answers[0], **_figures(runs), "load": f"{os.getloadavg()[0]:.0f}"}
    # At once: whoever stops a run that takes hours has what it measured so far.
    print(engine, name, *(row[key] for key in _SAID), sep="; ", flush=True)
    return row


_SAID = ("first", "again", "driver CPU", "workers CPU", "driver MB", "worker MB", "load")
_COLUMNS = ["engine", "command", *_SAID, "same answer"]


def _figures(runs: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What is said of both runs of a command; the seconds of the processor are those of the run that took fewer."""
    least = min(runs, key=lambda each: sum(each["watched"][key].seconds for key in _WATCHED))
    return {
        **{key: f"{each['seconds']:.1f}" for key, each in zip(_SAID[:2], runs, strict=True)},
        **{key: f"{least['watched'][name].seconds:.1f}" for key, name in zip(_SAID[2:4], _WATCHED, strict=True)},
        **{
            key: f"{max(each['watched'][name].most for each in runs):,.0f}"
            for key, name in zip(_SAID[4:6], _WATCHED, strict=True)
        },
    }


def _run(command: list[str], workers: Sequence[int]) -> dict[str, Any]:
    environs = {**os.environ, **environment(), "OMP_NUM_THREADS": "1"}
    watched = {"driver": Watched(), "worker": Watched.from_now(workers)}
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _PROGRAM, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environs
    )
    ended = threading.Event()
    roots = {"driver": [process.pid], "worker": list(workers)}
    watcher = threading.Thread(target=_watch, args=[roots, watched, ended])
    watcher.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - begin
    ended.set()
    watcher.join()
    if process.returncode:
        sys.exit(err.decode())
    return {"out": out, "seconds": seconds, "watched": watched}


_WATCHED = ("driver", "worker")


@dataclass
class Watched:
    """What is seen of some processes and of all that they start: `most`, MB of the largest; `spent`, seconds of each."""

    most: float = 0.0
    spent: dict[tuple[int, float], float] = field(default_factory=dict)
    before: float = 0.0

    @classmethod
    def from_now(cls, roots: Sequence[int]) -> "Watched":
        """One that does not count what these processes have spent so far."""
        watched = cls()
        watched.look(roots)
        return cls(0.0, dict(watched.spent), watched.seconds)

    @property
    def seconds(self) -> float:
        """Seconds of the processor; what a process spent between the last look and its end is not seen."""
        return sum(self.spent.values()) - self.before

    def look(self, roots: Sequence[int]) -> None:
        """See what each process has and has spent by now."""
        for root in roots:
            with suppress(psutil.NoSuchProcess):
                for each in [psutil.Process(root), *psutil.Process(root).children(recursive=True)]:
                    self._look_at(each)

    def _look_at(self, process: psutil.Process) -> None:
        with suppress(psutil.NoSuchProcess):
            spent = process.cpu_times()
            self.most = max(self.most, float(process.memory_info().rss / _MB))
            self.spent[process.pid, process.create_time()] = spent.user + spent.system


def _watch(roots: dict[str, list[int]], watched: dict[str, Watched], ended: threading.Event) -> None:
    while not ended.wait(_LOOK_SECONDS):
        for name in _WATCHED:
            watched[name].look(roots[name])


def _plain(value: Any) -> Any:
    """An answer without times, engine and place."""
    if isinstance(value, dict):
        return {
            key: _plain(each) for key, each in value.items() if key not in ("seconds", "milliseconds", "engine", "file")
        }
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _compared(rows: list[dict[str, Any]]) -> list[list[str]]:
    here = {row["name"]: row["answer"] for row in rows if row["engine"] == "Polars"}
    return [
        [
            row["engine"],
            row["name"],
            *(row[key] for key in _SAID),
            "yes" if row["answer"] == here[row["name"]] else "NO",
        ]
        for row in rows
    ]


if __name__ == "__main__":
    main()
