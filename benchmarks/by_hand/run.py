"""One engine at one piece of work, in a process of its own so that its memory is its own; prints JSON."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

MULTIPLES = [(100 + 5 * step) / 100 for step in range(20)]
FROM_FILES = ("tiers", "preview", "three_counts")
_CORES = {"openfisca": "openfisca_core", "policyengine": "policyengine_core"}
_MODULES = {"workbench": "of_workbench", "openfisca": "in_openfisca", "policyengine": "in_openfisca"}


def work_of(engine: str, task: str, root: Path) -> Callable[[], Any]:
    """The work to time; what it needs in memory is there."""
    module = import_module(f"benchmarks.by_hand.{_MODULES.get(engine, f'in_{engine}')}")
    more = [_CORES[engine]] if engine in _CORES else []
    if task in FROM_FILES:
        return lambda: getattr(module, task)(root, *more)
    if task == "points" and engine == "workbench":
        counted = module.points(root)
        return lambda: counted(MULTIPLES)
    counts = module.loaded(root, *more)
    return (lambda: counts(1.5)) if task == "totals" else lambda: [counts(multiple)[0] for multiple in MULTIPLES]


def before_each(engine: str, root: Path) -> Callable[[], None]:
    """What an engine does before each run, outside of the time taken: the workbench removes what it kept."""
    return partial(import_module("benchmarks.by_hand.of_workbench").forget, root) if engine == "workbench" else _nothing


def _nothing() -> None: ...


def measured(work: Callable[[], Any], repeats: int, prepare: Callable[[], None]) -> dict[str, Any]:
    """Medians of wall and processor time, the peak of memory, and what was counted."""
    prepare()
    counts = work()
    wall, processor = [], []
    for _ in range(repeats):
        prepare()
        begin, began = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - begin)
        processor.append(time.process_time() - began)
    return {
        "seconds": statistics.median(wall),
        "cpu": statistics.median(processor),
        "peak_mb": peak_megabytes(),
        "counts": counts,
    }


def peak_megabytes() -> float:
    """The most memory that this process held: its own, where `getrusage` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    engine, task, root, repeats = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    prepare = before_each(engine, root) if task in FROM_FILES else _nothing
    print(json.dumps(measured(work_of(engine, task, root), repeats, prepare)))
