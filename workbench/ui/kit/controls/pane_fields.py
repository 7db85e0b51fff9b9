"""The fields that a form of a pane sent (`pane.Pane`), read as what they should be; they come from a browser."""

import datetime as dt
from collections.abc import Mapping, Sequence

from workbench.domain.procedure.text_limits import check_text
from workbench.domain.procedure.typed_days import typed_day
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words

Fields = Mapping[str, Sequence[str]]
"""The values of each field, by its name."""


def one(fields: Fields, name: str) -> str:
    """The value of a field, without blanks around it; empty where it was not sent. Raises InputError for one too long."""
    # A form sends a list for each field; a box that is not ticked is not sent at all.
    values = fields.get(name) or [""]
    return check_text(name, str(values[0]).strip())


def number(fields: Fields, name: str) -> int | None:
    """A whole number; None for an empty field. Raises InputError for anything else."""
    text = one(fields, name)
    if not text:
        return None
    # Not `int`, which reads signs, underscores and the digits of every script.
    whole = whole_number(text)
    if whole is None:
        raise InputError(
            Words(
                f"“{text:.40}”：应为整数", f"{text[:40]!r}: a whole number is expected", code="ui.whole-number-expected"
            ),
            field=name,
        )
    return whole


def day(fields: Fields, name: str = "day") -> dt.date:
    """Return a day (`typed_days.typed_day`); raises InputError for what is none."""
    text = one(fields, name)
    written = typed_day(text)
    if written is None:
        raise InputError(
            Words(
                f"日期“{text:.40}”：应如 2019-10-08",
                f"day {text[:40]!r}: expected e.g. 2019-10-08",
                code="ui.day-expected",
            ),
            field=name,
        )
    return written


def seen(fields: Fields) -> dict[str, int]:
    """The households marked (`household`: "<version> <number>"), each with its version as the page showed it."""
    pairs = (str(value).partition(" ") for value in fields.get("household", ()))
    versions = ((household, whole_number(version)) for version, _, household in pairs)
    # Passed over, not refused: a mark that is none names no household that a step could be taken of.
    return {household: version for household, version in versions if version is not None and household}
