"""What is agreed of one measure of a plan: amount, days, the way it links with a market entity, who is responsible (§2.1.4, §3.2)."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from workbench.domain.assistance.measures import measures
from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.text_limits import check_text
from workbench.errors import InputError, Words


@dataclass(frozen=True)
class Terms:
    """The terms of a measure, each None or empty where it is not agreed.

    `amount`: whole yuan; `starts`, `due`: ISO days on which it is to begin and to be done; `link`: one of `link_types`.
    """

    amount: int | None = None
    starts: str | None = None
    due: str | None = None
    link: str | None = None
    responsible: str | None = None
    detail: str | None = None


@cache
def link_types() -> dict[str, tuple[str, str]]:
    """The ways to link a household with a market entity (§3.2), by name: label in Chinese and English."""
    return {each["name"]: (each["zh"], each["en"]) for each in load_yaml("measures")["links"]["ways"]}


def linking_measures() -> frozenset[str]:
    """The measures that link a household with a market entity, and say in which way."""
    return frozenset(load_yaml("measures")["links"]["of"])


def check_terms(measure: str, terms: Terms, today: dt.date) -> None:
    """Raise InputError for terms that a measure cannot have, saying what is accepted."""
    _check_amount(terms.amount)
    _check_link(measure, terms.link)
    # Both days under one bound, which is declared for the beginning and the end alike.
    days = [None if text is None else dt.date.fromisoformat(text) for text in (terms.starts, terms.due)]
    for name, day in zip(("starts", "due"), days, strict=True):
        if day is not None:
            check_day("measure_due", day, today, field=name)
    if days[0] is not None and days[1] is not None and days[1] < days[0]:
        raise InputError(
            Words(
                f"完成日期 {days[1]} 早于开始日期 {days[0]}；请核对",
                f"done by {days[1]}, before it begins on {days[0]}: check the days",
                code="domain.measure-due-before-start",
            ),
            field="due",
        )
    for name in ("responsible", "detail"):
        check_text(name, getattr(terms, name) or "")


def _check_amount(amount: int | None) -> None:
    largest = load_yaml("measures")["largest_amount"]
    if amount is not None and not 0 <= amount <= largest:
        raise InputError(
            Words(
                f"金额 {amount}：应为 0 至 {largest:,} 元",
                f"amount {amount}: expected 0 to {largest:,} yuan",
                code="domain.measure-amount-out-of-range",
            ),
            field="amount",
        )


def _check_link(measure: str, link: str | None) -> None:
    if link is None:
        return
    accepted = link_types()
    if link not in accepted:
        raise InputError(
            Words(
                f"联结方式 {link!r}：应为 {'、'.join(f'{zh}（{name}）' for name, (zh, _) in accepted.items())}",
                f"link {link!r}: expected one of {', '.join(accepted)}",
                code="domain.no-such-link-type",
            )
        )
    if measure not in linking_measures():
        raise InputError(
            Words(
                f"“{measures()[measure].zh}”没有联结方式；只有与经营主体联结的措施才写",
                f"{measures()[measure].en!r} has no way of linking: only measures that link with a market entity do",
                code="domain.measure-without-link",
            ),
            field="link",
        )
