"""What the model says of a standard: the slips that it is expected to catch."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from workbench.preview.counts.counts import Breakdown
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.request import money
from workbench.preview.slips.expected import slips_record
from workbench.preview.slips.intervals import level_words
from workbench.preview.slips.past_and_expected import past_and_expected
from workbench.risk.evaluation.advice import advice_words
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.frame.frame import panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.slips.expected_panel import ExpectedPicture
from workbench.ui.pages.county_standard.state import StandardSession


class ModelPanel:
    """Expected slips of a session's choice."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = t = language
        self.figures = widgets.HTML()
        self.expected = ExpectedPicture(session, t, guard)
        self.widget = panel(t, t("预计风险变差（模型）"), self.figures, self.expected.widget)

    def refresh(
        self, broken: Breakdown, past: Hindsight | None, positions: Sequence[float], unit: str, exact: dict[str, Any]
    ) -> None:
        """Show what is expected of the present choice, and how that goes with `past`, what happened in past rounds."""
        self._show_figures(broken, past)
        self.expected.refresh(positions, unit, exact)

    def _show_figures(self, broken: Breakdown, past: Hindsight | None) -> None:
        t, session = self.language, self.session
        expected, head = session.expectation(), session.head()
        if expected is None or head is None:
            # Nothing rather than a nought: no score is not the same as no slip.
            why = t("本期还没有模型评分。") if head is None else t("评分所用的扶贫标准与此不同，无法换算。")
            self.figures.value = render("message", t, text=why, alert=False)
            return
        cost = money(session.standard, broken.totals.inside)["cost"]
        figures = slips_record(expected.caught(broken.pieces), broken.totals.inside, cost)
        both = (
            past_and_expected(past, figures["slips_share"], figures["slips_share_interval"], head.level)
            if past
            else None
        )
        self.figures.value = render(
            "slips", t, past_and_expected=t.words(both) if both else "", figures=figures, level=t.words(level_words(head.level)),
            # Under another line the probabilities are converted (0011), which the reader has to know.
            line=head.line if broken.limits.line != head.line else None,
            advice=t.words(advice_words(head.advice)), warnings=[t.words(each) for each in head.warnings],
        )  # fmt: skip
