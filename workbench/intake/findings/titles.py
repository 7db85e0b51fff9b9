"""The date or year that stands above a table, against the round that it is taken into."""

import re
from collections.abc import Iterable

from workbench.domain.rounds import months_between
from workbench.errors import Words
from workbench.intake.findings.problems import Problem

_NUMBER_OF_A_PAPER = re.compile(r"[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*第?\s*\d*\s*号")
_DATE = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s*(?:年度?\s*(?:(?P<month>\d{1,2})\s*月)?|[-./](?P<m2>\d{1,2})(?:[-./]\d{1,2})?(?!\d)"
    r"|(?P<m3>0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?(?!\d))"
)
_ROUND = "期次"
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
