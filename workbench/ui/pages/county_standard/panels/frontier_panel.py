"""The frontier over every lever: its points beside the choice, each to be tried as a whole."""

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.errors import InputError, Words
from workbench.preview.frontier.fewer import pair_over, past_of_fewest
from workbench.preview.frontier.fewer_words import fewer_words
from workbench.preview.frontier.last_search import LastSearch
from workbench.preview.frontier.plainer import preferred, proposed
from workbench.preview.frontier.request import CHOSEN_KNOWING
from workbench.preview.frontier.wording import group_remark, standard_summary
from workbench.preview.slips.intervals import level_words
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.charts.options import frontier_chart
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.differences import differences
from workbench.ui.pages.county_standard.state import StandardSession

_SHOWN = 12


class FrontierPanel:
    """A chart and a pane over a session; `load(standard)` takes the standard of a point over, `back(standard)` what was there before."""

    def __init__(
        self,
        session: StandardSession,
        language: Language,
        load: Callable[[EdgeStandard], None],
        back: Callable[[EdgeStandard], None] | None = None,
    ) -> None:
        self.session = session
        self.language = language
        self._picked: bool | None = None
        self._load, self._back = load, back or load
        self._before: tuple[str, str, EdgeStandard] | None = None
        # Kept here, because the search takes longest and most standards tried in a place share it.
        self.search = LastSearch()
        self._points: list[dict[str, Any]] = []
        self.pane = Pane(self._take)
        self.chart = EChart(
            height="320px", aria_label=language("纳入户数与抓住的风险变差份额：本次选择与所试过的最好标准")
        )
        self.widget = widgets.VBox([self.chart, self.pane])

    @property
    def past(self) -> bool:
        """Whether it shows what happened in past rounds, and not what is expected."""
        # Until a person picks, what is expected: by hindsight a point knows how things came out, and is no forecast (0034).
        # Without scores nothing is expected, and the panel would open on what it cannot show.
        return self.session.expectation() is None if self._picked is None else self._picked

    def fill(self) -> None:
        """Search, unless that was done, and show the points beside the present choice."""
        t, past = self.language, self.past
        scored = self.session.expectation() is not None
        try:
            record = self.search.record(self.session.scope, self.session.standard, past=past)
        # No model has scored the round, or nothing has happened yet: said in the place of the chart.
        except InputError as error:
            self._points = []
            self.chart.layout.display = "none"
            nothing: dict[str, Any] = dict.fromkeys(
                ("record", "own", "proposal", "proposed", "simpler", "no_proposal", "level", "fewest")
            )
            self.pane.html = render(
                "frontier", t, sends=sends, past=past, tried=self._to_go_back_to() is not None, trouble=self._trouble(error, scored), lead="", shown=[], notes=[],
                proposed_notes=[], why=[], **nothing,
            )  # fmt: skip
            return
        self._points = record["points"]
        self.chart.layout.display = None
        self.chart.option = frontier_chart(record, t, t("本次选择"), happened=past)
        notes = [*([CHOSEN_KNOWING] if past else []), *record["notes"]]
        proposal, fewest = record["proposal"], record["fewest"]["point"] if record["fewest"] else None
        chosen = proposed(record)
        self.pane.html = render(
            "frontier", t, sends=sends, past=past, tried=self._to_go_back_to() is not None, trouble="", lead="" if scored else self._unscored(), record=record, own=record["at_hand"],
            shown=self._rows(proposal, fewest), proposal=proposal, proposed=chosen, simpler=chosen is not None and "less" in chosen,
            proposed_notes=[t.words(note) for note in chosen["notes"]] if chosen else [],
            no_proposal=t.words(record["no_proposal"]) if record["no_proposal"] else "", notes=[t.words(note) for note in notes],
            level=t.words(level_words(record["level"])), why=[t.words(each) for each in self._why(record)], fewest=fewest,
        )  # fmt: skip

    def _why(self, record: Json) -> list[Words]:
        """Why more households are paid for, where a point with fewer catches as many; with what became of them in past rounds."""
        session = self.session
        pair = past_of_fewest(record, session.standard, partial(pair_over, session.past_rounds))
        return fewer_words(record, session.standard.own_groups, Words("本次选择", "this choice"), pair)

    def _unscored(self) -> str:
        session, t = self.session, self.language
        return t(
            "{round}在扶贫标准 {line} 元下没有模型评分，看不到预计的风险变差；可看以往各期已发生的。",
            round=round_title(session.round_name, t), line=t.number(session.limits().line),
        )  # fmt: skip

    def _trouble(self, error: InputError, scored: bool) -> str:  # noqa: FBT001 - a state of the round
        return self.language.words(error.words) if self.past or scored else self._unscored()

    def _shown(self, *named: int | None) -> list[int]:
        """The places of the points in the table."""
        # A standard that brings in nobody is the end of the curve, and nothing to choose.
        somebody = [at for at, point in enumerate(self._points) if point["in"]]
        first = somebody[0] if somebody else 0
        return [
            first + at
            for at in _spread(len(self._points) - first, *(each - first for each in named if each is not None))
        ]

    def _rows(self, proposal: int | None, fewest: int | None) -> list[dict[str, Any]]:
        """The rows of the table; of several points that one simpler standard stands for the first alone is a row."""
        rows: dict[str, dict[str, Any]] = {}
        for at in self._shown(proposal, fewest):
            # A sentence above speaks of that point itself.
            point = self._points[at] if at == fewest else preferred(self._points[at])
            rows.setdefault(str(point["standard"]), self._row(at, point))
        return list(rows.values())

    def _row(self, at: int, point: Json) -> dict[str, Any]:
        t, standard = self.language, parse_standard(point["standard"])
        remark = group_remark(standard)
        return {
            "at": at, "point": point, "summary": t.words(standard_summary(standard)),
            # In how many keys it differs from the present choice: the more, the harder to explain to anybody.
            "changes": len(differences(self.session.standard, standard, t)),
            "remark": t.words(remark) if remark else "", "said": t.words(Verdict(point["gain"]["verdict"]).words),
            # What it was preferred to, with what it catches less.
            "best": self._points[at] if "less" in point else None,
        }  # fmt: skip

    def _take(self, choice: dict[str, Any]) -> None:
        at = choice.get("at")
        if choice.get("do") == "basis":
            self._picked = choice.get("past") is True
            self.fill()
        elif choice.get("do") == "try" and isinstance(at, int) and 0 <= at < len(self._points):
            # The first one tried keeps it: further points are tried in place of one another.
            before = self._to_go_back_to() or self.session.standard
            self._before = (self.session.round_name, self.session.county, before)
            point = self._points[at]
            # Of the same place: what a browser sends names no standard of its own.
            self._load(parse_standard((preferred(point) if choice.get("simpler") is True else point)["standard"]))
            # Where the same was tried again nothing has changed, and nobody draws the pane anew.
            self.fill()
        elif choice.get("do") == "back" and (own := self._to_go_back_to()):
            self._before = None
            self._back(own)
            self.fill()

    def _to_go_back_to(self) -> EdgeStandard | None:
        """The choice before a point was tried in this place; None where none was tried here."""
        session, before = self.session, self._before
        return before[2] if before and before[:2] == (session.round_name, session.county) else None


def _spread(number: int, *named: int | None) -> list[int]:
    """Places evenly over the points, those that sentences speak of among them."""
    if not number:
        return []
    # A set: of few points several places fall on one.
    places = {round(n * (number - 1) / (_SHOWN - 1)) for n in range(_SHOWN)}
    return sorted(places | {place for place in named if place is not None})
