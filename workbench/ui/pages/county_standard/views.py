"""What a choice brings in: figures, distribution, townships, households near the ceiling, comparison, YAML."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.edge import ROUTES, EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import Breakdown, Count
from workbench.preview.counts.near_ceiling import income_distribution
from workbench.preview.slips.intervals import level_words
from workbench.statistics.tiers import TIER_KEYS, count_tiers, lifted_facts
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.charts.live_figures import LiveFigures
from workbench.ui.kit.charts.options import distribution_edges, income_chart
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.file_choice import FileChoice
from workbench.ui.kit.frame.frame import classed, panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.kit.texts.tiers import tier_entry
from workbench.ui.pages.county_standard.differences import differences, remarks_in_words
from workbench.ui.pages.county_standard.figure_texts import figure_texts, labels_of
from workbench.ui.pages.county_standard.panels.budget_panel import BudgetPanel
from workbench.ui.pages.county_standard.panels.changes_panel import LISTED
from workbench.ui.pages.county_standard.panels.expandables import expandables, households_list
from workbench.ui.pages.county_standard.panels.frontier_panel import FrontierPanel
from workbench.ui.pages.county_standard.panels.near_panel import NearPanel
from workbench.ui.pages.county_standard.reference_standard import compared_with
from workbench.ui.pages.county_standard.slips.hindsight_panel import HindsightPanel
from workbench.ui.pages.county_standard.slips.model_panel import ModelPanel
from workbench.ui.pages.county_standard.state import StandardSession

Nearest = Callable[[float], float]
LoadStandard = Callable[[EdgeStandard], None]
Adopt = Callable[[float], None]


class StandardResults:
    """The right side of the page. `turn` after another county or round, `refresh` after another valid choice."""

    def __init__(
        self, session: StandardSession, language: Language, guard: Guard, load: LoadStandard, back: LoadStandard, adopt: Adopt,
    ) -> None:  # fmt: skip
        self.session = session
        self.language = t = language
        self.notes = widgets.HTML()
        self.budget = BudgetPanel(session, t, adopt)
        self.frontier = FrontierPanel(session, t, load, back)
        self.model = ModelPanel(session, t, guard)
        self.budget.pane.take_guarded(guard)
        self.households = households_list(session, t, guard)
        self.expandables = [self.households, *expandables(session, t, self.frontier, guard)]
        self._curve_key: Any = None
        self.figures = LiveFigures(texts=figure_texts(t))
        self.figures.add_class("wb-pinned")
        self.hindsight = HindsightPanel(session, t, guard)
        self._pictures = (self.hindsight.picture, self.model.expected.picture)
        for each in self._pictures:
            each.follow(self.figures)
        self.chart = EChart(height="320px", aria_label=t("未建档户的收入分布，标出扶贫标准和收入上限"))
        self.near = NearPanel(session, t, guard)
        self.comparison = Pane(guard(lambda _choice: self.open_households()))
        self.tiers, self.townships, self.groups, self.routes, self.missing, self.yaml = (
            widgets.HTML() for _ in range(6)
        )
        self._of_households = [
            self._panel(t("预算和一户的代价"), self.budget.pane),
            self._panel(t("扶贫标准附近的收入分布"), self.chart),
            self.hindsight.widget,
            self.model.widget,
            self._panel(t("按乡镇"), self.townships),
            # Within a box: its own grid is shown whatever hides it.
            widgets.VBox([self._by_group_and_route()]),
            self._panel(t("上限附近的户"), self.near.widget, note=t("上限略作变动，首先影响这些户。")),
            self._panel(t("与另一标准比较"), self._against(guard), self.comparison),
            *self.expandables,
        ]
        tiers = self._panel(t("已脱贫户风险等级"), self.tiers)
        yaml = classed(widgets.VBox([self.yaml]), "wb-panel")
        before, after = self._of_households[:4], self._of_households[4:]
        self.widget = widgets.VBox([self.figures, self.notes, *before, tiers, *after, yaml])
        classed(self.widget, "wb-stack", "wb-results")

    def _by_group_and_route(self) -> widgets.HBox:
        t = self.language
        routes = self._stacked(
            self._panel(t("按途径"), self.routes, note=t("一户可走几条途径，各项相加可多于纳入户数。")),
            self._panel(
                t("不能判定的户缺什么"), self.missing, note=t("一户可缺几项，各项相加可多于户数；补齐事实后即可判定。")
            ),
        )
        return _side_by_side(
            self._panel(t("按重点群体"), self.groups, note=t("一户可属几类，各项相加可多于纳入户数。")), routes
        )

    def _panel(self, title: str, *content: widgets.Widget, note: str = "") -> widgets.VBox:
        return panel(self.language, title, *content, note=note)

    def _against(self, guard: Guard) -> widgets.Widget:
        """Compare with the standard of a file, or with the one in force again."""
        t, session = self.language, self.session
        upload = FileChoice(t("与文件中的标准比较"), lambda _name, content: session.compare_with(content), guard)
        back = widgets.Button(description=t("与现行或参照标准比较"))
        back.on_click(guard(lambda _button: session.compare_with(None)))
        return classed(widgets.HBox([upload, back]), "wb-actions")

    @staticmethod
    def _stacked(*panels: widgets.Widget) -> widgets.VBox:
        column = widgets.VBox(panels)
        column.add_class("wb-stack")
        return column

    def open_households(self) -> None:
        """Open the list of who comes in and who goes out; the browser goes to it by the link itself."""
        self.households.button.value = True

    def turn(self) -> None:
        """Show the tiers of the lifted households of another county or round."""
        session, t = self.session, self.language
        self._curve_key = None
        counted = count_tiers(
            lifted_facts(session.round_scope),
            tier_parameters(session.round_name), reading("default"),
        ).city  # fmt: skip
        entries = [tier_entry(key, counted[key], t) for key in TIER_KEYS]
        self.tiers.value = render("tiers", t, tiers=entries)

    def refresh(self, positions: Sequence[float], nearest: Nearest) -> None:
        """Count the choice and show it; `positions` are the slider's, `nearest` tells the one next to a value."""
        broken = self.session.breakdown()
        limits = broken.limits
        self._show_figures(broken, positions, nearest)
        self.chart.option = income_chart(
            income_distribution(broken, distribution_edges(limits.line)), limits, self.language
        )
        self._show_tables(broken)
        self.hindsight.refresh(positions, *self._ceiling(nearest))
        self.model.refresh(broken, self.hindsight.past, positions, *self._ceiling(nearest))
        self.budget.refresh(broken, self.hindsight.past)
        self._show_notes(broken)
        for each in self.expandables:
            each.refresh()

    def _show_notes(self, broken: Breakdown) -> None:
        """What of the standard is without effect; or that there is nobody to hold it to, and no table of noughts below."""
        t, session = self.language, self.session
        nobody = not broken.unregistered.rows
        for each in self._of_households:
            each.layout.display = "none" if nobody else None
        # What happened in past rounds may be there all the same.
        if nobody and self.hindsight.past is not None and self.hindsight.past.slips().rows:
            self.hindsight.widget.layout.display = None
        said = remarks_in_words(session.standard, broken.limits, t)
        self.notes.value = "".join(
            [render("nobody_to_hold", t, county=county_name(session.county, t))] if nobody
            else [render("message", t, text=each, alert=False) for each in said]
        )  # fmt: skip

    def stale(self, stale: bool) -> None:  # noqa: FBT001 - a state of the page
        """Dim the figures while the draft is not valid."""
        self.figures.facts = {**self.figures.facts, "stale": stale}
        for each in self._pictures:
            each.stale(stale)

    def _ceiling(self, nearest: Nearest) -> tuple[str, dict[str, Any]]:
        """The unit of the ceiling; its value and the slider's position next to it."""
        ceiling = self.session.standard.income.ceiling
        unit = "yuan" if ceiling.yuan is not None else "multiple"
        given = getattr(ceiling, unit)
        return unit, {"value": given, "position": nearest(given) if given is not None else None}

    def _show_figures(self, broken: Breakdown, positions: Sequence[float], nearest: Nearest) -> None:
        standard, totals = self.session.standard, broken.totals
        unit, given = self._ceiling(nearest)
        # In one message, so that no figure is shown beside those of another choice.
        with self.figures.hold_sync():
            self._show_curve(broken, positions, unit)
            self.figures.facts = {
                "below_line": totals.below_line.households,
                "households": broken.unregistered.households,
                "help_cost": standard.help_cost,
                "budget": standard.budget,
                "stale": False,
                "against": self.language("与{name}相比", name=self.language.words(self.session.against.name)),
                # Beside the figure itself: the sentence above the page scrolls out of sight, the figures do not.
                "of": self.language("第 {number} 版纳入", number=shown.version)
                if (shown := self.session.shown_version)
                else "",
            }
            self.figures.exact = {
                **given,
                "inside": totals.inside.households,
                "cannot_tell": totals.cannot_tell.households,
                "newly_in": totals.newly_in.households if totals.newly_in else None,
                "leaving": totals.leaving.households if totals.leaving else None,
                "missing": self._most_missing(broken),
            }

    def _most_missing(self, broken: Breakdown) -> dict[str, Any] | None:
        """The fact that most of those lack who cannot be told: a route just opened may ask for one that nobody has gathered."""
        counts = {key: each.households for key, each in broken.by_missing().items() if each.rows}
        if not counts:
            return None
        key = max(counts, key=lambda each: counts[each])
        return {"fact": self.language.label(labels_of(broken.limits)[key]), "count": counts[key]}

    def _show_curve(self, broken: Breakdown, positions: Sequence[float], unit: str) -> None:
        """The counts at every position of the slider; they change with any key but the ceiling, and with what is compared with."""
        limits = broken.limits
        session = self.session
        # Of the standard compared with: who comes in and who leaves are counted along the curve as well.
        against = session.against.standard
        key = (session.round_name, session.county, unit, tuple(positions), _but_ceiling(limits), against)
        if key == self._curve_key:
            return
        self._curve_key = key
        ceilings = [
            # Below the line no ceiling lets anybody in (§2.2-d), and the curve is flat there.
            max(multiple_of(position, limits.line) if unit == "multiple" else position, limits.line)
            for position in positions
        ]
        curve = ceiling_curve(broken.index, limits, ceilings, broken.comparison)
        self.figures.curve = {
            "minimum": positions[0],
            "step": positions[1] - positions[0],
            "inside": curve.inside.tolist(),
            "cannot_tell": curve.cannot_tell.tolist(),
            "newly_in": curve.newly_in.tolist() if curve.newly_in is not None else [],
            "leaving": curve.leaving.tolist() if curve.leaving is not None else [],
        }

    def _show_tables(self, broken: Breakdown) -> None:
        self._show_yaml()  # before the counts: whoever reads both reads the choice that was counted
        t, totals = self.language, broken.totals
        townships = [town for town in broken.by_township() if town.households.rows]
        names = ("inside", "newly_in", "leaving", "cannot_tell", "below_line", "households")
        sums = [sum(getattr(town, name).households for town in townships) for name in names]
        self.townships.value = render(
            "townships", t, townships=townships, sums=sums, against=t.words(self.session.against.name)
        )
        labels = labels_of(broken.limits)
        self.near.refresh(broken)
        inside = totals.inside.households
        self.groups.value = self._bars("groups", t("重点群体"), broken.by_group(), labels, inside)
        self.routes.value = self._bars("routes", t("途径"), broken.by_route(), ROUTES, inside)
        unknown = totals.cannot_tell.households
        self.missing.value = self._bars("missing", t("缺少的事实"), broken.by_missing(), labels, unknown)
        self._show_comparison(broken)

    def _bars(
        self, name: str, title: str, counts: dict[str, Count], labels: dict[str, tuple[str, str]], whole: float
    ) -> str:
        t = self.language
        rows = [
            (t.label(labels[key]), count.households, count.households / whole if whole else 0.0)
            for key, count in counts.items()
        ]
        return render("bars", t, table=name, title=title, rows=rows)

    def _show_comparison(self, broken: Breakdown) -> None:
        t, session, totals = self.language, self.session, broken.totals
        self.comparison.html = render(
            "comparison", t, sends=sends, anchor=LISTED, against=compared_with(session.against, session.in_force, t), first=t.words(session.against.name),
            rows=differences(session.against.standard, session.standard, t), days=(session.against.standard.effective, session.standard.effective),
            inside=totals.inside.households,
            newly_in=totals.newly_in.households if totals.newly_in else 0,
            leaving=totals.leaving.households if totals.leaving else 0,
            gain=session.gain(broken), level=t.words(level_words(head.level)) if (head := session.head()) else "",
        )  # fmt: skip

    def _show_yaml(self) -> None:
        session = self.session
        text = session.yaml()
        filename = f"{session.county}_{session.round_name}_edge_standard.yaml"
        # Within the page, so that the link to it needs neither kernel nor server.
        encoded = base64.b64encode(text.encode()).decode()
        self.yaml.value = render("yaml", self.language, text=text, filename=filename, encoded=encoded)


def _but_ceiling(limits: EdgeLimits) -> EdgeLimits:
    return replace(limits, ceiling=0.0)


def _side_by_side(*panels: widgets.Widget) -> widgets.HBox:
    row = widgets.HBox(panels)
    row.add_class("wb-beside")
    return row
