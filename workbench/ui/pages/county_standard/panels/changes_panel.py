"""Two standards household by household: who comes in, who goes out and why, and who of them is in the county's help."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import polars as pl

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import STAGES
from workbench.domain.rules.edge import ROUTE_COMPARES, ROUTES
from workbench.preview.counts.household_changes import (
    ENTERS,
    LEAVES,
    OPEN,
    SETTLED,
    Difference,
    changed_households,
    reasons,
)
from workbench.register.assistance.standings import RegisterStanding, StandingCounts, count_standings, standings
from workbench.ui.kit.controls.household_list import Listing
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import XLSX, Cell, Download, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.facts import fact_label, group_names
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
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


LISTED = "wb-households"
"""Where on the page the list is, for links to it."""


@dataclass(frozen=True)
class _Compared:
    """The households of whom the two standards differ, what the register says of them, and who is out under both though managed.

    `known` None: the reader does not see the county's register.
    """

    frame: pl.DataFrame
    known: Mapping[str, RegisterStanding] | None
    out_under_both: int

    @classmethod
    def of(cls, session: StandardSession) -> "_Compared":
        """Return the present choice and the standard compared with."""
        both = session.under_both()
        frame, known = changed_households(both, session.standard), _standings(session)
        if known is None:
            return cls(frame, None, 0)
        # Of those the choice changes nothing, and yet the standard does not hold them: who only looks at changes misses them.
        out = both.filter(~pl.col("edge") & ~pl.col("edge_before"))["household_id"]
        in_help = pl.Series([name for name, each in known.items() if _in_help(each)], dtype=pl.String)
        marked = frame.with_columns(in_help=pl.col("household_id").is_in(in_help.implode()))
        return cls(marked, known, count_standings(known, out.to_list()).managed)

    def counts(self, change: str) -> StandingCounts | None:
        """Count what the register says of the households of one change."""
        chosen = self.frame.filter(pl.col("change") == change)["household_id"]
        return None if self.known is None else count_standings(self.known, chosen.to_list())


class ChangesPanel:
    """A pane over a session; in it a person filters, sorts and pages, and takes the list along as it stands."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = language
        self.list = Listing(_SORTS, "change")
        self.change = ""
        self.in_help = False
        self.compared: _Compared | None = None
        self.pane = Pane(self._take)
        self.pane.take_guarded(guard)
        self.widget = widgets.VBox([self.pane, Download(language("下载这些户（Excel）"), self.file, guard)])
        session.on_other_county(self._turned)

    def _turned(self) -> None:
        self.list = self.list.elsewhere()

    def fill(self) -> None:
        """Compare, and show the list from its beginning."""
        self.compared = _Compared.of(self.session)
        self.list = self.list.change("number", 0)
        self._show()

    def _show(self) -> None:
        if self.compared is None:
            return
        t, session, frame = self.language, self.session, self.compared.frame
        page = self.list.page(self._picked(frame))
        # Only of the page in sight: reasons are worked out row by row.
        self._say_why(page.rows)
        # Of the whole comparison: the buttons say what there is, whatever is picked at the moment.
        counts = dict(frame.group_by("change").agg(pl.sum("weight")).iter_rows())
        of_register = self.compared.known is not None
        self.pane.html = render(
            "changes", t, page=page, asked=self.list, sends=sends, chosen=self.change, labels=change_labels(t), counts=counts,
            against=t.words(session.against.name), county=session.county, round_name=session.round_name,
            sorts={"change": t("按变化"), "income": t("收入从低到高"), "place": t("按所在")},
            of_register=of_register, only_in_help=self.in_help, simulated=session.simulated,
            in_help=frame.filter("in_help").height if of_register else 0,
            leaving=self.compared.counts(LEAVES), opened=self.compared.counts(OPEN), entering=self.compared.counts(ENTERS),
            out_under_both=self.compared.out_under_both,
            on_their_way=count_standings(self.compared.known or {}, frame["household_id"].to_list()).on_their_way,
        )  # fmt: skip

    def _picked(self, frame: pl.DataFrame) -> pl.DataFrame:
        chosen = frame.filter(pl.col("change") == self.change) if self.change else frame
        return chosen.filter("in_help") if self.in_help and "in_help" in chosen.columns else chosen

    def _say_why(self, rows: list[dict[str, Any]]) -> None:
        """Give each row `why`, in words, and what the register says of it."""
        t, session = self.language, self.session
        ours, theirs = session.limits(), session.scope.limits_of(session.against.standard)
        # Of both: either of the two may be the one that declares a group of the county's own.
        own = group_names((session.standard, session.against.standard))
        known = self.compared.known if self.compared else None
        for row in rows:
            row["why"] = t("；").join(why_text(why, row, t, own) for why in reasons(row, ours, theirs))
            row["register"] = standing_texts((known or {}).get(row["household_id"]), t)

    def file(self) -> File:
        """Return the list, whole, as it is filtered and sorted."""
        t, session, compared = self.language, self.session, self.compared
        rows = [] if compared is None else self.list.whole(self._picked(compared.frame)).to_dicts()
        self._say_why(rows)
        labels = change_labels(t)
        of_register = compared is not None and compared.known is not None
        # In every row: a row copied into another file still says that it is made up (0005).
        mark = (t("说明"), t("模拟数据：不是真实住户")) if session.simulated else None
        headers = [
            t("变化"), t("户编号"), t("乡镇"), t("村"), t("测算收入（元）"), t("为什么"), t("对照的标准"),
            *([t("在管边缘户"), t("在办帮扶措施"), t("本期办理")] if of_register else []),
        ]  # fmt: skip
        against = t.words(session.against.name)
        cells: list[list[Cell]] = [
            [
                labels[row["change"]], row["household_id"], row["township"], row["village"], row["income"], row["why"], against,
                *(row["register"] if of_register else []),
            ]
            for row in rows
        ]  # fmt: skip
        name = file_name(
            t("模拟数据") if session.simulated else "", county_name(session.county, t), round_title(session.round_name, t), t("谁进谁出"),
            ending=".xlsx",
        )  # fmt: skip
        return File(name, XLSX, xlsx_bytes([Sheet(t("谁进谁出"), headers, cells, mark)]))

    def _take(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "change", "value": str(value)} if value in ("", *change_labels(self.language)):
                self.change = value
                self.list = self.list.change("number", 0)
            case {"do": "in_help"}:
                self.in_help = not self.in_help
                self.list = self.list.change("number", 0)
            case {"do": "list", "key": str(key), "value": value}:
                self.list = self.list.change(key, value)
            case _:
                return
        self._show()


def _standings(session: StandardSession) -> dict[str, RegisterStanding] | None:
    """What the register says of the county's households; None for whoever does not see the whole county's."""
    user = current_user.acting_user()
    if user is None or Right.READ_REGISTER not in user.person.role.rights:
        return None
    # A village's or a township's own part would look like the county's, and its counts be too low.
    if not user.person.area.holds(Area(session.county)):
        return None
    with user.reading() as connection:
        return standings(connection, session.county, session.round_name)


def _in_help(standing: RegisterStanding) -> bool:
    return standing.managed_since is not None or standing.measures > 0


def standing_texts(standing: RegisterStanding | None, t: Language) -> list[str]:
    """Managed since when, how many measures run, and where the round's entry stands; empty where nothing is to be said."""
    if standing is None:
        return ["", "", ""]
    since = standing.managed_since
    return [
        t("{round}纳入", round=round_title(since, t)) if since else "",
        t("{count} 项", count=t.number(standing.measures)) if standing.measures else "",
        t.label(STAGES[standing.stage]) if standing.stage else "",
    ]


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
    # Of a route it is what the route compares that is lacking.
    missing = t("、").join(
        t.label(ROUTE_COMPARES[name]) if name in ROUTE_COMPARES else _name(name, t, own) for name in why.names
    )
    sentences = {
        "group": _group_text(names, t, inside=row["edge"]),
        "exclusion": t("只有一个标准排除：{names}", names=names),
        "route": t("只有一个标准有此途径：{names}", names=names),
        "line": t("所用扶贫标准不同"),
        "no_group": t("不属于本次所列的重点群体"),
        "unknown": t("缺事实：{names}", names=missing),
        "unknown_before": t("按对照的标准缺事实，不能判定：{names}", names=missing),
    }
    return sentences[why.kind]


def _group_text(names: str, t: Language, *, inside: bool) -> str:
    """Which of the two standards lists the household's groups, or asks for one; `inside`: it is in under the present choice."""
    if names:
        return (
            t("本次列了所属群体，对照没有列：{names}", names=names)
            if inside
            else t("对照列了所属群体，本次没有列：{names}", names=names)
        )
    # Who is in only where no group is asked for is out under the one that asks.
    return t("对照要求属于重点群体，本次不要求") if inside else t("本次要求属于重点群体，对照不要求")


def _name(name: str, t: Language, own: Mapping[str, str]) -> str:
    return t.label(_LABELS[name]) if name in _LABELS else fact_label(name, t, own)
