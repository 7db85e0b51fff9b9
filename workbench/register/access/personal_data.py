"""Names and ID numbers, read for a ledger or a public list: only by who may, and every reading is an event."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.procedure.roles import Right
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.log import Event
from workbench.store.personal import persons_path
from workbench.store.schema import read_columns

_HEAD = "户主"


@dataclass(frozen=True)
class Head:
    """The head of a household, as the national system has it."""

    name: str
    id_number: str


NOBODY = Head("", "")


def heads(user: ActingUser, round_name: str, county: str, households: Sequence[str], purpose: str) -> dict[str, Head]:
    """The heads of households of the person's area; empty where the store holds no persons (simulated cities have none).

    Raises RefusedError for who may not read personal data in that county. `purpose` says for what, and stands in the chain of events.
    """
    user.check_part_of(Right.READ_PERSONAL, county)
    path = persons_path(user.register.facts.root, round_name, county)
    if not path.exists() or not households:
        return {}
    persons = pl.DataFrame(read_columns(path, ["household_id", "name", "id_number", "relation"]))
    rows = persons.filter(pl.col("household_id").is_in(list(households)) & (pl.col("relation") == _HEAD))
    # How many, and not whose: an event must not hold the personal data whose reading it tells.
    details = {"what": "heads", "for": purpose, "households": rows["household_id"].n_unique()}
    # Told before anything is given away.
    with user.writing() as connection:
        user.record(connection, [Event("personal_read", f"{round_name} {county}", details)])
    return {
        row["household_id"]: Head(row["name"] or "", row["id_number"] or "")
        # A household has one head: where a list names two, the first stands.
        for row in rows.unique("household_id", keep="first", maintain_order=True).iter_rows(named=True)
    }
