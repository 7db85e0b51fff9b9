"""Two standards household by household: a list of who comes in and who goes out, and why."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
import polars as pl

from workbench.domain.rules.edge import ROUTES
from workbench.preview.counts.household_changes import ENTERS, LEAVES, OPEN, SETTLED, Difference, reasons
from workbench.ui.kit.controls.household_list import Listing
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import XLSX, Download, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.texts.facts import fact_label, group_names
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

_LABELS = {
    "income": ("测算收入", "tested income"),
    # “income” is the tested income here, not the route of that name.
    **{name: ROUTES[name] for name in ROUTES if name != "income"},
}
_SORTS = {
    "income": [("income", False)],
    "place": [("township", False), ("village", False)],
    "change": [("change", False), ("income", False)],
}


class ChangesPanel:
    """A pane over a session; in it a person filters, sorts and pages, and takes the list along as it stands."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = language
        self.list = Listing(_SORTS, "change")
        self.change = ""
        self.frame: pl.DataFrame | None = None
        self.pane = Pane(self._take)
        self.pane.take_guarded(guard)
        self.widget = widgets.VBox([self.pane, Download(language("下载这些户（Excel）"), self.file, guard)])
        session.on_other_county(self._turned)

    def _turned(self) -> None:
        self.list = self.list.elsewhere()

    def fill(self) -> None:
        """Compare, and show the list from its beginning."""
        self.frame = self.session.changes()
        self.list = self.list.change("number", 0)
        self._show()

    def _show(self) -> None:
        if self.frame is None:
            return
        t, session = self.language, self.session
        page = self.list.page(self._picked(self.frame))
        # Only of the page in sight: reasons are worked out row by row.
        self._say_why(page.rows)
        # Of the whole comparison: the buttons say what there is, whatever is picked at the moment.
        counts = dict(self.frame.group_by("change").agg(pl.sum("weight")).iter_rows())
        labels = change_labels(t)
        self.pane.html = render(
            "changes", t, page=page, asked=self.list, sends=sends, chosen=self.change, labels=labels, counts=counts,
            against=t.words(session.against.name), county=session.county, round_name=session.round_name,
            sorts={"change": t("按变化"), "income": t("收入从低到高"), "place": t("按所在")},
        )  # fmt: skip

    def _picked(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("change") == self.change) if self.change else frame

    def _say_why(self, rows: list[dict[str, Any]]) -> None:
        """Give each row `why`, in words."""
        t, session = self.language, self.session
        ours, theirs = session.limits(), session.scope.limits_of(session.against.standard)
        # Of both: either of the two may be the one that declares a group of the county's own.
        own = group_names((session.standard, session.against.standard))
        for row in rows:
            row["why"] = t("；").join(why_text(why, row, t, own) for why in reasons(row, ours, theirs))

    def file(self) -> File:
        """The list, whole, as it is filtered and sorted."""
        t, session = self.language, self.session
        rows = [] if self.frame is None else self.list.whole(self._picked(self.frame)).to_dicts()
        self._say_why(rows)
        labels = change_labels(t)
        # In every row: a row copied into another file still says that it is made up (0005).
        marks = [t("模拟数据：不是真实住户")] if session.simulated else []
        headers = [
            t("变化"), t("户编号"), t("乡镇"), t("村"), t("测算收入（元）"), t("为什么"), t("对照的标准"), *([t("说明")] if marks else []),
        ]  # fmt: skip
        against = t.words(session.against.name)
        cells = [
            [labels[row["change"]], row["household_id"], row["township"], row["village"], row["income"], row["why"], against, *marks]
            for row in rows
        ]  # fmt: skip
        name = file_name(
            t("模拟数据") if session.simulated else "", county_name(session.county, t), session.round_name, t("逐户比较"),
            ending=".xlsx",
        )  # fmt: skip
        return File(name, XLSX, xlsx_bytes([Sheet(t("逐户比较"), headers, cells)]))

    def _take(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "change", "value": str(value)} if value in ("", *change_labels(self.language)):
                self.change = value
                self.list = self.list.change("number", 0)
            case {"do": "list", "key": str(key), "value": value}:
                self.list = self.list.change(key, value)
            case _:
                return
        self._show()


def change_labels(t: Language) -> dict[str, str]:
    """Each change in words, with a sign of its own."""
    return {ENTERS: t("＋ 新增"), LEAVES: t("－ 退出"), OPEN: t("? 变为不能判定"), SETTLED: t("· 由不能判定变为不纳入")}


def why_text(why: Difference, row: Mapping[str, Any], t: Language, own: Mapping[str, str]) -> str:
    """One reason in words; `own`: the names of the county's own groups."""
    if why.kind == "ceiling":
        # `ceiling` is of the standard that lets the household in, which may be either of the two.
        ours, theirs = (why.ceiling, why.other_ceiling) if row["edge"] else (why.other_ceiling, why.ceiling)
        return t("本次上限 {ours} 元，对照上限 {theirs} 元", ours=t.number(ours), theirs=t.number(theirs))
    names = t("、").join(_name(name, t, own) for name in why.names)
    sentences = {
        "group": t("只有一个标准列了所属群体：{names}", names=names) if names else t("只有一个标准要求属于重点群体"),
        "exclusion": t("只有一个标准排除：{names}", names=names),
        "route": t("只有一个标准有此途径：{names}", names=names),
        "line": t("所用扶贫标准不同"),
        "unknown": t("缺事实：{names}", names=names),
    }
    return sentences[why.kind]


def _name(name: str, t: Language, own: Mapping[str, str]) -> str:
    return t.label(_LABELS[name]) if name in _LABELS else fact_label(name, t, own)
