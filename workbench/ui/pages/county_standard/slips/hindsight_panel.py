"""Hindsight on the page: of those who slipped in past rounds how many the choice had, and why it missed the rest."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from workbench.errors import StandardError
from workbench.preview.hindsight.cliff import WINDOW, cliff, cliff_households, cliff_likelihoods
from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import CAUGHT, OUTCOMES
from workbench.preview.hindsight.raised_line import RaisedLine, raised_lines
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.frame.frame import panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.panels.chosen_list import Chosen, ChosenList, Column, Row, income_column
from workbench.ui.pages.county_standard.slips.held_by import held_by, names_of_facts, with_own_facts
from workbench.ui.pages.county_standard.slips.slips_picture import SlipsPicture, outcome_texts
from workbench.ui.pages.county_standard.state import StandardSession

_FEW_SLIPS = 30
"""Slips near the ceiling below which one more or less turns the sentence about it."""


class HindsightPanel:
    """The picture follows the slider in the browser; a part of it that is picked lists its households below."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = t = language
        self.past: Hindsight | None = None
        self.picture = SlipsPicture(_texts(t))
        self.picture.live.observe(guard(lambda _change: self.list.open()), "chosen")
        self.side = ""
        self.compared = Pane(self._pick_side)
        self.compared.take_guarded(guard)
        sorts = {
            "round": (t("按期次"), [("round", True), ("income", False)]),
            "income": (t("收入从低到高"), [("income", False)]),
            "place": (t("按所在"), [("township", False), ("village", False)]),
        }
        self.list = ChosenList(session, t, guard, self._chosen, sorts)
        self.side_list = ChosenList(session, t, guard, self._on_side, sorts)
        self.widget = panel(
            t, t("回头看：以往各期的风险变差，这一标准能赶在多少前面"), self.picture.live, self.list.widget, self.compared, self.side_list.widget,
            note=t(
                "数的是真实发生的事，不用模型：当期未建档立卡、收入不低于当年扶贫标准，到下一期收入低于当年扶贫标准的户；"
                "两头有一头缺这户或缺收入的，不算。同一户在几期里各算一次，所以单位是“户次”。点一类可看是哪些户。"
            ),
        )  # fmt: skip

    def refresh(self, positions: Sequence[float], unit: str, exact: dict[str, Any]) -> None:
        """Show the present choice; `exact`: the ceiling as given (`value`) and the slider's `position` next to it."""
        session, standard = self.session, self.session.standard
        try:
            self.past = Hindsight.over(session.past_rounds(), standard)
        # A standard that this round takes may be of no use in an earlier one.
        except StandardError as error:
            self._say_why_not(self.language.words(error.words))
            return
        facts = _facts(self.past, self.language)
        self.picture.show(self.past, facts, positions, unit, exact, [each.past.slips for each in self.past.rounds])
        self._compare(self.past)
        self.list.show()
        self.side_list.show()

    def _say_why_not(self, text: str) -> None:
        self.past = None
        self.picture.clear()
        self.compared.html = render("message", self.language, text=text, alert=False)
        self.list.show()
        self.side_list.show()

    def _compare(self, past: Hindsight) -> None:
        """The difference from the standard compared with, and just in against just out; or that nobody slipped."""
        t, session = self.language, self.session
        if not past.slips().rows:
            text = t("还没有可回头看的期次：要有下一期的数据，才知道谁风险变差了。")
            self.compared.html = render("message", t, text=text, alert=False)
            return
        theirs = session.past_against()
        difference = caught_difference(past, theirs) if theirs else None
        other = theirs.of_outcome(CAUGHT).households if theirs else None
        sides = cliff(past)
        self.compared.html = render(
            "past_compared",
            t,
            difference=difference,
            other=other,
            against=t.words(session.against.name),
            said=t.words(difference.verdict.words) if difference else "",
            ours_in=_household_rounds(past),
            theirs_in=_household_rounds(theirs) if theirs else 0.0,
            notes=self._notes(past),
        ) + render(
            "past_cliff",
            t,
            sends=sends,
            sides=sides,
            interval=sides.interval,
            window=t.number(WINDOW, 1),
            few=_FEW_SLIPS,
        )

    def _notes(self, past: Hindsight) -> list[str]:
        """What makes the past other than the round shown: how the ceiling is written, and rounds that came after it."""
        t, session, standard = self.language, self.session, past.standard
        lines = {each.past.limits.line for each in past.rounds}
        notes = []
        if len(lines | {session.limits().line}) > 1 and standard.line is None:
            ceilings = [standard.income.ceiling.yuan_under(line) for line in sorted(lines)]
            low, high = (t.number(each, 2) for each in (ceilings[0], ceilings[-1]))
            notes.append(
                t(
                    "上限按元写：以往各期也用这一数，当时的扶贫标准低，合的倍数高，纳入的就多。改按倍数写，本期相同，回头看会不同。"
                )
                if standard.income.ceiling.multiple is None
                else t(
                    "上限按倍数写：随当年的扶贫标准走，以往各期是 {low} 元。改按元写，本期相同，回头看会不同。", low=low
                )
                if low == high
                else t(
                    "上限按倍数写：随当年的扶贫标准走，以往各期是 {low} 至 {high} 元。改按元写，本期相同，回头看会不同。",
                    low=low, high=high,
                )
            )  # fmt: skip
        if any(each.past.round_name >= session.round_name for each in past.rounds):
            notes.append(t("数的是全部已存的期次，也有本期和以后的，不只是本期以前的。"))
        return notes

    def _pick_side(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "side", "side": "just_in" | "just_out" as side}:
                self.side = "" if side == self.side else side
                self.side_list.open()

    def _on_side(self) -> Chosen | None:
        """The households on the side picked of the ceiling; None where none is."""
        t = self.language
        if self.past is None or not self.side:
            return None
        likelihoods = cliff_likelihoods(self.past, self.session.store, self.session.county)
        frame = cliff_households(self.past, likelihoods).filter(pl.col("side") == self.side)
        names = names_of_facts(self.session.standard, t)
        # Absent or without a known income at the next round: never counted as one that did not slip.
        slipped = {True: t("风险变差了"), False: t("风险没有变差"), None: t("不知道")}

        def distance(row: Row) -> float:
            return round(float(row["income"] - row["ceiling"]), 2)

        columns = [
            income_column(t),
            # From the ceiling of its round: one that is a multiple goes with the line of the year.
            Column(t("距上限（元）"), distance, lambda row: t.signed(distance(row), 2), number=True),
            Column(t("重点群体"), lambda row: t("、").join(names[name] for name in row["groups"]) or t("无")),
            self._line_column(self.past),
            Column(t("到下一期"), lambda row: slipped[row["slipped"]]),
        ]
        if likelihoods:
            # Of rounds that no model has scored the cell is empty: no score is not the same as no risk.
            likely = t("风险变差概率")
            columns.insert(
                3, Column(likely, lambda row: row["likelihood"], lambda row: t.percent(row["likelihood"]), number=True)
            )
        title = t("刚好在内") if self.side == "just_in" else t("刚好在外")
        return Chosen(title, frame, columns, several_rounds=True)

    def _chosen(self) -> Chosen | None:
        """The households of the part picked; None where none is."""
        t, picked = self.language, self.picture.live.chosen
        # What was picked comes from the browser.
        if self.past is None or picked not in OUTCOMES:
            return None
        slipped = slipped_households(self.past.rounds, picked)
        frame = with_own_facts(slipped, self.session.store, self.session.standard)
        names = names_of_facts(self.session.standard, t)
        title = _outcomes(t)[picked]
        columns = [
            income_column(t),
            Column(
                t("下一期收入（元）"), lambda row: row["income_next"], lambda row: t.number(row["income_next"], 2), number=True
            ),
            self._line_column(self.past),
            Column(t("结果"), lambda _row: title, file_only=True),
            Column(t("怎样才会纳入"), lambda row: held_by(row, names, t), sentence=True),
        ]  # fmt: skip
        # Or a household whose income rose would stand in a list of those who got worse, and nothing would say why.
        raised = any(later > line for line, later in self._lines(self.past).values())
        note = t("扶贫标准逐年提高：收入升了、仍低于下一期的扶贫标准的，也算风险变差。") if raised else ""
        return Chosen(title, frame, columns, several_rounds=True, note=note)

    def _lines(self, past: Hindsight) -> dict[str, tuple[float, float]]:
        """Return by past round its poverty line and that of the next one (yuan): where it was raised, a household may slip with a higher income."""
        return {
            each.past.round_name: (each.past.limits.line, each.past.next_lines[self.session.county])
            for each in past.rounds
        }

    def _line_column(self, past: Hindsight) -> Column:
        t = self.language
        shown = {name: " → ".join(t.number(line) for line in ends) for name, ends in self._lines(past).items()}
        return Column(t("两期扶贫标准（元）"), lambda row: shown[row["round"]], number=True)


def _household_rounds(past: Hindsight) -> float:
    """Whom a standard had over all past rounds."""
    return sum(each.totals.inside.households for each in past.rounds)


def _outcomes(t: Language) -> dict[str, str]:
    return outcome_texts(t, t("当期已纳入"))


def _facts(past: Hindsight, t: Language) -> dict[str, Any]:
    raised = {each.round_name: _raised_text(each, t) for each in raised_lines(past)}
    return {
        "slips": past.slips().households,
        "stale": False,
        "help_cost": past.standard.help_cost,
        "rounds": [
            {
                "name": round_title(each.past.round_name, t),
                "slips": each.slipped().households,
                "note": raised.get(each.past.round_name, ""),
            }
            for each in past.rounds
        ],
    }


def _raised_text(raised: RaisedLine, t: Language) -> str:
    return t(
        "到下一期扶贫标准由 {line} 元提到 {later} 元：其中 {alone} 户收入没有低于 {line} 元，只因标准提高",
        line=t.number(raised.line), later=t.number(raised.next_line), alone=t.number(raised.by_line_alone.households),
    )  # fmt: skip


def _texts(t: Language) -> dict[str, Any]:
    return {
        "locale": "zh-CN" if t.code == "zh" else "en",
        "said": t("以往各期共有 {slips} 户次风险变差，按这一标准当期已纳入 {caught} 户次（{share}）。每 100 户次风险变差中：", slips="{slips}", caught="{caught}", share="{share}"),
        "outcomes": _outcomes(t),
        "count": t("{count} 户次", count="{count}"),
        "picture": "past",
        # Households that slipped are whole; those that are expected to are not, and have a decimal there.
        "digits": 0,
        "by_round": t("回头看"),
        "worst": t("▼ 最差的一期"),
        "unknown": t("当期没有一户能判定为纳入：有 {count} 户缺少事实，不能判定", count="{count}"),
        "many_unknown": t("当期另有 {count} 户缺少事实，不能判定，比纳入的还多", count="{count}"),
        "nobody": t("当期没有一户符合这一标准"),
        "columns": [t("期次"), t("风险变差（户）"), t("其中已纳入"), t("占风险变差"), t("当期纳入（户）"), t("费用（元/年）")],
    }  # fmt: skip
