"""The lists of the early-warning page as files to take along: whole, as they are filtered and sorted on the page."""

from collections.abc import Callable
from typing import Any

from workbench.risk.early_warning import STANDINGS, with_reasons
from workbench.risk.scoring.list_reasons import listed_reasons
from workbench.risk.visit_ranking import EVENTS
from workbench.ui.kit.files.download import CSV, XLSX, Cell, File, Sheet, csv_bytes, file_name, xlsx_bytes
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.pages.early_warning.state import WarningSession
from workbench.ui.pages.early_warning.views import differing_labels, joined_reasons, why_listed

Row = dict[str, Any]
Column = tuple[str, Callable[[Row], Cell]]


def list_file(session: WarningSession, t: Language, ending: str) -> File:
    """The list in sight, the visits, those of whom rule and model differ, or the households picked, as "xlsx" or "csv"."""
    title, whole, own = {
        "visits": (t("走访清单"), session.visit_rows, _visit_columns(t)),
        "disagree": (t("意见不一的户"), session.differing_rows, _differing_columns(t)),
    }.get(session.view, (t("名单"), session.picked_rows, []))
    # With all reasons, where the page has room for two.
    rows = with_reasons(session.round_scope, whole().to_dicts())
    for row, reasons in zip(rows, listed_reasons(session.round_scope, rows), strict=True):
        row["why"] = reasons
    # The mark in every row: a row copied into another list still says that it is made up (0005).
    columns = _columns(t) + own + (_mark(t) if session.simulated else [])
    sheet = Sheet(title, [label for label, _ in columns], [[value(row) for _, value in columns] for row in rows])
    name = file_name(
        t("模拟数据") if session.simulated else "", county_name(session.county, t), round_title(session.round_name, t), title,
        ending=f".{ending}",
    )  # fmt: skip
    # CSV has one table: what the list is of, and is not, goes with the workbook only.
    if ending == "csv":
        return File(name, CSV, csv_bytes(sheet))
    return File(name, XLSX, xlsx_bytes([sheet, _about(session, t)]))


def _columns(t: Language) -> list[Column]:
    return [
        (t("户编号"), lambda row: row["household_id"]),
        (t("县区"), lambda row: county_name(row["county_code"] or "", t)),
        (t("乡镇"), lambda row: row["township"]),
        (t("村"), lambda row: row["village"]),
        (t("按规则"), lambda row: t.label(STANDINGS[row["standing"]]) if row["standing"] else None),
        (t("人均纯收入（元）"), lambda row: row["income_pc"]),
        # As numbers, so that the list can be sorted and filtered where it is taken to.
        (t("可能性"), lambda row: _rounded(row["p_slip"])),
        (t("可能性下限"), lambda row: _rounded(row["p_low"])),
        (t("可能性上限"), lambda row: _rounded(row["p_high"])),
        (t("主要理由（模型）"), lambda row: joined_reasons(row["why"], t) or None),
    ]


def _visit_columns(t: Language) -> list[Column]:
    return [
        (t("乡镇内先后"), lambda row: row["rank"]),
        (t("为何列入"), lambda row: why_listed(row["by_rule"], t)),
        (t("可能性指"), lambda row: t.label(EVENTS[row["chance_of"]]) if row["chance_of"] else None),
        (t("走访量排得到"), lambda row: t("是") if row["visit"] else t("否")),
    ]


def _differing_columns(t: Language) -> list[Column]:
    labels = differing_labels(t)
    return [(t("意见"), lambda row: labels[row["differs"]])]


def _mark(t: Language) -> list[Column]:
    return [(t("说明"), lambda _row: t("模拟数据：不是真实住户"))]


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _about(session: WarningSession, t: Language) -> Sheet:
    """What the list is of, and what it is not."""
    asked = {"visits": session.visit_order, "disagree": session.differing_list}.get(session.view, session.list)
    lines: list[tuple[str, Cell]] = [
        (t("县区"), county_name(session.county, t)),
        (t("期次"), round_title(session.round_name, t)),
        (t("乡镇"), asked.township or t("全部")),
        (t("查找"), asked.search or t("无")),
        (t("模型"), session.head.model if session.head else t("未评分")),
    ]
    if session.view == "visits":
        lines.append((t("每乡镇可走访户数"), session.capacity))
    # A list leaves the page without its help: what a probability may not be used for goes along.
    lines.append((t("用法"), t("可能性只用来排先后：不改等级，不减一户；按规则应列的户全部在列。")))
    if session.simulated:
        lines.append((t("数据"), t("模拟数据：不是真实住户")))
    return Sheet(t("说明"), [t("项目"), t("内容")], lines)
