"""A county's letter to the city: what the notice leaves open, how it may be read, and what each reading costs (请示)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.clause_places import place_of_clause
from workbench.domain.facts import SIMULATED_MARK
from workbench.domain.parameters import counties, county_names
from workbench.domain.rounds import round_words
from workbench.reports.documents.paper import OfficialPaper
from workbench.reports.documents.wording import NOTICE, SIMULATED, day
from workbench.safeguards.plain_data import Json

_CITY = "六安市"
_NUMERALS = "一二三四五六七八九十"
_HEADER = ("认定口径", "户数", "比现在多", "比现在少", "不能判定", "每年费用（元）", "预计风险变差（户）")


@dataclass(frozen=True)
class LetterHead:
    """Who writes, of which round, by which standard; `simulated`: the households are of a simulated city."""

    unit: str
    round_name: str
    standard: str
    made_on: dt.date
    simulated: bool


def signing_unit(codes: Sequence[str]) -> str:
    """Who signs a letter about the households of these counties: a county, the city where they are all its own, else each.

    A county that is none of the city's goes by its code: nothing here says what it is called.
    """
    if len(codes) > 1 and counties().keys() >= set(codes):
        return _CITY
    return "、".join(county_names(code)[0] for code in codes)


_WIDTHS = (42, 16, 18, 18, 18, 24, 20)
"""Readings are sentences: in a column as narrow as those of figures each would take five lines."""


def question_letter(head: LetterHead, record: Json) -> bytes:
    """The letter as a Word document (docx); `record` as `statistics.reading_prices.price_record` gives it."""
    title = f"{SIMULATED_MARK if head.simulated else ''}关于{head.unit}边缘户和风险等级认定口径有关问题的请示"
    paper = OfficialPaper(title, head.made_on)
    if head.simulated:
        paper.remark(f"{SIMULATED}，不作公文使用")
    paper.title(title)
    paper.addressee("市脱贫攻坚领导小组")
    act, ask = record["act_today"]["households"], record["ask_the_city"]["households"]
    paper.text(
        f"在执行《通知》（{NOTICE}）过程中，下列各点通知没有明确，不同理解对应的户数、费用相差较大。以下按{round_words(head.round_name)}的数据，"
        f"以{head.standard}为准，逐点测算：每次只改一点，其余不变。在各种理解下都纳入的未建档立卡户有{act:,.0f}户，我单位先行落实；"
        f"只在部分理解下纳入的有{ask:,.0f}户，请予明确。"
    )
    # A dash alone would leave it open whether nothing is expected or nothing was worked out.
    paper.text("表中“—”是不涉及的，或没有测算的：帮扶费用只算边缘户，预计风险变差要有本期的模型评分。")
    for numeral, point in zip(_NUMERALS, record["points"], strict=False):
        # As papers cite it: the ids of clauses are the program's.
        place = place_of_clause(point["clause"], "zh")
        paper.heading(f"{numeral}、{point['question'].zh}（《通知》{place}）")
        whose = "一级风险户" if point["kind"] == "lifted" else "边缘户"
        # No total: the readings are alternatives, and their households the same ones.
        paper.table(
            f"各种理解下的{whose}", _HEADER, [_row(each) for each in point["readings"]], totals=0, widths=_WIDTHS
        )
        paper.text(
            f"各种理解下都在内的{_count(point['always'])}户，只在部分理解下在内的{_count(point['sometimes'])}户。"
        )
    # The closing words of a 请示, a paper that asks for an answer.
    paper.text("妥否，请批示。")
    paper.signature(head.unit, day(head.made_on))
    return paper.to_bytes()


def _row(reading: dict[str, Any]) -> Sequence[str]:
    counts = [_count(reading[name]) for name in ("in", "newly_in", "leaving", "cannot_tell")]
    return [reading["words"].zh, *counts, _count(reading["cost"]), _expected(reading["slips"])]


def _expected(value: float | None) -> str:
    # With its decimal, as the page has it: rounded to households, readings that differ would look alike.
    return "—" if value is None else f"{value:,.1f}"


def _count(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"
