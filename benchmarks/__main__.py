"""All measurements, one after another, each in a process of its own: `python -m benchmarks [name …]`."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

_CHROMIUM = Path("/usr/bin/chromium")
_ALL = (
    "intake",
    "simulation",
    "preview",
    "frontier",
    "hindsight",
    "tiers",
    "peers",
    "growth",
    "city_round",
    "ledgers",
    "page",
    "opening",
    "crowd",
    "questions",
    "register",
    "requests",
    "visits",
    "risk",
    "risk_coverage",
    "risk_choices",
    "risk_speed",
    "province",
)
_SIZES = {
    "intake": ("--persons", "50000"),
    "register": ("--households", "4000"),
    "requests": ("--households", "4000", "--seconds", "20"),
    "visits": ("--households", "12000"),
    "city_round": ("--households", "20000"),
    "ledgers": ("--households", "25000"),
    "growth": ("--households", "20000", "200000"),
    "risk": ("--households", "20000"),
    "risk_coverage": ("--households", "3000", "--cities", "3"),
    "risk_choices": ("--households", "5000", "--drift", "0", "--seed", "1"),
}
"""Where the measurement by itself takes longer than all of them together should: docs/risk-study.md has whole runs."""
_ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", **os.environ}
"""Threads of trees that wait for one another do so without turning: where cores are shared, turning takes many times as long."""


def available(name: str) -> bool:
    """Whether a measurement can run here: that of the page needs a browser."""
    there = importlib.util.find_spec(f"benchmarks.{name}") is not None
    return there and (name not in ("page", "opening") or _CHROMIUM.exists())


def main() -> int:
    chosen = sys.argv[1:] or [name for name in _ALL if available(name)]
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        begin = time.perf_counter()
        command = [sys.executable, "-m", f"benchmarks.{name}", *_SIZES.get(name, ())]
        done = subprocess.run(command, check=False, env=_ENVIRONMENT)  # noqa: S603 - our own modules
        print(f"{name}: {time.perf_counter() - begin:.0f} s", flush=True)
        failed += [name] if done.returncode else []
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
