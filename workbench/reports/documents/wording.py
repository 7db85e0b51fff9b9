"""Words and figures as official papers in Chinese write them."""

import datetime as dt

from workbench.domain.facts import SIMULATED_MARK
from workbench.domain.rounds import round_words
from workbench.domain.rules.tiers import SYMBOLS, TIERS, UNDETERMINED
from workbench.reports.records import Heading

CITY = "六安市"
NOTICE = "六政办〔2019〕15号"
SIMULATED = "模拟数据，不是真实住户"
FALLEN_BACK = "返贫"
UNNAMED = "未注明"
"""The row of those of whom no township is told."""
_LEVELS = {1: "一级", 2: "二级", 3: "三级"}


def day(date: dt.date | None) -> str:
    """A day as papers write it: 2019年10月8日; nothing where there is none."""
    return f"{date.year}年{date.month}月{date.day}日" if date else ""


def document_number(heading: Heading) -> str:
    """The number of a document: the office's to give, so that only its year stands here and the rest is left to fill in."""
    return f"〔{(heading.filed_on or heading.made_on).year}〕  号"


def list_label(heading: Heading) -> str:
    """The numbers of the filed lists in the register, which are no document's number."""
    # All of them: rows of an earlier list stand in the sheet too.
    numbers = "、".join(f"{each.number}（{each.households:,}户）" for each in heading.lists)
    return f"清单编号：{numbers or heading.list_number or '（未备案）'}"


def list_digests(heading: Heading) -> list[str]:
    """The hashes by which each filed list can be checked, a line a list."""
    if not heading.lists:
        return [f"备案清单校验码（SHA-256）：{heading.digest}"] if heading.digest else []
    return [f"备案清单校验码（SHA-256）　{each.number}：{each.digest}" for each in heading.lists]


def amount(value: float) -> str:
    """A count or an amount with separators; decimals only where there are any."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def tier_name(tier: int | None) -> str:
    """A tier in running text: 一级（红）; 0 fallen back; None undetermined."""
    if tier == 0:
        return FALLEN_BACK
    return UNDETERMINED[0] if tier is None else f"{_LEVELS[tier]}（{TIERS[tier][2]}）"


def tier_mark(tier: int | None) -> str:
    """A tier in a narrow cell, by level, colour and symbol: 一级, and below it 红 ●."""
    return f"{_LEVELS[tier]}\n{TIERS[tier][2]} {SYMBOLS[tier]}" if tier in TIERS else tier_name(tier)


def tier_legend() -> str:
    """Return what the marks of a ledger mean."""
    # By symbol and word beside the colour: no tier is told by its colour alone, as on a black-and-white copy.
    marks = "；".join(f"{SYMBOLS[tier]} {TIERS[tier][2]}色 {TIERS[tier][0]}" for tier in TIERS)
    return f"等级标记（{NOTICE}）：{marks}"


def title_of(heading: Heading, name: str) -> str:
    """The title of a sheet or document, marked where its households are simulated."""
    title = heading.title or f"{heading.county}{name}（{round_words(heading.round)}）"
    return f"{SIMULATED_MARK}{title}" if heading.simulated else title


def whole_of(county: str) -> str:
    """How a paper speaks of all of a county: 全县, 全区; a name that ends otherwise stays a name."""
    return f"全{county[-1]}" if county[-1:] in ("县", "区") else county
