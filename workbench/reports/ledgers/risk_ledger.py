"""返贫风险台账: the lifted households of a round with their tiers, marked red, yellow, blue (LA2019-15 §2.1.1-f)."""

from collections.abc import Collection

from workbench.domain.facts import GUARANTEES
from workbench.reports.documents.wording import tier_legend, tier_mark
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
from workbench.reports.ledgers.table import Cell, Column, Kind, Page, Paper
from workbench.reports.ledgers.workbook import workbook_bytes
from workbench.reports.records import RiskLedger, RiskRow

_INCOME, _GUARANTEES = "年收入与支出（元）", "“两不愁三保障”及饮水安全"
_TIER, _PROCEDURE = "风险等级", "走访、初评上报、审核、备案"


def risk_ledger(ledger: RiskLedger) -> bytes:
    """Return the ledger as a spreadsheet (xlsx), a household a row."""
    return workbook_bytes([_page(ledger)], ledger.heading.made_on)


def risk_annex(ledger: RiskLedger, headers: Collection[str] = ()) -> bytes:
    """The ledger for paper: the columns chosen (none: all) on sheets that print legibly; it is not read in again."""
    return workbook_bytes(annex_pages(_page(ledger), headers), ledger.heading.made_on)


def risk_annex_headers() -> list[str]:
    """The columns that an office may take into the annex or leave out, in their order."""
    return free_headers(_FORM.columns)


def _page(ledger: RiskLedger) -> Page:
    lines = numbered_lines(_FORM, ledger.rows, lambda row: row.tier_now)
    return page_of(_FORM, ledger.heading, lines)


def _filed_tier(row: RiskRow) -> Cell:
    """The tier that stands filed: that of the register, else the one an earlier ledger brought."""
    # Only this column is read back as filed: the tier of the round may be a proposal as yet (decision 0013).
    if row.list_number or row.filed_on:
        return tier_mark(row.tier)
    earlier = row.facts.get("filed_tier")
    return tier_mark(int(earlier)) if earlier is not None else None


def _previous_tier(row: RiskRow) -> Cell:
    return tier_mark(row.previous_tier) if row.previous_tier is not None else "—"


_PRINTED = (
    *place_columns(),
    *identity_columns(),
    fact_column("persons", 5, summed=True),
    fact_column("labour", 6, summed=True),
    fact_column("exit_year", 6),
    fact_column("cause", 9),
    fact_column("income_pc", 9, band=_INCOME),
    fact_column("income_wage", 9, band=_INCOME),
    fact_column("income_business", 9, band=_INCOME),
    fact_column("income_property", 9, band=_INCOME),
    fact_column("income_transfer", 9, band=_INCOME),
    fact_column("out_of_pocket", 9, band=_INCOME),
    *(fact_column(name, 7, band=_GUARANTEES) for name in GUARANTEES),
    Column("主要风险", 11, lambda row: row.main_risk.replace("；", "\n"), Kind.CENTRED),
    Column("上期等级", 7, _previous_tier, Kind.CENTRED, _TIER),
    Column("本期等级", 7, lambda row: tier_mark(row.tier_now), Kind.TIER, _TIER),
    Column("调整类型", 5, lambda row: row.adjustment.value, Kind.CENTRED, _TIER),
    Column("调整原因", 14, lambda row: row.reason, band=_TIER),
    Column("走访（日期、走访人）", 11, lambda row: action_cell(row.visit), Kind.CENTRED, _PROCEDURE),
    Column("村两委意见", 15, lambda row: action_cell(row.proposal), Kind.CENTRED, _PROCEDURE),
    Column("乡镇审核（日期、审核人）", 11, lambda row: action_cell(row.review), Kind.CENTRED, _PROCEDURE),
    Column("备案等级", 7, _filed_tier, Kind.CENTRED, _PROCEDURE),
    Column(
        "县区备案（日期、清单编号）", 13, lambda row: one_below_another(row.filed_on, row.list_number), Kind.CENTRED,
        _PROCEDURE,
    ),
    Column("帮扶措施", 20, lambda row: one_below_another(*row.measures)),
    Column("责任人", 8, lambda row: row.responsible, Kind.CENTRED),
    Column("备注", 9, lambda row: row.remarks),
)  # fmt: skip
_FORM = Form(
    "已脱贫户返贫风险台账",
    numbered((*_PRINTED, *unprinted_columns(_PRINTED))),
    notes=(
        f"{tier_legend()}。空白表示未知，不是 0，也不是“否”。“有困难”指“两不愁三保障”出现新困难。帮扶措施、责任人空白的，登记中还没有帮扶计划。",
    ),
    # 序号 to 户主姓名: whose row it is stays in sight.
    paper=Paper(a3=True, frozen=6),
)
