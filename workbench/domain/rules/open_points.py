"""What the notice leaves open and how it may be read, as dated data (parameters/open_points.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.domain.parameters import load_yaml
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard_keys import Key, typed_key
from workbench.errors import Words


@dataclass(frozen=True)
class AddedGroup:
    """A key group made from facts: counts of members of which one is above 0 (`positive`), or all are 0 (`zero`)."""

    name: str
    positive: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()


@dataclass(frozen=True)
class PointReading:
    """One way to read an open point: another reading of the tiers, or a changed standard, income or list of groups.

    `only_named`: without the groups that the county added to those of the notice.
    """

    name: str
    words: Words
    tier_reading: str | None = None
    changes: Mapping[Key, Any] = field(default_factory=dict)
    previous_income: bool = False
    adds: AddedGroup | None = None
    only_named: bool = False


@dataclass(frozen=True)
class OpenPoint:
    """A question that the notice leaves open; `kind` of the households that it concerns."""

    name: str
    clause: str
    kind: str
    question: Words
    readings: tuple[PointReading, ...]


@cache
def open_points() -> tuple[OpenPoint, ...]:
    """The open points of the notice, the newest figures."""
    newest = max(load_yaml("open_points"), key=lambda entry: entry["effective"])
    return tuple(_point(each) for each in newest["points"])


def _point(data: Mapping[str, Any]) -> OpenPoint:
    readings = tuple(_reading(each) for each in data["readings"])
    return OpenPoint(data["name"], data["clause"], data["kind"], Words(**data["question"]), readings)


def _reading(data: Mapping[str, Any]) -> PointReading:
    if "tier_reading" in data:
        # In the words of the reading itself: the same reading must not have two names.
        named = reading(data["tier_reading"])
        return PointReading(data["name"], Words(named.zh, named.en), tier_reading=named.name)
    adds = data.get("adds")
    return PointReading(
        data["name"],
        Words(data["zh"], data["en"]),
        changes={typed_key(name): value for name, value in data.get("changes", {}).items()},
        only_named=data.get("only_named", False),
        previous_income=data.get("previous_income", False),
        adds=AddedGroup(adds["name"], tuple(adds.get("positive", ())), tuple(adds.get("zero", ()))) if adds else None,
    )
