"""Unsafe housing: who renovates (LA2019-15 §3.4-b). A tree of questions, each answered yes, no or not known.

Meets the renovation policy → the programme; else able itself → the household; else its supporters are able → they; else
land-consolidation and similar programmes. The last three answers are no facts of the store: people give them.
"""

from dataclasses import dataclass

import narwhals as nw

from workbench.domain.assistance.measures import Measure, measures
from workbench.domain.rules.counterfactual import Facts, households_frame
from workbench.domain.rules.coverage import CHECK, unsafe_housing
from workbench.errors import Words

CLAUSE = "§3.4-b"
SAFE = "safe"
LAST_RESORT = "land_programmes"
QUESTIONS: dict[str, tuple[Words, str]] = {
    "policy_eligible": (
        Words("符合危房改造政策吗？", "does it meet the renovation policy?"),
        "renovation",
    ),
    "own_ability": (
        Words("自身有能力改造吗？", "can the household renovate itself?"),
        "own_renovation",
    ),
    "supporters_ability": (
        Words("赡养人有改造能力吗？", "can those bound to support it renovate?"),
        "supporters_renovation",
    ),
}
"""The questions in order, and the measure that a yes leads to."""
_UNSAFE = Words("住房不安全吗？", "is the house unsafe?")


@dataclass(frozen=True)
class Answer:
    """A question that was asked on the way, and its answer; None: not known."""

    name: str
    question: Words
    answer: bool | None


@dataclass(frozen=True)
class HousingDecision:
    """`outcome`: `safe`, or the name of a measure; None where it cannot be told yet. `possible`: what it may still be.

    `answers` are the reasons, in order; `missing` the answers (or facts) that would settle it.
    """

    outcome: str | None
    possible: tuple[str, ...]
    answers: tuple[Answer, ...]
    missing: tuple[str, ...]

    @property
    def measure(self) -> Measure | None:
        """The measure decided on; None where the house is safe or it cannot be told."""
        return measures().get(self.outcome) if self.outcome is not None else None


def decide_housing(
    facts: Facts,
    *,
    policy_eligible: bool | None = None,
    own_ability: bool | None = None,
    supporters_ability: bool | None = None,
) -> HousingDecision:
    """Walk the tree for one household; `facts` holds housing and housing_grade (None: not known)."""
    given = {"policy_eligible": policy_eligible, "own_ability": own_ability, "supporters_ability": supporters_ability}
    unsafe = is_unsafe(facts)
    answers = [Answer("unsafe", _UNSAFE, unsafe)]
    # A house of which it is not known may still be safe, beside whatever the questions leave open.
    possible = [] if unsafe else [SAFE]
    if unsafe is not False:
        for name, (question, measure) in QUESTIONS.items():
            answers.append(Answer(name, question, given[name]))
            # Only a "no" rules a measure out: a question without an answer leaves it possible.
            if given[name] is not False:
                possible.append(measure)
            # §3.4-b asks in this order: after a "yes" the later questions do not arise.
            if given[name]:
                break
        else:
            possible.append(LAST_RESORT)
    missing = [name for one in answers if one.answer is None for name in _open(one.name, facts)]
    settled = len(possible) == 1
    return HousingDecision(
        possible[0] if settled else None, tuple(possible), tuple(answers), () if settled else tuple(missing)
    )


def is_unsafe(facts: Facts) -> bool | None:
    """Whether the house is unsafe, by the same rule as the coverage check."""
    frame = nw.from_native(households_frame([facts], CHECK["housing"].facts))
    unsafe: bool | None = frame.select(unsafe=unsafe_housing())["unsafe"][0]
    return unsafe


def _open(name: str, facts: Facts) -> tuple[str, ...]:
    if name != "unsafe":
        return (name,)
    return tuple(fact for fact in CHECK["housing"].facts if facts.get(fact) is None)
