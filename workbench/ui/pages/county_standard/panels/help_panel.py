"""Did help help: slips just below and just above the ceilings that were in force, or why nothing can be told yet."""

import ipywidgets as widgets

from workbench.errors import StandardError
from workbench.risk.help.ceiling_effect import ceiling_effect
from workbench.risk.help.effect_words import WHAT_IT_IS, effect_words, error_words, width_words
from workbench.settings import register_url
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession


class HelpPanel:
    """A sentence and a table; worked out when it is opened. It follows the standards that were in force, not the choice."""

    def __init__(self, session: StandardSession, language: Language) -> None:
        self.session = session
        self.language = language
        self.html = widgets.HTML()

    def fill(self) -> None:
        """Compare the two sides of the ceiling in the county's past rounds."""
        t, session = self.language, self.session
        try:
            effect = ceiling_effect(session.store, session.county, register_url())
        # A standard that was in force may be one that cannot be used under the line of its round.
        except StandardError as error:
            self.html.value = render("message", t, text=t.words(error.words), alert=False)
            return
        by_error, by_width = error_words(effect), width_words(effect)
        # Where nothing may be said of slips, their estimate is not shown either: it would be read as one all the same.
        compared = [(t("有帮扶计划"), effect.help_share)] + (
            [(t("到下一期风险变差"), effect.slips)] if effect.answered else []
        )
        self.html.value = render(
            "help_effect", t, effect=effect, said=t.words(effect_words(effect)), what=t.words(WHAT_IT_IS),
            error=t.words(by_error) if by_error else "", widths=t.words(by_width) if by_width else "", simulated=session.simulated,
            compared=compared, other_widths=effect.other_widths if effect.answered else (),
            rounds=t("、").join(round_title(name, t) for name in effect.rounds),
        )  # fmt: skip
