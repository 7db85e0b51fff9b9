"""How far from today a day that is recorded may lie (`parameters/day_bounds.yaml`): 2099 is a slip of the hand for 2019."""

import datetime as dt

from workbench.domain.parameters import load_yaml
from workbench.errors import InputError, Words

_NOTHING = Words("", "")


def check_day(
    kind: str, day: dt.date, today: dt.date, since: dt.date | None = None, of: Words = _NOTHING, field: str = "day"
) -> None:
    """Raise InputError for a day of a kind that lies too far from `today`, or before `since`; `of` what, said before.

    `field`: the name of what is wrong then, as a form has it.
    """
    known = load_yaml("day_bounds")["days"][kind]
    # A measure that began long ago may end today: where a day has a beginning, that is its bound.
    earliest = since or today - dt.timedelta(days=known["before"])
    latest = today + dt.timedelta(days=known["after"])
    if not earliest <= day <= latest:
        message = Words(
            f"{known['zh']} {day}：应在 {earliest} 至 {latest} 之间（今天 {today}）；请核对年份",
            f"{known['en']}, {day}, must lie between {earliest} and {latest} (today is {today}); check the year",
            code="domain.must-lie-between-today",
        )
        raise InputError(of + message, field=field)


def check_window(name: str, opens: dt.date, closes: dt.date, today: dt.date) -> None:
    """Raise InputError for an entry window that ends before it begins, is longer than one can be, or too far from today."""
    longest = load_yaml("day_bounds")["longest_window"]
    for day in (opens, closes):
        check_day("window", day, today)
    if not opens <= closes <= opens + dt.timedelta(days=longest):
        raise InputError(
            Words(
                f"录入窗口“{name}”：{opens} 至 {closes}；结束不应早于开始，也不应超过 {longest} 天",
                f"entry window {name!r}: {opens} to {closes}; it must not end before it begins, nor last over {longest} days",
                code="domain.entry-window-must-not",
            )
        )
