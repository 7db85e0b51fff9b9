"""What the notebook's `reading_prices` returns: what each reading of what the notice leaves open brings in, costs and catches."""

from dataclasses import dataclass

import pandas as pd

from workbench.statistics.reading_prices import PointPrice, ReadingPrice, ReadingPrices
from workbench.ui.notebook.html import TableText
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown

_COLUMNS = ["in", "newly_in", "leaving", "cannot_tell", "cost", "slips"]


@dataclass(frozen=True, repr=False)
class PricedReadings(FrameText):
    """What `reading_prices` gives: each reading tried alone, all else as in the standard at hand."""

    place: NotebookPlace
    prices: ReadingPrices

    @property
    def frame(self) -> pd.DataFrame:
        """One row an open point and reading: households (of `level_1_halves` the lifted ones at level 1), yuan a year, slips expected.

        `newly_in` and `leaving` against the standard as it stands; `slips` missing where no model has scored the round.
        """
        rows = {
            (point.point.name, each.reading.name): _row(each) for point in self.prices.points for each in point.prices
        }
        index = pd.MultiIndex.from_tuples(rows, names=["point", "reading"])
        return pd.DataFrame(list(rows.values()), index=index, columns=_COLUMNS)

    @property
    def agreement(self) -> pd.DataFrame:
        """One row an open point: households in under all of its readings (`always`), and under some only (`sometimes`)."""
        rows = {each.point.name: [each.always, each.sometimes] for each in self.prices.points}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["always", "sometimes"])

    @property
    def act_today(self) -> pd.DataFrame:
        """The households in under every reading of every point: county_code, household_id, weight."""
        return self.prices.act_today.to_pandas()

    @property
    def ask(self) -> pd.DataFrame:
        """The households in under some readings only, to ask the city about; the columns of `act_today`."""
        return self.prices.ask.to_pandas()

    def _repr_html_(self) -> str:
        t = self.place.language
        headers = [
            t("认定口径"), t("纳入（户）"), t("比现在多"), t("比现在少"), t("不能判定"), t("每年费用（元）"), t("预计风险变差（户）"),
        ]  # fmt: skip
        rows = [row for point in self.prices.points for row in self._rows(point)]
        act, ask = (float(each["weight"].sum()) for each in (self.prices.act_today, self.prices.ask))
        note = t(
            "有 {act} 户在下面每一张表的每一种口径下都纳入（合在一起看，所以比各表的都少）：不必等答复，可先按程序办；有 {ask} 户只在部分口径下纳入，须请示。每次只改一点，其余不变。",
            act=t.number(act), ask=t.number(ask),
        )  # fmt: skip
        return shown(self.place, TableText(t("认定口径的代价"), headers, rows, note))

    def _rows(self, point: PointPrice) -> list[list[str]]:
        t = self.place.language
        named = [f"{t.words(point.point.question)} {t.clause(point.point.clause)}"]
        figures = [
            [
                t.words(each.reading.words),
                *(
                    t.number(number)
                    for number in (each.inside, each.newly_in, each.leaving, each.cannot_tell, each.cost)
                ),
                t.estimate(each.slips),
            ]
            for each in point.prices
        ]
        return [named, *figures]


def _row(each: ReadingPrice) -> list[float | None]:
    return [each.inside, each.newly_in, each.leaving, each.cannot_tell, each.cost, each.slips]
