"""The sweep of the scenario lab: one or two keys of a standard vary, its figures as a curve or a heat map."""

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules import standard_keys as keys
from workbench.errors import InputError, StandardError
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.controls.long_work import Guard, LongWork
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.frame.frame import panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.scenario_lab.charts import sweep_chart
from workbench.ui.pages.scenario_lab.files import picture_name, sweep_points
from workbench.ui.pages.scenario_lab.keys import in_words, label_of, range_of, variable
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.sweep_request import SweepRequest
from workbench.ui.pages.scenario_lab.table import MEASURES, measure_label, measure_unit


class SweepPanel:
    """Which keys vary over what, the work of counting it, the chart. `changed` is called when the scenario has changed."""

    def __init__(self, session: ScenarioSession, language: Language, guard: Guard, changed: Callable[[], None]) -> None:
        self.session = session
        self.language = t = language
        self._changed = changed
        self._keys = [keys.CEILING_MULTIPLE, ""]
        self._ranges = [range_of(keys.CEILING_MULTIPLE), ""]
        self._name = session.names[0]
        self._measure = MEASURES[0]
        self._trouble = ""
        self._guard = guard
        self.pane = Pane(self._refused_here(self._take))
        self.work = LongWork(t, self._refused_here)
        self.chart = EChart(height="380px", aria_label=t("连续变动时的户数、费用或预计风险变差"))
        self.download = Download(t("下载各点（CSV）"), partial(sweep_points, session), guard)
        self._results = widgets.VBox([self.chart, self.download])
        self.widget = panel(
            t, t("连续变动一两项"), self.pane, self.work, self._results,
            note=t("一项得一条曲线，两项得一张热图。写法：起:止:步长，如 1.0:2.0:0.05。"),
        )  # fmt: skip

    def refresh(self) -> None:
        """The scenario or its place has changed."""
        scenario = self.session.scenario
        if scenario.swept is not None:
            self._name = scenario.swept
            pairs = [text.partition("=")[::2] for text in scenario.axes]
            self._keys = [*(key for key, _ in pairs), ""][:2]
            self._ranges = [*(values for _, values in pairs), ""][:2]
        if self._name not in self.session.names:
            self._name = self.session.names[0]
        self._show()

    def run(self) -> None:
        """Count what the scenario asks for; what was being counted is given up."""
        # Taken before the work begins: its thread must not read a session that goes on changing.
        asked = self.session.sweep_request()
        self.work.cancel()
        if asked is not None:
            self.work.start(self.language("正在逐点计算"), asked.count, partial(self._counted, asked))

    def _refused_here(self, call: Callable[..., None]) -> Callable[..., None]:
        """The call, whose refusal is said beside what was typed: at the top of the page it would be out of sight."""

        def guarded(*arguments: Any) -> None:
            try:
                call(*arguments)
            except InputError as error:
                own = self.session.scenario.candidate(self._name).standard.own_groups
                said = in_words(error, own) if isinstance(error, StandardError) else error
                self._trouble = self.language.words(said.words)
                self._show()

        return self._guard(guarded)

    def _take(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "name", "value": str(name)} if name in self.session.names:
                self._name = name
            case {"do": "key", "axis": 0 | 1 as axis, "value": str(key)}:
                self._keys[axis] = key
                # A range of the key before would be of other units.
                self._ranges[axis] = range_of(keys.typed_key(key)) if key else ""
            case {"do": "range", "axis": 0 | 1 as axis, "value": str(text)}:
                self._ranges[axis] = text.strip()
                return  # shown as it was typed; looked at when it is run
            case {"do": "measure", "value": str(measure)} if measure in MEASURES:
                self._measure = measure
            case {"do": "run"}:
                self._trouble = ""
                pairs = zip(self._keys, self._ranges, strict=True)
                self.session.vary(self._name, [f"{key}={values}" for key, values in pairs if key])
                self._changed()
                self.run()
            case _:
                return
        self._show()

    def _counted(self, asked: SweepRequest, points: list[dict[str, Any]]) -> None:
        if asked == self.session.sweep_request():  # else it is of another place, standard or range
            self.session.sweep = points
        self._show()

    def _show(self) -> None:
        t, session = self.language, self.session
        # Without a model or a cost some figures are of no point at all.
        offered = [key for key in MEASURES if not session.sweep or any(r[key] is not None for r in session.sweep)]
        if self._measure not in offered:
            self._measure = offered[0]
        standard = session.scenario.candidate(self._name).standard
        self.pane.html = render(
            "scenario_sweep", t,
            sends=sends, names=session.names, chosen_name=self._name,
            keys=[(key, label_of(key, t, standard.own_groups)) for key in variable(standard)], chosen=self._keys, ranges=self._ranges,
            measures=[(key, measure_label(key, t)) for key in offered], measure=self._measure, trouble=self._trouble, swept=bool(session.sweep),
        )  # fmt: skip
        option = sweep_chart(session.scenario, session.sweep, self._measure, t)
        self.chart.option = session.context().on_chart(option, measure_unit(self._measure, t), t)
        self.chart.download = picture_name(session, t("连续变动"))
        self._results.layout.display = None if session.sweep else "none"
