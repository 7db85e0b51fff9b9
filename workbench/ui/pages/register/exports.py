"""The list in sight as a workbook to take along: whole, as it is filtered and sorted, with the columns that it shows."""

from collections.abc import Sequence

from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.register.assessment import EDGE, RISK
from workbench.ui.kit.files.download import XLSX, Cell, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.pages.register.lists import Row, export_columns, filter_labels, need_labels, value_words
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import CHANGED, WAITING


def list_export(session: RegisterSession, t: Language) -> File:
    """The list in sight, with a line of where it is from on a second sheet."""
    titles = {
        "risk": t("风险等级名单"), "edge": t("筛查对象名单"), "managed": t("边缘户台账"), "plans": t("帮扶名单"),
        "cases": t("返贫致贫认定程序名单"),
        "filed": session.filing,
    }  # fmt: skip
    # A filed list may be of either procedure; any other list is of the one in sight.
    kind = session.filed()[0]["kind"] if session.listed == "filed" else session.view
    columns = export_columns(session.listed, kind, t)
    # Without names, though the list may have them: ledgers do, by an event of their own (0052).
    rows = session.whole_list().to_dicts()
    title, county, round_name = (
        titles[session.listed],
        county_name(session.county, t),
        round_title(session.round_name, t),
    )
    # The mark in every row: a row copied into another list still says that it is made up (0005).
    mark = (t("说明"), t("模拟数据：不是真实住户")) if session.simulated else None
    sheet = Sheet(title, [label for label, _ in columns], [[value(row) for _, value in columns] for row in rows], mark)
    about: list[list[Cell]] = [
        [t("县区"), county], [t("期次"), round_name], [t("户数"), len(rows)], [t("导出日期"), session.user.today.isoformat()],
        [t("筛选"), _asked(session, kind, rows, t)],
    ]  # fmt: skip
    if session.simulated:
        about.append([t("说明"), t("模拟数据：不是真实住户")])
    name = file_name(t("模拟数据") if session.simulated else "", county, round_name, title, ending=".xlsx")
    return File(name, XLSX, xlsx_bytes([sheet, Sheet(t("说明"), [t("项目"), t("内容")], about)]))


def _asked(session: RegisterSession, kind: str, rows: Sequence[Row], t: Language) -> str:
    """What the list is filtered by, in words; all where by nothing."""
    asked, labels = session.asked, filter_labels(t)
    chosen = [
        f"{labels[name]}{t('：')}{value_words(name, kind, value, t)}" for name, value in asked.chosen.items() if value
    ]
    parts = [asked.township, asked.village, _searched(asked.search, rows, t), _part(session, t), *chosen]
    return " · ".join(part for part in parts if part) or t("全部")


def _searched(search: str, rows: Sequence[Row], t: Language) -> str:
    """The text searched for where it is a number or a place of all that it found; else only that somebody was searched for."""
    # A file goes from hand to hand, and the trail withholds the name too: whatever may be one is not written (0052).
    public = all(any(search in (row[name] or "") for name in ("household_id", "township", "village")) for row in rows)
    by_name = any(search in (row.get("name") or "") for row in rows)
    return search if rows and public and not by_name else t("按姓名查找") if search else ""


def _part(session: RegisterSession, t: Language) -> str:
    """The part of the list that its buttons chose: each list has its own, and none of the others'."""
    if session.listed in (RISK, EDGE) and session.stage:
        named = {CHANGED: t("结果有变"), WAITING: t("待上报")}
        return named[session.stage] if session.stage in named else t.label(STAGES[Stage(session.stage)])
    parts = {
        "managed": t("只看逾期未访") if session.overdue_only else "",
        "cases": t("只看未办结") if session.open_only else "",
        "plans": need_labels(t)[session.need] if session.need else "",
    }
    return parts.get(session.listed, "")
