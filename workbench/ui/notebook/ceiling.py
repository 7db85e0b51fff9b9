"""What the notebook's `budget` and `cliff` return: the ceiling that money carries, and the households on both sides of a ceiling."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.errors import Words
from workbench.preview.hindsight.cliff import Cliff, Side, cliff, cliff_households, cliff_likelihoods
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.safeguards.plain_data import Json
from workbench.ui.notebook.html import TableText
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown

_CARRIED = ["yuan", "multiple", "exact_multiple", "at_least", "in", "in_most", "cost", "cost_most"]
_SIDE = ["households", "labelled", "slipped", "slipped_share", "rows"]


@dataclass(frozen=True, repr=False)
class CarriedByBudget(FrameText):
    """What `budget` gives; `record` as the key `carried` of `workbench preview --carry` has it, `prices` in words."""

    place: NotebookPlace
    record: Json
    prices: tuple[Words, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The highest ceiling within the budget: by those who can be told (`ceiling`), and with all others in (`even_if_all_in`).

        `yuan` a person and year; `multiple` of the line, the ceiling itself only where `exact_multiple`; `at_least`: no higher one
        was looked at; `in` to `in_most` households and `cost` to `cost_most` yuan a year. A row without figures: not even the line.
        """
        rows = {name: _carried(self.record[name]) for name in ("ceiling", "even_if_all_in")}
        return pd.DataFrame.from_dict(rows, orient="index", columns=_CARRIED)

    def _repr_html_(self) -> str:
        t = self.place.language
        names = {"ceiling": t("按能判定的户"), "even_if_all_in": t("不能判定的户全部纳入")}
        headers = [t("怎样算"), t("收入上限（元）"), t("扶贫标准的倍数"), t("纳入（户）"), t("每年费用（元）")]
        rows = [[words, *self._cells(self.record[name])] for name, words in names.items()]
        caption = t("每年 {budget} 元能承受的收入上限", budget=t.number(self.record["budget"], 2))
        return shown(self.place, TableText(caption, headers, rows, " ".join(t.words(each) for each in self.prices)))

    def _cells(self, ceiling: Json | None) -> list[str]:
        t = self.place.language
        if ceiling is None:
            return [t("收入上限等于扶贫标准也超出预算"), "–", "–", "–"]
        about = "" if ceiling["exact_multiple"] else t("约 ")
        least = t("至少 ") if ceiling["at_least"] else ""
        # Both ends are one number where nothing is unknown.
        counts, cost = (
            "–".join(t.number(each) for each in dict.fromkeys(ceiling[name])) for name in ("in_range", "cost_range")
        )
        multiple = f"{ceiling['multiple']:g}" if ceiling["exact_multiple"] else f"{ceiling['multiple']:.2f}"
        return [f"{least}{t.number(ceiling['yuan'], 2)}", f"{about}{multiple}", counts, cost]


@dataclass(frozen=True, repr=False)
class CliffOfStandard(FrameText):
    """What `cliff` gives: of the households that the ceiling alone decided in past rounds, how many slipped on either side."""

    place: NotebookPlace
    past: Hindsight

    @cached_property
    def sides(self) -> Cliff:
        """Both sides, counted."""
        return cliff(self.past)

    @property
    def frame(self) -> pd.DataFrame:
        """One row a side over all past rounds: household-rounds, those whose next round is known, who of them slipped; `rows` unweighted."""
        rows = {"just_in": _side(self.sides.just_in), "just_out": _side(self.sides.just_out)}
        return pd.DataFrame.from_dict(rows, orient="index", columns=_SIDE)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval of the share of those just in less that of those just out (nine in ten); None where a side is empty."""
        return self.sides.interval

    @property
    def households(self) -> pd.DataFrame:
        """The households of both sides, a row each and round: income as tested, ceiling, groups, whether it slipped, its likelihood."""
        likelihoods = cliff_likelihoods(self.past, self.place.store, self.place.county)
        return cliff_households(self.past, likelihoods).to_pandas()

    def _repr_html_(self) -> str:
        t, sides = self.place.language, self.sides
        headers = ["", t("户次"), t("其中风险变差"), t("占已知结果的")]
        rows = [
            [name, t.number(side.households.households), t.number(side.slipped.households), t.percent(side.share)]
            for name, side in ((t("刚好在内"), sides.just_in), (t("刚好在外"), sides.just_out))
        ]
        return shown(self.place, TableText(t("刚好在内与刚好在外"), headers, rows, self._said()))

    def _said(self) -> str:
        t, interval = self.place.language, self.interval
        if interval is None:
            return t("一句话：两边至少有一边还没有已知结果的户，这道线划得怎样，说不了。")
        low, high = (t.signed(100 * each, 1) for each in interval)
        if interval[0] <= 0 <= interval[1]:
            return t("两边相差在偶然之内（九成把握在 {low} 至 {high} 个百分点之间）。", low=low, high=high)
        return t("两边相差 {low} 至 {high} 个百分点（九成把握）。", low=low, high=high)


def _carried(ceiling: Json | None) -> list[float | None]:
    if ceiling is None:
        return [None] * len(_CARRIED)
    plain = [ceiling[name] for name in ("yuan", "multiple", "exact_multiple", "at_least")]
    return [*plain, *ceiling["in_range"], *ceiling["cost_range"]]


def _side(side: Side) -> list[float | None]:
    counts = (side.households, side.labelled, side.slipped)
    return [*(each.households for each in counts), side.share, side.households.rows]
