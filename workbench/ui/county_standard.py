"""The county-standard page: choose a county and a round, move the thresholds, see at once whom each choice brings in."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import ipywidgets as widgets

from workbench.domain.parameters import counties
from workbench.errors import Words, WorkbenchError
from workbench.settings import store_path
from workbench.store.facts import FactStore
from workbench.ui.callbacks import guarded
from workbench.ui.language import Language, page_language
from workbench.ui.session import StandardSession
from workbench.ui.standard_form import StandardForm
from workbench.ui.standard_results import StandardResults
from workbench.ui.style import page_style
from workbench.ui.templates import render


def page() -> widgets.Widget:
    """The page for the store, language, county and round of its address (`?lang=en&county=341524&round=2019-10`)."""
    language = page_language()
    query = {key: values[0] for key, values in parse_qs(os.environ.get("QUERY_STRING", "")).items()}
    try:
        session = StandardSession(FactStore(store_path()), query.get("round"), query.get("county"))
    except WorkbenchError as error:
        return widgets.VBox([page_style(), _message(language, language.error(error), alert=True)])
    return CountyStandardPage(session, language).widget


def _message(language: Language, text: str, *, alert: bool) -> widgets.HTML:
    return widgets.HTML(render("message", language, text=text, alert=alert))


class CountyStandardPage:
    """Widgets over a session: the form puts keys, the results show what follows."""

    def __init__(self, session: StandardSession, language: Language) -> None:
        self.session = session
        self.language = t = language
        self._turning = False
        self._guard = guarded(self._fail)
        self.heading = widgets.HTML()
        self.county = widgets.Dropdown(description=t("县区"))
        self.round = widgets.Dropdown(description=t("轮次"))
        self.notice = widgets.HTML()
        self.form = StandardForm(t, self._guard(session.put), self._guard(self._load))
        self.results = StandardResults(session, t)
        self.form.ceiling.follow(self.results.figures, "value")
        self.county.observe(self._guard(lambda _change: self._choose()), "value")
        self.round.observe(self._guard(lambda _change: self._choose()), "value")
        session.observe(self._guard(lambda _change: self._refresh()), "revision")
        session.observe(self._guard(self._complain), "problems")
        self.widget = self._laid_out()
        self._turned()

    def _laid_out(self) -> widgets.Widget:
        header = _classed(widgets.HBox([self.heading, self.county, self.round]), "wb-header")
        form = _classed(widgets.VBox([self.form]), "wb-panel", "wb-form")
        grid = _classed(widgets.HBox([form, self.results.widget]), "wb-grid")
        return _classed(widgets.VBox([page_style(), header, self.notice, grid]), "wb-stack")

    def _choose(self) -> None:
        """A person chose a county or a round."""
        if not self._turning:
            try:
                self.session.choose(self.round.value, self.county.value)
            except WorkbenchError:
                self._turned()  # back to what the figures are of; the message comes after
                raise
            self._turned()

    def _turned(self) -> None:
        """Show another county or round from top to bottom."""
        session, t = self.session, self.language
        self._turning = True
        try:
            self.round.options = [(_round_name(name, t), name) for name in session.rounds]
            self.round.value = session.round_name
            codes = session.store.counties(session.round_name)
            self.county.options = [(county_name(code, t), code) for code in codes]
            self.county.value = session.county
        finally:
            self._turning = False
        self.heading.value = render("heading", t, county=county_name(session.county, t), simulated=session.simulated)
        self.form.show(session.draft, session.line_in_force())
        self._note("")
        self.results.turn()
        self._refresh()

    def _load(self, content: bytes) -> None:
        self.session.load(content)
        self.form.show(self.session.draft, self.session.line_in_force())
        self._note(self.language("已载入文件中的标准。"))
        self._refresh()

    def _refresh(self) -> None:
        """The draft is valid and has changed."""
        if not self._turning:
            ceiling = self.form.ceiling
            ceiling.use_line(self.session.limits().line)
            self.results.refresh(ceiling.positions(), ceiling.nearest)

    def _complain(self, change: Mapping[str, Any]) -> None:
        """Say beside each control what is wrong with it; results stay those of the last valid choice, dimmed."""
        problems: Mapping[str, Words] = change["new"]
        self.form.complain(problems)
        self.results.stale(bool(problems))
        t = self.language
        self._note(
            t("所填内容有误，下面的数字仍是上一个有效选择的。请按各项旁的提示修改。") if problems else "", alert=True
        )

    def _note(self, text: str, *, alert: bool = False) -> None:
        self.notice.value = render("message", self.language, text=text, alert=alert) if text else ""

    def _fail(self, error: Exception) -> None:
        t = self.language
        known = isinstance(error, WorkbenchError)
        self._note(
            t.error(error) if isinstance(error, WorkbenchError) else t("页面出错，已记入日志；请刷新页面重试。"),
            alert=True,
        )
        if not known:
            self.results.stale(True)  # noqa: FBT003 - says what it means


def county_name(code: str, t: Language) -> str:
    """A county's name, or its code where it is a region of data from elsewhere."""
    known = counties().get(code)
    return t.label((known.zh, known.en)) if known else code


def _round_name(name: str, t: Language) -> str:
    year, month = name.split("-")
    return t("{year}年{month}月", year=year, month=int(month))


def _classed(widget: widgets.DOMWidget, *classes: str) -> widgets.DOMWidget:
    for name in classes:
        widget.add_class(name)
    return widget
