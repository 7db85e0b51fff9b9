"""Edge-household standards of other places as examples to begin from, each dated and with its source (LA2019-15 §2.2-a)."""

from dataclasses import dataclass
from functools import cache

from workbench.domain.parameters import load_yaml
from workbench.domain.rules.standard import Ceiling


@dataclass(frozen=True)
class StandardElsewhere:
    """What a place made public of its standard: the income ceiling; whatever else it asked for is not known.

    `place` and `says`: Chinese and English; `date` as published, to the month or the year; `source`: its address.
    """

    place: tuple[str, str]
    date: str
    source: str
    says: tuple[str, str]
    ceiling: Ceiling


@cache
def standards_elsewhere() -> tuple[StandardElsewhere, ...]:
    """The examples, oldest first."""
    return tuple(
        StandardElsewhere(
            # As text: YAML takes a bare year for a number, a month of a year for text.
            (each["place"]["zh"], each["place"]["en"]), str(each["date"]), each["source"],
            (each["says"]["zh"], each["says"]["en"]), Ceiling.model_validate(each["ceiling"]),
        )
        for each in load_yaml("standards_elsewhere")
    )  # fmt: skip
