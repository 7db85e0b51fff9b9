"""The date or year that stands above a table, or in a column of it, against the round that it is taken into."""

import re
from collections.abc import Iterable

import polars as pl

from workbench.domain.rounds import months_between
from workbench.errors import Words
from workbench.intake.findings.problems import Findings, Problem
from workbench.intake.reading.sheet import ROW, Sheet
from workbench.intake.reading.text import fold_header

_NUMBER_OF_A_PAPER = re.compile(r"[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*第?\s*\d*\s*号")
_DATE = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s*(?:年度?\s*(?:(?P<month>\d{1,2})\s*月)?|[-./](?P<m2>\d{1,2})(?:[-./]\d{1,2})?(?!\d)"
    r"|(?P<m3>0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?(?!\d))"
)
_ROUND = "期次"
_PERIODS = ("期次", "轮次", "数据期次", "数据日期", "数据时间", "数据期", "数据月份")
"""Columns that say of which time each row is."""
_COMPACT = re.compile(r"(20\d{2})(0[1-9]|1[0-2])")
_OF_ANOTHER = "row of another time"
_MOST_MONTHS = 6
"""A round is half a year: a list of another half year belongs to another round."""
REASON = "title of another time"


def title_findings(titles: Iterable[str], round_name: str) -> list[Problem]:
    """A warning for a title that tells of another time than the round: another year, or more than half a year away."""
    places: dict[str, None] = {}
    for title in titles:
        # 六政办〔2019〕15号 in a title is the year of a paper, not that of the table.
        for match in _DATE.finditer(_NUMBER_OF_A_PAPER.sub("", title)):
            year, month = int(match["year"]), int(match["month"] or match["m2"] or match["m3"] or 0)
            if 0 <= month <= 12:  # noqa: PLR2004 - months
                places[f"{year}-{month:02d}" if month else str(year)] = None
    if not places or any(_fits(each, round_name) for each in places):
        return []
    seen = "、".join(places)
    message = Words(
        f"表头上方写的时间是 {seen}，所选期次是 {round_name}；请核对期次和文件",
        f"the title says {seen.replace('、', ', ')}, the round chosen is {round_name}; check the round and the file",
    )
    return [Problem(None, "", seen, REASON, message)]


def _fits(written: str, round_name: str) -> bool:
    """Whether a year, or a month of one, may be that of the round."""
    if "-" not in written:
        return written == round_name[:4]
    return abs(months_between(written, round_name)) < _MOST_MONTHS


def period_findings(sheet: Sheet, round_name: str) -> list[Problem]:
    """A warning at the first row of each time that a column of times says and that is not the round's.

    The rows are taken, as the person said: a list that was drawn late is still that of its round.
    """
    findings = Findings(sheets=sheet.parts)
    for header in (each for each in sheet.headers if fold_header(each) in _PERIODS):
        rows = sheet.frame.select(row=ROW, value=pl.col(header)).drop_nulls().unique("value", keep="first")
        other = [value for value in rows["value"] if _of_another_time(value, round_name)]
        counted = sheet.frame.filter(pl.col(header).is_in(other)).height
        findings.warn(
            rows.filter(pl.col("value").is_in(other)).sort("row"), header, _OF_ANOTHER,
            Words(
                f"不是所选期次 {round_name} 的（这样的行共 {counted} 行），也按所选期次导入；请核对，混有别的期次的请分开",
                f"not of the round chosen, {round_name} ({counted} such rows in all), and taken into it; please check, and put "
                "rows of other rounds into files of their own",
            ),
        )  # fmt: skip
    return list(findings.sorted_warnings())


def _of_another_time(written: str, round_name: str) -> bool:
    match = _DATE.search(_COMPACT.sub(r"\1-\2", written))
    if match is None:
        return False
    year, month = int(match["year"]), int(match["month"] or match["m2"] or match["m3"] or 0)
    return not _fits(f"{year}-{month:02d}" if 1 <= month <= 12 else str(year), round_name)  # noqa: PLR2004 - months
