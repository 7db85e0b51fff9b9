"""待录入名单: who is to be entered when the national system opens for changes; no one is left out (§2.1.3-b, -c)."""

from dataclasses import replace

from workbench.reports.documents.wording import day
from workbench.reports.ledgers.household_columns import (
    Form,
    identity_columns,
    numbered,
    numbered_lines,
    page_of,
    place_columns,
)
from workbench.reports.ledgers.table import Column, Kind, Paper
from workbench.reports.ledgers.workbook import workbook_bytes
from workbench.reports.list_records import EntryList, EntryRow


def entry_list(listed: EntryList) -> bytes:
    """Return the list as a spreadsheet (xlsx), a household a row."""
    page = page_of(_FORM, listed.heading, numbered_lines(_FORM, listed.rows))
    window = f"录入窗口期：{day(listed.opens_on)}至{day(listed.closes_on)}"
    # In the notice's own words (§2.1.3-c): no number caps who is entered.
    notes = ("应纳尽纳，返贫即入，不搞规模控制。", *page.notes)
    # The window stands where other sheets have the number of their filing: this list is not filed.
    page = replace(page, caption=(*page.caption[:2], window), notes=notes)
    return workbook_bytes([page], listed.heading.made_on)


def _publicity(row: EntryRow) -> str:
    return f"{row.publicised_from.isoformat()} 至 {row.publicised_to.isoformat()}"


_STEPS = "认定程序"
_FORM = Form(
    "待录入全国扶贫开发信息系统名单",
    numbered(
        (
            Column("县区", 8, lambda row: row.place.county, Kind.CENTRED),
            *place_columns(),
            *identity_columns(),
            Column("人数", 6, lambda row: row.persons, Kind.CENTRED, summed=True),
            Column("人均纯收入（元）", 13, lambda row: row.income_pc, Kind.NUMBER),
            Column("致贫（返贫）原因", 12, lambda row: row.cause, Kind.CENTRED),
            Column("来源", 11, lambda row: row.origin, Kind.CENTRED),
            Column("调查核实", 11, lambda row: row.verified.on, Kind.CENTRED, _STEPS),
            Column("民主评议", 11, lambda row: row.appraised.on, Kind.CENTRED, _STEPS),
            Column("公示", 13, _publicity, Kind.CENTRED, _STEPS),
            Column("公告", 11, lambda row: row.announced_on, Kind.CENTRED, _STEPS),
            Column("备注", 16, lambda row: row.remarks),
        )
    ),
    paper=Paper(frozen=6),
)
