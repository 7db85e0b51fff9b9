"""Facts taken in where there is a register: what it has filed stands, what visits corrected stays corrected, and it is an event.

Whoever they show to be below the line has a case opened (LA2019-15 §2.2-d). A ledger exported from the register and taken in again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl
import pyarrow as pa
from sqlalchemy import Connection, select

from workbench.errors import Words
from workbench.intake.findings.result import IntakeResult
from workbench.register.access.acting_user import Register, open_register
from workbench.register.assessment import RISK
from workbench.register.db.procedure_tables import FiledRow, Filing
from workbench.register.location import register_exists
from workbench.register.unit_of_work.decided_upon import last_records
from workbench.register.unit_of_work.settlement import Staged, change_files, keeper
from workbench.store.batches.batch import Batch, GivenFile, Source
from workbench.store.facts import FactStore
from workbench.store.ingest import stage_results, take_in
from workbench.store.schema import Origin
from workbench.store.transaction import Transaction


def take_in_here(
    facts: FactStore,
    url: str | None,
    account: str,
    now: datetime,
    round_name: str,
    results: Sequence[IntakeResult],
    origin: Origin,
    files: Sequence[GivenFile] = (),
) -> tuple[Batch, list[IntakeResult]]:
    """`take_in_with_lock` where anybody has begun a register (`url`: see `register_exists`), else `ingest.take_in`."""
    # Where nobody has begun a register, taking in facts must not begin one.
    if not register_exists(facts.root, url):
        return take_in(facts, round_name, results, origin, Source(account, now, files)), list(results)
    return take_in_with_lock(open_register(facts, url), account, now, round_name, results, origin, files)


def take_in_with_lock(
    register: Register,
    account: str,
    now: datetime,
    round_name: str,
    results: Sequence[IntakeResult],
    origin: Origin,
    files: Sequence[GivenFile] = (),
) -> tuple[Batch, list[IntakeResult]]:
    """`ingest.take_in`, with the register kept; returns the batch, and the results with what was noted."""
    user, moment = keeper(register, account, now)

    def stage(pending: Transaction) -> Staged[tuple[Batch, list[IntakeResult]]]:
        with register.engine.connect() as connection:
            # While the files are held: a filing made meanwhile would be overwritten by the ledger's older tiers.
            accepted = [_without_filed(register, connection, round_name, result) for result in results]
            source = Source(account, user.now, files, last_records(connection))
        batch = stage_results(pending, register.facts, round_name, accepted, origin, source)
        details = {**origin.details, **moment, "batch": batch.number}
        return Staged(list(batch.counties), details, (batch, accepted))

    counties = sorted({county for result in results for county in result.facts})
    return change_files(user, "facts_taken_in", round_name, counties, stage)


def filed_tiers(connection: Connection, round_name: str, county: str | None) -> dict[str, int]:
    """The tier that the register has filed of each lifted household in a round, the last where it was adjusted."""
    query = (
        select(FiledRow.household_id, FiledRow.result)
        .join(Filing, Filing.id == FiledRow.filing_id)
        .where(Filing.round == round_name, Filing.kind == RISK)
        .order_by(Filing.id)
    )
    if county is not None:
        query = query.where(Filing.county == county)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _without_filed(register: Register, connection: Connection, round_name: str, result: IntakeResult) -> IntakeResult:
    """A ledger without the tiers of households that the register has filed itself; where it says otherwise, a note."""
    facts, notes = dict(result.facts), list(result.notes)
    for county, table in result.facts.items():
        if "filed_tier" not in table.column_names:
            continue
        filed = filed_tiers(connection, round_name, county)
        ledger = pl.DataFrame(table)
        # With its types: where nothing was filed there are no rows to tell them by.
        ours = pl.DataFrame(list(filed.items()), schema={"household_id": pl.String, "#ours": pl.Int64}, orient="row")
        joined = ledger.join(ours, on="household_id", how="left", maintain_order="left")
        other = joined.filter((pl.col("#ours") != pl.col("filed_tier")).fill_null(value=False))[
            "household_id"
        ].to_list()
        if other:
            count, first = len(other), other[0]
            notes.append(
                Words(
                    f"{count} 户的备案等级与登记不同，以登记为准（如 {first}）",
                    f"{count} households differ from the tier filed in the register, which stands (e.g. {first})",
                )
            )
        facts[county] = _with_stored_tier(register, round_name, county, joined)
    return replace(result, facts=facts, notes=tuple(notes))


def _with_stored_tier(register: Register, round_name: str, county: str, joined: pl.DataFrame) -> pa.Table:
    """Where the register has filed, the fact stays what it is."""
    stored = pl.DataFrame(schema={"household_id": pl.String, "#stored": pl.Int64})
    store = register.facts
    if round_name in store.rounds() and county in store.counties(round_name):
        read = store.frame(round_name, county, ["household_id", "filed_tier"])
        # What the register has filed is its own: a ledger that comes back never changes it, in whichever round.
        stored = read.rename({"filed_tier": "#stored"}).unique("household_id", keep="last")
    return (
        joined.join(stored, on="household_id", how="left", maintain_order="left")
        .with_columns(filed_tier=pl.when(pl.col("#ours").is_null()).then("filed_tier").otherwise("#stored"))
        .drop("#ours", "#stored")
        .to_arrow(compat_level=pl.CompatLevel.oldest())
    )
