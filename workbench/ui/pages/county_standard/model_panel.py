"""What the model says of a standard: the slips it is expected to catch, and where it stands beside the best of its form."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from workbench.domain.facts import label_of
from workbench.preview.counts.counts import Breakdown
from workbench.preview.counts.sweep import share_of
from workbench.preview.request import money
from workbench.preview.slips.expected import Expectation, slips_record
from workbench.preview.slips.frontier import frontier
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.charts.options import frontier_chart
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.frame.frame import panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

Step = dict[str, Any]
_IDEAL_STEPS = 120


class ModelPanel:
    """Expected slips and the frontier; `adopt(ceiling in yuan, groups or None)` takes a step of it over."""

    def __init__(
        self, session: StandardSession, language: Language, adopt: Callable[[float, Sequence[str] | None], None]
    ) -> None:
        self.session = session
        self.language = t = language
        self._adopt = adopt
        self._steps: list[Step] = []
        self._best: Step | None = None
        self._picked: Step | None = None
        self.figures = widgets.HTML()
        self.chart = EChart(height="320px", aria_label=t("纳入户数与覆盖的预计下滑份额：本次选择与同样形式的最好选择"))
        self.standing = Pane(self._take)
        self.chart.observe(self._point, "selected")
        self._frontier = panel(
            t, t("前沿：同样的户数最多能覆盖多少"), self.chart, self.standing,
            note=t("实线是同样形式的标准（变动上限和群体）能做到的最好；虚线是按模型排序的理想，任何看得懂的标准都到不了。"),
        )  # fmt: skip
        self._frontier.layout.display = "none"
        self.widget = widgets.VBox([panel(t, t("预计下滑（模型）"), self.figures), self._frontier])
        self.widget.add_class("wb-stack")

    def refresh(self, broken: Breakdown) -> None:
        """Show what is expected of the present choice."""
        t, session = self.language, self.session
        expected, head = session.expectation(), session.head()
        self._frontier.layout.display = None if expected else "none"
        if expected is None or head is None:
            why = t("本轮还没有模型评分。") if head is None else t("评分所用的扶贫标准与此不同，无法换算。")
            self.figures.value = render("message", t, text=why, alert=False)
            return
        cost = money(session.standard, broken.totals.inside)["cost"]
        figures = slips_record(expected.caught(broken.pieces), broken.totals.inside, cost)
        self.figures.value = render(
            "slips", t, figures=figures, level=t.percent_whole(head.level),
            line=head.line if broken.limits.line != head.line else None,
            advice=t.label((head.advice["zh"], head.advice["en"])), warnings=[t.words(each) for each in head.warnings],
        )  # fmt: skip
        self._show_frontier(broken, expected)

    def _show_frontier(self, broken: Breakdown, expected: Expectation) -> None:
        steps = frontier(broken.index, self.session.standard, broken.limits, expected.ranked)
        self._steps, standing = steps["frontier"], steps["frontier_standing"]
        self._best, self._picked = standing["best_at_no_more_households"], None
        self.chart.option = frontier_chart(self._steps, _ideal(self._steps, expected), standing, self.language)
        self._show_standing(standing)
        self._last = standing

    def _show_standing(self, standing: Step) -> None:
        t, shown = self.language, self._picked or self._best
        groups = shown["groups"] if shown else None
        self.standing.html = render(
            "standing", t, standing=standing, step=shown, picked=self._picked is not None, sends=sends,
            groups=None if groups is None else t("、").join(t.label(label_of(name, self.session.standard.own_groups)) for name in groups) or t("无"),
        )  # fmt: skip

    def _point(self, change: Any) -> None:
        """A point of the frontier was clicked: say which standard it is. What the browser sends is only a position."""
        at = change["new"].get("dataIndex")
        if change["new"].get("seriesIndex") == 0 and isinstance(at, int) and 0 <= at < len(self._steps):
            self._picked = self._steps[at]
            self._show_standing(self._last)

    def _take(self, choice: dict[str, Any]) -> None:
        step = self._picked or self._best
        if choice.get("do") == "adopt" and step is not None:
            self._adopt(step["ceiling_yuan"], step["groups"])


def _ideal(steps: Sequence[Step], expected: Expectation) -> list[Step]:
    """The model's own order as far as the frontier reaches, fine enough to be drawn beside it."""
    reach, everyone = steps[-1]["households"], float(expected.everyone.expected.sum())
    numbers = [reach * at / _IDEAL_STEPS for at in range(_IDEAL_STEPS + 1)]
    return [{"households": n, "slips_share": share_of(expected.ranked.slips_among(n), everyone)} for n in numbers]
