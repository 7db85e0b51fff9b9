"""The early-warning page: who is at risk by rule and by the model, whom to visit first, and why a household stands so."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
import polars as pl

from workbench.errors import InputError, Words, WorkbenchError
from workbench.risk.early_warning import with_reasons
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.frame.current_user import person
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page, open_store, panel, soon
from workbench.ui.kit.household.register_record import record_html
from workbench.ui.kit.household.story import rounds_html, story, story_chart, story_html
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.early_warning.downloads import list_file
from workbench.ui.pages.early_warning.state import MOST_VISITS, WarningSession
from workbench.ui.pages.early_warning.views import (
    disagreements_html,
    matrix_html,
    order_of_visits,
    picked_html,
    scoring_link,
    standard_html,
    visits_html,
)


def page() -> widgets.Widget:
    """The page for its address: `county`, `round`, `lang`; `row` a standing to list, `household` one to show (of the whole city with its `household_county`), `view`."""
    return open_page(about, EarlyWarningPage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("早期预警"),
        source=t("六政办〔2019〕15号 二（一）：跟踪监测、提前预警"),
        help=[
            t("表中每行是规则判定的情况，每列是模型估计的返贫致贫可能性；格中是户数，点一格、一行或一列，下面就列出这些户，点户编号看这一户。"),
            t("“风险变差”指到下一期等级变差，或跌破扶贫标准。模型只提示先看谁：不改等级，不减一户；该不该信，见“模型”页。"),
            t("“走访清单”按每乡镇能走访的户数排出先后：低于标准的在最前，按规则应列的一户不少。"),
        ],
    )  # fmt: skip


class EarlyWarningPage:
    """Panes over a session; every choice in them becomes a command of the session."""

    def __init__(self, session: WarningSession, language: Language) -> None:
        self.session = session
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        guard = self.frame.guard
        take = guard(self._take)
        self.views = widgets.ToggleButtons(
            options=[(t("规则与模型"), "matrix"), (t("走访清单"), "visits"), (t("意见不一的户"), "disagree")],
            value=session.view,
        )
        self.views.add_class("wb-views")
        self.capacity = widgets.BoundedIntText(
            value=session.capacity, min=0, max=MOST_VISITS, description=t("每乡镇可走访户数")
        )
        self.capacity.add_class("wb-short")
        self.matrix, self.list, self.visits, self.differing, self.story = (Pane(take) for _ in range(5))
        self.downloads = classed(
            widgets.HBox(
                [
                    Download(t("下载名单（Excel）"), lambda: list_file(session, t, "xlsx"), guard),
                    Download(t("下载名单（CSV）"), lambda: list_file(session, t, "csv"), guard),
                ]
            ),
            "wb-actions",
        )
        self.chart = EChart(height="220px", aria_label=t("该户各期次的人均纯收入、自付支出和务工月数"))
        self.rounds, self.record = widgets.HTML(), widgets.HTML()
        self.message, self.standard = widgets.HTML(), widgets.HTML()
        self._parts = self._laid_out()
        self.views.observe(guard(lambda change: self._look(change["new"])), "value")
        self.capacity.observe(guard(lambda change: self._visit(change["new"])), "value")
        self.frame.on_turn = self._show
        self.frame.address.follow(("row", "band", "view", "household", "household_county"), guard(self._went))
        self.widget = self.frame.widget
        soon(guard(self._show_asked))  # while the browser builds the page

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "EarlyWarningPage":
        """Return the page that an address asks for."""
        session = WarningSession(
            open_store(), query.get("round"), query.get("county"), query.get("household", ""),
            query.get("household_county", ""),
        )  # fmt: skip
        # Picked and looked at by the session's own commands, which leave aside what an address cannot ask for.
        session.pick(query.get("row", ""), query.get("band", ""))
        session.look(query.get("view", "matrix"))
        return cls(session, language)

    # -- what a person does ----------------------------------------------------------------------------------------

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used."""
        match choice:
            case {"do": "cell", "standing": str(standing), "band": str(band)}:
                self.session.pick(standing, band)
            case {"do": "list", "key": str(key), "value": value}:
                self.session.ask(key, value)
            case {"do": "household", "household": str(household), "county": str(county)}:
                self._row(household, county)  # refuses what is not there, before anything changes
                self.session.open(household, county)
            case {"do": "back"}:
                self.session.close()
            case _:
                return
        self.frame.note("")
        self._show()

    def _went(self, asked: Mapping[str, str]) -> None:
        """The browser's Back or Forward: what the address then says, in the same session."""
        session = self.session
        if (asked["row"], asked["band"]) != (session.standing, session.band):  # else the list stays at its page
            session.pick(asked["row"], asked["band"])
        session.look(asked["view"] or "matrix")
        session.open(asked["household"], asked["household_county"])
        self.frame.note("")
        self.views.value = session.view  # shows it where it is another one
        self._show_asked()

    def _look(self, view: str) -> None:
        self.session.look(view)
        self._show()

    def _visit(self, capacity: int) -> None:
        self.session.visit(capacity)
        self._show()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _show_asked(self) -> None:
        """What the address asks for; of a household that is not there only the message is shown above the lists."""
        try:
            self._show()
        except WorkbenchError:
            self.session.close()
            self._show()
            raise
        finally:
            self.frame.address.opened = True

    def _show(self) -> None:
        session = self.session
        self.frame.address.keep(
            {"row": session.standing, "band": session.band, "view": session.view if session.view != "matrix" else "",
             "household": session.household,
             # Of the whole city only: a county's own page says already where the household is.
             "household_county": "" if session.county else session.household_county}
        )  # fmt: skip
        shown = self._story() if session.household else self._lists()
        if shown != tuple(self.frame.body.children):  # what stays on the page keeps its focus
            self.frame.body.children = shown

    def _lists(self) -> tuple[widgets.Widget, ...]:
        session, t = self.session, self.language
        warnings = [t.words(each) for each in session.head.warnings] if session.head else []
        # Not to be overlooked: what was asked for is not shown.
        urgent = not session.scored and session.view != "matrix"
        if urgent:
            warnings.append(t("本期还没有模型评分，排不出先后。"))
        scoring = scoring_link(session, person()) if session.wants_scoring else None
        self.message.value = render(
            "messages", t, messages=warnings, scoring=scoring, scored=session.scored, urgent=urgent
        )
        self.standard.value = standard_html(session, t)
        if session.view == "matrix":
            self.matrix.html = matrix_html(session, t)
            self.list.html = picked_html(session, t)
        # Visits and disagreements rest on scores; the matrix does not, and says that there are none.
        elif not session.scored:
            return (self.views, self.standard, self.message)
        elif session.view == "visits":
            self.visits.html = visits_html(session, t)
        else:
            self.differing.html = disagreements_html(session, t)
        return (self.views, self.standard, self.message, *self._parts[session.view])

    def _story(self) -> tuple[widgets.Widget, ...]:
        session, t = self.session, self.language
        row = self._row(session.household, session.household_county)
        (row,) = with_reasons(session.round_scope, [row])
        shown = story(session.store, session.round_name, row)
        self.story.html = story_html(shown, t)
        self.chart.option = story_chart(shown, t)
        self.rounds.value = rounds_html(shown, t)
        self.record.value = record_html(session.round_name, session.household, row["county_code"], t)
        return self._parts["household"]

    def _laid_out(self) -> dict[str, tuple[widgets.Widget, ...]]:
        """The parts of each view, made once."""
        t = self.language
        return {
            "matrix": (panel(t, t("按规则的情况 × 模型的可能性"), self.matrix), _boxed(self.list, self.downloads)),
            "visits": (panel(t, t("走访清单"), self.capacity, self.visits, self.downloads, note=order_of_visits(t)),),
            "disagree": (_boxed(self.differing, self.downloads),),
            "household": (self.story, self.record, panel(t, t("各期次的事实"), self.chart, self.rounds)),
        }

    def _row(self, household: str, county: str = "") -> dict[str, Any]:
        """The household's row; raises InputError where the round and county do not hold it just once."""
        rows = self.session.frame.filter(pl.col("household_id") == household)
        if county:
            rows = rows.filter(pl.col("county_code") == county)
        if len(rows) != 1:
            raise InputError(
                Words(
                    f"户编号 {household}：所选县区、期次中{'没有' if rows.is_empty() else '不止一户'}",
                    f"household {household}: {'not' if rows.is_empty() else 'more than once'} in the chosen county and round",
                    code="ui.household-chosen-county-round",
                )
            )
        return rows.row(0, named=True)


def _boxed(*content: widgets.Widget) -> widgets.Widget:
    return classed(widgets.VBox(content), "wb-panel")
