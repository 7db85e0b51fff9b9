"""What a batch of visits costs in counties of three sizes: twenty households of one village, two of them with a fact corrected.

The same batches in each county, each by a worker of its village, in a register on SQLite; what grows with the county and not
with the batch shows in the last column. Times are of the processor, medians of the batches after the first, which brings
the county's files into the form that later ones rest on.

Run: python -m benchmarks.visits [--households 40000]
"""

import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.city_round import processor_seconds
from benchmarks.register import NOW, ROUND, Office, county, visits_file
from benchmarks.report import asked_households, table
from workbench.cli.register.visits import read_visits
from workbench.register.procedure.visits import visit

HOUSEHOLDS = 40_000
BATCH, BATCHES = 20, 6
_PARTS_OF_THE_LARGEST = (10, 3.3333, 1)


def batches_of(office: Office) -> list[tuple[str, list[str]]]:
    """The batches: the account of a village's worker, and twenty households (or all that there are) of the village."""
    chosen = []
    for township, village in office.villages[:BATCHES]:
        households = office.of((township, village))["household_id"].to_list()[:BATCH]
        chosen.append((f"w-{township}-{village}", households))
    return chosen


def milliseconds(folder: Path, households: int) -> list[float]:
    """Processor time of each batch in a county of so many households, milliseconds."""
    county(folder / str(households), households)
    office = Office(folder / str(households))
    times = []
    for account, names in batches_of(office):
        reports = read_visits(visits_file(folder, names), NOW.date())
        seconds, _ = processor_seconds(lambda a=account, r=reports: visit(office.acting_user(a), ROUND, r))  # type: ignore[misc]
        times.append(seconds * 1000)
    return times


def main() -> None:
    """Measure and print."""
    largest = asked_households(HOUSEHOLDS, __doc__)
    sizes = sorted({max(200, round(largest / part, -2)) for part in _PARTS_OF_THE_LARGEST})
    rows, least = [], 0.0
    with tempfile.TemporaryDirectory() as name:
        for size in map(int, sizes):
            first, *others = milliseconds(Path(name), size)
            median = statistics.median(others)
            least = least or median
            rows.append([f"{size:,}", f"{first:.0f}", f"{median:.1f}", f"{median / least:.2f}"])
    title = f"A batch of {BATCH} visits, 2 with a correction; load {os.getloadavg()[0]:.1f}"
    table(title, ["households of the county", "first batch, ms", "later batches, ms", "of the smallest"], rows)


if __name__ == "__main__":
    main()
