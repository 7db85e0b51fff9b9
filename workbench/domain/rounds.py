"""Rounds: `YYYY-MM`, every April and October, with the baseline of May 2019 (LA2019-15 §2.1.2-a, §4.3-a)."""

import calendar
import datetime as dt
import re

from workbench.errors import InputError, Words

_MONTHS = (4, 10)
_HALVES = {"04": "上半年", "10": "下半年"}
"""The half-year of each month of the calendar (LA2019-15 §2.1.2-a); the baseline of May 2019 is of none."""
_SHOWN = 40
"""Characters of what is no round that a message repeats."""
_ROUND = re.compile(r"((?:19|2[0-9])[0-9]{2})-(0[1-9]|1[0-2])")


def check_round(name: str) -> str:
    """Return `name` if it is a round, else raise InputError."""
    if not _ROUND.fullmatch(name):
        shown = f"{name[:_SHOWN]!r}"
        raise InputError(
            Words(
                f"期次 {shown}：应为 YYYY-MM，如 2019-10",
                f"round {shown}: expected YYYY-MM, for example 2019-10",
                code="domain.round-not-yyyy-mm",
            )
        )
    return name


def round_words(name: str) -> str:
    """A round as offices call it, in Chinese: 2021年下半年 for that of October, 2019年5月 for one outside of the calendar."""
    # Here, below pages and papers: whoever holds a paper beside the page must read one name for one round.
    year, month = name.split("-")
    return f"{int(year)}年{_HALVES.get(month) or f'{int(month)}月'}"


def round_year(name: str) -> int:
    """The calendar year of a round, which decides the poverty line in force."""
    return int(check_round(name)[:4])


def previous_round(name: str, stored: list[str]) -> str | None:
    """The stored round just before `name`, or None on a first round."""
    # YYYY-MM sorts as text in the order of time.
    return max((other for other in stored if other < name), default=None)


def months_between(earlier: str, later: str) -> int:
    """The months from one round to a later one."""
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:]) - int(earlier[5:])


def months_after(name: str, months: int) -> str:
    """The round so many months after another."""
    # Months from 0 on, so that December stays in its year.
    total = int(name[:4]) * 12 + int(name[5:]) - 1 + months
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


def deadline(name: str) -> dt.date:
    """The last day for filing a round: the end of its month (LA2019-15 §4.3-a: by the end of May 2019; every April and October)."""
    year, month = round_year(name), int(name[5:])
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def next_round(name: str) -> str:
    """The round of the calendar after this one: that of the next April or October."""
    year, month = round_year(name), int(name[5:])
    # Also after a round outside of this calendar, as the baseline of May 2019 is (§4.3-a).
    later = [f"{year}-{number:02d}" for number in _MONTHS if number > month]
    return later[0] if later else f"{year + 1}-{_MONTHS[0]:02d}"
