"""The calendar and the figures of the procedure: deadlines of rounds, days of publicity, days between visits.

LA2019-15 §4.3-a (baseline by the end of May 2019, then every April and October); figures in `parameters/procedure.yaml`.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from workbench.domain.parameters import load_yaml
from workbench.domain.rounds import check_round
from workbench.errors import InputError


@dataclass(frozen=True)
class Setting:
    """A figure that a county may set: its default `value`, `unit`, the `least` accepted, where the default comes from."""

    name: str
    value: int
    unit: str
    least: int
    zh: str
    en: str
    clause: str
    verified: bool
    reference: str


@cache
def settings() -> dict[str, Setting]:
    """Every figure that a county may set, by name."""
    return {name: Setting(name, **entry) for name, entry in load_yaml("procedure")["settings"].items()}


def check_setting(name: str, text: str) -> int:
    """The value of a setting as typed; raises InputError for an unknown name or a value that is none."""
    known = settings()
    if name not in known:
        listed = ", ".join(f"{each.name} ({each.zh})" for each in known.values())
        raise InputError(f"{name!r}: 没有这一项 no such setting; 可设 settings: {listed}")
    least = known[name].least
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise InputError(f"{name} {text!r}: 应为不小于 {least} 的整数 expected a whole number from {least} on")
    return int(text)


def deadline(round_name: str) -> dt.date | None:
    """The last day for filing a round; None for a month in which the notice has no round."""
    check_round(round_name)
    told = load_yaml("procedure")["deadlines"]
    if round_name == str(told["baseline"]["round"]):
        return dt.date.fromisoformat(str(told["baseline"]["day"]))
    year, month = (int(part) for part in round_name.split("-"))
    last = told["months"].get(month)
    return dt.date(year, month, last) if last else None


def first_visit_day(round_name: str, before: str | None) -> dt.date | None:
    """The first day whose visits count for a round: that after the month of the round before; None on a first round."""
    check_round(round_name)
    if before is None:
        return None
    year, month = (int(part) for part in before.split("-"))
    return dt.date(year + month // 12, month % 12 + 1, 1)
