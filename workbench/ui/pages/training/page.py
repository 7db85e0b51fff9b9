"""The training page: a guided tour of ten households, a household of one's own, a quiz. Constructed data only."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from workbench.errors import WorkbenchError
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.training.state import TrainingSession
from workbench.ui.pages.training.teaching import Facts
from workbench.ui.pages.training.views import changes_html, controls_html, quiz_html, tour_html, verdict_html


def page() -> widgets.Widget:
    """The page for its address: `round`, `lang`; `view` one of tour, practice, quiz; `case` one of the tour; `answers` of the quiz."""
    return open_page(about, TrainingPage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("培训"),
        source=t("六政办〔2019〕15号 二：风险等级与边缘户标准"),
        help=[
            t("“导览”是十个案例，每个讲清一件事；“练习”里自己改一户的事实，看等级和进出怎样变；“测验”答完每题都有解释。"),
            t("这里的户都是编的，不是任何人的数据，不存入任何数据；测验的答案留在本页的地址里，刷新后还在。判定用的就是工作台的规则，与其他各页相同。"),
        ],
    )  # fmt: skip


class TrainingPage:
    """Panes over a session; every choice in them becomes a command of the session."""

    def __init__(self, session: TrainingSession, language: Language) -> None:
        self.session = session
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        guard = self.frame.guard
        take = guard(self._take)
        self.views = classed(
            widgets.ToggleButtons(
                options=[(t("导览"), "tour"), (t("练习"), "practice"), (t("测验"), "quiz")], value=session.view
            ),
            "wb-views",
        )
        self.controls, self.verdict, self.changes, self.quiz = (Pane(take) for _ in range(4))
        self._split = classed(
            widgets.HBox(
                [
                    classed(widgets.VBox([self.controls]), "wb-panel"),
                    classed(widgets.VBox([self.verdict, self.changes]), "wb-stack"),
                ]
            ),
            "wb-grid",
            "wb-lesson",
        )
        self.views.observe(guard(lambda change: self._look(change["new"])), "value")
        self.frame.on_turn = self._show
        self.frame.address.follow(("view", "case"), guard(self._went))
        self.widget = self.frame.widget
        self._show()
        self.frame.address.opened = True

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "TrainingPage":
        """Return the page that an address asks for."""
        session = TrainingSession(query.get("round"))
        session.look(query.get("view", ""))
        session.go_to(query.get("case", ""))
        # The answers are in the address alone: a household of training is nobody's, and nothing is stored (0053).
        session.recall(query.get("answers", ""))
        return cls(session, language)

    def _went(self, asked: Mapping[str, str]) -> None:
        """The browser's Back or Forward: the case or the part of the page that the address then names."""
        session = self.session
        session.look(asked["view"] or "tour")
        if session.view == "tour":
            # The tour's first case has no key in the address.
            session.go(0)
            session.go_to(asked["case"])
        self.frame.note("")
        self._show()

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used."""
        session = self.session
        match choice:
            case {"do": "step", "step": int(step)}:
                session.go(step)
            case {"do": "try", "case": str(name)}:
                session.begin(name)
                session.look("practice")
            case {"do": "begin", "value": str(name)} if name:
                session.begin(name)
            case {"do": "fact", "fact": str(fact), "value": str(text)}:
                self._put(fact, text)
            case {"do": "ceiling", "value": str(text)}:
                session.set_ceiling(text)
            case {"do": "look", "view": str(view)}:
                session.look(view)
            case {"do": "answer", "question": str(question), "result": str(result)}:
                session.answer(question, result)
            case {"do": "restart"}:
                session.restart()
            case _:
                return
        self.frame.note("")
        self._show()

    def _put(self, fact: str, text: str) -> None:
        try:
            self.session.put(fact, text)
        except WorkbenchError:  # what was typed gives way to what stands; the message comes after
            self.controls.html = ""
            self.controls.html = controls_html(self.session, self.language)
            raise

    def _look(self, view: str) -> None:
        self.session.look(view)
        self.frame.note("")
        self._show()

    def _show(self) -> None:
        session, t = self.session, self.language
        on_tour = session.view == "tour"
        self.frame.address.keep(
            {
                "view": session.view if not on_tour else "",
                "case": session.case.name if on_tour and session.step else "",
                "answers": session.answers_written,
            }
        )
        self.views.value = session.view
        shown = (self.views, self.quiz if session.view == "quiz" else self._split)
        if session.view == "quiz":
            self.quiz.html = quiz_html(session, t)
        elif on_tour:
            self.controls.html = tour_html(session, t)
            self._assess(session.case.facts)
        else:
            self.controls.html = controls_html(session, t)
            self._assess(session.facts, with_changes=True)
        if shown != tuple(self.frame.body.children):  # what stays on the page keeps its focus
            self.frame.body.children = shown

    def _assess(self, facts: Facts, *, with_changes: bool = False) -> None:
        """The verdict at once; what would change it takes longer and follows."""
        session, t = self.session, self.language
        self.verdict.html = verdict_html(session, session.explain(facts), t, facts)
        self.changes.html = changes_html(session.explain(facts, with_changes=True), t) if with_changes else ""
