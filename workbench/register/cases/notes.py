"""What was found or decided at the steps of a case, an objection among it: personal data, whose reading is an event (§2.1.3-a)."""

from sqlalchemy import select

from workbench.domain.procedure.roles import Right
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.audit.log import PERSONAL_READ
from workbench.register.cases.cases import cases
from workbench.register.db.follow_up_tables import CaseNote, CaseStep
from workbench.register.procedure.entries import area_of


def notes_of(user: ActingUser, household: str) -> dict[int, list[tuple[str, str, str]]]:
    """Return by case of a household its steps with a note: name of the step, day, note. Raises RefusedError for who may not read it."""
    opened = cases(user, household=household)
    if not opened:
        return {}
    for case in opened[:1]:
        user.check(Right.READ_PERSONAL, area_of(case))
    step, note = CaseStep.__table__, CaseNote.__table__
    query = (
        select(step.c.case_id, step.c.step, step.c.day, note.c.text)
        .join(note, note.c.step_id == step.c.id)
        .where(step.c.case_id.in_([case["id"] for case in opened]))
        .order_by(step.c.id)
    )
    with user.writing() as connection:
        # Written first, as of the findings of visits: who reads it is on the trail even where the answer never arrives.
        user.record(connection, [Event(PERSONAL_READ, household, {"what": "case_notes"})])
        rows = connection.execute(query).all()
    by_case: dict[int, list[tuple[str, str, str]]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append((row.step, row.day, row.text))
    return by_case


def publicity_note(raised: str, who: str, day: str, answer: str, note: str) -> str:
    """The note of an announcement: whether anybody objected while the publicity ran, who and when, and how it was answered.

    `raised`: "no" or "yes". Raises InputError where it is not said, or an objection is not whole.
    """
    if raised == "no":
        return f"公示期间无异议。{note}"
    missing = next(
        (name for name, text in (("objector", who), ("objected_on", day), ("answer", answer)) if not text), ""
    )
    if raised != "yes" or missing:
        raise InputError(
            Words(
                "请写明公示期间有无异议；有异议的，写明谁、哪天提的、怎样处理",
                "say whether anybody objected; of an objection, who raised it, on which day, and how it was answered",
                code="register.objection-incomplete",
            ),
            field=missing if raised == "yes" else "objection",
        )
    return f"公示期间有异议：{who}，{day}；处理：{answer}。{note}"
