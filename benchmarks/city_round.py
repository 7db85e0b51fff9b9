"""A round of a whole city from end to end in one process: tiers, previews, scores, ledgers and filing documents of all counties.

Beside the ledgers, in the same run: their cells written by XlsxWriter, a row at a time. The model learns from a small city,
which is not measured; times are of the processor, so that other work on the machine does not count.

Run: python -m benchmarks.city_round [--households 200000]
"""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.by_hand.run import peak_megabytes
from benchmarks.report import asked_households, table
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.reports.documents.filing import filing_document
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry import artefact
from workbench.risk.scoring.by_county import score_by_county
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.statistics.tiers import count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.round_scope import RoundScope
from workbench.store.schema import Origin

HOUSEHOLDS, ROUNDS = 200_000, 3
LEARNT_FROM = 2_500
STANDARD = parse_standard(
    {
        "income": {"ceiling": {"multiple": 1.5}},
        "routes": {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}},
        "exclusions": ["has_car", "has_commercial_housing"],
    }
)


def city(root: Path, households: int, rounds: int) -> FactStore:
    """A simulated city, in a store of its own."""
    store = FactStore(root)
    write_city(store, simulate(households, rounds, 1, divisions=DIVISIONS), Origin(simulated=True))
    return store


def learn(folder: Path) -> Path:
    """A model of a small city; where it is kept."""
    return artefact.save(train(city(folder / "learnt", LEARNT_FROM, ROUNDS), TrainingRequest()), folder, "")


class CityRound:
    """The steps of the last round of a store; each returns how many households, or documents, it is of."""

    def __init__(self, store: FactStore, model: RiskModel) -> None:
        self._store, self._model = store, model
        self._round = store.rounds()[-1]
        self._counties = store.counties(self._round)
        self.last_ledger = b""

    def tiers(self) -> int:
        """The lifted households judged."""
        counted = count_tiers(
            lifted_facts(RoundScope(self._store, self._round)), tier_parameters(self._round), reading("default")
        )
        return sum(count.rows for count in counted.city.values())

    def previews(self) -> int:
        """A first preview of every county; the households in."""
        scopes = (PreviewScope(self._store, self._round, code) for code in self._counties)
        return sum(int(preview(scope, STANDARD)["rows"]["in"]) for scope in scopes)

    def scores(self) -> int:
        """The households scored, and kept."""
        return score_by_county(self._store, self._round, self._model).rows

    def ledgers(self) -> int:
        """Both ledgers of every county, as files; their rows."""
        rows = 0
        for code in self._counties:
            seen = self._seen(code)
            at_risk, edge = gather_risk_ledger(seen), gather_edge_ledger(seen)
            self.last_ledger = risk_ledger(at_risk)
            edge_ledger(edge)
            rows += len(at_risk.rows) + len(edge.rows)
        return rows

    def documents(self) -> int:
        """The filing document of every county, as a file."""
        for code in self._counties:
            filing_document(gather_filing(self._seen(code)))
        return len(self._counties)

    def _seen(self, county: str) -> CountyRound:
        return CountyRound(self._store, self._round, county, None, dt.date(2026, 10, 30))


def by_xlsxwriter(ledger: bytes) -> tuple[float, float]:
    """Seconds a row of a ledger's cells written by XlsxWriter as most programs do it, and the peak memory after it."""
    rows = CalamineWorkbook.from_filelike(BytesIO(ledger)).get_sheet_by_index(0).to_python()

    def write() -> None:
        with xlsxwriter.Workbook(BytesIO(), {"in_memory": True}) as workbook:
            sheet, look = workbook.add_worksheet(), workbook.add_format({"border": 1, "text_wrap": True})
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells, look)

    return processor_seconds(write)[0] / len(rows), peak_megabytes()


def processor_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long a piece of work takes of the processor, and what it returns."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def main() -> None:
    """Measure and print."""
    households = asked_households(HOUSEHOLDS, __doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In processes of their own: neither learning nor simulating counts into the memory of the round.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as others:
            model = artefact.load(others.submit(learn, folder).result())
            others.submit(city, folder / "city", households, ROUNDS).result()
        steps = CityRound(FactStore(folder / "city"), model)
        rows, whole = [], 0.0
        for step in ("tiers", "previews", "scores", "ledgers", "documents"):
            seconds, number = processor_seconds(getattr(steps, step))
            whole += seconds
            each = f"{seconds / number * 1e6:,.0f}" if number else ""
            rows.append([step, f"{seconds:.2f}", f"{number:,}", each, f"{peak_megabytes():,.0f}"])
        rows.append(["whole round", f"{whole:.2f}", "", "", f"{peak_megabytes():,.0f}"])
        each_row, memory = by_xlsxwriter(steps.last_ledger)
        rows.append(["a ledger's cells by XlsxWriter", "", "", f"{each_row * 1e6:,.0f}", f"{memory:,.0f}"])
    title = f"A round of {households:,} households, {ROUNDS} rounds stored; load {os.getloadavg()[0]:.1f}"
    columns = ["step", "seconds of the processor", "households or documents", "microseconds each", "peak MB so far"]
    table(title, columns, rows)


if __name__ == "__main__":
    main()
