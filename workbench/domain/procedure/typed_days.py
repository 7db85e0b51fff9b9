"""A day that a person typed, on a page or in a table: years first, since 10/08/2019 is a day in August to some and in October to others."""

import datetime as dt
import re
from contextlib import suppress

_FULL_WIDTH = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")
_WRITTEN = (
    # A spreadsheet writes midnight behind what it took for a moment.
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0?0:00(?::00)?)?", re.ASCII),
    re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII),
)


def typed_day(text: str) -> dt.date | None:
    """The day that a text says: 2019-10-08, 2019/10/8, 2019.10.8, 2019年10月8日, 20191008; None for any other."""
    plain = text.strip().translate(_FULL_WIDTH)
    written = next((match for each in _WRITTEN if (match := each.fullmatch(plain))), None)
    # The thirtieth of February is written like a day, and is none.
    with suppress(ValueError):
        return dt.date(*map(int, written.groups())) if written else None
    return None
