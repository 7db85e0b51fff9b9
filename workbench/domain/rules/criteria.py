"""The eleven criteria behind the tiers, each once: a three-valued, vectorised expression with its clause (contract §2).

An expression is true, false or null ("cannot tell"), with Kleene's logic, on every engine that narwhals speaks
(pandas with nullable types, Polars, DuckDB, Spark). Columns that may be null must have nullable types.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import narwhals as nw

from workbench.domain.facts import GUARANTEES, SHORT_OF_FUNDS_CAUSE
from workbench.domain.parameters import TierParameters
from workbench.domain.rules.exact import (
    above_share,
    as_written,
    below_for_persons,
    little_land,
    multiple_of,
    with_persons,
)

SEEN_BEFORE = "seen_before"
"""The column that says whether a household was in the round before: false for one seen for the first time."""


@dataclass(frozen=True)
class Criterion:
    """One criterion: `rule` gives its expression under the figures of `TierParameters`; `facts` are what it reads.

    Of what the program itself makes of the rounds, SEEN_BEFORE is none of them: no visit finds it out, no explanation shows it.
    """

    name: str
    zh: str
    en: str
    clause: str
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    rule: Callable[[TierParameters], nw.Expr]


def any_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene's "or": true if one is true, else null if one is null; of nothing, false."""
    return reduce(or_, expressions) if expressions else nw.lit(False)  # noqa: FBT003 - a literal


def all_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene's "and": false if one is false, else null if one is null; of nothing, true."""
    return reduce(and_, expressions) if expressions else nw.lit(True)  # noqa: FBT003 - a literal


def business_profit() -> nw.Expr:
    """Net business income of the household, yuan a year."""
    return nw.col("income_business") - nw.col("cost_business")


def _no_labour(figures: TierParameters) -> nw.Expr:
    share = as_written(figures.weak_labour_share)
    # Weak labour counts in part; in whole numbers, so that nought is nought.
    return nw.col("labour") * share.denominator + nw.col("weak_labour") * share.numerator == 0


def _no_resources(figures: TierParameters) -> nw.Expr:
    little = with_persons(little_land(nw.col("land_mu"), as_written(figures.land_mu_per_person)))
    # All three: land alone, a business alone or rent alone is a resource to live on.
    return little & (nw.col("income_business") <= 0) & (nw.col("income_property") <= 0)


def _no_stable_income(figures: TierParameters) -> nw.Expr:
    bound = as_written(figures.stable_business_share) * as_written(figures.line)
    return (nw.col("work_months") < figures.stable_work_months) & with_persons(
        below_for_persons(business_profit(), bound)
    )


def _rigid_expenditure(figures: TierParameters) -> nw.Expr:
    spent, income = nw.col("out_of_pocket"), nw.col("net_income")
    # Rigid already, or grown: of a household not seen before no growth is claimed, and none is left open.
    grown = above_share(spent, as_written(figures.expenditure_growth), nw.col("previous_out_of_pocket"))
    return above_share(spent, as_written(figures.expenditure_share), income) | (
        nw.col(SEEN_BEFORE) & grown & above_share(spent, as_written(figures.expenditure_growth_share), income)
    )


def _difficulty(_figures: TierParameters) -> nw.Expr:
    return any_of([nw.col(name) == 2 for name in GUARANTEES])  # noqa: PLR2004 - level 2: difficulty


def _potential_difficulty(_figures: TierParameters) -> nw.Expr:
    return any_of([nw.col(name) == 1 for name in GUARANTEES])


def _near_line(figures: TierParameters) -> nw.Expr:
    # Against a constant, floats nearest to their decimals compare as on paper (decision 0021): no fen needed here.
    return nw.col("income_pc") < multiple_of(figures.near_line_multiple, figures.line)


def _small_industry(figures: TierParameters) -> nw.Expr:
    profit = business_profit()
    bound = as_written(figures.small_industry_share) * as_written(figures.line)
    # Without profit there is no industry that could be called small.
    return (profit > 0) & below_for_persons(profit, bound)


def _weak_skills(_figures: TierParameters) -> nw.Expr:
    # Where nobody can work it is labour that is lacking, not skills.
    return (nw.col("labour") > 0) & (nw.col("skilled") == 0)


def _unstable_work(figures: TierParameters) -> nw.Expr:
    months = nw.col("work_months")
    # Without any work there is none that could be unstable; that is "no stable income".
    return (months > 0) & (months < figures.unstable_work_months)


def _short_of_funds(_figures: TierParameters) -> nw.Expr:
    return nw.col("cause") == SHORT_OF_FUNDS_CAUSE


_RED, _YELLOW = "§2.1.1-c", "§2.1.1-d"
_BUSINESS = ("income_business", "cost_business", "persons")

CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "no_labour", "无劳力", "no labour", _RED, ("labour", "weak_labour"), ("weak_labour_share",), _no_labour
    ),
    Criterion(
        "no_resources", "无资源", "no resources", _RED,
        ("land_mu", "persons", "income_business", "income_property"), ("land_mu_per_person",), _no_resources,
    ),
    Criterion(
        "no_stable_income", "无稳定收入", "no stable income", _RED,
        ("work_months", *_BUSINESS), ("stable_work_months", "stable_business_share", "line"), _no_stable_income,
    ),
    Criterion(
        "rigid_expenditure", "刚性支出增大", "rigid expenditure", _RED,
        ("out_of_pocket", "net_income", "previous_out_of_pocket"),
        ("expenditure_share", "expenditure_growth", "expenditure_growth_share"), _rigid_expenditure,
    ),
    Criterion("difficulty", "“两不愁三保障”有困难", "difficulty with one of the guarantees", _RED, GUARANTEES, (), _difficulty),
    Criterion(
        "potential_difficulty", "“两不愁三保障”有潜在困难", "potential difficulty with one of the guarantees", _YELLOW,
        GUARANTEES, (), _potential_difficulty,
    ),
    Criterion(
        "near_line", "收入接近扶贫标准", "income near the line", _YELLOW,
        ("income_pc",), ("near_line_multiple", "line"), _near_line,
    ),
    Criterion(
        "small_industry", "产业规模小", "small industry", _YELLOW,
        _BUSINESS, ("small_industry_share", "line"), _small_industry,
    ),
    Criterion("weak_skills", "劳动技能不强", "weak skills", _YELLOW, ("labour", "skilled"), (), _weak_skills),
    Criterion(
        "unstable_work", "就业不够稳定", "unstable work", _YELLOW,
        ("work_months",), ("unstable_work_months",), _unstable_work,
    ),
    Criterion("short_of_funds", "发展资金不足", "short of funds", _YELLOW, ("cause",), (), _short_of_funds),
)  # fmt: skip
CRITERION = {criterion.name: criterion for criterion in CRITERIA}
BIT = {criterion.name: 1 << position for position, criterion in enumerate(CRITERIA)}
"""The bit of each criterion in a trace."""
