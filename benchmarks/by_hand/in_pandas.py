"""Tiers and a preview by hand in pandas: Arrow types, whose logic knows what is not known."""

from functools import reduce
from operator import and_, or_
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds

from benchmarks.by_hand.in_polars import CHECKS, GROUPS, GUARANTEES, LINE
from benchmarks.by_hand.record import CEILING_ABOVE, Counted

_TIERS = [
    "county_code", "household_id", "labour", "weak_labour", "skilled", "land_mu", "persons", "income_business",
    "income_property", "cost_business", "work_months", "out_of_pocket", "net_income", "income_pc", "cause", *GUARANTEES,
]  # fmt: skip


def _read(root: Path, round_name: str, columns: list[str], kind: str | None = None) -> pd.DataFrame:
    files = ds.dataset(root / f"facts/round={round_name}", partitioning="hive", format="parquet")
    chosen = ds.field("kind") == kind if kind else None
    return files.to_table(columns=columns, filter=chosen).to_pandas(types_mapper=pd.ArrowDtype)


def tiers(root: Path) -> list[int]:
    """Households of tier 1, 2, 3, and undetermined."""
    key = ["county_code", "household_id"]
    past = _read(root, "2019-05", [*key, "out_of_pocket"]).rename(columns={"out_of_pocket": "before"})
    facts = _read(root, "2019-10", _TIERS, "lifted").merge(past, on=key, how="left", indicator="seen")
    seen = (facts["seen"] == "both").astype("bool[pyarrow]")
    profit, spent, income = (
        facts["income_business"] - facts["cost_business"],
        facts["out_of_pocket"],
        facts["net_income"],
    )
    no_labour = facts["labour"] + 0.5 * facts["weak_labour"] == 0
    no_resources = (
        (facts["land_mu"] / facts["persons"] < 0.3) & (facts["income_business"] <= 0) & (facts["income_property"] <= 0)
    )
    no_stable_income = (facts["work_months"] < 6) & (profit / facts["persons"] < 0.5 * LINE)
    rigid = (spent > 0.3 * income) | (seen & (spent > 1.3 * facts["before"]) & (spent > 0.15 * income))
    difficulty = reduce(or_, (facts[name] == 2 for name in GUARANTEES))
    potential = reduce(or_, (facts[name] == 1 for name in GUARANTEES))
    four = [
        (profit > 0) & (profit < 0.5 * LINE * facts["persons"]),
        (facts["labour"] > 0) & (facts["skilled"] == 0),
        (facts["work_months"] > 0) & (facts["work_months"] < 6),
        facts["cause"] == "缺资金",
    ]
    two_of_four = reduce(or_, (one & other for place, one in enumerate(four) for other in four[place + 1 :]))
    red = (difficulty & (no_labour | no_resources | no_stable_income | rigid)) | (no_labour & no_resources & no_stable_income)  # fmt: skip
    yellow = difficulty | potential | (facts["income_pc"] < 1.5 * LINE) | two_of_four
    known = [red, ~red & yellow, ~red & ~yellow]
    counts = [int(each.fillna(value=False).sum()) for each in known]
    return [*counts, len(facts) - sum(counts)]


def _assessed(facts: pd.DataFrame, multiple: float) -> dict[str, pd.Series]:
    """Return for each household whether it is in (unknown where it cannot be told), by which route, and below the line."""
    income = facts["income_pc"]
    from_line, belongs = income >= LINE, reduce(or_, (facts[name] for name in GROUPS))
    by_income = _by_income(facts, multiple * LINE, belongs)
    by_expenditure = from_line & (income < 2 * LINE) & (facts["out_of_pocket"] > 0.5 * facts["net_income"])
    free = ~reduce(or_, (facts[name] for name in CHECKS))
    return {
        "edge": (by_income | by_expenditure) & free, "below": income < LINE, "by_income": by_income,
        "by_expenditure": by_expenditure, "free": free, "belongs": belongs,
    }  # fmt: skip


def _by_income(facts: pd.DataFrame, general: float, belongs: pd.Series) -> pd.Series:
    income = facts["income_pc"]
    ceiling = (income < general) | (facts["disability"] & (income < 1.8 * LINE))
    return reduce(and_, (income >= LINE, ceiling, belongs))


def _three(facts: pd.DataFrame, multiple: float) -> list[int]:
    assessed = _assessed(facts, multiple)
    edge, below = assessed["edge"], assessed["below"]
    return [int(edge.fillna(value=False).sum()), int(edge.isna().sum()), int(below.fillna(value=False).sum())]


def _unregistered(root: Path, *more: str) -> pd.DataFrame:
    columns = ["income_pc", "net_income", "out_of_pocket", *GROUPS, *CHECKS, *more]
    return _read(root, "2019-10", columns, "unregistered")


def three_counts(root: Path) -> list[int]:
    """Households in, not told, and below the line, and nothing else."""
    return _three(_unregistered(root), 1.5)


def preview(root: Path) -> list[int]:
    """The record of a preview (`Counted`)."""
    facts = _unregistered(root, "county_code", "township")
    assessed = _assessed(facts, 1.5)
    inside = assessed["edge"].fillna(value=False)
    counted = pd.DataFrame(
        {
            "county": facts["county_code"].astype("category"), "township": facts["township"].astype("category"),
            "in": inside, "open": assessed["edge"].isna(), "below": assessed["below"].fillna(value=False), "all": True,
        }
    )  # fmt: skip
    # As NumPy's: sums of Arrow's booleans by group take several times as long.
    counted = counted.astype(dict.fromkeys(("in", "open", "below"), "bool"))
    townships = counted.groupby(["county", "township"], observed=True).sum().reset_index()
    groups = [int((inside & facts[name]).sum()) for name in GROUPS]
    routes = [int((inside & assessed[name]).sum()) for name in ("by_income", "by_expenditure")]
    missing = [int((counted["open"] & facts[name].isna()).sum()) for name in ("income_pc", *GROUPS, *CHECKS)]
    above = (_by_income(facts, CEILING_ABOVE, assessed["belongs"]) | assessed["by_expenditure"]) & assessed["free"]
    added = int(above.fillna(value=False).sum()) - int(inside.sum())
    return Counted(groups, routes, missing, added, townships.itertuples(index=False)).record()


def loaded(root: Path):  # noqa: ANN201 - a function of a multiple
    """The counts of a preview from facts in memory, by the multiple of its ceiling."""
    facts = _unregistered(root)
    return lambda multiple: _three(facts, multiple)
