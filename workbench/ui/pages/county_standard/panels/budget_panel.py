"""What a budget carries, what one household more costs, and the range that unknown facts leave open."""

from typing import Any

from workbench.errors import InputError, Words
from workbench.preview.counts.budget import carried_record, check_budget, cost_range, margin
from workbench.preview.counts.counts import Breakdown
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession


class BudgetPanel:
    """A pane over a session; what is typed in it is a yearly budget in yuan, the standard's own until then, and in another county again."""

    def __init__(self, session: StandardSession, language: Language) -> None:
        self.session = session
        self.language = language
        self.asked: float | None = None
        self.pane = Pane(self._take)
        session.on_other_county(self._turned)

    def _turned(self) -> None:
        self.asked = None

    def refresh(self, broken: Breakdown) -> None:
        """Show what follows from the present choice."""
        standard, index, limits = self.session.standard, broken.index, broken.limits
        # Typed here it is a question, and leaves the standard as it is.
        budget = self.asked if self.asked is not None else standard.budget
        known = budget is not None and standard.help_cost is not None
        households, cost = cost_range(broken.totals, standard.help_cost)
        self.pane.html = render(
            "budget", self.language, sends=sends, budget=budget, help_cost=standard.help_cost, households=households, cost=cost,
            margin=margin(index, limits, broken.totals.inside).record(standard.help_cost),
            carried=carried_record(index, limits, standard.help_cost, budget or 0.0) if known else None,
        )  # fmt: skip

    def _take(self, choice: dict[str, Any]) -> None:
        if choice.get("do") != "budget":
            return
        text = str(choice.get("value", "")).replace(",", "").replace("，", "").strip()
        # `float` reads “nan” and “inf” too; the check refuses both, since no comparison holds for them.
        self.asked = check_budget(_yuan(text)) if text else None
        self.refresh(self.session.breakdown())


def _yuan(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = Words(
            "预算应为数字（元），如 80000", "a budget is a number of yuan, e.g. 80000", code="ui.budget-no-number"
        )
        raise InputError(message) from None
