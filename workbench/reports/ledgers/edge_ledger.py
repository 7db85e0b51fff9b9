"""边缘户台账: the households that a county's standard brought under management (LA2019-15 §2.2-b to -d)."""

from collections.abc import Collection

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.reports.documents.wording import NOTICE
from workbench.reports.ledgers.annex import annex_pages, free_headers
from workbench.reports.ledgers.household_columns import (
    Form,
    action_cell,
    fact_column,
    identity_columns,
    numbered,
    numbered_lines,
    one_below_another,
    page_of,
    place_columns,
    unprinted_columns,
)
from workbench.reports.ledgers.table import Column, Kind, Page, Paper
from workbench.reports.ledgers.workbook import workbook_bytes
from workbench.reports.records import ActionRecord, EdgeLedger, EdgeRow

_GROUPS, _INCOME, _CHECKS = "重点群体类别", "收入与支出（元）", "信息比对"
_SHOWN_VISITS = 3


def edge_ledger(ledger: EdgeLedger) -> bytes:
    """Return the ledger as a spreadsheet (xlsx), a household a row."""
    return workbook_bytes([_page(ledger)], ledger.heading.made_on)


def edge_annex(ledger: EdgeLedger, headers: Collection[str] = ()) -> bytes:
    """The ledger for paper: the columns chosen (none: all) on sheets that print legibly; it is not read in again."""
    return workbook_bytes(annex_pages(_page(ledger), headers), ledger.heading.made_on)


def edge_annex_headers() -> list[str]:
    """The columns that an office may take into the annex or leave out, in their order."""
    return free_headers(_FORM.columns)


def _page(ledger: EdgeLedger) -> Page:
    return page_of(_FORM, ledger.heading, numbered_lines(_FORM, ledger.rows))


def _period(row: EdgeRow) -> str:
    if row.income_from is None or row.income_to is None:
        return ""
    return f"{row.income_from.isoformat()} 至\n{row.income_to.isoformat()}"


def _visits(row: EdgeRow) -> str:
    """The last visits, the newest first; how many there were before."""
    # Dated or not comes first in the key: None does not compare with a day.
    dated = sorted(row.visits, key=lambda visit: (visit.on is not None, visit.on), reverse=True)
    said = [_visit(visit) for visit in dated[:_SHOWN_VISITS]]
    earlier = len(dated) - len(said)
    return "\n".join([*said, *([f"此前走访 {earlier} 次"] if earlier else [])])


def _visit(visit: ActionRecord) -> str:
    return " ".join(part for part in (visit.on.isoformat() if visit.on else "", visit.by, visit.words) if part)


_PRINTED = (
    *place_columns(),
    *identity_columns(),
    fact_column("persons", 5, summed=True),
    *(fact_column(name, 6, band=_GROUPS) for name in KEY_GROUPS),
    Column("其他群体", 7, lambda row: "、".join(row.other_groups), Kind.CENTRED, _GROUPS),
    fact_column("income_pc", 9, band=_INCOME),
    Column("收入计算期间", 12, _period, Kind.CENTRED, _INCOME),
    fact_column("out_of_pocket", 9, band=_INCOME),
    fact_column("housing_grade", 6),
    Column("致贫风险", 9, lambda row: row.main_risk, Kind.CENTRED),
    Column("适用标准", 13, lambda row: row.standard),
    *(fact_column(name, 6, band=_CHECKS) for name in CROSS_CHECKS),
    Column("村初评上报", 12, lambda row: action_cell(row.proposal), Kind.CENTRED),
    Column("乡镇审核", 12, lambda row: action_cell(row.review), Kind.CENTRED),
    Column("纳入日期", 11, lambda row: row.entered_on, Kind.CENTRED),
    Column("包保责任人", 8, lambda row: row.officer, Kind.CENTRED),
    Column("走访记录", 24, _visits),
    Column("帮扶措施", 24, lambda row: one_below_another(*row.measures)),
    Column("状态", 8, lambda row: row.status.value, Kind.CENTRED),
    Column("变动日期", 11, lambda row: row.changed_on, Kind.CENTRED),
    Column("备注", 9, lambda row: row.remarks),
)
_FORM = Form(
    "边缘户台账",
    numbered((*_PRINTED, *unprinted_columns(_PRINTED))),
    notes=(
        f"空白表示未知，不是 0，也不是“否”。重点群体八类依据{NOTICE}二（二）。走访记录列最近三次。包保责任人、帮扶措施空白的，登记中还没有指定、制定。",
    ),
    # 序号 to 户主姓名: whose row it is stays in sight.
    paper=Paper(a3=True, frozen=6),
)
