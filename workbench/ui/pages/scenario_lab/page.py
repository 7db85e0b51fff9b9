"""The scenario lab: several standards side by side, under other conditions and as keys vary; kept, shared, taken along."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules import standard_keys as keys
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, WorkbenchError
from workbench.preview.frontier.request import SEARCHED
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.files.draft import Draft, Restored
from workbench.ui.kit.files.file_choice import FileChoice
from workbench.ui.kit.frame.current_user import page_now
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page, open_store, panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.scenario_lab.bar import adding_html, bar_html
from workbench.ui.pages.scenario_lab.charts import bars_chart, standings_chart
from workbench.ui.pages.scenario_lab.county_pair import CountyPairPanel
from workbench.ui.pages.scenario_lab.files import comparison, picture_name, workbook
from workbench.ui.pages.scenario_lab.keys import is_flag
from workbench.ui.pages.scenario_lab.notebook_code import notebook_code
from workbench.ui.pages.scenario_lab.registered import registered_candidate
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.sweep_panel import SweepPanel
from workbench.ui.pages.scenario_lab.table import comparison_html, readings_html


def page() -> widgets.Widget:
    """The page for its address: `county` (empty: the whole city), `round`, `lang`; `scenario` a saved one to open."""
    return open_page(about, ScenarioPage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("方案比较"),
        source=t("六政办〔2019〕15号 二（二）、四（二）：统一确定标准，尽力而为、量力而行"),
        help=[
            t("表中每列是一个标准，第一列是对照。加入现行标准、载入标准文件，或把一个标准复制一份改一项；名称可以直接改。"),
            t("“连续变动”看一两项从低到高时户数和费用怎样变；“换个条件看”问收入如果报错了、扶贫标准如果变了、通知如果换一种口径会怎样。"),
            t("存下的方案有自己的地址，发给同事就能打开。这里只是比较，不改动任何户，也不改动现行标准。"),
        ],
    )  # fmt: skip


class ScenarioPage:
    """Panes over a session; every choice in them becomes a command of the session."""

    def __init__(self, session: ScenarioSession, language: Language) -> None:
        self.session = session
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        self._copy = {"name": session.names[0], "key": keys.CEILING_MULTIPLE, "text": "1.8"}
        guard = self.frame.guard
        take = guard(self._take)
        self.bar, self.adding, self.table, self.conditions, self.code = (Pane(take) for _ in range(5))
        self.upload = FileChoice(t("载入标准文件"), self._uploaded, guard)
        self.bars, self.standings = EChart(aria_label=t("各标准纳入和不能判定的户数")), EChart(height="380px")
        self.readings, self.standing_note = widgets.HTML(), widgets.HTML()
        self.sweep, self.pair = SweepPanel(session, t, guard, self._mended), CountyPairPanel(session, t, take)
        self.frontier, self.other_readings = self._expandables()
        self.draft = Draft(self._restore, guard)
        self.restored = Restored(t, self._restart, guard)
        self._lay_out()
        self.frame.on_turn = self._turned
        self.frame.address.follow(("scenario",), guard(self._went))
        self.widget = self.frame.widget
        self._show()

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "ScenarioPage":
        """The page that an address asks for; of a scenario that cannot be opened it says so above a new one."""
        session = ScenarioSession(open_store(), language, query.get("round"), query.get("county"))
        trouble: WorkbenchError | None = None
        if query.get("scenario"):
            try:
                session.open(query["scenario"])
            except WorkbenchError as error:
                trouble = error
        page_ = cls(session, language)
        if trouble is not None:
            page_.frame.fail(trouble)
        elif session.scenario.swept:
            page_.sweep.run()
        page_.frame.address.opened = True
        return page_

    # -- what a person does ----------------------------------------------------------------------------------------

    def _went(self, asked: Mapping[str, str]) -> None:
        """The browser's Back or Forward: the saved scenario that the address then names, or a new one."""
        session = self.session
        if asked["scenario"] == (session.saved.identity if session.saved else ""):
            return
        self.frame.note("")
        if asked["scenario"]:
            session.open(asked["scenario"])
        else:
            session.begin()
        self.frame.turn()

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used."""
        self.frame.note("")
        try:
            self._do(choice)
        except WorkbenchError:  # what was typed gives way to what stands; the message comes after
            for pane in (self.bar, self.adding, self.table, self.conditions, self.pair.pane):
                pane.html = ""
            self._show()
            raise
        self._show()

    def _do(self, choice: dict[str, Any]) -> None:
        session = self.session
        match choice:
            case {"do": "rename", "name": str(name), "value": str(wanted)}:
                session.rename(name, wanted)
            case {"do": "first", "name": str(name)}:
                session.put_first(name)
            case {"do": "remove", "name": str(name)}:
                session.remove(name)
            case {"do": "current", "value": str(county)} if county != "-":
                session.add_current(county)
            case {"do": "registered", "value": str(text)} if (number := whole_number(text)) is not None:
                session.add(registered_candidate(number, self.language))
            case {"do": "copy", "part": "name" | "key" | "text" as part, "value": str(text)}:
                self._prepare(part, text)
            case {"do": "copy"}:
                session.copy(self._copy["name"], keys.typed_key(self._copy["key"]), self._copy["text"])
            # Another line changes everything on the page, the sweep too (0037).
            case {"do": "line", "value": str(text)}:
                session.set_line(text)
                self.sweep.run()
            case {"do": "error", "value": str(text)}:
                session.set_error(text)
            case _:
                self._keep(choice)

    def _keep(self, choice: dict[str, Any]) -> None:
        """What concerns the scenario as a whole."""
        session, t = self.session, self.language
        match choice:
            case {"do": "describe", "part": "name", "value": str(text)}:
                session.describe(text, session.scenario.note)
            case {"do": "describe", "part": "note", "value": str(text)}:
                session.describe(session.scenario.name, text)
            case {"do": "save", "anew": bool(anew)}:
                self.draft.forget()
                session.save(page_now(), anew=anew)
                # Saving names the page that one is on, and is no step that Back takes back.
                self._keep_address(step=False)
                self.frame.note(
                    t("已保存“{name}”；把这一页的地址发给同事，就能打开同一个方案。", name=session.scenario.name)
                )
            case {"do": "open", "value": str(identity)} if identity:
                session.open(identity)
                self._turned()
                self.frame.turn()
            case {"do": "version", "value": str(text)} if (revision := whole_number(text)) is not None:
                session.open_version(revision)
                self._turned()
                self.frame.turn()
                self.frame.note(t("已取回以前的一版；保存后成为最新的一版。"))
            case {"do": "pair", "place": 0 | 1 as place, "value": str(county)}:
                self.pair.choose(place, county)
            case {"do": "delete"}:
                session.delete()
                self.frame.note(t("已删除；页上的内容还在，可以另存。"))

    def _prepare(self, part: str, text: str) -> None:
        self._copy[part] = text
        if part == "key":
            self._copy["text"] = "true" if is_flag(keys.typed_key(text)) else ""

    def _mended(self) -> None:
        """What was refused has been put right elsewhere on the page."""
        self.frame.note("")
        self._show()

    def _uploaded(self, name: str, content: bytes) -> None:
        self.session.add_file(name, content)
        self._mended()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _turned(self) -> None:
        """Show another place, or another scenario."""
        self._show()
        self.sweep.run()

    def _restore(self, text: str) -> None:
        """Go on with what was being worked on when this page was left, or lost its connection."""
        self.session.restore(text)
        self.frame.turn()
        self.restored.show(shown=True)

    def _restart(self) -> None:
        """Back to what was begun, opened or saved."""
        self.session.restart()
        self.restored.show(shown=False)
        self.frame.turn()

    def _show(self) -> None:
        """Show the scenario."""
        session, t = self.session, self.language
        key = session.saved.identity if session.saved else "new"
        if key != self.draft.key:
            self.draft.turn(key)
        self.draft.keep(session.draft())
        self._keep_address()
        compared = session.compared()
        self.bar.html = bar_html(session, t)
        self.adding.html = adding_html(session, self._copy, t)
        self.table.html = comparison_html(session.scenario, compared, t)
        self.bars.option = session.context().on_chart(bars_chart(compared, t), t("户"), t)
        self.bars.height = f"{100 + 44 * len(session.names)}px"
        self.bars.download = picture_name(session, t("比较"))
        self.conditions.html = render(
            "scenario_conditions", t, sends=sends, line=session.scenario.line, error=session.scenario.income_error
        )
        self.code.html = render("scenario_code", t, code=notebook_code(session.scenario))
        self.sweep.refresh()
        self.pair.show()
        self.frontier.refresh()
        self.other_readings.refresh()

    def _keep_address(self, *, step: bool = True) -> None:
        address, saved = self.frame.address, self.session.saved
        opened, address.opened = address.opened, address.opened and step
        address.keep({"scenario": saved.identity if saved else ""})
        address.opened = opened

    def _show_frontier(self) -> None:
        t = self.language
        try:
            record = self.session.frontier()
        except InputError as error:
            self.standings.layout.display = "none"
            self.standing_note.value = render("message", t, text=t.words(error.words), alert=False)
            return
        option = standings_chart(record, self.session.compared(), t)
        self.standings.option = self.session.context().on_chart(option, t("户、占全部风险变差的百分比"), t)
        self.standings.layout.display = None
        self.standings.download = picture_name(self.session, t("最优方案"))
        self.standing_note.value = render("scenario_frontier", t, searched=record["searched"], note=t.words(SEARCHED))

    def _show_readings(self) -> None:
        self.readings.value = readings_html(self.session.readings(), self.language)

    def _expandables(self) -> tuple[Expandable, Expandable]:
        t, guard = self.language, self.frame.guard
        self.standings.aria_label = t("纳入户数与抓住的风险变差份额：各标准与所试过的最好标准")
        frontier = Expandable(
            t, t("同样户数的最优方案"), t("上限、群体、途径、排除都可以变时，同样的户数最多能抓住多少风险变差的户；各标准标在图上。群体由通知二（二）规定，最优方案只供比较，不是删去的理由。"),
            widgets.VBox([self.standings, self.standing_note]), self._show_frontier, guard,
        )  # fmt: skip
        readings = Expandable(
            t, t("通知的另一种认定口径"), t("已脱贫户的等级在各种口径下各有多少户、多少户会变。"), self.readings,
            self._show_readings, guard,
        )  # fmt: skip
        return frontier, readings

    def _lay_out(self) -> None:
        t, guard = self.language, self.frame.guard
        downloads = widgets.HBox(
            [
                Download(t("下载全部表格（Excel）"), partial(workbook, self.session, self.pair.sheets), guard),
                Download(t("下载比较表（CSV）"), partial(comparison, self.session), guard),
            ]
        )
        adding = classed(widgets.HBox([self.adding, self.upload]), "wb-adding")
        self.frame.body.children = [
            self.restored,
            self.draft,
            classed(widgets.VBox([self.bar]), "wb-panel"),
            panel(t, t("并排比较"), adding, self.table, self.bars, downloads),
            panel(t, t("两个县区并排"), self.pair.pane, note=t("上面的每个标准，在选定的两个县区各是什么结果。")),
            self.sweep.widget,
            panel(t, t("换个条件看"), self.conditions),
            self.other_readings,
            self.frontier,
            classed(widgets.VBox([self.code]), "wb-panel"),
        ]  # fmt: skip
