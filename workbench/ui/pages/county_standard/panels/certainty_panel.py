"""How sure the counts are: incomes measured again, and incomes piled up around the ceiling."""

from typing import Any

from markupsafe import Markup

from workbench.preview.sensitivity.bunching import TOO_FEW, bunching
from workbench.preview.sensitivity.income_error import remeasured
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

ERRORS = (0.05, 0.1, 0.2)
"""Errors of a measured income that may be tried: standard deviations of its logarithm."""


class CertaintyPanel:
    """A pane over a session; what is chosen in it is the error of incomes to try."""

    def __init__(self, session: StandardSession, language: Language) -> None:
        self.session = session
        self.language = language
        self.error = ERRORS[1]
        self.pane = Pane(self._take)

    def fill(self) -> None:
        """Work out and show."""
        self.pane.html = self._html()

    def _html(self) -> Markup:
        t, broken = self.language, self.session.breakdown()
        index, limits = broken.index, broken.limits
        again = remeasured(index, limits, self.error).record()
        # Around the general ceiling alone: bunching is looked for at a threshold that is public.
        piled = bunching(index, limits.ceiling, limits.line).record()
        return render(
            "certainty", t, sends=sends, errors=ERRORS, chosen=self.error, again=again, piled=piled,
            model=t.label((again["model"]["zh"], again["model"]["en"])),
            caveats=t.label((piled["caveats"]["zh"], piled["caveats"]["en"])),
            inside=broken.totals.inside.households, below=broken.totals.below_line.households,
            unregistered=broken.unregistered.rows, fewest=TOO_FEW,
            sides=[(t("上限以下"), piled["below"]), (t("上限以上"), piled["above"])],
        )  # fmt: skip

    def _take(self, choice: dict[str, Any]) -> None:
        # By its place in the list, so that no number of a browser's reaches the count.
        if choice.get("do") == "error" and choice.get("at") in range(len(ERRORS)):
            self.error = ERRORS[choice["at"]]
            self.fill()
