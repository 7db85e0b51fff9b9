"""Cases that an intake since undone brought about, of households that the store knows nothing of any more.

Nobody could move them: there are no facts to judge them by. A case that somebody took up keeps its intake from being undone.
"""

from sqlalchemy import Connection, insert, select, update

from workbench.domain.procedure.cases import CaseStage
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.db.follow_up_tables import Case, CaseNote, CaseStep

_TABLE = Case.__table__
_NOTE = "导入已撤销，数据中已没有此户"


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
        _dismiss(user, connection, number, f"{round_name} {household}")


def _dismiss(user: ActingUser, connection: Connection, number: int, subject: str) -> None:
    stage, day = str(CaseStage.DISMISSED), user.today.isoformat()
    connection.execute(update(Case).where(Case.id == number).values(stage=stage, version=_TABLE.c.version + 1))
    made = connection.execute(
        insert(CaseStep).values(
            case_id=number, step="dismiss", stage=stage, day=day, account=user.person.account, at=user.stamp
        )
    )
    step = int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(insert(CaseNote).values(step_id=step, text=_NOTE))
    details = {"case": number, "stage": stage, "day": day}
    user.record(connection, [Event("case_dismiss", subject, details, (("case", number), ("case_note", step)))])
