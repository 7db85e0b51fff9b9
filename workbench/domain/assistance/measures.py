"""The catalogue of measures: what each is called, for whom, by which clause, and what it is proposed from (§2.1.4, §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import narwhals as nw

from workbench.domain.facts import CAUSES, FACT
from workbench.domain.parameters import TierParameters, load_yaml
from workbench.domain.rules.criteria import CRITERION, any_of
from workbench.errors import InputError, Words

REST = "rest"


class Level(StrEnum):
    """Whether a measure is the household's or a member's."""

    HOUSEHOLD = "household"
    PERSON = "person"


@dataclass(frozen=True)
class Trigger:
    """What a household measure is proposed from: one of `values` of a fact, or a criterion of the tiers; neither: always."""

    fact: str | None = None
    values: tuple[Any, ...] = ()
    criterion: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it reads."""
        if self.criterion is not None:
            return CRITERION[self.criterion].facts
        return (self.fact,) if self.fact is not None else ()

    def rule(self, figures: TierParameters) -> nw.Expr:
        """Three-valued: whether it holds."""
        if self.criterion is not None:
            return CRITERION[self.criterion].rule(figures)
        if self.fact is not None:
            return any_of([nw.col(self.fact) == value for value in self.values])
        # Of everybody, as the help of §4.1 that goes on whatever the tier.
        return nw.lit(True)  # noqa: FBT003 - a literal


@dataclass(frozen=True)
class Headcount:
    """How many members: counts of facts added up and taken away, never below none."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it reads."""
        return (*self.plus, *self.minus)

    def of(self, facts: Mapping[str, Any]) -> int | None:
        """The number in one household; None where it cannot be told."""
        if any(facts.get(name) is None for name in self.facts):
            return None
        total: int = sum(facts[name] for name in self.plus) - sum(facts[name] for name in self.minus)
        # Facts may contradict each other, as more skilled members than able ones do.
        return max(0, total)


@dataclass(frozen=True)
class Measure:
    """A kind of help. `people` None: not counted by facts; `part`: a role that a member has alone; `role`: zh, en."""

    name: str
    zh: str
    en: str
    level: Level
    clause: str
    triggers: tuple[Trigger, ...] = ()
    chosen_by: str | None = None
    role: tuple[str, str] = ("", "")
    part: bool = False
    people: Headcount | None = None


@cache
def measures() -> dict[str, Measure]:
    """The catalogue by name (`parameters/measures.yaml`). Raises InputError for a fact, cause or criterion that is none."""
    return catalogue(load_yaml("measures"))


def catalogue(declared: Mapping[str, Any]) -> dict[str, Measure]:
    """A catalogue as declared, checked."""
    made = [_household(entry) for entry in declared["household"]] + [_person(entry) for entry in declared["person"]]
    return {measure.name: measure for measure in made}


def _household(entry: Mapping[str, Any]) -> Measure:
    triggers = tuple(_trigger(entry["name"], one) for one in entry.get("when", ()))
    return Measure(
        entry["name"], entry["zh"], entry["en"], Level.HOUSEHOLD, entry["clause"], triggers, entry.get("chosen_by")
    )


def _person(entry: Mapping[str, Any]) -> Measure:
    people = None
    if entry["people"] != REST:
        people = Headcount(tuple(entry["people"]["plus"]), tuple(entry["people"].get("minus", ())))
        for name in people.facts:
            _check(entry["name"], name, FACT)
    return Measure(
        entry["name"], entry["zh"], entry["en"], Level.PERSON, entry["clause"],
        role=(entry["role_zh"], entry["role_en"]), part=entry.get("part", False), people=people,
    )  # fmt: skip


def _trigger(measure: str, declared: Mapping[str, Any]) -> Trigger:
    if "cause" in declared:
        # A misspelt cause would equal that of no household, and the measure would never be proposed.
        for cause in declared["cause"]:
            _check(measure, cause, CAUSES)
        return Trigger("cause", tuple(declared["cause"]))
    if "criterion" in declared:
        _check(measure, declared["criterion"], CRITERION)
        return Trigger(criterion=declared["criterion"])
    if "fact" in declared:
        _check(measure, declared["fact"], FACT)
        return Trigger(declared["fact"], tuple(declared["is"]))
    # A trigger without fact and criterion holds of everybody: a misspelt key must not pass for one.
    _check(measure, next(iter(declared)), ("always",))
    return Trigger()


def _check(measure: str, name: str, known: Any) -> None:
    if name not in known:
        accepted = ", ".join(known)
        message = Words(
            f"{name!r} 不可用；可用：{accepted}",
            f"{name!r} cannot be used; accepted: {accepted}",
            code="domain.cannot-used-accepted",
        )
        raise InputError(message.after(f"{measure}: "))
