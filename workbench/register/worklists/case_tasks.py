"""Which steps of cases somebody can take today, and which wait for a day: a publicity that runs, a window that is not open.

LA2019-15 §2.1.3-a, -b. What cannot be done today is no task of today.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.domain.procedure.cases import CASE_STEPS, CLOSED, CaseStage
from workbench.register.access.acting_user import ActingUser
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import below_line_now, next_step
from workbench.register.county_records import windows

_DROPPABLE = CASE_STEPS["dismiss"].sources


@dataclass(frozen=True)
class Later:
    """Steps that cannot be taken yet: how many, and from which day on the first of them can (None: no day is set)."""

    count: int
    day: dt.date | None


@dataclass(frozen=True)
class CaseTasks:
    """The steps of cases that are a person's: by "case_<step>" how many today, and how many later."""

    today: dict[str, int]
    later: dict[str, Later]


def case_tasks(user: ActingUser) -> CaseTasks:
    """The next step of every open case in the person's area, as far as the person may take it."""
    running = [row for row in cases(user) if CaseStage(row["stage"]) not in CLOSED]
    with user.reading() as connection:
        # Of those that may still be dismissed only: what was announced goes on, whatever the facts say by now.
        below = below_line_now(user, connection, [row for row in running if CaseStage(row["stage"]) in _DROPPABLE])
    rights, waiting = user.person.role.rights, dict[str, list[dt.date | None]]()
    # Every step that is the person's, so that one of which there is none is said to be nought.
    now = {f"case_{step.name}": 0 for step in CASE_STEPS.values() if step.right in rights}
    opens = _next_window(user)
    for row in running:
        step = next_step(row, below_line=below.get(row["id"]))
        if step is None or step.right not in rights:
            continue
        task, day = f"case_{step.name}", user.today
        if step.name == "announce" and row["publicity_until"]:
            day = dt.date.fromisoformat(row["publicity_until"])
        if step.name == "enter" and opens != user.today:
            waiting.setdefault(task, []).append(opens)
        elif day > user.today:
            waiting.setdefault(task, []).append(day)
        else:
            now[task] += 1
    return CaseTasks(now, {task: Later(len(days), _first(days)) for task, days in waiting.items()})


def _next_window(user: ActingUser) -> dt.date | None:
    """Today where the national system takes changes, else the day it will; None where no such time is recorded."""
    days = [
        max(user.today, dt.date.fromisoformat(each["opens"]))
        for each in windows(user)
        if dt.date.fromisoformat(each["closes"]) >= user.today
    ]
    return min(days, default=None)


def _first(days: Iterable[dt.date | None]) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)
