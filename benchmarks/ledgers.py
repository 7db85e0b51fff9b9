"""A ledger's rows written as a spreadsheet: the workbench against the libraries that stream, a process each.

The rows are those of the risk ledger of a simulated city, all counties on one sheet. Seconds are of the processor; memory is
what writing adds to what the process held with the rows in it. openpyxl, PyExcelerate and rustpy-xlsxwriter live in an
environment of their own (`.cache/peers/writers`); where it cannot be made they are left out.

Run: python -m benchmarks.ledgers [--households 225000]
"""

import datetime as dt
import json
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.by_hand.xlsx import WRITERS
from benchmarks.peers import ROOT, made_environment
from benchmarks.report import asked_households, table
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.ledgers.risk_ledger import _page
from workbench.reports.ledgers.table import Page, is_number
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

HOUSEHOLDS = 225_000
PACKAGES = ("openpyxl==3.1.5", "pyexcelerate==0.13.0", "rustpy-xlsxwriter==0.8.0")
OURS = ("workbench", "xlsxwriter")


def main() -> None:
    """Measure and print."""
    households = asked_households(HOUSEHOLDS, __doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = FactStore(folder / "city")
        write_city(store, simulate(households, 2, 1, divisions=DIVISIONS), Origin(simulated=True))
        page = _page_of_all(store)
        (folder / "page.pickle").write_bytes(pickle.dumps((page, dt.date(2026, 10, 30))))
        cells = [[_plain(cell) for cell in line.cells] for line in page.lines]
        head = [f"{place} {column.header}" for place, column in enumerate(page.columns)]
        (folder / "rows.json").write_text(json.dumps([head, *cells], ensure_ascii=False), encoding="utf-8")
        rows = [row for writer in WRITERS if (row := _row(writer, folder, len(cells)))]
    title = f"{len(cells):,} rows of {len(page.columns)} cells; load {os.getloadavg()[0]:.1f}"
    table(title, ["writer", "microseconds a row", "x workbench", "MB added", "MB of the file"], rows_compared(rows))


def _page_of_all(store: FactStore) -> Page:
    round_name = store.rounds()[-1]
    ledgers = [
        gather_risk_ledger(CountyRound(store, round_name, code, None, dt.date(2026, 10, 30)))
        for code in store.counties(round_name)
    ]
    page = _page(replace(ledgers[0], rows=[row for ledger in ledgers for row in ledger.rows]))
    # The cells are made: what a column makes them with is not asked again, and cannot be handed to another process.
    return replace(page, columns=tuple(replace(column, value=str) for column in page.columns))


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str) else float(cell) if is_number(cell) else str(cell)


def _row(writer: str, folder: Path, rows: int) -> dict[str, Any] | None:
    python = Path(sys.executable) if writer in OURS else made_environment("writers", PACKAGES)
    if python is None:
        return None
    command = [python, "-m", "benchmarks.by_hand.xlsx", writer, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - our own module
    file = max(folder.glob("*.xlsx"), key=lambda path: path.stat().st_mtime)
    return {**json.loads(done.stdout), "writer": writer, "rows": rows, "file": file.stat().st_size / 1e6}


def rows_compared(rows: list[dict[str, Any]]) -> list[list[str]]:
    """The cells of the table, each writer beside the workbench."""
    own = rows[0]["cpu"]
    return [
        [row["writer"], f"{row['cpu'] / row['rows'] * 1e6:,.0f}", f"{row['cpu'] / own:.2f}", f"{row['mb']:,.0f}", f"{row['file']:.1f}"]
        for row in rows
    ]  # fmt: skip


if __name__ == "__main__":
    main()
