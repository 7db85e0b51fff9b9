"""The filed households in the layout of the national system's list of persons (`parameters/national_list.yaml`).

A second sheet says of each column where it is from, and what about it is not verified.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import xlsxwriter

from workbench.domain.facts import SIMULATED_MARK
from workbench.domain.parameters import load_yaml
from workbench.domain.rounds import round_words
from workbench.reports.ledgers.table import refuse_long
from workbench.reports.list_records import NationalList, NationalRow

_KINDS = {"risk": "已脱贫", "edge": "边缘易致贫"}
_FROM = {
    "number": "顺序号", "made_on": "导出日期", "county": "县区", "household": "户编号", "person": "导入时的人口名单", "fact": "本期事实",
    "monitored": "登记：在管边缘户", "entered_on": "登记：纳入日期", "blank": "留空",
}  # fmt: skip


def national_list(listed: NationalList) -> bytes:
    """The file (xlsx). Every cell is text, so that no number loses a digit.

    Raises InputError for a text longer than a cell holds.
    """
    declared = load_yaml("national_list")
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        # The day of the list and not of the clock: the same list gives the same bytes.
        book.set_properties({"created": dt.datetime.combine(listed.heading.made_on, dt.time())})
        # "@": a number typed over a cell stays text too, with every digit of an ID.
        sheet, text = book.add_worksheet("人口名单"), book.add_format({"num_format": "@"})
        headers = [column["header"] for column in declared["columns"]]
        for row, cells in enumerate(_sheet(listed, declared)):
            for place, cell in enumerate(cells):
                refuse_long(cell, row, headers[place])
                sheet.write_string(row, place, cell, text)
        notes = book.add_worksheet("填写说明")
        for row, cells in enumerate(_notes(declared, listed)):
            for place, cell in enumerate(cells):
                notes.write_string(row, place, cell, text)
        notes.set_column(0, 2, 24)
        notes.set_column(3, 3, 70)
    return buffer.getvalue()


def _sheet(listed: NationalList, declared: Mapping[str, Any]) -> list[list[str]]:
    """Two title rows, the header in the third, then the persons."""
    heading = listed.heading
    households = len({row.household_id for row in listed.rows})
    # Of a household whose members nobody handed in, as many as its facts say: one row stands for all of them.
    persons = sum(1 if row.person else int(row.facts.get("persons") or 0) for row in listed.rows)
    titles = [
        title.format(
            kind=_KINDS[listed.kind],
            county=heading.county,
            round=round_words(heading.round),
            count=households,
            persons=persons,
        )
        for title in declared["titles"]
    ]
    mark = SIMULATED_MARK if heading.simulated else ""
    columns = declared["columns"]
    rows = [[_cell(column, listed, row, number) for column in columns] for number, row in enumerate(listed.rows, 1)]
    return [[f"{mark}{titles[0]}"], [titles[1]], [column["header"] for column in columns], *rows]


def _cell(column: Mapping[str, Any], listed: NationalList, row: NationalRow, number: int) -> str:
    value = _VALUES[column["from"]](column, listed, row, number)
    if "words" in column:
        # What has no code there stays blank: nothing is guessed.
        value = column["words"].get(value, value if isinstance(value, str) and column["from"] == "fact" else None)
    if isinstance(value, float):
        return f"{value:.2f}"
    return "" if value is None else str(value)


def _entered(column: Mapping[str, Any], listed: NationalList, row: NationalRow, number: int) -> Any:
    del column, listed, number
    return row.entered_on[:7].replace("-", "") if row.entered_on else None


_VALUES: dict[str, Callable[[Mapping[str, Any], NationalList, NationalRow, int], Any]] = {
    "number": lambda _column, _listed, _row, number: number,
    "made_on": lambda _column, listed, _row, _number: f"{listed.heading.made_on:%Y%m%d}",
    "county": lambda _column, listed, _row, _number: listed.heading.county,
    "household": lambda _column, _listed, row, _number: row.household_id,
    "person": lambda column, _listed, row, _number: row.person.get(column["name"]),
    "fact": lambda column, _listed, row, _number: row.facts.get(column["name"]),
    "monitored": lambda _column, _listed, row, _number: row.kind,
    "entered_on": _entered,
    "blank": lambda _column, _listed, _row, _number: None,
}


def _notes(declared: Mapping[str, Any], listed: NationalList) -> list[list[str]]:
    head, without_facts = ["列", "取自", "是否核实", "说明"], listed.without_facts
    rows = [
        [column["header"], _FROM[column["from"]], "已核实" if column["verified"] else "未核实", column.get("note", "")]
        for column in declared["columns"]
    ]
    whole = "系统的导入模板没有公开，本表与导入模板是否完全一致未核实；导入前请与当日下载的模板逐列核对。"
    bare = sum(not row.person for row in listed.rows)
    alone = f"{bare} 户没有导入人口名单：按户各列一行，姓名、证件号码等留空，标题中的人数按本期事实的“人数”计。"
    # A line each: all the numbers together might be longer than a cell holds.
    missing = [[f"本期数据中没有的户（{len(without_facts)} 户，已列入名单，事实各列留空）："]] if without_facts else []
    missing += [[household] for household in without_facts]
    return [[f"表头依据：{declared['source']}。{whole}"], *([[alone]] if bare else []), head, *rows, *missing]
