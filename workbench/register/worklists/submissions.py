"""What became of the steps that a person took: sent back with which words, reviewed, filed (LA2019-15 §2.1.1-b)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import ASIDE, SENT_BACK
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.procedure_tables import Entry, EntryStep
from workbench.register.db.rows import rows_of
from workbench.register.joined_records import StepOfHousehold

_SUBMITTED = frozenset({"propose", "agree"})
"""The steps that hand households on to others."""
_ANSWERS = frozenset({"agree", "file", *SENT_BACK, *ASIDE})


@dataclass(frozen=True)
class Outcome:
    """What somebody did with households that the person had handed on; `reason` of those sent back; `day` in Beijing."""

    step: str
    kind: str
    account: str
    day: str
    reason: str | None
    households: tuple[str, ...]


def outcomes(user: ActingUser, round_name: str) -> list[Outcome]:
    """The last answer to each household that the person handed on in a round, the latest first; together what was done at once.

    What nobody has answered yet is not among them, nor what the person took up again since.
    """
    user.check_anywhere(Right.READ_REGISTER)
    entry, step = Entry.__table__, EntryStep.__table__
    handed_on = select(step.c.entry_id).where(step.c.account == user.person.account, step.c.step.in_(_SUBMITTED))
    query = (
        select(step, entry.c.household_id, entry.c.kind)
        .join(entry, entry.c.id == step.c.entry_id)
        .where(entry.c.round == round_name, entry.c.id.in_(handed_on), *user.inside(Entry))
        .order_by(step.c.entry_id, step.c.id)
    )
    with user.reading() as connection:
        rows = rows_of(connection, query, StepOfHousehold)
    answers = [
        answer
        # `groupby` joins neighbours only, so the query has them in the order of entries.
        for _, steps in groupby(rows, key=lambda row: row["entry_id"])
        if (answer := _answer(steps, user.person.account)) is not None
    ]
    return _together(answers)


def _answer(steps: Iterable[StepOfHousehold], account: str) -> StepOfHousehold | None:
    """The last answer of others to the last step that the person took with one household."""
    answer: StepOfHousehold | None = None
    for step in steps:
        if step["account"] == account:
            answer = None
        elif step["step"] in _ANSWERS:
            answer = step
    return answer


def _together(answers: list[StepOfHousehold]) -> list[Outcome]:
    """Answers of one person, day and reason as one."""
    by_key: dict[tuple[str, str, str, str, str | None], list[str]] = {}
    # In the order of their days, so that the latest comes first.
    for row in sorted(answers, key=lambda row: (row["at"], row["id"]), reverse=True):
        reason = row["reason"] if row["step"] in SENT_BACK else None
        key = (row["step"], row["kind"], row["account"], row["at"][:10], reason)
        by_key.setdefault(key, []).append(row["household_id"])
    return [Outcome(*key, tuple(households)) for key, households in by_key.items()]
