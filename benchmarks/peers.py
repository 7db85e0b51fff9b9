"""Tiers and previews from the file and in memory, against what a county could use instead: one run, counts compared.

The others are written as their own users would (`benchmarks.by_hand`), each in a process of its own. OpenFisca and
PolicyEngine ask for other versions of what the workbench needs, so they live in environments of their own (`.cache/peers`),
made at the first run where uv and an index of packages are within reach; where not, they are left out. Both reckon in
32-bit floats and put a few households into another tier: how many, the table says.

Each figure is printed as it comes, so that a run that is cut short is of use; `--rows` measures some rows only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.by_hand.run import MULTIPLES
from benchmarks.city import write_city
from benchmarks.report import table

HOUSEHOLDS = 2_000_000
REPEATS = 5
ROOT = Path(__file__).parents[1]
ENGINES = ("workbench", "polars", "duckdb", "pandas", "openfisca", "policyengine")
PACKAGES = {"openfisca": "openfisca-core==46.0.1", "policyengine": "policyengine-core==3.33.12"}
IN_32_BITS = tuple(PACKAGES)
TASKS = {
    "tiers": "tiers from Parquet, previous round joined",
    "preview": "one preview from Parquet, nothing kept: its whole record",
    "three_counts": "three counts alone from Parquet (the workbench: its whole record)",
    "totals": "totals in memory",
    "points": f"{len(MULTIPLES)} points in memory",
}


def interpreter(engine: str) -> Path | None:
    """The Python that an engine runs in; None where it is not there and cannot be made."""
    if engine not in PACKAGES:
        return Path(sys.executable)
    return made_environment(engine, (PACKAGES[engine], "pyarrow"))


def made_environment(name: str, packages: tuple[str, ...]) -> Path | None:
    """The Python of an environment of its own with these packages, made where it is not there; None where it cannot be."""
    home = ROOT / ".cache" / "peers" / name
    python, uv = home / "bin" / "python", Path(sys.executable).parent / "uv"
    steps = [
        [uv, "venv", "--quiet", "--python", sys.executable, home],
        [uv, "pip", "install", "--quiet", "--python", python, *packages],
    ]
    ready = home / "ready"
    if not ready.exists():
        if any(subprocess.run(step, check=False, timeout=600).returncode for step in steps):  # noqa: S603 - our own words
            return None
        ready.touch()
    return python


def measure(engine: str, task: str, city: Path) -> dict[str, Any] | None:
    """Seconds, peak memory and counts of one engine at one task; None where the engine is not there."""
    python = interpreter(engine)
    if python is None:
        return None
    command = [python, "-m", "benchmarks.by_hand.run", engine, task, city, str(REPEATS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - our own module
    return json.loads(done.stdout)


def compare(task: str, city: Path) -> None:
    """One table: every engine at one task, the counts held against the workbench's."""
    results = {}
    for engine in ENGINES:
        if result := measure(engine, task, city):
            results[engine] = result
            figures = (
                f"{result['seconds']:.4f} s",
                f"{result['cpu']:.4f} s of the processor",
                f"{result['peak_mb']:.0f} MB",
            )
            print(f"{TASKS[task]}; {engine}: {', '.join(figures)}; load {os.getloadavg()[0]:.1f}", flush=True)
    own = results["workbench"]
    fastest = {
        name: own[name] / min(result[name] for engine, result in results.items() if engine != "workbench")
        for name in ("seconds", "cpu")
    }
    rows = []
    for engine, result in results.items():
        apart = sum(abs(one - other) for one, other in zip(result["counts"], own["counts"], strict=True))
        if apart and engine not in IN_32_BITS:
            raise SystemExit(f"{engine} counts otherwise: {result['counts']}, the workbench {own['counts']}")
        ratio, memory = result["seconds"] / own["seconds"], result["peak_mb"] / own["peak_mb"]
        seconds = [f"{result[name]:.4f}" for name in ("seconds", "cpu")]
        rows.append([engine, *seconds, f"{ratio:.2f}", f"{result['peak_mb']:.0f}", f"{memory:.2f}", f"{apart:,}"])
    columns = ["engine", "seconds", "of processor", "x workbench", "peak MB", "x workbench", "counts apart"]
    times = f"{fastest['seconds']:.2f} times the fastest other (of the processor {fastest['cpu']:.2f})"
    table(f"{TASKS[task]}; the workbench is {times}", columns, rows)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, default=HOUSEHOLDS)
    arguments.add_argument("--rows", nargs="+", choices=TASKS, default=list(TASKS))
    chosen = arguments.parse_args()
    households = chosen.households
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), households)
        load = os.getloadavg()[0]
        measured = f"medians of {REPEATS} after one that does not count; load {load:.1f}"
        print(f"{households:,} households, two rounds; {measured}", flush=True)
        for task in chosen.rows:
            compare(task, Path(folder))


if __name__ == "__main__":
    main()
