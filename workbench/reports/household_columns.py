"""Columns that the ledgers of households share: place, identity, facts under their vocabulary names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.vocabulary import FACT, GUARANTEE_LEVELS, GUARANTEES, KINDS, FactType
from workbench.reports.records import Heading
from workbench.reports.table import Cell, Column, Kind, Line, Page, Paper, total_line
from workbench.reports.wording import SIMULATED, day, round_words, title_of

NUMBER = "序号"
FACT_HEADERS: dict[str, str] = {
    "kind": "户类型",
    "persons": "人数",
    "labour": "劳动力",
    "skilled": "技能劳动力",
    "weak_labour": "弱劳动力或半劳动力",
    "exit_year": "脱贫年度",
    "cause": "主要致贫原因",
    "work_months": "务工月数",
    "land_mu": "耕地面积（亩）",
    "income_pc": "人均纯收入（元）",
    "income_wage": "工资性收入",
    "income_business": "生产经营性收入",
    "income_property": "财产性收入",
    "income_transfer": "转移性收入",
    "cost_business": "生产经营性支出",
    "net_income": "家庭纯收入",
    "out_of_pocket": "合规自付支出",
    "housing_grade": "房屋安全等级",
}
"""Headers of facts where the ledger says more than the label does; the intake's layouts name the same columns."""
_WORDS: dict[str, dict[Any, str]] = {
    "kind": {name: zh for name, (zh, _) in KINDS.items()},
    **{name: {level: zh for level, (zh, _) in GUARANTEE_LEVELS.items()} for name in GUARANTEES},
}


def header_of(fact: str) -> str:
    """The header under which a ledger bears a fact."""
    return FACT_HEADERS.get(fact, FACT[fact].zh)


def fact_column(fact: str, width: float, *, band: str = "", summed: bool = False) -> Column:
    """A column for a fact of `row.facts`; what is not known is blank."""
    words = _WORDS.get(fact)
    kind = Kind.NUMBER if FACT[fact].type is FactType.FLOAT or (summed and words is None) else Kind.CENTRED

    def value(row: Any) -> Cell:
        known: Cell = row.facts.get(fact)
        return words.get(known) if words is not None else known

    return Column(header_of(fact), width, value, kind, band, summed=summed)


def place_columns() -> tuple[Column, ...]:
    """Where a household lives."""
    return (
        Column("县区", 8, lambda row: row.place.county, Kind.CENTRED),
        Column("乡镇", 10, lambda row: row.place.township, Kind.CENTRED),
        Column("村", 13, lambda row: row.place.village, Kind.CENTRED),
        Column("组", 8, lambda row: row.place.group, Kind.CENTRED),
    )


def identity_columns() -> tuple[Column, ...]:
    """Who the household is; numbers as text, so that no digit is lost."""
    return (
        Column("户编号", 17, lambda row: row.household_id, Kind.CODE),
        Column("户主姓名", 9, lambda row: row.head_name, Kind.CENTRED),
        Column("证件号码", 20, lambda row: row.id_number, Kind.CODE),
    )


_A4 = Paper()


@dataclass(frozen=True)
class Form:
    """What a kind of sheet always says: its name, columns, notes, who signs."""

    name: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ("单位负责人（签字）：", "审核人（签字）：", "填报单位（盖章）：")
    paper: Paper = _A4
    totalled: bool = True


def numbered(columns: Sequence[Column]) -> tuple[Column, ...]:
    """A running number before the columns; it is filled in when the lines are made."""
    return (Column(NUMBER, 6, lambda row: None, Kind.NUMBER), *columns)


def numbered_lines(form: Form, rows: Sequence[Any], mark: Callable[[Any], int | None] | None = None) -> list[Line]:
    """A line a row, numbered from 1."""
    return [
        Line((number, *(column.value(row) for column in form.columns[1:])), mark(row) if mark else None)
        for number, row in enumerate(rows, 1)
    ]


def page_of(form: Form, heading: Heading, lines: Sequence[Line]) -> Page:
    """The sheet: title and caption from the heading, totals, notes, signatures, and the footer of every page."""
    whole = [*lines, total_line(form.columns, lines)] if form.totalled and lines else list(lines)
    title = title_of(heading, form.name)
    filed = f"备案文号：{heading.filing_number or '（未备案）'}"
    if heading.filed_on:
        filed += f"　备案日期：{day(heading.filed_on)}"
    digest = (f"备案清单校验码（SHA-256）：{heading.digest}",) if heading.digest else ()
    return Page(
        name=form.name,
        title=title,
        caption=(f"填报单位：{heading.unit}", f"轮次：{round_words(heading.round)}", filed),
        columns=form.columns,
        lines=tuple(whole),
        notes=(*form.notes, *digest, *((f"※ {SIMULATED}。",) if heading.simulated else ())),
        signatures=(*form.signatures, f"制表人：{heading.made_by}　{day(heading.made_on)}"),
        footer=f"{SIMULATED}　{title}" if heading.simulated else title,
        paper=form.paper,
    )
