"""公示名单: what hangs in the village while objections may be made (LA2019-15 §2.1.3-a)."""

import re
from dataclasses import replace

from workbench.domain.rounds import round_words
from workbench.errors import RefusedError, Words
from workbench.reports.documents.wording import day
from workbench.reports.ledgers.household_columns import Form, numbered, numbered_lines, page_of
from workbench.reports.ledgers.table import Column, Kind
from workbench.reports.ledgers.workbook import workbook_bytes
from workbench.reports.list_records import PublicList

_PERSONAL_NUMBER = re.compile(r"\d{7,}|\d{3,6}(?:[\s\-－–—]\d{3,8}){2,}")
"""No name, place or matter needs as many digits; phone, ID and account numbers do, in groups too (138-1234-5678), as no day is."""


def public_list(listed: PublicList) -> bytes:
    """The list as a spreadsheet (xlsx). Raises RefusedError where a text holds what looks like a person's number."""
    lines = numbered_lines(_FORM, listed.rows)
    for line in lines:
        # Every cell, whatever its column: what was typed into a name or a place hangs out as well.
        for column, cell in zip(_FORM.columns, line.cells, strict=True):
            if isinstance(cell, str) and _PERSONAL_NUMBER.search(cell):
                raise RefusedError(
                    Words(
                        f"公示名单第 {line.cells[0]} 行“{column.header}”含有长数字，可能是证件、电话或账号；公示不得载明，请删去",
                        f"public list, row {line.cells[0]}, {column.header}: a long number, maybe of an ID, phone or account; "
                        "none may be made public, take it out",
                        code="reports.public-list-row-long",
                    )
                )
    period = f"公示期：{day(listed.starts_on)}至{day(listed.ends_on)}"
    notice = f"{period}。如有异议，请在公示期内向{listed.contact_office}反映，电话：{listed.contact_phone}。"
    page = page_of(_FORM, listed.heading, lines)
    caption = (f"公示单位：{listed.heading.unit}", f"期次：{round_words(listed.heading.round)}", period)
    page = replace(page, caption=caption, notes=(notice, *page.notes))
    return workbook_bytes([page], listed.heading.made_on)


_FORM = Form(
    "拟纳入建档立卡户公示名单",
    numbered(
        (
            Column("乡镇", 18, lambda row: row.township, Kind.CENTRED),
            Column("村", 24, lambda row: row.village, Kind.CENTRED),
            Column("组", 14, lambda row: row.group, Kind.CENTRED),
            # Place, name, persons and the matter are all: no household number, cause or health (§2.1.3-a).
            Column("户主姓名", 16, lambda row: row.head_name, Kind.CENTRED),
            Column("人数", 10, lambda row: row.persons, Kind.CENTRED, summed=True),
            Column("公示事项", 44, lambda row: row.matter),
        )
    ),
    signatures=("公示单位（盖章）：",),
)
