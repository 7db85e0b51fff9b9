"""The constructed households of training, and what the rules say of one: no data of anybody, nothing stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.domain.parameters import load_yaml, poverty_line, tier_parameters
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.explanation import Explanation, explain_edge, explain_tier
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import EdgeStandard, parse_standard

Facts = dict[str, Any]
LIFTED_RESULTS = ("1", "2", "3", "undetermined")
EDGE_RESULTS = ("in", "out", "below_line", "cannot_tell")


@dataclass(frozen=True)
class Case:
    """A household of the tour: what it `teaches`, what to `attempt` with it, in both languages; `result` in the first round.

    `notice`: what of it the notice says; `ours`: what is a reading of the workbench or of the reference standard.
    """

    name: str
    kind: str
    facts: Facts
    result: str
    title: tuple[str, str]
    teaches: tuple[str, str]
    attempt: tuple[str, str]
    notice: tuple[str, str]
    ours: tuple[str, str]


@dataclass(frozen=True)
class Question:
    """A household of the quiz: what is told of it, and why the `result` of the first round is what it is."""

    name: str
    kind: str
    facts: Facts
    result: str
    ask: tuple[str, str]
    explain: tuple[str, str]

    @property
    def options(self) -> tuple[str, ...]:
        """The results that may be answered."""
        return results_of(self.kind)


def first_round() -> str:
    """Return the round whose figures training begins with."""
    return str(load_yaml("training")["round"])


def plain_household(kind: str) -> Facts:
    """The plain household of a kind, from which the others differ in a few facts."""
    # A copy: what one person changes must not be the household of all that follow.
    return dict(load_yaml("training")["households"][kind])


@cache
def cases() -> tuple[Case, ...]:
    """Return the cases of the tour, in their order."""
    return tuple(
        Case(**_household(entry), **_pairs(entry, "title", "teaches", "attempt", "notice", "ours"))
        for entry in load_yaml("training")["cases"]
    )


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions of the quiz, in their order."""
    return tuple(
        Question(**_household(entry), **_pairs(entry, "ask", "explain")) for entry in load_yaml("training")["questions"]
    )


def reference_standard() -> EdgeStandard:
    """The standard that training judges edge households by: the starting point, of no county."""
    return parse_standard(load_yaml("edge_standard"))


def results_of(kind: str) -> tuple[str, ...]:
    """Return the results that a household of a kind can have."""
    return LIFTED_RESULTS if kind == "lifted" else EDGE_RESULTS


def explained(facts: Facts, round_name: str, standard: EdgeStandard, *, with_changes: bool = False) -> Explanation:
    """What the rules say of a household in a round, with reasons; `with_changes` also what would change it."""
    if facts["kind"] == "lifted":
        return explain_tier(facts, tier_parameters(round_name), reading("default"), with_changes=with_changes)
    # The year's line, unless the standard is one that tries another.
    line = standard.line if standard.line is not None else poverty_line(round_name).value
    return explain_edge(facts, edge_limits(standard, line), with_changes=with_changes)


def result_of(explanation: Explanation, kind: str) -> str:
    """Return the result as `results_of` names it."""
    # The two rules have two words for it, which pages tell apart.
    if explanation.result is None:
        return "undetermined" if kind == "lifted" else "cannot_tell"
    return str(explanation.result)


def result_in(facts: Facts, kind: str, round_name: str) -> str:
    """The result of a household in a round under the reference standard."""
    # The reference, and not the standard of the page: a written answer must not move with a slider.
    return result_of(explained(facts, round_name, reference_standard()), kind)


def _household(entry: Mapping[str, Any]) -> dict[str, Any]:
    # A case says only in what it differs, which is what it teaches.
    facts = {**plain_household(entry["kind"]), **entry["facts"]}
    return {"name": entry["name"], "kind": entry["kind"], "facts": facts, "result": entry["result"]}


def _pairs(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: (entry[name]["zh"], entry[name]["en"]) for name in names}
