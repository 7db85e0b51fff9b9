"""What a budget carries, what one household more costs, and the range that unknown facts leave open."""

from collections.abc import Callable
from typing import Any

from workbench.preview.counts.budget import CarriedCeiling, carried, cost_range, margin
from workbench.preview.counts.counts import Breakdown
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.margin import past_margin
from workbench.preview.price_words import expected_price, past_price
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

_BY = {"ceiling": False, "even_if_all_in": True}
"""The two ceilings shown, and whether those that cannot be told are counted as in."""


class BudgetPanel:
    """A pane over a session: its budget is the standard's; `adopt(yuan)` takes over a ceiling that the budget carries."""

    def __init__(self, session: StandardSession, language: Language, adopt: Callable[[float], None]) -> None:
        self.session = session
        self.language = language
        self.carried: dict[str, CarriedCeiling | None] | None = None
        self._adopt = adopt
        self.pane = Pane(self._take)

    def refresh(self, broken: Breakdown, past: Hindsight | None) -> None:
        """Show what follows from the present choice; `past`: the same choice by hindsight, None where it cannot be looked back on."""
        standard, index, limits = self.session.standard, broken.index, broken.limits
        self.carried = None
        if standard.budget is not None and standard.help_cost is not None:
            money = standard.help_cost, standard.budget
            self.carried = {by: carried(index, limits, *money, all_unknown=unknown) for by, unknown in _BY.items()}
        sure, cautious = (self.carried[by] if self.carried else None for by in _BY)
        households, cost = cost_range(broken.totals, standard.help_cost)
        t = self.language
        # Both, wherever there is anything to tell: each alone would lead elsewhere.
        ahead = expected_price(margin(index, limits, broken.totals.inside), standard.help_cost)
        behind = past_price(past_margin(past), standard.help_cost) if past is not None and past.slips().rows else None
        self.pane.html = render(
            "budget", t, sends=sends, budget=standard.budget, help_cost=standard.help_cost, households=households,
            cost=cost, ahead=t.words(ahead) if ahead else "", carried=self.carried, sure=sure, cautious=cautious, behind=t.words(behind) if behind else "",
            simulated=self.session.simulated,
        )  # fmt: skip

    def _take(self, choice: dict[str, Any]) -> None:
        by = choice.get("by")
        # What is sent comes from the browser: it names one of the two ceilings shown, and brings no number.
        if choice.get("do") == "adopt" and isinstance(by, str) and self.carried is not None:
            ceiling = self.carried.get(by)
            if ceiling is not None:
                self._adopt(ceiling.yuan)
