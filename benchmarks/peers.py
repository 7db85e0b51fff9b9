"""Tiers and previews from the file and in memory, against what a county could use instead: one run, counts compared.

The others are written as their own users would (`benchmarks.by_hand`), each in a process of its own. OpenFisca and
PolicyEngine ask for other versions of what the workbench needs, so they live in environments of their own (`.cache/peers`),
made at the first run where uv and an index of packages are within reach; where not, they are left out. Both reckon in
32-bit floats and put a few households into another tier: how many, the table says.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.by_hand.run import MULTIPLES
from benchmarks.city import write_city
from benchmarks.report import asked_households, table

HOUSEHOLDS = 2_000_000
REPEATS = 5
ROOT = Path(__file__).parents[1]
ENGINES = ("workbench", "polars", "duckdb", "pandas", "openfisca", "policyengine")
PACKAGES = {"openfisca": "openfisca-core==46.0.1", "policyengine": "policyengine-core==3.33.12"}
IN_32_BITS = tuple(PACKAGES)
TASKS = {
    "tiers": "tiers from Parquet, previous round joined",
    "preview": "one preview from Parquet, nothing kept",
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
    results = {engine: result for engine in ENGINES if (result := measure(engine, task, city))}
    own = results["workbench"]
    others = [result["seconds"] for engine, result in results.items() if engine != "workbench"]
    rows = []
    for engine, result in results.items():
        apart = sum(abs(one - other) for one, other in zip(result["counts"], own["counts"], strict=True))
        if apart and engine not in IN_32_BITS:
            raise SystemExit(f"{engine} counts otherwise: {result['counts']}, the workbench {own['counts']}")
        ratio, memory = result["seconds"] / own["seconds"], result["peak_mb"] / own["peak_mb"]
        seconds = [f"{result[name]:.4f}" for name in ("seconds", "cpu")]
        rows.append([engine, *seconds, f"{ratio:.2f}", f"{result['peak_mb']:.0f}", f"{memory:.2f}", f"{apart:,}"])
    columns = ["engine", "seconds", "of processor", "x workbench", "peak MB", "x workbench", "counts apart"]
    table(f"{TASKS[task]}; the workbench is {own['seconds'] / min(others):.2f} times the fastest other", columns, rows)


def main() -> None:
    """Measure and print."""
    households = asked_households(HOUSEHOLDS, __doc__)
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), households)
        load = os.getloadavg()[0]
        print(
            f"{households:,} households, two rounds; medians of {REPEATS} after one that does not count; load {load:.1f}"
        )
        for task in TASKS:
            compare(task, Path(folder))


if __name__ == "__main__":
    main()
