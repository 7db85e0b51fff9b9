"""Every household that goes through a round, with where it stands: those of the facts, joined to their entries."""

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import FOLLOWS_RULE, SENT_BACK, Stage, unanswered_return
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import BELOW_LINE, EDGE, KIND_OF, RISK, assess, facts_read, rules_of
from workbench.register.cases.precedence import running_cases
from workbench.register.db.engine import Connection
from workbench.register.db.procedure_tables import Entry, EntryStep
from workbench.register.edge_register import inside_area, managed_numbers, screening
from workbench.register.worklists.changed_results import has_changed

_PLACE = ("household_id", "township", "village")
_ENTRY = {
    "stage": pl.String, "proposal": pl.String, "version": pl.Int64, "changed_at": pl.String, "reason": pl.String,
    "adjustment": pl.Int64, "rule_then": pl.String,
}  # fmt: skip


def assess_county(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    """What the rules say of the person's part of a county (`assessment.assess`)."""
    user.check(Right.READ_FACTS, user.person.area if user.person.area.county == county else Area(county))
    with user.reading() as connection:
        rules = rules_of(connection, round_name, county, user.today)
    return assess(facts_read(user.register.facts, round_name, county).filter(inside_area(user)), rules)


def round_list(
    user: ActingUser,
    round_name: str,
    county: str,
    kind: str,
    assessed: pl.DataFrame,
    entries_of: Collection[str] | None = None,
) -> pl.DataFrame:
    """The households of a procedure (RISK, EDGE) in the person's part of a county; `assessed` is of `assess_county`.

    Columns: household_id, township, village, rule, below_line; and of the entry, null where there is none: `stage`
    ("new" then), proposal, version, changed_at, adjustment, `rule_then` (what the rules said when it was proposed), `changed`
    (whether they say something else now), `differs` (whether another result than the rules' was proposed), `reason` (of the proposal), `returned_for` (why it
    came back, until it is proposed again).
    `case_first`: below the line, or with a case that runs, whose next step is the case's and no proposal (§2.2-d).
    For the edge register: the households to be screened, those in it, and whoever has an entry.
    `entries_of`: the households of `assessed`, where they are few, so that no other's entry is read.
    """
    user.check_anywhere(Right.READ_REGISTER)
    entered = _entries(user, round_name, county, kind, entries_of)
    of_kind = next(name for name, procedure in KIND_OF.items() if procedure == kind)
    rows = assessed.filter(kind=of_kind)
    if kind == EDGE:
        # A county has tens of thousands of unregistered households, and the procedure looks at these (§2.2-b).
        wanted = {*edge_procedure(user, round_name, county)["household_id"], *entered["household_id"]}
        rows = rows.filter(pl.col("household_id").is_in(list(wanted)))
    joined = rows.select("household_id", "township", "village", "rule", "below_line").join(
        entered, on="household_id", how="left"
    )
    changed = has_changed(pl.col("stage"), pl.col("rule_then"), pl.col("rule")).alias("changed")
    differs = _differs(kind).alias("differs")
    return joined.with_columns(pl.col("stage").fill_null(str(Stage.NEW))).with_columns(
        changed, differs, case_first=_case_first(user, county, kind)
    )


def with_moved(
    before: pl.DataFrame, user: ActingUser, round_name: str, county: str, assessed: pl.DataFrame, moved: Collection[str]
) -> pl.DataFrame | None:
    """The list of tiers (`round_list`) as it was `before`, with the rows of the households that have moved since read anew.

    None where that cannot be told: a number that stands in two villages has two rows.
    """
    if not moved:
        return before
    few = assessed.filter(pl.col("household_id").is_in(list(moved)))
    rows = round_list(user, round_name, county, RISK, few, moved)
    if rows["household_id"].n_unique() != rows.height:
        return None
    # Nulls too: a proposal that was returned has no longer what it had.
    return before.update(rows, on="household_id", how="left", include_nulls=True)


def edge_procedure(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    """The households that the edge procedure looks at in a round, whether they have an entry or not: household_id, township, village.

    Those to be screened (§2.2-b) and, as far as the round's facts have them, those in the edge register (§2.2-c).
    """
    # Numbers alone, of this county alone: a city's progress asks this of one county after another.
    managed = managed_numbers(user, county)
    facts = user.register.facts.frame(round_name, county, [*_PLACE, "kind"], managed)
    of_kind = facts.filter(pl.col("kind") == UNREGISTERED).filter(inside_area(user))
    screened = screening(user, round_name, county)
    return pl.concat([screened.select(_PLACE), of_kind.select(_PLACE)]).unique("household_id", maintain_order=True)


def _case_first(user: ActingUser, county: str, kind: str) -> pl.Expr:
    if kind != EDGE:
        return pl.lit(False)  # noqa: FBT003 - a literal column
    with user.reading() as connection:
        running = list(running_cases(connection, county))
    below = (pl.col("rule") == BELOW_LINE).fill_null(value=False)
    return pl.col("household_id").is_in(running) | below


def _differs(kind: str) -> pl.Expr:
    """Whether a proposal is another one than followed from the rules when it was made; null where there is none."""
    proposal, rule = pl.col("proposal"), pl.col("rule_then")
    if kind == EDGE:
        pairs = [(rule == name) & proposal.is_in(sorted(follow)) for name, follow in FOLLOWS_RULE.items()]
        # Where the rules could not tell, any proposal is people's own, and differs.
        follows = pl.any_horizontal(pairs).fill_null(value=False)
    else:
        follows = proposal.eq_missing(rule)
    return pl.when(proposal.is_not_null()).then(~follows)


def _entries(
    user: ActingUser, round_name: str, county: str, kind: str, households: Collection[str] | None
) -> pl.DataFrame:
    table = Entry.__table__
    read = [table.c["rule" if name == "rule_then" else name].label(name) for name in ("household_id", *_ENTRY)]
    mine = (table.c.round == round_name, table.c.county == county, table.c.kind == kind, *user.inside(Entry))
    if households is not None:
        mine = (*mine, table.c.household_id.in_(households))
    with user.reading() as connection:
        # As columns, never as records: of a county's forty thousand, making these would take most of the time.
        rows = [tuple(row) for row in connection.execute(select(*read).where(*mine))]
        because = _returned_for(connection, mine)
    entered = pl.DataFrame(rows, schema={"household_id": pl.String, **_ENTRY}, orient="row")
    # Two reasons of two people, each in a column of its own: the village's of what it proposed, and why that came back.
    back = pl.DataFrame(because, schema={"household_id": pl.String, "returned_for": pl.String}, orient="row")
    return entered.join(back, on="household_id", how="left", maintain_order="left")


def _returned_for(connection: Connection, mine: Sequence[ColumnElement[bool]]) -> list[tuple[Any, ...]]:
    """The households of entries (`mine`: of which) that came back and are not proposed again, each with why."""
    table, step = Entry.__table__, EntryStep.__table__
    waiting = table.c.stage.in_([str(Stage.RETURNED), str(Stage.VISITED)])
    sent_back = select(step.c.entry_id).where(step.c.step.in_(SENT_BACK))
    query = (
        select(table.c.household_id, step.c.step, step.c.reason)
        .join(table, table.c.id == step.c.entry_id)
        # Only those that ever came back: their steps are few, all others' would be the whole county's.
        .where(*mine, waiting, table.c.id.in_(sent_back))
        .order_by(step.c.id)
    )
    taken: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        taken.setdefault(row.household_id, []).append(row)
    last = {name: unanswered_return([each.step for each in steps]) for name, steps in taken.items()}
    return [(name, taken[name][position].reason) for name, position in last.items() if position is not None]
