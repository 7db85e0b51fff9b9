"""Tiers and a preview by hand in Polars: lazy scans of the files, one query."""

from pathlib import Path

import polars as pl
from polars import col

from benchmarks.by_hand.record import CEILING_ABOVE, Counted

LINE = 3218.0
GUARANTEES = ["food", "clothing", "education", "medical", "housing", "water"]
GROUPS = ["dilapidated_housing", "dibao", "scattered_tekun", "illness", "disaster", "family_change", "disability", "military_family"]  # fmt: skip
CHECKS = ["has_car", "has_commercial_housing", "on_public_payroll", "has_business"]
_EDGE, _BELOW = col("edge"), col("below").sum()


def _scan(root: Path, round_name: str) -> pl.LazyFrame:
    return pl.scan_parquet(root / f"facts/round={round_name}/**/*.parquet", hive_partitioning=True)


def tiers(root: Path) -> list[int]:
    """Households of tier 1, 2, 3, and undetermined."""
    now = _scan(root, "2019-10").filter(col("kind") == "lifted")
    past = _scan(root, "2019-05").select("county_code", "household_id", before="out_of_pocket", seen=pl.lit(value=True))
    joined = now.join(past, on=["county_code", "household_id"], how="left").with_columns(
        col("seen").fill_null(value=False)
    )
    profit, spent, income = col("income_business") - col("cost_business"), col("out_of_pocket"), col("net_income")
    no_labour = col("labour") + 0.5 * col("weak_labour") == 0
    no_resources = (
        (col("land_mu") / col("persons") < 0.3) & (col("income_business") <= 0) & (col("income_property") <= 0)
    )
    no_stable_income = (col("work_months") < 6) & (profit / col("persons") < 0.5 * LINE)
    rigid = (spent > 0.3 * income) | (col("seen") & (spent > 1.3 * col("before")) & (spent > 0.15 * income))
    difficulty = pl.any_horizontal(col(name) == 2 for name in GUARANTEES)
    potential = pl.any_horizontal(col(name) == 1 for name in GUARANTEES)
    four = [
        (profit > 0) & (profit < 0.5 * LINE * col("persons")),
        (col("labour") > 0) & (col("skilled") == 0),
        (col("work_months") > 0) & (col("work_months") < 6),
        col("cause") == "缺资金",
    ]
    two_of_four = pl.any_horizontal(one & other for place, one in enumerate(four) for other in four[place + 1 :])
    red = (difficulty & (no_labour | no_resources | no_stable_income | rigid)) | (no_labour & no_resources & no_stable_income)  # fmt: skip
    yellow = difficulty | potential | (col("income_pc") < 1.5 * LINE) | two_of_four
    tier = pl.when(red).then(1).when(~red & yellow).then(2).when(~red & ~yellow).then(3)
    counted = dict(joined.select(tier=tier).group_by("tier").len().collect().iter_rows())
    return [counted.get(tier, 0) for tier in (1, 2, 3, None)]


def _assessed(facts: pl.LazyFrame, multiple: float) -> pl.LazyFrame:
    income, spent = col("income_pc"), col("out_of_pocket")
    by_expenditure = (income >= LINE) & (income < 2 * LINE) & (spent > 0.5 * col("net_income"))
    by_income = _by_income(multiple * LINE)
    routes = facts.with_columns(below=income < LINE, by_income=by_income, by_expenditure=by_expenditure)
    return routes.with_columns(edge=(col("by_income") | col("by_expenditure")) & ~pl.any_horizontal(CHECKS))


def _by_income(general: float) -> pl.Expr:
    income = col("income_pc")
    ceiling = (income < general) | (col("disability") & (income < 1.8 * LINE))
    return (income >= LINE) & ceiling & pl.any_horizontal(GROUPS)


def _three(facts: pl.LazyFrame, multiple: float) -> list[int]:
    counted = _assessed(facts, multiple).select(_EDGE.sum().alias("in"), _EDGE.is_null().sum().alias("open"), _BELOW)
    return list(counted.collect().row(0))


def _unregistered(root: Path) -> pl.LazyFrame:
    return _scan(root, "2019-10").filter(col("kind") == "unregistered")


def three_counts(root: Path) -> list[int]:
    """Households in, not told, and below the line, and nothing else."""
    return _three(_unregistered(root), 1.5)


def preview(root: Path) -> list[int]:
    """The record of a preview (`Counted`): two groupings of one scan, which took less than all in one or from memory."""
    assessed = _assessed(_unregistered(root), 1.5)
    by_township = assessed.group_by("county_code", "township").agg(
        _EDGE.sum().alias("in"), _EDGE.is_null().sum().alias("open"), _BELOW, pl.len()
    )
    above = (_by_income(CEILING_ABOVE) | col("by_expenditure")) & ~pl.any_horizontal(CHECKS)
    inside, missing = [*GROUPS, "by_income", "by_expenditure"], ["income_pc", *GROUPS, *CHECKS]
    sums = assessed.select(
        *((_EDGE & col(name)).sum().alias(f"in {name}") for name in inside),
        *((_EDGE.is_null() & col(name).is_null()).sum().alias(f"without {name}") for name in missing),
        above=above.sum(),
    )
    townships, (counted,) = (part.rows() for part in pl.collect_all([by_township, sums]))
    added = counted[-1] - sum(row[2] for row in townships)
    return Counted(counted[:8], counted[8:10], counted[10:-1], added, townships).record()


def loaded(root: Path):  # noqa: ANN201 - a function of a multiple
    """The counts of a preview from facts in memory, by the multiple of its ceiling."""
    columns = ["income_pc", "net_income", "out_of_pocket", *GROUPS, *CHECKS]
    facts = _unregistered(root).select(columns).collect().lazy()
    return lambda multiple: _three(facts, multiple)
