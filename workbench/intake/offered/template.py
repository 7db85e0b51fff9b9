"""The template for unregistered households: a row a household, drop-downs, a sheet that explains. It is read by its layout."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workbench.domain.facts import CAUSES, FACT, GUARANTEE_LEVELS, GUARANTEES, Fact, FactType
from workbench.domain.parameters import counties, load_yaml
from workbench.errors import Words

LAYOUT = "unregistered_template"
_ROWS = 5000
_LEFT_OUT = frozenset({"kind", "exit_year"})
"""Facts that the template itself says, or that no unregistered household has."""
_HEAD_COLUMNS = ("户主姓名", "证件号码")
_TEXT_COLUMNS = ("户编号", *_HEAD_COLUMNS)
_MUST = ("户编号", "县")
_LONGEST_LIST = 255
"""Characters of a drop-down's values that a workbook holds in the cell's own rule."""
_WIDTH = 12
_SHEETS = Words("未建档立卡户", "households"), Words("填写说明", "how to fill in")
_EXPLANATION = (Words("列", "column"), Words("怎样填", "what to fill in"), Words("可填的值", "accepted"))
_UNKNOWN = Words(
    "不知道的留空：空白是“不知道”，不是 0，也不是“否”", "leave blank what is not known: a blank is neither 0 nor no"
)


@dataclass(frozen=True)
class _Column:
    """A column of the template: its header, the fact behind it, and what may be chosen."""

    header: str
    fact: Fact | None = None
    choices: tuple[str, ...] = ()


def template(language: str = "zh", county: str | None = None) -> bytes:
    """The template as a workbook; the explaining sheet is in `language`, the headers are those that lists bear.

    `county`: the code of the one county that may be chosen, with its townships.
    """
    content = io.BytesIO()
    columns = list(_columns(county))
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        _households(book, columns, language)
        _explanation(book, columns, language)
    return content.getvalue()


def _columns(county: str | None) -> Iterator[_Column]:
    facts: dict[str, dict[str, Any]] = load_yaml("intake_ledgers")["facts"]
    places = {
        "county_code": [one.zh for code, one in counties().items() if county in (None, code)],
        "township": load_yaml("intake_townships")["new"].get(county, []),
    }
    yield _Column("户编号")
    for name, source in facts.items():
        if name not in _LEFT_OUT:
            yield _Column(source["column"], FACT[name], tuple(places.get(name, _choices(FACT[name]))))
        if name == "village":
            yield from (_Column(header) for header in _HEAD_COLUMNS)
    yield _Column(_mark())


def _mark() -> str:
    """The column by which the template is known again."""
    (layout,) = (each for each in load_yaml("intake_ledgers")["layouts"] if each["name"] == LAYOUT)
    return str(layout["columns"][-1])


def _choices(fact: Fact) -> tuple[str, ...]:
    if fact.type is FactType.BOOLEAN:
        return ("是", "否")
    if fact.name in GUARANTEES:
        return tuple(zh for zh, _ in GUARANTEE_LEVELS.values())
    if fact.name == "cause":
        return CAUSES
    return tuple(map(str, fact.values or ()))


# -- the sheet to fill in -----------------------------------------------------------------------------------------------


def _households(book: xlsxwriter.Workbook, columns: list[_Column], language: str) -> None:
    sheet = book.add_worksheet(_in(_SHEETS[0], "zh"))
    head = book.add_format({"bold": True, "bg_color": "#DDE7F0", "border": 1, "text_wrap": True, "valign": "top"})
    must = book.add_format({"bold": True, "bg_color": "#F5DCC8", "border": 1, "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.header, must if column.header in _MUST else head)
        sheet.set_column(place, place, max(_WIDTH, 2 * len(column.header)), _cells(column, text))
        rule = _validation(column, language)
        if rule:
            sheet.data_validation(1, place, _ROWS, place, rule)
    sheet.freeze_panes(1, 1)


def _cells(column: _Column, text: Format) -> Format | None:
    """Numbers of households and people are text: a spreadsheet keeps 15 digits of a number."""
    return text if column.header in _TEXT_COLUMNS else None


def _validation(column: _Column, language: str) -> dict[str, Any]:
    """What the cells of a column accept; a list that is too long for a cell's rule is left to the explaining sheet."""
    accepted = _in(_accepted(column), language)
    message = {"ignore_blank": True, "error_title": column.header, "error_message": accepted[:_LONGEST_LIST]}
    if column.choices:
        if len(",".join(column.choices)) > _LONGEST_LIST:
            return {}
        # A township may be one that our list does not have; the intake keeps it with a warning too.
        strict = "warning" if column.fact is FACT["township"] else "stop"
        return {"validate": "list", "source": list(column.choices), "error_type": strict, **message}
    if column.fact is None or column.fact.type is FactType.STRING:
        return {}
    kind = "integer" if column.fact.type is FactType.INTEGER else "decimal"
    # A number's rule needs a bound: without a least value it is the largest amount that the rules compare.
    if column.fact.minimum is None:
        most = column.fact.most or 0.0
        return {"validate": kind, "criteria": "between", "minimum": -most, "maximum": most, **message}
    return {"validate": kind, "criteria": ">=", "value": column.fact.minimum, **message}


# -- the sheet that explains --------------------------------------------------------------------------------------------


def _explanation(book: xlsxwriter.Workbook, columns: list[_Column], language: str) -> None:
    sheet = book.add_worksheet(_in(_SHEETS[1], language))
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, line in enumerate(_lines()):
        sheet.write_string(place, 0, _in(line, language), bold if place == 0 else None)
    first = len(_lines()) + 1
    for place, title in enumerate(_EXPLANATION):
        sheet.write_string(first, place, _in(title, language), bold)
    for row, column in enumerate(columns, first + 1):
        for place, words in enumerate((Words(column.header, column.header), _meaning(column), _accepted(column))):
            sheet.write_string(row, place, _in(words, language), wrapped)
    _widths(sheet)


def _widths(sheet: Worksheet) -> None:
    for place, width in enumerate((24, 44, 60)):
        sheet.set_column(place, place, width)


def _lines() -> tuple[Words, ...]:
    return (
        Words(
            "未建档立卡户信息表：填在第一张表，一户一行，只填未建档立卡户（六政办〔2019〕15号 二（二））",
            "Unregistered households: fill in the first sheet, one row a household, unregistered households only (LA2019-15 §2.2)",
        ),
        _UNKNOWN,
        Words(
            "户编号、县必填；金额一律以元为单位；不要改动表头，不用的列可以删去，但最后一列的表头请保留",
            "the household number and the county are required; amounts are in yuan; keep the headers as they are; columns that "
            "are not used may be deleted, but keep the header of the last",
        ),
        Words(
            "填好后在“数据导入”页拖入；不必再指明类型和县区",
            "when filled in, drop it on the intake page; kind and county need not be said",
        ),
    )


def _meaning(column: _Column) -> Words:
    if column.fact is None:
        return _OTHER.get(column.header, Words("备注，工作台不读；表头请保留", "remarks, not read; keep the header"))
    unit = f"（{column.fact.unit}）" if column.fact.unit else ""
    return Words(
        f"{column.fact.zh}{unit}", f"{column.fact.en}{f' ({_UNITS[column.fact.unit]})' if column.fact.unit else ''}"
    )


_OTHER = {
    "户编号": Words("本县用来认这一户的编号，每户不同，以后各期不变", "the county's own number of the household: unique, the same in every round"),
    "户主姓名": Words("另存于个人信息，不进入事实", "kept with the personal data, not among the facts"),
    "证件号码": Words("户主的证件号码；另存于个人信息，用来与部门名单对上", "the head's ID number: kept with the personal data, to match lists of departments"),
}  # fmt: skip
_UNITS = {
    "人": "members",
    "月": "months, all members, last 12 months",
    "元/年": "yuan a year",
    "元/年·人": "yuan per person per year",
    "亩": "mu",
}


def _accepted(column: _Column) -> Words:
    if column.choices:
        return Words("、".join(column.choices), ", ".join(column.choices))
    if column.fact is None or column.fact.type is FactType.STRING:
        return Words("文字", "text")
    least = "" if column.fact.minimum is None else f"，不小于 {column.fact.minimum:g}"
    least_en = "" if column.fact.minimum is None else f", at least {column.fact.minimum:g}"
    whole = column.fact.type is FactType.INTEGER
    return Words(f"{'整数' if whole else '数字'}{least}", f"{'whole number' if whole else 'number'}{least_en}")


def _in(words: Words, language: str) -> str:
    return words.en if language == "en" else words.zh
