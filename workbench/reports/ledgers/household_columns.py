"""Columns that the ledgers of households share: place, identity, facts under their vocabulary names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.facts import FACT, FACTS, GUARANTEE_LEVELS, GUARANTEES, KINDS, FactType
from workbench.domain.rounds import round_words
from workbench.reports.documents.wording import (
    SIMULATED,
    day,
    document_number,
    list_digests,
    list_label,
    title_of,
)
from workbench.reports.ledgers.table import Cell, Column, Kind, Line, Page, Paper, text, total_line
from workbench.reports.records import ActionRecord, Heading

NUMBER = "序号"
UNPRINTED = "其余事实（不打印，供再次导入）"
_BORNE_OTHERWISE = frozenset({"household_id", "round", "county_code", "township", "village", "filed_tier", "weight"})
"""Facts that stand in a column of another kind, or that the round itself gives; a ledger's row is one household."""
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
    "income_pc": "人均纯收入",
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
    """Return the header under which a ledger bears a fact."""
    return FACT_HEADERS.get(fact, FACT[fact].zh)


def fact_column(fact: str, width: float, *, band: str = "", summed: bool = False, printed: bool = True) -> Column:
    """A column for a fact of `row.facts`; what is not known is blank."""
    words = _WORDS.get(fact)
    numeric = words is None and FACT[fact].type is FactType.FLOAT

    def value(row: Any) -> Cell:
        # What is not known is in no list of words either, and stays blank (decision 0013).
        known: Cell = row.facts.get(fact)
        return words.get(known) if words is not None else known

    kind = Kind.NUMBER if numeric else Kind.CENTRED
    return Column(header_of(fact), width, value, kind, band, summed=summed, printed=printed)


def place_columns() -> tuple[Column, ...]:
    """Where a household lives; the county stands in the title and among the columns beyond the print."""
    return (
        Column("乡镇", 8, lambda row: row.place.township, Kind.CENTRED),
        Column("村", 10, lambda row: row.place.village, Kind.CENTRED),
        Column("组", 7, lambda row: row.place.group, Kind.CENTRED),
    )


def identity_columns() -> tuple[Column, ...]:
    """Who the household is; numbers as text, so that no digit is lost."""
    return (
        Column("户编号", 15, lambda row: row.household_id, Kind.CODE),
        Column("户主姓名", 9, lambda row: row.head_name, Kind.CENTRED),
        Column("证件号码", 19, lambda row: row.id_number, Kind.CODE),
    )


def unprinted_columns(shown: Sequence[Column]) -> tuple[Column, ...]:
    """The county and every fact that the printed columns do not bear: a ledger read in again loses none."""
    # By header, as the intake knows a column (decision 0013).
    headers = {column.header for column in shown}
    facts = [fact.name for fact in FACTS if fact.name not in _BORNE_OTHERWISE and header_of(fact.name) not in headers]
    return (
        Column("县区", 10, lambda row: row.place.county, Kind.CENTRED, UNPRINTED, printed=False),
        *(fact_column(name, 11, band=UNPRINTED, printed=False) for name in facts),
    )


def one_below_another(*parts: Cell) -> str:
    """Return the parts that there are, each on a line of its own."""
    return "\n".join(words for part in parts if (words := text(part)))


def action_cell(action: ActionRecord | None) -> str:
    """Return a step in one cell: when, who, what was said."""
    return one_below_another(action.on, action.by, action.words) if action else ""


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
    return (Column(NUMBER, 5, lambda row: None, Kind.CENTRED), *columns)


def numbered_lines(form: Form, rows: Sequence[Any], mark: Callable[[Any], int | None] | None = None) -> list[Line]:
    """Return a line a row, numbered from 1."""
    return [
        Line((number, *(column.value(row) for column in form.columns[1:])), mark(row) if mark else None)
        for number, row in enumerate(rows, 1)
    ]


def page_of(form: Form, heading: Heading, lines: Sequence[Line]) -> Page:
    """The sheet: title and caption from the heading, totals, notes, signatures, and the footer of every page."""
    # Totals are numbers like any other: no cell of a ledger is a formula (decision 0013).
    whole = [*lines, total_line(form.columns, lines)] if form.totalled and lines else list(lines)
    title = title_of(heading, form.name)
    filed = f"备案文号：{document_number(heading)}　{list_label(heading)}"
    if heading.filed_on:
        filed += f"　备案日期：{day(heading.filed_on)}"
    return Page(
        name=form.name,
        title=title,
        caption=(f"填报单位：{heading.unit}", f"期次：{round_words(heading.round)}", filed),
        columns=form.columns,
        lines=tuple(whole),
        notes=(*form.notes, *list_digests(heading), *((f"※ {SIMULATED}。",) if heading.simulated else ())),
        signatures=(*form.signatures, f"制表人：{heading.made_by}　{day(heading.made_on)}"),
        footer=f"{SIMULATED}　{title}" if heading.simulated else title,
        paper=form.paper,
    )
