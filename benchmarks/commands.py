"""The commands whose growth is measured, each with what else would do a like thing, in Python, in a process of its own.

A ledger's alternative writes as many cells by XlsxWriter as a county's households at risk take, a list's is read by pandas.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.intake import write as write_lists
from benchmarks.peers import ROOT

LIST_ROWS = 200_000
"""Persons of a list that is taken in, at most."""
_CELLS = 62
"""Of a row of the ledger of risk."""
_POLARS = (
    "import polars as pl; pl.scan_parquet({root!r} + '/facts/round={round}/**/*.parquet').select(pl.len()).collect()"
)
_BY_HAND = "from pathlib import Path; from benchmarks.by_hand.in_polars import {work}; {work}(Path({root!r}))"
_CHANGES = """
import polars as pl
def lifted(name):
    files = {root!r} + '/facts/round=' + name + '/**/*.parquet'
    return pl.scan_parquet(files, hive_partitioning=True).filter(pl.col('kind') == 'lifted')
lifted({round!r}).join(lifted({before!r}), on=['county_code', 'household_id'], how='left').collect()
"""
_CELLS_WRITTEN = """
import xlsxwriter
with xlsxwriter.Workbook({out!r}, {{'constant_memory': True}}) as workbook:
    sheet = workbook.add_worksheet()
    for place in range({rows}):
        sheet.write_row(place, 0, ['曹庙镇'] * {cells})
"""


@dataclass(frozen=True)
class Compared:
    """A command by its words, and the Python (`-c`) that it is compared with, named."""

    words: Sequence[str]
    other: str
    python: str


def run_program(words: Sequence[str]) -> Callable[[], Any]:
    """A run of the workbench; a list with rows that are refused ends it with status 1."""
    program = Path(sys.executable).parent / "workbench"
    return _run([program, *words])


def run_python(code: str) -> Callable[[], Any]:
    """A run of Python."""
    return _run([sys.executable, "-c", code])


def _run(words: Sequence[Any]) -> Callable[[], Any]:
    return lambda: subprocess.run(words, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 - our own words


def compared(root: Path, rounds: tuple[str, str], county: str, at_risk: int) -> Iterator[Compared]:
    """What is asked of a store of two rounds; `at_risk`: how many rows the county's ledger of risk has."""
    before, now = rounds
    given = ["--round", now, "--store", str(root), "--json"]
    of_county = [*given, "--county", county]
    standard = root / "standard.yaml"
    standard.write_text("income: {ceiling: {multiple: 1.5}}\n", encoding="utf-8")
    names = {"root": str(root), "round": now, "before": before, "rows": at_risk, "cells": _CELLS, "out": str(root / "x.xlsx")}  # fmt: skip
    counted = ("Python that loads Polars and counts the rows", _POLARS.format(**names))
    tiers, preview = (("Polars by hand", _BY_HAND.format(work=work, **names)) for work in ("tiers", "preview"))
    cells = (f"{at_risk:,} rows by XlsxWriter", _CELLS_WRITTEN.format(**names))
    yield Compared(["--help"], *counted)
    yield Compared(["tier", *given], *tiers)
    yield Compared(["preview", *given, "--standard", str(standard)], *preview)
    yield Compared(["score", *given], *counted)
    yield Compared(["changes", *given], "both rounds joined by Polars, no rule", _CHANGES.format(**names))
    yield Compared(["coverage", *given], *counted)
    for kind, other in (("risk", cells), ("edge", counted)):
        yield Compared(["ledger", *of_county, "--kind", kind, "--out", str(root / "ledger.xlsx")], *other)
    yield Compared(["filing", *of_county, "--out", str(root / "filing.docx")], *counted)


def list_compared(folder: Path, store: Path, round_name: str, persons: int) -> Compared:
    """A list of persons as csv, taken into a store of its own."""
    path, _ = write_lists(folder, persons)
    words = ["intake", str(path), "--round", round_name, "--county", "341522", "--store", str(store), "--json"]
    read = f"from pathlib import Path; from benchmarks.intake import read_pandas; read_pandas(Path({str(path)!r}))"
    return Compared(words, "the list read by pandas", read)
