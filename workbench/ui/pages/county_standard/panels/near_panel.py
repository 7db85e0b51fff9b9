"""The households nearest to the ceiling, whom a small change of it reaches first: a list like any other."""

from typing import Any

import polars as pl

from workbench.domain.facts import LABELS
from workbench.preview.counts.counts import Breakdown
from workbench.preview.counts.near_ceiling import near_ceiling
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.chosen_list import Chosen, ChosenList, Column, Row, income_column
from workbench.ui.pages.county_standard.state import StandardSession

MOST = 500
"""How many households are listed. Of more the last would be so far off that no change under discussion reaches them."""
_SCHEMA: dict[str, Any] = {
    "household_id": pl.String, "county_code": pl.String, "township": pl.String, "village": pl.String, "round": pl.String,
    "income": pl.Float64, "distance": pl.Float64, "away": pl.Float64, "groups": pl.List(pl.String), "edge": pl.Boolean,
    "likelihood": pl.Float64,
}  # fmt: skip


class NearPanel:
    """The list over a session; `refresh` takes what the choice was counted with."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session, self.language = session, language
        self._broken: Breakdown | None = None
        t = language
        sorts = {
            "distance": (t("距上限从近到远"), [("away", False)]),
            "income": (t("收入从低到高"), [("income", False)]),
            "place": (t("按所在"), [("township", False), ("village", False)]),
        }
        self.list = ChosenList(session, t, guard, self._chosen, sorts)
        self.widget = self.list.widget

    def refresh(self, broken: Breakdown) -> None:
        """Show the households near the ceiling of a choice, as the list is asked for."""
        self._broken = broken
        self.list.show()

    def _chosen(self) -> Chosen | None:
        if self._broken is None:
            return None
        t, broken = self.language, self._broken
        expected = self.session.expectation()
        near = near_ceiling(broken, MOST, expected.slips.probability if expected else None)
        rows = [
            (each.household_id, each.county_code, each.township, each.village, self.session.round_name, each.income, each.distance,
             abs(each.distance), list(each.groups), each.edge, each.likelihood)
            for each in near
        ]  # fmt: skip
        labels = LABELS | {name: (own, own) for name, own in broken.limits.own_groups.items()}
        results = {True: t("✓ 纳入"), None: t("? 不能判定"), False: t("· 不纳入")}

        def groups(row: Row) -> str:
            return t("、").join(t.label(labels[name]) for name in row["groups"]) or t("无")

        columns = [
            income_column(t),
            Column(
                t("距上限（元）"), lambda row: row["distance"], lambda row: t.signed(row["distance"], 2), number=True
            ),
            Column(t("重点群体"), groups),
            Column(t("结果"), lambda row: results[row["edge"]]),
        ]
        if expected is not None:
            likely = t("到下一期收入低于标准的概率")
            columns.append(
                Column(likely, lambda row: row["likelihood"], lambda row: t.percent(row["likelihood"]), number=True)
            )
        title = t("收入离上限最近的 {count} 户", count=t.number(len(near)))
        return Chosen(title, pl.DataFrame(rows, _SCHEMA, orient="row"), columns)
