"""What one more household caught costs, in two sentences that page and paper share: by the past, and as the model expects."""

from workbench.domain.rules.exact import to_the_fen
from workbench.errors import Words
from workbench.preview.counts.budget import MARGIN, Margin
from workbench.preview.hindsight.margin import PastMargin

_FINE, _WHOLE = 0.1, 10
"""Slips below which no figure is said, and visits from which no decimal is needed."""


def past_price(behind: PastMargin, help_cost: float | None) -> Words:
    """What a ceiling higher by MARGIN of the line would have added in past rounds; `help_cost`: yuan a household and year."""
    rounds, households, slips = behind.rounds, f"{behind.households:,.0f}", f"{behind.slips:,.0f}"
    said = Words(
        f"以往 {rounds} 期（回头看）：上限再提高扶贫标准的 {MARGIN:.0%}，多纳入 {households} 户次，其中多抓住风险变差 {slips} 户次",
        f"Looking back over {rounds} rounds: a ceiling higher by {MARGIN:.0%} of the line would have brought in {households} "
        f"household-rounds more, {slips} of whom slipped",
    )
    each = behind.visits_per_slip
    if each is None:
        return said + Words("；一户的代价无从说起。", "; no further slip was caught, so no cost per slip can be given.")
    yuan = _of_visits(each, help_cost)
    cost = (
        Words("", "")
        if yuan is None
        else Words(f"、费用 {yuan:,.0f} 元（按每户每年帮扶费用）", f" and {yuan:,.0f} yuan")
    )
    return (
        said
        + Words(
            f"；多抓住一户约要多纳入 {_visits(each)} 户次",
            f"; one more caught takes about {_visits(each)} household-rounds more",
        )
        + cost
        + Words("。", ".")
    )


def expected_price(ahead: Margin, help_cost: float | None) -> Words | None:
    """What the model expects of a ceiling so much higher in this round; None where no model has said anything of it."""
    if ahead.slips is None:
        return None
    record, households = ahead.record(help_cost), f"{ahead.households:,.0f}"
    said = Words(
        f"下一期预计（模型）：上限再提高扶贫标准的 {MARGIN:.0%}，",
        f"Next round, as the model expects: a ceiling higher by {MARGIN:.0%} of the line ",
    )
    if not ahead.households:
        return said + Words("本期没有多纳入一户。", "would bring in nobody more in this round.")
    each = record["visits_per_slip"]
    if each is None:
        return said + Words(
            f"本期多纳入 {households} 户，其中没有预计会风险变差的。",
            f"would bring in {households} households more in this round, none of whom is expected to slip.",
        )
    few = ahead.slips < _FINE
    # Below one with a second decimal: of 0.2 for 0.17 nobody comes to the visits that are said behind it.
    shown = f"{ahead.slips:,.{1 if ahead.slips >= 1 else 2}f}"
    zh, en = (f"不到 {_FINE}", f"fewer than {_FINE}") if few else (f" {shown}", shown)
    yuan = _of_visits(each, help_cost)
    money = Words("", "") if yuan is None else Words(f"、每年 {yuan:,.0f} 元", f" and {yuan:,.0f} yuan a year")
    return (
        said
        + Words(
            f"本期多纳入 {households} 户，其中预计风险变差{zh} 户；多抓住一户约要多走访 {_visits(each)} 户",
            f"would bring in {households} households more in this round, {en} of them expected to slip; one more caught takes "
            f"about {_visits(each)} visits",
        )
        + money
        + Words("。", ".")
    )


def _visits(each: float) -> str:
    return f"{each:,.{_decimals(each)}f}".removesuffix(".0")


def _of_visits(each: float, help_cost: float | None) -> float | None:
    """The yuan of so many households as are said: whoever multiplies them with the cost of one comes to the same."""
    return None if help_cost is None else to_the_fen(help_cost * round(each, _decimals(each)))


def _decimals(each: float) -> int:
    return 0 if each >= _WHOLE else 1
