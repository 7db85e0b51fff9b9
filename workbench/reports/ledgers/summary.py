"""汇总表: figures by township, subtotals of counties, total of the city (LA2019-15 §4.3-a)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any

from workbench.domain.facts import KEY_GROUPS, LABELS, OWN_FLAGS
from workbench.domain.rules.tiers import SYMBOLS, TIERS, UNDETERMINED
from workbench.reports.documents.wording import CITY
from workbench.reports.ledgers.household_columns import Form, page_of
from workbench.reports.ledgers.table import Column, Kind, Line, Paper
from workbench.reports.ledgers.workbook import workbook_bytes
from workbench.reports.records import Summary, SummaryRow, Tally

TIER_KEYS: tuple[int | None, ...] = (*TIERS, None)
_COUNTS = ("raised", "lowered", "below_line", "any_time", "edge_new", "edge_left", "edge_registered")
_CHANGES, _EDGE, _GROUPS, _RISKS = "期内变化（户）", "边缘户（户）", "边缘户按重点群体（户）", "按主要风险（户）"


def summary(summed: Summary) -> bytes:
    """The table as a spreadsheet (xlsx): townships under their county, counties under the city, in the order given."""
    form = Form(
        "防范返贫和边缘户帮扶工作汇总表",
        _columns(summed.rows),
        (_NOTE,),
        paper=Paper(a3=True, frozen=2),
        # Its subtotals and totals are lines of their own: a sum below would count everybody again.
        totalled=False,
    )
    return workbook_bytes([page_of(form, summed.heading, _lines(form.columns, summed.rows))], summed.heading.made_on)


def total(rows: Sequence[SummaryRow], county: str, township: str) -> SummaryRow:
    """Return the rows added up."""
    return SummaryRow(
        county,
        township,
        lifted=_tally(row.lifted for row in rows),
        filed=None if any(row.filed is None for row in rows) else sum(row.filed or 0 for row in rows),
        tiers={tier: _tally(row.tiers.get(tier, Tally()) for row in rows) for tier in TIER_KEYS},
        fallen_back=_tally(row.fallen_back for row in rows),
        edge=_tally(row.edge for row in rows),
        by_group=_counter(row.by_group for row in rows),
        by_risk=_counter(row.by_risk for row in rows),
        **{name: sum(getattr(row, name) for row in rows) for name in _COUNTS},
    )


def _tally(tallies: Iterable[Tally]) -> Tally:
    return reduce(add, tallies, Tally())


def _counter(counts: Iterable[Any]) -> dict[str, int]:
    # Added counters drop their zeros; whoever reads takes a missing key for 0.
    return dict(reduce(add, (Counter(one) for one in counts), Counter()))


def _lines(columns: Sequence[Column], rows: Sequence[SummaryRow]) -> list[Line]:
    counties = list(dict.fromkeys(row.county for row in rows))
    lines: list[Line] = []
    for county in counties:
        townships = [row for row in rows if row.county == county]
        lines += [_line(columns, row) for row in townships]
        lines.append(_line(columns, total(townships, county, "小计"), emphasis=True))
    # The subtotal of a single county is the total.
    if len(counties) > 1:
        lines.append(_line(columns, total(rows, CITY, "合计"), emphasis=True))
    return lines


def _line(columns: Sequence[Column], row: SummaryRow, *, emphasis: bool = False) -> Line:
    return Line(tuple(column.value(row) for column in columns), emphasis=emphasis)


def _columns(rows: Sequence[SummaryRow]) -> tuple[Column, ...]:
    risks = sorted({risk for row in rows for risk in row.by_risk})
    return (
        Column("县区", 9, lambda row: row.county, Kind.CENTRED),
        Column("乡镇", 13, lambda row: row.township, Kind.CENTRED),
        *_pair("已脱贫户", lambda row: row.lifted),
        *(column for tier in TIER_KEYS for column in _pair(_tier_band(tier), _tier_tally(tier))),
        _count("风险升高", "raised", _CHANGES),
        _count("风险降低", "lowered", _CHANGES),
        _count("等级转轻但低于扶贫标准", "below_line", _CHANGES),
        _count("随时调整", "any_time", _CHANGES),
        *_pair("返贫", lambda row: row.fallen_back),
        *_pair("在管边缘户", lambda row: row.edge),
        _count("新增", "edge_new", _EDGE),
        _count("退出", "edge_left", _EDGE),
        _count("转建档立卡", "edge_registered", _EDGE),
        *(Column(LABELS[name][0], 7, _keyed("by_group", name), Kind.NUMBER, _GROUPS) for name in KEY_GROUPS),
        *(
            [Column("其他群体", 7, _keyed("by_group", OWN_FLAGS), Kind.NUMBER, _GROUPS)]
            if any(OWN_FLAGS in row.by_group for row in rows)
            else []
        ),
        *(Column(risk, 7, _keyed("by_risk", risk), Kind.NUMBER, _RISKS) for risk in risks),
    )


def _pair(band: str, tally: Callable[[SummaryRow], Tally]) -> tuple[Column, Column]:
    return (
        Column("户", 7, lambda row: tally(row).households, Kind.NUMBER, band),
        Column("人", 7, lambda row: tally(row).persons, Kind.NUMBER, band),
    )


def _tier_tally(tier: int | None) -> Callable[[SummaryRow], Tally]:
    return lambda row: row.tiers.get(tier, Tally())


def _tier_band(tier: int | None) -> str:
    if tier is None:
        return UNDETERMINED[0]
    level = TIERS[tier][0].split()[0]
    return f"{level}（{TIERS[tier][2]}）{SYMBOLS[tier]}"


def _count(header: str, name: str, band: str) -> Column:
    return Column(header, 7, lambda row: getattr(row, name), Kind.NUMBER, band)


def _keyed(name: str, key: str) -> Callable[[SummaryRow], int]:
    return lambda row: getattr(row, name).get(key, 0)


_NOTE = (
    "风险升高：三级变二级或一级、二级变一级；风险降低反之。“暂不能判定”是事实不全的户，与返贫户一样不计入三级；三级、暂不能判定、返贫相加为已脱贫户。"
    "一户可属几类重点群体、有几项主要风险，各类之和可大于户数。"
)
