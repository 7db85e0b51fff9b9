"""The frontier over every lever: its points beside the choice, each to be tried as a whole."""

from collections.abc import Callable
from typing import Any

from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.errors import InputError
from workbench.preview.frontier.points import Evidence, Searched, searched
from workbench.preview.frontier.request import CHOSEN_KNOWING, expected_evidence, frontier_record, past_evidence
from workbench.preview.frontier.wording import standard_summary
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.slips.scored_index import Ranking
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

_SHOWN = 12
_Search = tuple[Evidence, Ranking, Searched]


class FrontierPanel:
    """A pane over a session; `load(standard)` takes the standard of a point over."""

    def __init__(self, session: StandardSession, language: Language, load: Callable[[EdgeStandard], None]) -> None:
        self.session = session
        self.language = language
        self.past = False
        self._load = load
        self._searches: dict[Any, _Search] = {}
        self._points: list[dict[str, Any]] = []
        self.pane = Pane(self._take)

    def fill(self) -> None:
        """Search, unless that was done, and show the points beside the present choice."""
        t = self.language
        try:
            record = self._record()
        except InputError as error:
            self._points = []
            nothing: dict[str, Any] = dict.fromkeys(("record", "own", "proposal", "proposed", "no_proposal", "level"))
            self.pane.html = render(
                "frontier", t, sends=sends, past=self.past, trouble=t.words(error.words), shown=[], notes=[],
                proposed_notes=[], **nothing,
            )  # fmt: skip
            return
        self._points = record["points"]
        notes = [*([CHOSEN_KNOWING] if self.past else []), *record["notes"]]
        proposal = record["proposal"]
        self.pane.html = render(
            "frontier", t, sends=sends, past=self.past, trouble="", record=record, own=record["at_hand"],
            shown=[(at, self._points[at], self._summary(at)) for at in _spread(len(self._points), proposal)],
            proposal=proposal, proposed=None if proposal is None else self._points[proposal],
            proposed_notes=[] if proposal is None else [t.words(note) for note in self._points[proposal]["notes"]],
            no_proposal=t.words(record["no_proposal"]) if record["no_proposal"] else "", notes=[t.words(note) for note in notes],
            level=t.percent_whole(record["level"]),
        )  # fmt: skip

    def _record(self) -> dict[str, Any]:
        """The frontier; what was searched serves every choice that tests the same income under the same line and groups."""
        session, standard = self.session, self.session.standard
        limits = session.limits()
        groups = tuple(standard.own_groups)
        key = (session.round_name, session.county, limits.line, limits.deduct_out_of_pocket, groups, self.past)
        if key not in self._searches:
            evidence, ranked = self._evidence()
            self._searches = {key: (evidence, ranked, searched(evidence, standard))}
        return frontier_record(self._searches[key][0], standard, *self._searches[key][1:])

    def _evidence(self) -> tuple[Evidence, Ranking]:
        session = self.session
        if self.past:
            return past_evidence(PastScope(session.store, session.county), session.standard)
        return expected_evidence(session.scope, session.standard)

    def _summary(self, at: int) -> str:
        return self.language.words(standard_summary(parse_standard(self._points[at]["standard"])))

    def _take(self, choice: dict[str, Any]) -> None:
        at = choice.get("at")
        if choice.get("do") == "basis":
            self.past = choice.get("past") is True
            self.fill()
        elif choice.get("do") == "try" and isinstance(at, int) and 0 <= at < len(self._points):
            self._load(parse_standard(self._points[at]["standard"]))


def _spread(number: int, proposal: int | None) -> list[int]:
    """Places evenly over the points, that of the proposal among them."""
    if not number:
        return []
    places = {round(n * (number - 1) / (_SHOWN - 1)) for n in range(_SHOWN)}
    return sorted(places | ({proposal} if proposal is not None else set()))
