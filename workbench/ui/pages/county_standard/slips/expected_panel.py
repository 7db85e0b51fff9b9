"""What the model expects, in the form of hindsight: of a hundred who are expected to slip, whom the choice holds, and why not the rest."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import OUTCOMES
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.panels.chosen_list import Chosen, ChosenList, Column, income_column
from workbench.ui.pages.county_standard.slips.held_by import held_by, names_of_facts, with_own_facts
from workbench.ui.pages.county_standard.slips.slips_picture import SlipsPicture, outcome_texts
from workbench.ui.pages.county_standard.state import StandardSession


class ExpectedPicture:
    """The picture and the list of the part that is picked; nothing where no model has scored the round."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = t = language
        self.expected: Hindsight | None = None
        self.picture = SlipsPicture(_texts(t))
        self.picture.live.observe(guard(lambda _change: self.list.open()), "chosen")
        self.note = widgets.HTML()
        sorts = {
            "likely": (t("可能性从高到低"), [("weight", True)]),
            "income": (t("收入从低到高"), [("income", False)]),
            "place": (t("按所在"), [("township", False), ("village", False)]),
        }
        self.list = ChosenList(session, t, guard, self._chosen, sorts)
        self.widget = widgets.VBox([self.picture.live, self.note, self.list.widget])

    def refresh(self, positions: Sequence[float], unit: str, exact: dict[str, Any]) -> None:
        """Show the present choice."""
        session, t = self.session, self.language
        past, expected = session.expected_round(), session.expectation()
        self.expected = Hindsight.over([past], session.standard) if past else None
        if self.expected is None or expected is None:
            self.picture.clear()
            self.note.value = ""
        else:
            facts: dict[str, Any] = {
                "slips": self.expected.slips().households,
                "stale": False,
                "help_cost": None,
                "rounds": [],
            }
            # The slips of the line that applies: under another one the same households slip with other probabilities (0011).
            self.picture.show(
                self.expected, facts, positions, unit, exact, [each.past.slips for each in self.expected.rounds]
            )
            without = t(
                "另有 {count} 户风险可能变差而没有评分（多是收入未知，模型不评），不在其中。",
                count=t.number(expected.not_scored),
            )
            # Those without a score are in neither part, and are not passed over without a word (0048).
            self.note.value = render("message", t, text=without, alert=False) if expected.not_scored else ""
        self.list.show()

    def _chosen(self) -> Chosen | None:
        t, session, picked = self.language, self.session, self.picture.live.chosen
        if self.expected is None or picked not in OUTCOMES:
            return None
        slipped = slipped_households(self.expected.rounds, picked)
        frame = with_own_facts(slipped, session.store, session.standard)
        names = names_of_facts(self.session.standard, t)
        title = _outcomes(t)[picked]
        columns = [
            income_column(t),
            Column(
                # The weight of such a row is its probability: a household slips for that much of one (0048).
                t("预计风险变差（户）"), lambda row: round(row["weight"], 4), lambda row: t.number(row["weight"], 3), number=True
            ),
            Column(t("结果"), lambda _row: title, file_only=True),
            Column(t("怎样才会纳入"), lambda row: held_by(row, names, t), sentence=True),
        ]  # fmt: skip
        return Chosen(t("预计风险变差：{part}", part=title), frame, columns)


def _outcomes(t: Language) -> dict[str, str]:
    return outcome_texts(t, t("已纳入"))


def _texts(t: Language) -> dict[str, Any]:
    return {
        "locale": "zh-CN" if t.code == "zh" else "en",
        "said": t("到下一期预计有 {slips} 户风险变差，按这一标准已纳入其中 {caught} 户（{share}）。每 100 户预计风险变差中：", slips="{slips}", caught="{caught}", share="{share}"),
        "outcomes": _outcomes(t),
        "count": t("{count} 户", count="{count}"),
        "picture": "expected",
        "digits": 1,
        "share_digits": 0,
        "by_round": "",
        "worst": "",
        "columns": [],
    }  # fmt: skip
