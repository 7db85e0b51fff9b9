"""Days on which a county's next standard may take effect: two approved versions never share one (LA2019-15 §2.2-a)."""

import datetime as dt
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from workbench.domain.parameters import county_names
from workbench.domain.rounds import deadline
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import RefusedError, Words
from workbench.register.standards.in_force import approved_versions, day_of_effect, opened_register
from workbench.store.round_scope import RoundScope

if TYPE_CHECKING:  # a page of a store without a register does not load the database's library
    from sqlalchemy import Connection

    from workbench.register.access.acting_user import Register

_ONE_DAY = dt.timedelta(days=1)


def last_day(round_name: str, today: dt.date) -> dt.date:
    """The last day of effect that still counts for a round: that of its filing, or today where that is past."""
    return max(today, deadline(round_name))


def approved_days(connection: "Connection", county: str) -> dict[str, int]:
    """The days of effect of a county's approved versions, each with the version's number."""
    return {day_of_effect(row): row["version"] for row in approved_versions(connection, county)}


def first_free_day(taken: Container[str], round_name: str | None, today: dt.date) -> dt.date:
    """The first day from today on (from the beginning of a round to come) that no approved version has."""
    day = max(today, dt.date.fromisoformat(f"{round_name}-01")) if round_name else today
    while day.isoformat() in taken:
        day += _ONE_DAY
    return day


def on_free_day(scope: RoundScope, standard: EdgeStandard, register: "str | Register | None") -> EdgeStandard:
    """A standard to begin a draft with: on its own day where no approved version has it, else on the first that is free."""
    day, opened = standard.effective, opened_register(scope.store, register)
    if opened is None or day is None or not scope.county:
        return standard
    from workbench.register.clock import today_at  # noqa: PLC0415

    with opened.engine.connect() as connection:
        taken = approved_days(connection, scope.county)
    if day.isoformat() not in taken:
        return standard
    return standard.model_copy(update={"effective": first_free_day(taken, scope.round_name, today_at(opened))})


def check_free(
    county: str,
    day: str | None,
    taken: Mapping[str, int],
    round_name: str | None,
    today: dt.date,
    *,
    asked: bool,
) -> None:
    """Raise RefusedError, naming the days that are free, where an approved version of the county has the day already.

    `round_name`: the round under way, None without one; `asked`: of a request, whose day only its submitter changes.
    """
    if day is None or day not in taken:
        return
    name, first = county_names(county), first_free_day(taken, round_name, today)
    later = sorted(each for each in taken if each > first.isoformat())
    but = ("、".join(later), ", ".join(later))
    free = (
        f"{first} 起的日期都可以" + (f"（{but[0]} 除外）" if later else ""),
        f"any from {first} on" + (f" (but {but[1]})" if later else ""),
    )
    if round_name and first <= (last := last_day(round_name, today)):
        # What counts for the round under way is what most drafts are written for.
        free = free[0] + f"，{last} 及以前的可用于本期（{round_name}）", free[1] + f", for round {round_name} by {last}"
    change = (
        ("请退回，由提交人改填施行日期", "send it back for another day")
        if asked
        else ("请改填施行日期", "choose another day")
    )
    raise RefusedError(
        Words(
            f"{name[0]}自 {day} 起已有第 {taken[day]} 版标准，同一县区同一日只有一个标准。{change[0]}：{free[0]}。",
            f"{name[1]} has version {taken[day]} from {day} on: one standard per county and day; {change[1]}: {free[1]}",
            code="register.version-standard-per-county",
        )
    )
