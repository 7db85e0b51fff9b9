"""Hindsight on the page: of those who slipped in past rounds how many the choice had, and why it missed the rest."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from workbench.domain.facts import LABELS
from workbench.domain.rules.exact import multiple_of
from workbench.errors import StandardError
from workbench.preview.hindsight.cliff import WINDOW, cliff
from workbench.preview.hindsight.curve import past_curves
from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import CAUGHT, MISSED, OUTCOMES
from workbench.preview.index.build import Floats
from workbench.ui.kit.charts.live_hindsight import LiveHindsight
from workbench.ui.kit.controls.household_list import Listing
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import CSV, Download, File, Sheet, csv_bytes, file_name
from workbench.ui.kit.frame.frame import panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.held_by import held_by
from workbench.ui.pages.county_standard.state import StandardSession

Guard = Callable[[Callable[..., None]], Callable[..., None]]
_SORTS = {
    "round": [("round", True), ("income", False)],
    "income": [("income", False)],
    "place": [("township", False), ("village", False)],
}


class HindsightPanel:
    """The picture follows the slider in the browser; a part of it that is picked lists its households below."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = t = language
        self.list = Listing(_SORTS, "round")
        self.past: Hindsight | None = None
        self._curve_key: Any = None
        self.live = LiveHindsight(texts=_texts(t))
        self.live.observe(guard(self._picked), "chosen")
        self.compared = Pane()
        self.pane = Pane(self._take)
        self.pane.take_guarded(guard)
        self.download = Download(t("下载这些户（CSV）"), self._file, guard)
        self.download.layout.display = "none"
        self.widget = panel(
            t, t("回头看：以往各轮的下滑，这一标准能赶在多少前面"), self.live, self.compared, self.pane, self.download,
            note=t(
                "数的是真实发生的事，不用模型：当轮未建档立卡、收入不低于当年扶贫标准，到下一轮收入低于当年扶贫标准的户；"
                "两头有一头缺这户或缺收入的，不算。点一类可看是哪些户。"
            ),
        )  # fmt: skip

    def refresh(self, positions: Sequence[float], unit: str, exact: dict[str, Any]) -> None:
        """Show the present choice; `exact`: the ceiling as given (`value`) and the slider's `position` next to it."""
        session, standard = self.session, self.session.standard
        try:
            self.past = Hindsight.over(session.past_rounds(), standard)
        except StandardError as error:
            self._say_why_not(self.language.words(error.words))
            return
        past = self.past
        # In one message: the curve of one choice beside the figures of another would be wrong for a moment.
        with self.live.hold_sync():
            self._show_curve(past, positions, unit)
            self.live.facts = _facts(past, self.language)
            self.live.exact = {
                **exact,
                "outcomes": {name: past.of_outcome(name).households for name in OUTCOMES},
                "rounds": [
                    {"inside": each.totals.inside.households, "caught": each.of(CAUGHT).households}
                    for each in past.rounds
                ],
            }
        self._compare(past)
        self._show_list()

    def stale(self, stale: bool) -> None:  # noqa: FBT001 - a state of the page
        """Dim the picture while the draft is not valid."""
        self.live.facts = {**self.live.facts, "stale": stale}

    def _say_why_not(self, text: str) -> None:
        self.past, self.live.facts = None, {"slips": 0}
        self.compared.html = render("message", self.language, text=text, alert=False)
        self._show_list()

    def _show_curve(self, past: Hindsight, positions: Sequence[float], unit: str) -> None:
        """The counts at every position of the slider; they change with any key but the ceiling itself."""
        session = self.session
        but_ceiling = session.standard.model_dump(exclude={"income": {"ceiling"}})
        key = (session.round_name, session.county, unit, tuple(positions), but_ceiling)
        if key == self._curve_key:
            return
        self._curve_key = key

        # A ceiling in yuan may lie below the line of some round: there it lets in nobody, as one at the line does.
        def ceilings(line: float) -> list[float]:
            return [max(multiple_of(each, line) if unit == "multiple" else each, line) for each in positions]

        curves = past_curves([each.past for each in past.rounds], ceilings)
        self.live.curve = {
            "minimum": positions[0],
            "step": positions[1] - positions[0],
            "outcomes": {name: _summed([each.outcomes[name] for each in curves]) for name in OUTCOMES},
            "rounds": [{"inside": each.inside.tolist(), "caught": each.outcomes[CAUGHT].tolist()} for each in curves],
        }

    def _compare(self, past: Hindsight) -> None:
        """The difference from the standard compared with, and just in against just out; or that nobody slipped."""
        t, session = self.language, self.session
        if not past.slips().rows:
            text = t("还没有可回头看的轮次：要有下一轮的数据，才知道谁下滑了。")
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
        ) + render("past_cliff", t, sides=sides, interval=sides.interval, window=t.number(WINDOW, 1))

    def _picked(self, _change: object) -> None:
        self.list = self.list.change("number", 0)
        self._show_list()

    def _households(self) -> pl.DataFrame | None:
        """The households of the part picked; None where none is."""
        chosen = self.live.chosen
        if self.past is None or chosen not in OUTCOMES:
            return None
        return slipped_households(self.past.rounds).filter(pl.col("outcome") == chosen)

    def _show_list(self) -> None:
        t, frame = self.language, self._households()
        self.download.layout.display = "none" if frame is None else None
        if frame is None:
            self.pane.html = ""
            return
        page = self.list.page(frame)
        for row in page.rows:
            row["held_by"] = held_by(row, self._labels(), t)
            row["round_title"] = round_title(row["round"], t)
        self.pane.html = render(
            "past_households", t, page=page, asked=self.list, sends=sends, title=_outcome_texts(t)[self.live.chosen],
            sorts={"round": t("按轮次"), "income": t("收入从低到高"), "place": t("按所在")},
        )  # fmt: skip

    def _labels(self) -> dict[str, str]:
        t, own = self.language, self.session.standard.own_groups
        named = {name: t.label(pair) for name, pair in LABELS.items()}
        return {"income": t.label(("测算收入", "tested income")), **named, **own}

    def _take(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "list", "key": str(key), "value": value}:
                self.list = self.list.change(key, value)
                self._show_list()

    def _file(self) -> File:
        """The list in sight, whole, as it is filtered and sorted."""
        t, session, frame = self.language, self.session, self._households()
        rows = [] if frame is None else self.list.whole(frame).to_dicts()
        marks = [t("模拟数据：不是真实住户")] if session.simulated else []
        headers = [
            t("轮次"), t("户编号"), t("乡镇"), t("村"), t("测算收入（元）"), t("下一轮收入（元）"), t("结果"), t("怎样才会纳入"),
            *([t("说明")] if marks else []),
        ]  # fmt: skip
        texts, labels = _outcome_texts(t), self._labels()
        cells = [
            [
                row["round"], row["household_id"], row["township"], row["village"], row["income"], row["income_next"],
                texts[row["outcome"]], held_by(row, labels, t), *marks,
            ]
            for row in rows
        ]  # fmt: skip
        name = file_name(
            t("模拟数据") if session.simulated else "", county_name(session.county, t), t("回头看"), ending=".csv"
        )
        return File(name, CSV, csv_bytes(Sheet(t("回头看"), headers, cells)))


def _outcome_texts(t: Language) -> dict[str, str]:
    return {CAUGHT: t("当轮已纳入"), **{name: t.words(words) for name, words in MISSED.items()}}


def _summed(counts: list[Floats]) -> list[float]:
    return np.sum(counts, axis=0).tolist() if counts else []


def _facts(past: Hindsight, t: Language) -> dict[str, Any]:
    return {
        "slips": past.slips().households,
        "stale": False,
        "help_cost": past.standard.help_cost,
        "rounds": [
            {"name": round_title(each.past.round_name, t), "slips": each.slipped().households} for each in past.rounds
        ],
    }


def _texts(t: Language) -> dict[str, Any]:
    return {
        "locale": "zh-CN" if t.code == "zh" else "en",
        "said": t("以往各轮共有 {slips} 户次下滑，按这一标准当轮已纳入 {caught} 户次（{share}）。每 100 户次下滑中：", slips="{slips}", caught="{caught}", share="{share}"),
        "outcomes": _outcome_texts(t),
        "count": t("{count} 户次", count="{count}"),
        "by_round": t("回头看"),
        "worst": t("▼ 最差的一轮"),
        "columns": [t("轮次"), t("下滑（户）"), t("其中已纳入"), t("占下滑"), t("当轮纳入（户）"), t("费用（元/年）")],
    }  # fmt: skip
