"""The list in sight as a workbook to take along: whole, as it is filtered and sorted, with the columns that it shows."""

from workbench.ui.kit.files.download import XLSX, Cell, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.pages.register.lists import export_columns
from workbench.ui.pages.register.state import RegisterSession


def list_export(session: RegisterSession, t: Language) -> File:
    """The list in sight, with a line of where it is from on a second sheet."""
    titles = {
        "risk": t("风险等级名单"), "edge": t("边缘户名单"), "managed": t("边缘户台账"), "plans": t("帮扶名单"),
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
    sheet = Sheet(title, [label for label, _ in columns], [[value(row) for _, value in columns] for row in rows])
    about: list[list[Cell]] = [
        [t("县区"), county], [t("期次"), round_name], [t("户数"), len(rows)], [t("导出日期"), session.user.today.isoformat()],
        [t("筛选"), _asked(session, t)],
    ]  # fmt: skip
    if session.simulated:
        about.append([t("说明"), t("模拟数据：不是真实住户")])
    name = file_name(t("模拟数据") if session.simulated else "", county, round_name, title, ending=".xlsx")
    return File(name, XLSX, xlsx_bytes([sheet, Sheet(t("说明"), [t("项目"), t("内容")], about)]))


def _asked(session: RegisterSession, t: Language) -> str:
    """What the list is filtered by; all where by nothing."""
    asked = session.asked
    parts = [asked.township, asked.village, asked.search, session.stage, *asked.chosen.values()]
    return " · ".join(part for part in parts if part) or t("全部")
