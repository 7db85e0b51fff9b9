"""One procedure a household (LA2019-15 §2.1.3, §2.2-d): who has a case goes its way, not that of an edge household.

Whose facts were corrected above the line is neither published nor announced until somebody has decided.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, select

from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS, CLOSED, CaseStage, CaseStep
from workbench.domain.procedure.roles import ROLES, Area, Right
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import facts_read, poverty, rules_of
from workbench.register.db.follow_up_tables import Case
from workbench.register.db.procedure_tables import Account
from workbench.register.db.rows import rows_of
from workbench.register.procedure.entries import area_of
from workbench.register.records import CaseRecord

_TABLE = Case.__table__
CASE_FIRST = frozenset({"enter", "keep", "stay_out", "leave_risk_gone"})
"""What is not proposed of an edge household while its case runs: the case decides."""
HELD_BACK = frozenset({"publicise", "announce"})
"""The steps that are not taken of a household whose facts lie above the line."""
_NAMED = 5


def running_cases(connection: Connection, county: str) -> dict[str, CaseRecord]:
    """The cases of a county that are not closed, by household."""
    query = select(_TABLE).where(_TABLE.c.county == county, _TABLE.c.stage.not_in([str(stage) for stage in CLOSED]))
    return {row["household_id"]: row for row in rows_of(connection, query.order_by(_TABLE.c.id), CaseRecord)}


def below_line_now(user: ActingUser, connection: Connection, cases: Iterable[CaseRecord]) -> dict[int, bool | None]:
    """Return by case whether its household meets the poverty criterion by its newest facts; None where they cannot tell."""
    listed = list(cases)
    by_case: dict[int, bool | None] = {case["id"]: None for case in listed}
    for county in sorted({case["county"] for case in listed}):
        remaining = {case["household_id"]: case["id"] for case in listed if case["county"] == county}
        # The newest facts that hold the household: one missing from the last round is not without an income.
        for round_name in reversed(user.register.facts.rounds_of(county)):
            if not remaining:
                break
            rules = rules_of(connection, round_name, county, user.today)
            facts = facts_read(user.register.facts, round_name, county, list(remaining))
            # A number that stands twice tells nothing of anybody: the round before is asked for it instead.
            known = facts.filter(pl.col("household_id").is_unique())
            for household, below in zip(known["household_id"], poverty(known, rules), strict=True):
                by_case[remaining.pop(household)] = below
    return by_case


def next_step(case: CaseRecord, *, below_line: bool | None) -> CaseStep | None:
    """The one right next step of a case; None where it is closed."""
    stage, dismiss = CaseStage(case["stage"]), CASE_STEPS["dismiss"]
    # Facts corrected since it was opened lie above the line: the right step is to decide that, not to go on.
    if below_line is False and stage in dismiss.sources:
        return dismiss
    # In the order of the procedure; a dismissal is a way out, and no next step by itself.
    return next((step for step in CASE_STEPS.values() if stage in step.sources and step is not dismiss), None)


def active_accounts(connection: Connection) -> Sequence[Row[Any]]:
    """The accounts that may act, for `who_takes`."""
    return connection.execute(select(Account.__table__).where(Account.active).order_by(Account.account)).all()


def who_takes(accounts: Iterable[Row[Any]], right: Right, area: Area) -> Words:
    """Who takes a step in an area: the roles that may, and the persons there; of more than a few the first."""
    # A trainer acts on simulated households only, and is nobody to wait for.
    roles = {role.name: role for role in ROLES.values() if right in role.rights and not role.simulated_only}
    # By name, so that whoever is sent away knows whom to ask: an account's name is what few people know each other by.
    names = [
        row.name or row.account
        for row in accounts
        if row.role in roles and Area(row.county, row.township, row.village).holds(area)
    ]
    zh, en = "、".join(role.zh for role in roles.values()), ", ".join(role.en for role in roles.values())
    if not names:
        return Words(f"{zh}（此处还没有账号）", f"{en} (nobody has an account here yet)")
    more = len(names) > _NAMED
    return Words(
        f"{zh}（{'、'.join(names[:_NAMED])}{'等' if more else ''}）",
        f"{en} ({', '.join(names[:_NAMED])}{' and others' if more else ''})",
    )


def next_words(connection: Connection, case: CaseRecord | None, *, below_line: bool | None) -> Words:
    """The one right next step of a household that has a case, or is to have one, in words, and whose it is."""
    if case is None:
        return Words(
            "此户低于扶贫标准，走建档立卡程序（§2.2-d）：先立案，再调查核实",
            "the household is below the line: it is registered as poor by its own procedure (§2.2-d); a case is opened, then verified",
            code="register.household-below-line-goes",
        )
    zh, en = CASE_STAGES[CaseStage(case["stage"])]
    step = next_step(case, below_line=below_line)
    if step is None:
        return Words(
            f"此户的案 {case['id']} {zh}", f"the household's case {case['id']} is {en}", code="register.households-case"
        )
    who = who_takes(active_accounts(connection), step.right, area_of(case))
    return Words(
        f"此户走建档立卡程序（§2.2-d），案 {case['id']} {zh}；下一步：{step.zh}（{step.clause}），由{who.zh}办理",
        f"the household is registered as poor by its own procedure (§2.2-d): case {case['id']} is {en}; "
        f"next: {step.en} ({step.clause}), by {who.en}",
        code="register.household-goes-way-case",
    )


def held_words(connection: Connection, case: CaseRecord) -> Words:
    """Say that a case is held back, why, and who must decide."""
    who = who_takes(active_accounts(connection), CASE_STEPS["dismiss"].right, area_of(case))
    return Words(
        f"按更正后的事实，此户（案 {case['id']}）不低于扶贫标准，不公示、不公告；由{who.zh}决定：结案，"
        "或事实有误的先走访更正",
        f"by its corrected facts the household of case {case['id']} is not below the line: it is neither published nor "
        f"announced; this is for the {who.en}: dismiss it, or have the facts visited and corrected where they are wrong",
        code="register.corrected-facts-household-case",
    )


def held_back(user: ActingUser, cases: Sequence[CaseRecord]) -> dict[int, Words]:
    """Return by case why it is neither published nor announced, and who must decide: cases whose facts lie above the line."""
    with user.reading() as connection:
        below = below_line_now(user, connection, cases)
        return {case["id"]: held_words(connection, case) for case in cases if below[case["id"]] is False}


def check_not_held(connection: Connection, case: CaseRecord, step: str, *, below_line: bool | None) -> None:
    """Raise RefusedError where a household would be published or announced whose facts lie above the line."""
    if step in HELD_BACK and below_line is False:
        raise RefusedError(held_words(connection, case))
