"""What the functions for notebooks return: each shows itself as a table, has a `frame` to go on with, some a chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.preview.counts import comparison
from workbench.preview.scenario import Scenario
from workbench.risk.rule_vs_model import VisitRecall
from workbench.safeguards.plain_data import Json
from workbench.statistics.legal_readings import ReadingCount
from workbench.statistics.tiers import TIER_KEYS
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.legal_readings import reading_words
from workbench.ui.kit.texts.tiers import tier_words
from workbench.ui.notebook.html import TableText, curve_svg
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown
from workbench.ui.pages.scenario_lab.charts import bars_chart, sweep_chart
from workbench.ui.pages.scenario_lab.keys import label_of, swept_groups
from workbench.ui.pages.scenario_lab.row import Row, written
from workbench.ui.pages.scenario_lab.table import measure_label, sections


@dataclass(frozen=True, repr=False)
class ComparedStandards(FrameText):
    """What `compare` gives; `records` by name as `workbench preview --json` prints them."""

    place: NotebookPlace
    scenario: Scenario
    compared: comparison.Compared

    @property
    def records(self) -> dict[str, Json]:
        """Everything that a preview says, by name."""
        return self.compared.records

    @property
    def frame(self) -> pd.DataFrame:
        """One row a standard; the columns are the numbers of a preview."""
        return _numbers(self.compared.records)

    @property
    def by_county(self) -> pd.DataFrame:
        """The numbers of a preview by county and standard, where the place is the whole city."""
        frames = {code: _numbers(records) for code, records in self.compared.by_county.items()}
        # `pd.concat` refuses an empty mapping, which is what a single county has.
        return pd.concat(frames, names=["county_code", "standard"]) if frames else pd.DataFrame()

    def chart(self) -> EChart:
        """Households in, a bar each standard."""
        t = self.place.language
        return EChart(bars_chart(self.compared, t), height=f"{70 + 44 * len(self.records)}px", aria_label=t("并排比较"))

    def _repr_html_(self) -> str:
        t = self.place.language
        rows: list[list[str]] = []
        for section in sections(self.scenario, self.compared, t):
            rows.append([section.title])
            rows += [[row.label, *_cells(row, t)] for row in section.rows]
        return shown(self.place, TableText(t("并排比较"), ["", *self.records], rows))


@dataclass(frozen=True, repr=False)
class Swept(FrameText):
    """What `sweep` found: one row a point in `frame`."""

    place: NotebookPlace
    scenario: Scenario
    points: list[dict[str, Any]]

    @property
    def frame(self) -> pd.DataFrame:
        """The varied keys, then the numbers of a preview."""
        keys = [axis.key for axis in self.scenario.parsed_axes()]
        frame = pd.DataFrame(self.points)
        return frame[[*keys, *(name for name in frame.columns if name not in keys)]]

    def chart(self, measure: str = "in") -> EChart:
        """A curve, or a heat map of two keys; `measure`: a column of `frame`."""
        t = self.place.language
        label = measure_label(measure, t)
        return EChart(sweep_chart(self.scenario, self.points, measure, t), height="380px", aria_label=label)

    def _repr_html_(self) -> str:
        t, frame = self.place.language, self.frame
        keys = [axis.key for axis in self.scenario.parsed_axes()]
        named = [label_of(key, t, swept_groups(self.scenario)) for key in keys]
        label = measure_label("in", t)
        if len(keys) == 1:
            points = list(zip(frame[keys[0]], frame["in"], strict=True))
            chart = curve_svg(points, (named[0], label), t)
            # About ten of the points: the chart beside the table has them all.
            rows = [[t.number(x, 3), t.number(y)] for x, y in points[:: max(1, len(points) // 10)]]
            return shown(self.place, TableText(t("连续变动"), [named[0], label], rows), chart)
        wide = frame.pivot_table(index=keys[0], columns=keys[1], values="in")
        rows = [
            [t.number(float(x), 3), *(t.number(value) for value in row)]
            for x, row in zip(wide.index, wide.to_numpy(), strict=True)
        ]
        caption = f"{label}{t('：')}{named[0]} × {named[1]}"
        return shown(self.place, TableText(caption, ["", *(t.number(float(y), 3) for y in wide.columns)], rows))  # fmt: skip


@dataclass(frozen=True, repr=False)
class Readings(FrameText):
    """What `readings` found: the tiers under each reading of the notice."""

    place: NotebookPlace
    counts: list[ReadingCount]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a reading: households by tier, and how many have another tier than by the default."""
        rows = {each.name: {**each.tiers, "changed": each.changed} for each in self.counts}
        return pd.DataFrame.from_dict(rows, orient="index")

    @property
    def moves(self) -> pd.DataFrame:
        """Households by reading, tier by default and tier by the reading, where the two differ."""
        rows = [(each.name, *pair, count) for each in self.counts for pair, count in each.moves.items()]
        return pd.DataFrame(rows, columns=["reading", "default", "tier", "households"])

    def _repr_html_(self) -> str:
        t = self.place.language
        headers = [t("认定口径"), *(tier_words(key, t) for key in TIER_KEYS), t("等级改变")]
        rows = [
            [reading_words(each.name, t), *(t.number(each.tiers[key]) for key in TIER_KEYS), t.number(each.changed)]
            for each in self.counts
        ]
        return shown(self.place, TableText(t("通知的另一种认定口径"), headers, rows))


@dataclass(frozen=True, repr=False)
class RuleVsModel(FrameText):
    """What `rules_and_model` gives: slips that as many visits find in the order of the rules, by incomes alone, and of the model."""

    place: NotebookPlace
    recalls: list[VisitRecall]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a number of visits; shares of all slips of the lifted households."""
        return pd.DataFrame([vars(each) for each in self.recalls])

    def _repr_html_(self) -> str:
        t = self.place.language
        headers = [
            t("走访户数"), t("规则先后，预计"), t("只看收入，预计"), t("模型先后，预计"), t("规则先后，实际"), t("只看收入，实际"),
            t("模型先后，实际"),
        ]  # fmt: skip
        rows = [
            [t.number(each.visits), *(t.percent(share) for share in list(vars(each).values())[1:])]
            for each in self.recalls
        ]
        note = t(
            "各列为找到的风险变差占全部风险变差的比例。规则先后：先等级，同一等级之内离下一道线近的在先。"
            "只看收入：不论等级，离下一道线近的在先。模型只定走访先后，不改等级。"
        )
        return shown(self.place, TableText(t("同样的走访量能找到多少风险变差的户"), headers, rows, note))


def _numbers(records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The keys of previews that are numbers, a row each."""
    rows = {
        name: {key: value for key, value in record.items() if key != "milliseconds" and (value is None or isinstance(value, (int, float)))}
        for name, record in records.items()
    }  # fmt: skip
    # No figures, but None at times, which passes for a figure that is not known.
    return pd.DataFrame.from_dict(rows, orient="index").drop(columns=["county", "model"], errors="ignore")


def _cells(row: Row, t: Language) -> list[str]:
    return [written(row, number, t) for number in range(len(row.values))]
