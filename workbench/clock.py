"""The time: Lu'an keeps that of Beijing, whatever the computer is set to. Read at the edges and in the register; all else is given a moment."""

import datetime as dt

from workbench.errors import Words

BEIJING = dt.timezone(dt.timedelta(hours=8))


def now_in_beijing() -> dt.datetime:
    """The present moment, with Beijing's time zone."""
    return dt.datetime.now(BEIJING)


def hour_in_words(stamp: str) -> Words:
    """A moment of the register (ISO 8601) as people say it, in Beijing's time, to the minute; what is none stands as it is."""
    try:
        at = dt.datetime.fromisoformat(stamp).astimezone(BEIJING)
    except ValueError:
        return Words(stamp, stamp)
    return Words(f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02d}", f"{at:%d %B %Y, %H:%M}".lstrip("0"))
