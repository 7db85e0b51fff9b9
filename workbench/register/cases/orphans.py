"""Cases that nothing speaks for any more: of households that an intake since undone brought, and of visits withdrawn.

The first nobody could move: there are no facts to judge them by. A case that somebody took up is for people to decide.
"""

from sqlalchemy import Connection, insert, select, update

from workbench.domain.procedure.cases import CaseStage
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.cases.precedence import below_line_now
from workbench.register.db.follow_up_tables import Case, CaseNote, CaseStep
from workbench.register.db.procedure_tables import Visit
from workbench.register.db.rows import rows_of
from workbench.register.records import CaseRecord

_TABLE = Case.__table__
_NOTE = "导入已撤销，数据中已没有此户"
_WITHDRAWN = "立案所依据的走访已撤回，事实已恢复"


def end_orphaned(user: ActingUser, connection: Connection, round_name: str, county: str, *, since: int) -> None:
    """Dismiss the cases opened after the case `since` that nobody took up, where no round of the county has the household."""
    query = select(_TABLE).where(
        _TABLE.c.county == county, _TABLE.c.round == round_name, _TABLE.c.id > since,
        # A case that somebody took up stays: people have found something out there.
        _TABLE.c.stage == str(CaseStage.OPENED),
    )  # fmt: skip
    opened = {row.household_id: row.id for row in connection.execute(query.order_by(_TABLE.c.id))}
    facts = user.register.facts
    for name in facts.rounds_of(county) if opened else ():
        for household in facts.frame(name, county, ["household_id"], list(opened))["household_id"]:
            opened.pop(household, None)
    for household, number in opened.items():
        _dismiss(user, connection, number, f"{round_name} {household}", _NOTE)


def end_of_withdrawn_visit(
    user: ActingUser, connection: Connection, round_name: str, household: str, visit: int
) -> None:
    """Dismiss the case that a visit opened which is withdrawn since: nobody took it up, and the facts are above the line again."""
    at = connection.execute(select(Visit.at).where(Visit.id == visit)).scalar_one()
    opened = select(CaseStep.case_id).where(CaseStep.step == "open", CaseStep.at >= at)
    query = select(_TABLE).where(
        _TABLE.c.household_id == household, _TABLE.c.round == round_name, _TABLE.c.id.in_(opened),
        _TABLE.c.stage == str(CaseStage.OPENED), *user.inside(Case),
    )  # fmt: skip
    cases = rows_of(connection, query.order_by(_TABLE.c.id), CaseRecord)
    below = below_line_now(user, connection, cases)
    for case in cases:
        # Below the line without the visit too, or not to be told: then it is not the visit's case alone.
        if below[case["id"]] is False:
            _dismiss(user, connection, case["id"], f"{round_name} {household}", _WITHDRAWN)


def _dismiss(user: ActingUser, connection: Connection, number: int, subject: str, note: str) -> None:
    stage, day = str(CaseStage.DISMISSED), user.today.isoformat()
    connection.execute(update(Case).where(Case.id == number).values(stage=stage, version=_TABLE.c.version + 1))
    made = connection.execute(
        insert(CaseStep).values(
            case_id=number, step="dismiss", stage=stage, day=day, account=user.person.account, at=user.stamp
        )
    )
    step = int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(insert(CaseNote).values(step_id=step, text=note))
    details = {"case": number, "stage": stage, "day": day}
    user.record(connection, [Event("case_dismiss", subject, details, (("case", number), ("case_note", step)))])
