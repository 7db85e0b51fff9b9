"""Timing and tables that every benchmark shares."""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


def processor_time() -> float:
    """Processor seconds of this process and of those that it began and that have ended."""
    spent = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def asked_households(usual: int, about: str | None) -> int:
    """How many households to measure on: `--households`, else as many as usual."""
    arguments = argparse.ArgumentParser(description=about)
    arguments.add_argument("--households", type=int, default=usual)
    return int(arguments.parse_args().households)


def best_and_median(work: Callable[[], Any], *, repeats: int = 7, warm: int = 1) -> tuple[float, float]:
    """Milliseconds of the fastest and of the middle of `repeats` runs, after `warm` runs that do not count."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times), statistics.median(times)


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print one table of results."""
    shown = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        shown.add_row(*row)
    Console(width=120).print(shown)


def append_table(file: Path, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Put one table of results at the end of a document in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    with file.open("a", encoding="utf-8") as document:
        document.write(f"\n{title}:\n\n{text}")
