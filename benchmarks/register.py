"""A round of 40,000 lifted households of one county in the register on SQLite: visited, proposed, reviewed, filed, proved.

Each person of the county takes the step for the own area as one batch; against that, in the same run, one household a
transaction, extrapolated from 200 households (10 for filings).

Run: python -m benchmarks.register [--households 40000]
"""

import argparse
import csv
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.report import table
from workbench.cli.register.visits import read_visits
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import ActingUser, Register, open_register
from workbench.register.assessment import RISK, assess, facts_read, rules_of
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import visit
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

COUNTY, ROUND = "341524", "2019-10"
NOW = dt.datetime(2019, 10, 8, 9, 0, tzinfo=BEIJING)
ONE_BY_ONE, FILED_ONE_BY_ONE = 200, 10
MINUTE = 60.0


def county(root: Path, households: int) -> None:
    """A store of one county whose lifted households are `households`, with their round before."""
    store = FactStore(root)
    for made in simulate(20_000, 2, 1, divisions=DIVISIONS):
        lifted = pl.DataFrame(made.facts[COUNTY]).filter(pl.col("kind") == "lifted").sort("household_id")
        copies = -(-households // len(lifted))
        names = [lifted.with_columns(pl.col("household_id") + f"-{number:02d}") for number in range(copies)]
        # In the order of their numbers, as an intake writes them.
        whole = pl.concat(names).head(households).sort("household_id").to_arrow(compat_level=pl.CompatLevel.oldest())
        store.write(made.round, {COUNTY: whole}, Origin(simulated=True))


class Office:
    """The people of a county and their households as the rules judge them."""

    def __init__(self, root: Path, url: str | None = None) -> None:
        self.register: Register = open_register(FactStore(root), url)
        with self.register.engine.connect() as connection:
            rules = rules_of(connection, ROUND, COUNTY, NOW.date())
        self.assessed = assess(facts_read(self.register.facts, ROUND, COUNTY), rules)
        self.villages = self.assessed.select("township", "village").unique(maintain_order=True).rows()
        first_account(self.register, NewAccount("admin", "管理员", "administrator"), NOW)
        add_accounts(self.acting_user("admin"), [*self._people()])

    def _people(self) -> list[NewAccount]:
        townships = sorted({township for township, _ in self.villages})
        return [
            NewAccount("officer", "县级", "county_officer", Area(COUNTY)),
            *(NewAccount(f"r-{name}", name, "township_reviewer", Area(COUNTY, name)) for name in townships),
            *(NewAccount(f"w-{t}-{v}", v, "village_worker", Area(COUNTY, t, v)) for t, v in self.villages),
        ]

    def acting_user(self, account: str) -> ActingUser:
        """An account as the acting user of this moment."""
        return self.register.acting_user(account, NOW)

    def of(self, place: tuple[str, str]) -> pl.DataFrame:
        """The households of a village."""
        return self.assessed.filter(township=place[0], village=place[1])


def visits_file(folder: Path, households: Sequence[str]) -> Path:
    """A file of visits as a village sends it: every tenth household has a fact corrected."""
    path = folder / "visits.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["户编号", "走访日期", "走访人", *(zh for zh, _ in VISIT_DOMAINS.values()), "更正：work_months"])
        for number, name in enumerate(households):
            rows.writerow([name, "2019-10-08", "王某、李某", *["已看，情况属实"] * 5, "" if number % 10 else "7"])
    return path


def visited(office: Office, folder: Path) -> None:
    for place in office.villages:
        path = visits_file(folder, office.of(place)["household_id"].to_list())
        visit(office.acting_user(f"w-{place[0]}-{place[1]}"), ROUND, read_visits(path, NOW.date()))


def proposed(office: Office, _folder: Path) -> None:
    for township, village in office.villages:
        propose_all(office.acting_user(f"w-{township}-{village}"), ROUND, RISK)


def reviewed(office: Office, _folder: Path) -> None:
    for township in {township for township, _ in office.villages}:
        agree(office.acting_user(f"r-{township}"), ROUND, RISK)


def filed(office: Office, _folder: Path) -> str:
    return str(file_list(office.acting_user("officer"), ROUND, COUNTY, RISK).number)


def one_by_one(office: Office, folder: Path) -> dict[str, float]:
    """Seconds a household of each step, each household in a transaction of its own."""
    rows = [row for row in office.assessed.to_dicts() if row["rule"] is not None][:ONE_BY_ONE]

    def worker(row: dict[str, Any]) -> ActingUser:
        return office.acting_user(f"w-{row['township']}-{row['village']}")

    def visit_one(row: dict[str, Any]) -> None:
        visit(worker(row), ROUND, read_visits(visits_file(folder, [row["household_id"]]), NOW.date()))

    def propose_one(row: dict[str, Any]) -> None:
        propose(worker(row), ROUND, row["household_id"], row["rule"] if row["rule"] != "3" else "3", "如实")

    def agree_one(row: dict[str, Any]) -> None:
        agree(office.acting_user(f"r-{row['township']}"), ROUND, RISK, [row["household_id"]])

    def file_one(row: dict[str, Any]) -> None:
        agree_one(row)
        file_list(office.acting_user("officer"), ROUND, COUNTY, RISK)

    last = rows[-FILED_ONE_BY_ONE:]
    return {
        "visit": each(visit_one, rows),
        "propose": each(propose_one, rows),
        "review": each(agree_one, rows[:-FILED_ONE_BY_ONE]),
        "file": each(file_one, last),
    }


def each(work: Callable[[dict[str, Any]], None], rows: Sequence[dict[str, Any]]) -> float:
    begin = time.perf_counter()
    for row in rows:
        work(row)
    return (time.perf_counter() - begin) / len(rows)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, default=40_000)
    households = arguments.parse_args().households
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        county(folder / "one", households)
        shutil.copytree(folder / "one", folder / "batch")
        alone = one_by_one(Office(folder / "one"), folder)
        office = Office(folder / "batch")
        steps = {"visit": visited, "propose": proposed, "review": reviewed, "file": filed}
        rows, number = [], ""
        for step, work in steps.items():
            seconds, done = timed(lambda work=work: work(office, folder))  # type: ignore[misc]
            number = done or number
            single = alone[step] * households
            held = "yes" if seconds < MINUTE else "NO"
            rows.append([step, f"{seconds:.1f}", held, f"{single:,.0f}", f"{single / seconds:.0f}"])
        proof, result = timed(lambda: prove(office.acting_user("officer"), number))
        verification, verified = timed(lambda: verify_register(office.register.engine))
        assert not result.broken, result.broken
        assert verified.broken is None, verified
        rows += [["prove the list", f"{proof:.1f}", "", "", ""], ["audit verify", f"{verification:.1f}", "", "", ""]]
        title = f"{households:,} households, {len(office.villages)} villages, {result.households:,} filed, {verified.events:,} events"
        table(title, ["step", "batches, s", "under a minute", "one by one, s (extrapolated)", "times"], rows)


if __name__ == "__main__":
    main()
