"""How stable the list of the present choice is: who would leave it by the next round, and come back."""

import ipywidgets as widgets

from workbench.errors import StandardError
from workbench.preview.hindsight.stability import ABSENT, STANDINGS, Stability, stability
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.panels.chosen_list import Chosen, ChosenList, Column, income_column
from workbench.ui.pages.county_standard.state import StandardSession


class StabilityPanel:
    """A table of the rounds, and the households that went and came back; worked out when it is opened."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = t = language
        self.stability: Stability | None = None
        self.table = widgets.HTML()
        sorts = {
            "round": (t("按期次"), [("round", True), ("income", False)]),
            "income": (t("收入从低到高"), [("income", False)]),
            "place": (t("按所在"), [("township", False), ("village", False)]),
        }
        self.list = ChosenList(session, t, guard, self._chosen, sorts)
        self.widget = widgets.VBox([self.table, self.list.widget])

    def fill(self) -> None:
        """Follow the list of the present choice over the stored rounds."""
        t, session = self.language, self.session
        try:
            self.stability = stability(session.store, session.county, session.standard)
        except StandardError as error:
            self.stability = None
            self.table.value = render("message", t, text=t.words(error.words), alert=False)
        else:
            titles = {name: round_title(name, t) for name in session.store.rounds_of(session.county)}
            self.table.value = render(
                "stability", t, steps=self.stability.steps, titles=titles, standings=_standings(t)
            )
        # The list as well, even where nothing can be told: else it would go on showing the choice before.
        self.list.begin()

    def _chosen(self) -> Chosen | None:
        t = self.language
        if self.stability is None or self.stability.returning.is_empty():
            return None
        names = _standings(t)
        columns = [
            income_column(t),
            Column(
                t("下一期收入（元）"), lambda row: row["income_then"], lambda row: t.number(row["income_then"], 2), number=True
            ),
            Column(t("下一期"), lambda row: names[row["then"]]),
        ]  # fmt: skip
        return Chosen(t("出去又回来的户"), self.stability.returning, columns, several_rounds=True)


def _standings(t: Language) -> dict[str, str]:
    words = (t("仍纳入"), t("不再符合"), t("低于扶贫标准"), t("不能判定"))
    # Absent says no more than that: registered since, moved away, or not recorded.
    return dict(zip(STANDINGS, words, strict=True)) | {ABSENT: t("不在未建档户中")}
