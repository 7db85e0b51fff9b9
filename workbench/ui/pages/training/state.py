"""The state of the training page and its commands, without widgets. Constructed households only; nothing is stored."""

from typing import Any

import traitlets

from workbench.domain.facts import FACT, PREVIOUS_FACTS, FactType
from workbench.domain.procedure.corrections import check_corrections, corrected, read_correction
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.explanation import Explanation
from workbench.errors import InputError, Words
from workbench.preview.counts.sweep import vary
from workbench.ui.kit.frame.place import Place
from workbench.ui.pages.training.teaching import (
    Case,
    Facts,
    Question,
    cases,
    explained,
    first_round,
    plain_household,
    questions,
    reference_standard,
    result_in,
)

VIEWS = ("tour", "practice", "quiz")
ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10", "2021-04", "2021-10")
_PREVIOUS = {fact.name: fact for fact in PREVIOUS_FACTS}


class TrainingSession(Place):
    """What a trainer looks at: a case of the tour, a household of their own, or the quiz. A round gives the line."""

    view = traitlets.Unicode(VIEWS[0])
    chooses_county = False

    def __init__(self, round_name: str | None = None) -> None:
        # Not by way of `Place`, which looks for a store: training has none.
        traitlets.HasTraits.__init__(self)
        self.rounds = list(ROUNDS)
        self.city = False
        # The heading then says so: households that are made up must not pass for real ones (0005).
        self.simulated = True
        self.standard = reference_standard()
        self.step = 0
        self.facts: Facts = plain_household("lifted")
        self.answers: dict[str, str] = {}
        self.choose(round_name if round_name in ROUNDS else first_round(), "")

    def counties_of(self, round_name: str) -> list[str]:
        """None: the households are nobody's."""
        return [""] if round_name in ROUNDS else []

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round; its year decides the line."""
        self.check(round_name, county)
        self.round_name = round_name

    # -- the tour --------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """The case at which the tour stands."""
        return cases()[self.step]

    def look(self, view: str) -> None:
        """Turn to the tour, the practice or the quiz; anything else leaves the page as it is."""
        if view in VIEWS:
            self.view = view

    def go(self, step: int) -> None:
        """Turn to a case of the tour, counted from 0; beyond the ends the nearest."""
        self.step = min(max(step, 0), len(cases()) - 1)

    def go_to(self, name: str) -> None:
        """Turn to a case by name; an unknown one leaves the tour where it is."""
        self.step = next((number for number, case in enumerate(cases()) if case.name == name), self.step)

    # -- a household of one's own ----------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Take the facts of a case, or of a plain household ("lifted", "unregistered"), to change them."""
        facts = next((case.facts for case in cases() if case.name == name), None)
        if facts is None and name not in ("lifted", "unregistered"):
            raise InputError(Words(f"没有这个案例：{name}", f"no such case: {name}", code="ui.no-such-case"))
        self.facts = dict(facts) if facts is not None else plain_household(name)

    def put(self, name: str, text: str) -> None:
        """Set a fact as typed (empty: not known) and what follows from it; raises InputError, changing nothing."""
        if name not in _PREVIOUS and name not in self.facts:
            raise InputError(
                Words(f"{name}：这一户没有此项", f"{name}: not a fact of this household", code="ui.not-fact-household")
            )
        self.put_all({name: read_fact(name, text)})

    def put_all(self, changes: Facts) -> None:
        """Set several facts at once and what follows from them; raises InputError, changing nothing."""
        # Of the round before nothing follows, and nothing of this round bounds it.
        own = {name: value for name, value in changes.items() if name not in _PREVIOUS}
        check_corrections(self.facts, own)
        self.facts = {**self.facts, **changes, **corrected(self.facts, own)}

    def set_ceiling(self, text: str) -> None:
        """Set the ceiling of the standard, a multiple of the line; raises StandardError or InputError."""
        try:
            multiple = float(text)
        except ValueError:
            raise InputError(
                Words(
                    f"上限“{text}”：应为倍数，如 1.5",
                    f"ceiling {text!r}: a multiple, such as 1.5",
                    code="ui.ceiling-multiple-such",
                )
            ) from None
        self.standard = vary(self.standard, {keys.CEILING_MULTIPLE: multiple})

    def explain(self, facts: Facts, *, with_changes: bool = False) -> Explanation:
        """Return what the rules say of a household in the chosen round."""
        return explained(facts, self.round_name, self.standard, with_changes=with_changes)

    # -- the quiz --------------------------------------------------------------------------------------------------

    def answer(self, name: str, result: str) -> None:
        """Answer a question, once; what is no question or no possible answer is left out."""
        asked = next((question for question in questions() if question.name == name), None)
        if asked is not None and result in asked.options:
            # The first answer stands: an explanation is shown with it, after which anybody answers rightly.
            self.answers.setdefault(name, result)

    def restart(self) -> None:
        """Forget the answers."""
        self.answers = {}

    @property
    def right(self) -> int:
        """How many answers are right in the round chosen: another year's line makes another result."""
        return sum(self.answers.get(question.name) == self.result(question) for question in questions())

    def result(self, asked: Case | Question) -> str:
        """Return the result of a case or question in the round chosen."""
        return result_in(asked.facts, asked.kind, self.round_name)

    @property
    def answers_written(self) -> str:
        """The answers as an address holds them: `growth-1.first_seen-2`."""
        return ".".join(f"{name}-{result}" for name, result in self.answers.items())

    def recall(self, written: str) -> None:
        """Take up the answers of an address; what is no question or no possible answer is left out."""
        for part in written.split("."):
            name, _, result = part.partition("-")
            self.answer(name, result)

    @property
    def open_question(self) -> Question | None:
        """The first question that is not answered."""
        return next((question for question in questions() if question.name not in self.answers), None)


def read_fact(name: str, text: str) -> Any:
    """A fact as typed, of this round or the one before; raises InputError for what it cannot be."""
    fact = _PREVIOUS.get(name)
    if fact is None:
        return read_correction(name, text)
    if fact.type is FactType.BOOLEAN:
        # Facts of the round before cannot be corrected, hence have no reading: they are read as one of the same kind.
        return read_correction("dibao", text)
    return read_correction("out_of_pocket" if name == "previous_out_of_pocket" else "income_pc", text)


def editable(kind: str) -> dict[str, tuple[str, ...]]:
    """The facts of a kind that can be changed, by section, in the order in which they are shown."""
    return _LIFTED if kind == "lifted" else _UNREGISTERED


_LIFTED = {
    "people": ("persons", "labour", "skilled", "weak_labour", "work_months", "land_mu", "cause"),
    "money": ("net_income", "income_pc", "income_business", "cost_business", "income_property"),
    "spending": ("out_of_pocket", "previous_out_of_pocket", "seen_before"),
    "guarantees": ("food", "clothing", "education", "medical", "housing", "water"),
}
_UNREGISTERED = {
    "money": ("persons", "net_income", "income_pc", "previous_income_pc", "out_of_pocket", "seen_before"),
    "groups": (
        "dilapidated_housing", "dibao", "scattered_tekun", "illness", "disaster", "family_change", "disability",
        "military_family",
    ),
    "checks": ("has_car", "has_commercial_housing", "on_public_payroll", "has_business"),
}  # fmt: skip


def fact_type(name: str) -> FactType:
    """Return the type of a fact, of this round or the one before."""
    return (FACT.get(name) or _PREVIOUS[name]).type
