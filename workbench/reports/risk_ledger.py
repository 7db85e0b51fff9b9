"""返贫风险台账: the lifted households of a round with their tiers, marked red, yellow, blue (LA2019-15 §2.1.1-f)."""

from workbench.domain.vocabulary import GUARANTEES
from workbench.reports.household_columns import (
    Form,
    fact_column,
    identity_columns,
    numbered,
    numbered_lines,
    page_of,
    place_columns,
)
from workbench.reports.records import RiskLedger, RiskRow
from workbench.reports.table import Cell, Column, Kind, Paper
from workbench.reports.wording import deed_words, tier_legend, tier_words
from workbench.reports.workbook import workbook_bytes

_LABOUR, _INCOME = "劳动力（人）", "年收入与支出（元）"
_GUARANTEES, _TIER = "“两不愁三保障”及饮水安全", "风险等级"
_VISIT, _REVIEW, _FILING = "入户走访", "提出与审核", "县区备案"


def risk_ledger(ledger: RiskLedger) -> bytes:
    """The ledger as a spreadsheet (xlsx), a household a row."""
    lines = numbered_lines(_FORM, ledger.rows, lambda row: row.tier)
    return workbook_bytes([page_of(_FORM, ledger.heading, lines)], ledger.heading.made_on)


def _filed_tier(row: RiskRow) -> Cell:
    """The tier that stands filed: that of the register, else the one an earlier ledger brought."""
    if row.filing_number or row.filed_on:
        return tier_words(row.tier)
    earlier = row.facts.get("filed_tier")
    return tier_words(int(earlier)) if earlier is not None else None


def _previous_tier(row: RiskRow) -> Cell:
    return tier_words(row.previous_tier) if row.previous_tier is not None else "—"


_COLUMNS = numbered(
    (
        *place_columns(),
        *identity_columns(),
        fact_column("kind", 9),
        fact_column("persons", 6, summed=True),
        fact_column("labour", 7, band=_LABOUR, summed=True),
        fact_column("skilled", 7, band=_LABOUR, summed=True),
        fact_column("weak_labour", 9, band=_LABOUR, summed=True),
        fact_column("exit_year", 7),
        fact_column("cause", 11),
        fact_column("work_months", 7),
        fact_column("land_mu", 8),
        fact_column("income_pc", 10, band=_INCOME),
        *(
            fact_column(name, 10, band=_INCOME)
            for name in (
                "income_wage", "income_business", "income_property", "income_transfer", "cost_business", "net_income",
                "out_of_pocket",
            )
        ),
        *(fact_column(name, 7, band=_GUARANTEES) for name in GUARANTEES),
        Column("主要风险", 12, lambda row: row.main_risk),
        Column("上期等级", 11, _previous_tier, Kind.CENTRED, _TIER),
        Column("本期等级", 11, lambda row: tier_words(row.tier), Kind.TIER, _TIER),
        Column("调整类型", 7, lambda row: row.adjustment.value, Kind.CENTRED, _TIER),
        Column("调整原因", 18, lambda row: row.reason, band=_TIER),
        Column("走访日期", 11, lambda row: row.visit and row.visit.on, Kind.CENTRED, _VISIT),
        Column("走访人", 9, lambda row: row.visit and row.visit.by, Kind.CENTRED, _VISIT),
        Column("村两委意见", 15, lambda row: deed_words(row.proposal), band=_REVIEW),
        Column("乡镇审核意见", 12, lambda row: deed_words(row.review), band=_REVIEW),
        Column("审核人", 9, lambda row: row.review and row.review.by, Kind.CENTRED, _REVIEW),
        Column("审核日期", 11, lambda row: row.review and row.review.on, Kind.CENTRED, _REVIEW),
        Column("备案等级", 11, _filed_tier, Kind.CENTRED, _FILING),
        Column("备案文号", 12, lambda row: row.filing_number, Kind.CENTRED, _FILING),
        Column("备案日期", 11, lambda row: row.filed_on, Kind.CENTRED, _FILING),
        Column("帮扶措施", 20, lambda row: "；".join(row.measures)),
        Column("责任人", 9, lambda row: row.responsible, Kind.CENTRED),
        Column("备注", 14, lambda row: row.remarks),
    )
)  # fmt: skip
_FORM = Form(
    "已脱贫户返贫风险台账",
    _COLUMNS,
    notes=(f"{tier_legend()}。空白表示未知，不是 0，也不是“否”。“有困难”指“两不愁三保障”出现新困难。",),
    paper=Paper(a3=True, frozen=7),
)
