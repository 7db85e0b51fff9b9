"""Every measurement runs, in its smallest size, without an error: it is no use to find that out on the day of a release."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import _ALL, available

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SMALLEST = {
    "intake": ("--persons", "200"),
    "simulation": ("--households", "1000"),
    "preview": ("--households", "5000"),
    "frontier": ("--households", "3000"),
    "hindsight": ("--households", "2000"),
    "tiers": ("--households", "2000"),
    "peers": ("--households", "2000"),
    "growth": ("--households", "2000"),
    "city_round": ("--households", "2500"),
    "ledgers": ("--households", "400"),
    "page": ("--households", "20000"),
    "opening": ("--households", "3000"),
    "crowd": ("--households", "2000", "--people", "2", "--seconds", "1"),
    "questions": ("--households", "5"),
    "register": ("--households", "400"),
    "requests": ("--households", "400", "--people", "10", "--rate", "4", "--seconds", "4"),
    "visits": ("--households", "400"),
    "risk": ("--households", "2500", "--drift", "0", "--seed", "1"),
    "risk_coverage": ("--households", "2500", "--cities", "1", "--drift", "0"),
    "risk_choices": ("--households", "2500", "--drift", "0", "--seed", "1"),
    "province": ("--households", "2000", "--workers", "1"),
    "risk_speed": ("--households", "1200", "--scored", "1200", "--rounds", "3"),
}


def test_every_measurement_has_a_smallest_size_and_is_run_by_make_bench():
    runnable = {
        path.stem
        for path in BENCHMARKS.glob("*.py")
        if re.search(r"^def main\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert runnable - {"__main__"} == set(SMALLEST) == set(_ALL)


@pytest.mark.deep
@pytest.mark.parametrize("name", _ALL)
def test_a_measurement_runs(name):
    assert available(name)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *SMALLEST[name]],
        capture_output=True, text=True, check=False, timeout=1800, cwd=BENCHMARKS.parent,
        env=os.environ | {"OMP_WAIT_POLICY": "passive"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()
