"""The figures of the procedure that a county may set: days of publicity, days between visits; and which visits count.

LA2019-15 §2.1.3-a, §2.2-c; defaults in `parameters/procedure.yaml`.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from workbench.domain.parameters import load_yaml
from workbench.domain.rounds import check_round
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words


@dataclass(frozen=True)
class Setting:
    """A figure that a county may set: its default `value`, `unit`, the `least` accepted, where the default comes from.

    `unit` and `reference` are Chinese, as `unit_en` and `reference_en` say them in English.
    """

    name: str
    value: int
    unit: str
    unit_en: str
    least: int
    zh: str
    en: str
    clause: str
    verified: bool
    reference: str
    reference_en: str


@cache
def settings() -> dict[str, Setting]:
    """Every figure that a county may set, by name."""
    return {name: Setting(name, **entry) for name, entry in load_yaml("procedure")["settings"].items()}


def check_setting(name: str, text: str) -> int:
    """The value of a setting as typed; raises InputError for an unknown name or a value that is none."""
    known = settings()
    if name not in known:
        zh = "、".join(f"{each.name}（{each.zh}）" for each in known.values())
        en = ", ".join(f"{each.name} ({each.en})" for each in known.values())
        raise InputError(
            Words(
                f"{name!r}：没有这一项；可设：{zh}",
                f"{name!r}: no such setting; there are: {en}",
                code="domain.no-such-setting",
            )
        )
    least = known[name].least
    number = whole_number(text)
    if number is None or number < least:
        raise InputError(
            Words(
                f"{name} {text!r}：应为不小于 {least} 的整数",
                f"{name} {text!r}: expected a whole number from {least} on",
                code="domain.expected-whole-number",
            )
        )
    return number


def first_visit_day(round_name: str, before: str | None) -> dt.date | None:
    """The first day whose visits count for a round: that after the month of the round before; None on a first round."""
    # For its refusal alone: the day follows from the round before.
    check_round(round_name)
    if before is None:
        return None
    year, month = (int(part) for part in before.split("-"))
    # Only of December is `month // 12` one: the month after it is January of the next year.
    return dt.date(year + month // 12, month % 12 + 1, 1)
