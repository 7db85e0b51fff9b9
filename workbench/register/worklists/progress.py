"""How far a round is, by township, against its deadline (LA2019-15 §4.3-a); and what waits for the acting user."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy import func, select

from workbench.domain.procedure.cases import CaseStage
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STEPS, Stage
from workbench.domain.rounds import deadline
from workbench.domain.rules.round_rules import LIFTED
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.register.db.follow_up_tables import Case
from workbench.register.db.procedure_tables import Entry
from workbench.register.edge_register import edge_households, inside_area
from workbench.register.standards.in_force import standard_of_round
from workbench.register.standards.lists import awaiting_approval, sent_back_to
from workbench.register.worklists.case_tasks import Later, case_tasks
from workbench.register.worklists.changed_results import count_changed_results
from workbench.register.worklists.worklist import edge_procedure

_Place = tuple[str | None, ...]
"""County, township and, where it is by village, village; and the procedure."""
_NOT_VISITED = (Stage.NEW,)
"""The stage of an entry whose only visit was withdrawn."""


@dataclass(frozen=True)
class TownshipProgress:
    """A township's (or village's) households to go through a round, and how many stand at each stage.

    `not_visited` have no visit yet; `with_case` would wait for a visit or a proposal, but their case decides: they are filed
    by no list. `case_first`: those of them that would wait for a proposal.
    """

    county: str
    township: str | None
    kind: str
    households: int
    not_visited: int
    stages: dict[str, int]
    village: str | None = None
    with_case: int = 0
    case_first: int = 0

    @property
    def filed(self) -> int:
        """Households filed."""
        return self.stages.get(Stage.FILED, 0)

    @property
    def to_file(self) -> int:
        """Households that a list is to hold in the end: all but those whose case decides (§2.2-d)."""
        return self.households - self.with_case


def progress(user: ActingUser, round_name: str) -> list[TownshipProgress]:
    """Every township of the person's area: all lifted households (risk); those to be screened and the edge register's (edge).

    And whoever has an entry besides.
    """
    return _progress(user, round_name, ("county", "township"))


def village_progress(user: ActingUser, round_name: str) -> list[TownshipProgress]:
    """Every village of the person's area, counted like the townships of `progress`."""
    return _progress(user, round_name, ("county", "township", "village"))


def _progress(user: ActingUser, round_name: str, level: tuple[str, ...]) -> list[TownshipProgress]:
    user.check_anywhere(Right.READ_REGISTER)
    counts: dict[_Place, dict[str | None, int]] = {}
    for *place, stage, number in _entered(user, round_name, level):
        counts.setdefault(tuple(place), {})[stage] = number
    proposed, with_case = (
        _with_case(user, round_name, level),
        Counter(_with_case(user, round_name, level, _NOT_VISITED)),
    )
    with_case.update(proposed)
    for *place, number, of_case in _without_entry(user, round_name, level):
        counts.setdefault(tuple(place), {})[None] = number
        with_case[tuple(place)] += of_case
    # A township may be missing, and None does not sort among names.
    places = sorted(counts, key=lambda place: [name or "" for name in place])
    return [_standing(level, each, counts[each], (with_case[each], proposed.get(each, 0))) for each in places]


def _standing(
    level: tuple[str, ...], place: _Place, counts: dict[str | None, int], of_cases: tuple[int, int]
) -> TownshipProgress:
    named = dict(zip((*level, "kind"), place, strict=True))
    return TownshipProgress(
        named["county"] or "",
        named["township"],
        named["kind"] or "",
        sum(counts.values()),
        # An entry whose only visit was withdrawn has none either.
        counts.get(None, 0) + counts.get(Stage.NEW, 0),
        {stage: number for stage, number in counts.items() if stage is not None},
        named.get("village"),
        *of_cases,
    )


def _entered(user: ActingUser, round_name: str, level: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """How many households have an entry in the round, by place, procedure and stage; also those that the facts have no more."""
    table = Entry.__table__
    keys = [table.c[name] for name in (*level, "kind", "stage")]
    query = select(*keys, func.count()).where(table.c.round == round_name, *user.inside(Entry)).group_by(*keys)
    with user.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def _without_entry(user: ActingUser, round_name: str, level: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """How many households of the facts go through the round and have no entry yet, by place and procedure, and how many of them have a case.

    By household, not by their numbers: a visit to one that nobody expected makes up for no other. A county at a time, so
    that of a city no more stands in memory.
    """
    facts, area = user.register.facts, user.person.area
    for county in [area.county] if area.county else facts.counties(round_name):
        waiting_here = _expected(user, round_name, county).join(
            _with_entry(user, round_name, county), on=["kind", "household_id"], how="anti"
        )
        with user.reading() as connection:
            running = list(connection.execute(_running_cases(round_name)).scalars())
        of_case = (pl.col("kind") == EDGE) & pl.col("household_id").is_in(running)
        yield from waiting_here.group_by(*level, "kind").agg(pl.len(), of_case.sum().alias("of_case")).iter_rows()


def _with_entry(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    """The households of a county that have an entry in the round: `kind`, `household_id`."""
    table = Entry.__table__
    query = select(table.c.kind, table.c.household_id).where(table.c.round == round_name, table.c.county == county)
    with user.reading() as connection:
        rows = connection.execute(query.where(*user.inside(Entry))).all()
    return pl.DataFrame([tuple(row) for row in rows], {"kind": pl.String, "household_id": pl.String}, orient="row")


def _expected(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    """The households of a county's facts that go through the round, each once a procedure, with their place."""
    lifted = user.register.facts.frame(round_name, county, ["household_id", "township", "village"], kind=LIFTED)
    frames = {RISK: lifted.filter(inside_area(user)), EDGE: edge_procedure(user, round_name, county)}
    whole = pl.concat(
        frame.select(pl.lit(county).alias("county"), "township", "village", pl.lit(kind).alias("kind"), "household_id")
        for kind, frame in frames.items()
    )
    return whole.unique(["kind", "household_id"], keep="first", maintain_order=True)


def case_households_by_stage(user: ActingUser, round_name: str, county: str) -> dict[str, int]:
    """Count by stage the households of a county that would wait for a proposal, but have a case: nothing of a round waits for them."""
    counts = _with_case(user, round_name, ("county", "stage"))
    return {stage or "": number for (code, stage, _), number in counts.items() if code == county}


def _running_cases(round_name: str) -> Any:
    """The households whose case decides in a round."""
    return select(Case.household_id).where(
        Case.stage != str(CaseStage.DISMISSED),
        # One entered in this round too: the facts of the round are still those that opened the case.
        (Case.stage != str(CaseStage.ENTERED)) | (Case.round == round_name),
    )


def _with_case(
    user: ActingUser, round_name: str, level: tuple[str, ...], at: Collection[Stage] = STEPS["propose"].sources
) -> dict[_Place, int]:
    """Count by place the edge households at some stages that have a case; those that would wait for a proposal: the next step is the case's."""
    entry, running = Entry.__table__, _running_cases(round_name)
    stages, keys = [str(stage) for stage in at], [entry.c[name] for name in (*level, "kind")]
    query = (
        select(*keys, func.count())
        .select_from(entry)
        .where(entry.c.round == round_name, entry.c.kind == EDGE, entry.c.stage.in_(stages), *user.inside(Entry))
        .where(entry.c.household_id.in_(running))
        .group_by(*keys)
    )
    with user.reading() as connection:
        return {tuple(place): number for *place, number in connection.execute(query)}


@dataclass(frozen=True)
class Waiting:
    """What waits for the acting user; `days_left` until the deadline (negative: past it).

    `by_task`: what can be done today; `later`: what is the person's and cannot be done yet. Neither has a step of a round that is closed.
    """

    round: str
    days_left: int
    by_task: dict[str, int]
    later: dict[str, Later] = field(default_factory=dict)


def _changed(user: ActingUser, round_name: str) -> dict[str, int]:
    """Count the households whose result is another than they were proposed upon, for whoever has a step to take."""
    if not {Right.PROPOSE, Right.REVIEW, Right.FILE} & set(user.person.role.rights):
        return {}
    changed = count_changed_results(user, round_name)
    return {f"changed_{kind}": changed[kind] for kind in (RISK, EDGE)}


def waiting(user: ActingUser, round_name: str, counted: Sequence[TownshipProgress] | None = None) -> Waiting:
    """The next steps that are this person's to take: by task and procedure ("visit_risk", "propose_edge", …), "changed_<procedure>" (whose result is another one than it was proposed upon), "overdue_visits", "approve_standard", "redraft_standard", "case_<step>".

    `counted`: what `progress` or `village_progress` has counted for this person a moment ago.
    """
    user.check_anywhere(Right.READ_REGISTER)
    rights, of_cases = user.person.role.rights, case_tasks(user)
    counts, later = _steps_of_round(user, round_name, progress(user, round_name) if counted is None else counted)
    if Right.VISIT in rights:
        counts["overdue_visits"] = len(edge_households(user, overdue_only=True))
    if Right.SET_STANDARD in rights:
        with user.reading() as connection:
            counts["approve_standard"] = awaiting_approval(user, connection)
            counts["redraft_standard"] = sent_back_to(user, connection)
    days_left = (deadline(round_name) - user.today).days
    return Waiting(round_name, days_left, counts | of_cases.today, later | of_cases.later)


def _steps_of_round(
    user: ActingUser, round_name: str, counted: Sequence[TownshipProgress]
) -> tuple[dict[str, int], dict[str, Later]]:
    """The steps of the round that are the person's, by task: those of today and those that wait for something."""
    rights, facts, area = user.person.role.rights, user.register.facts, user.person.area
    counts: dict[str, int] = {}
    # What is closed takes no step any more: nothing of it waits for anybody.
    closed = {county for county in {row.county for row in counted} if facts.is_closed(round_name, county)}
    rows = [row for row in counted if row.county not in closed]
    for kind in (RISK, EDGE):
        mine = [row for row in rows if row.kind == kind]
        if Right.VISIT in rights:
            counts[f"visit_{kind}"] = sum(row.not_visited for row in mine)
        for name in ("propose", "agree", "file"):
            step = STEPS[name]
            if step.right in rights:
                counts[f"{name}_{kind}"] = sum(row.stages.get(stage, 0) for row in mine for stage in step.sources)
    if f"propose_{EDGE}" in counts:
        # The case decides on these households: nothing is proposed of them, so nothing waits.
        counts[f"propose_{EDGE}"] -= sum(row.case_first for row in rows)
    if area.county not in closed:
        counts |= _changed(user, round_name)
    return _with_standard(user, round_name, counts)


def _with_standard(
    user: ActingUser, round_name: str, counts: dict[str, int]
) -> tuple[dict[str, int], dict[str, Later]]:
    """Proposals of edge households wait where the county has no standard in the round: the register refuses them until then."""
    task, county = f"propose_{EDGE}", user.person.area.county
    if not counts.get(task) or county is None:
        return counts, {}
    with user.reading() as connection:
        if standard_of_round(connection, county, round_name, user.today) is not None:
            return counts, {}
    return counts | {task: 0}, {task: Later(counts[task], None)}
