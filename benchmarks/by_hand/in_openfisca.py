"""Tiers and a preview by hand in OpenFisca, and in PolicyEngine, which descends from it: variables with formulas.

Neither knows "not known": a condition is 0 false, 1 not known, 2 true, "and" the less and "or" the greater of two. Amounts
are 32-bit floats, as both have them.
"""

import importlib
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from benchmarks.by_hand.record import CEILING_ABOVE, Counted

LINE = 3218.0
GUARANTEES = ("food", "clothing", "education", "medical", "housing", "water")
GROUPS = ("dilapidated_housing", "dibao", "scattered_tekun", "illness", "disaster", "family_change", "disability", "military_family")  # fmt: skip
CHECKS = ("has_car", "has_commercial_housing", "on_public_payroll", "has_business")
PERIOD = "2019-10"
UNKNOWN = -1e12
"""Stands for what is not known: PolicyEngine takes no NaN."""
_MISSING = ("income_pc", *GROUPS, *CHECKS)
_PREVIEWED = ("income_pc", "net_income", "out_of_pocket", *GROUPS, *CHECKS)
_AMOUNTS = (
    "labour", "weak_labour", "skilled", "land_mu", "persons", "income_business", "income_property", "cost_business",
    "work_months", "out_of_pocket", "net_income", "income_pc", "before", "seen", "funds", "multiple", *GUARANTEES, *GROUPS, *CHECKS,
)  # fmt: skip


def level(condition: np.ndarray, *amounts: np.ndarray) -> np.ndarray:
    """A condition on amounts, not known where one of them is not."""
    return np.where(reduce(np.logical_or, (amount <= UNKNOWN for amount in amounts)), 1, 2 * condition)


def _and(*levels: np.ndarray) -> np.ndarray:
    return reduce(np.minimum, levels)


def _or(*levels: np.ndarray) -> np.ndarray:
    return reduce(np.maximum, levels)


def _flag(of: Any, name: str) -> np.ndarray:
    return level(of(name) == 1, of(name))


def no_labour(of: Any) -> np.ndarray:
    return level(of("labour") + 0.5 * of("weak_labour") == 0, of("labour"), of("weak_labour"))


def no_resources(of: Any) -> np.ndarray:
    land = level(of("land_mu") / of("persons") < 0.3, of("land_mu"), of("persons"))
    return _and(land, *(level(of(name) <= 0, of(name)) for name in ("income_business", "income_property")))


def no_stable_income(of: Any) -> np.ndarray:
    business, cost, persons = of("income_business"), of("cost_business"), of("persons")
    profit = level((business - cost) / persons < 0.5 * LINE, business, cost, persons)
    return _and(level(of("work_months") < 6, of("work_months")), profit)


def rigid(of: Any) -> np.ndarray:
    spent, income, before = of("out_of_pocket"), of("net_income"), of("before")
    grown = _and(
        _flag(of, "seen"), level(spent > 1.3 * before, spent, before), level(spent > 0.15 * income, spent, income)
    )
    return _or(level(spent > 0.3 * income, spent, income), grown)


def difficulty(of: Any) -> np.ndarray:
    return _or(*(level(of(name) == 2, of(name)) for name in GUARANTEES))


def potential(of: Any) -> np.ndarray:
    return _or(*(level(of(name) == 1, of(name)) for name in GUARANTEES))


def near_line(of: Any) -> np.ndarray:
    return level(of("income_pc") < 1.5 * LINE, of("income_pc"))


def small(of: Any) -> np.ndarray:
    business, cost, persons = of("income_business"), of("cost_business"), of("persons")
    profit = business - cost
    return _and(level(profit > 0, business, cost), level(profit < 0.5 * LINE * persons, business, cost, persons))


def weak(of: Any) -> np.ndarray:
    return _and(level(of("labour") > 0, of("labour")), level(of("skilled") == 0, of("skilled")))


def unstable(of: Any) -> np.ndarray:
    return level((of("work_months") > 0) & (of("work_months") < 6), of("work_months"))


def without_funds(of: Any) -> np.ndarray:
    return _flag(of, "funds")


def red(of: Any) -> np.ndarray:
    worse = _or(*(of(name) for name in ("no_labour", "no_resources", "no_stable_income", "rigid")))
    return _or(_and(of("difficulty"), worse), _and(of("no_labour"), of("no_resources"), of("no_stable_income")))


def yellow(of: Any) -> np.ndarray:
    four = [of(name) for name in ("small", "weak", "unstable", "without_funds")]
    pairs = [_and(one, other) for place, one in enumerate(four) for other in four[place + 1 :]]
    return _or(of("difficulty"), of("potential"), of("near_line"), *pairs)


def tier(of: Any) -> np.ndarray:
    """1, 2, 3, or 0 where it cannot be told."""
    first, second = of("red"), of("yellow")
    return np.select([first == 2, (first == 0) & (second == 2), (first == 0) & (second == 0)], [1, 2, 3], 0)


def by_income(of: Any) -> np.ndarray:
    income = of("income_pc")
    from_line = level(income >= LINE, income)
    ceiling = _or(
        level(income < of("multiple") * LINE, income), _and(_flag(of, "disability"), level(income < 1.8 * LINE, income))
    )
    return _and(from_line, ceiling, _or(*(_flag(of, name) for name in GROUPS)))


def by_expenditure(of: Any) -> np.ndarray:
    income, spent, whole = of("income_pc"), of("out_of_pocket"), of("net_income")
    from_line = level(income >= LINE, income)
    return _and(from_line, level(income < 2 * LINE, income), level(spent > 0.5 * whole, spent, whole))


def edge(of: Any) -> np.ndarray:
    excluded = _or(*(_flag(of, name) for name in CHECKS))
    return _and(_or(of("by_income"), of("by_expenditure")), 2 - excluded)


def below(of: Any) -> np.ndarray:
    return level(of("income_pc") < LINE, of("income_pc"))


_FORMULAS = (
    no_labour, no_resources, no_stable_income, rigid, difficulty, potential, near_line, small, weak, unstable, without_funds,
    red, yellow, tier, by_income, by_expenditure, edge, below,
)  # fmt: skip


def _system(core: str) -> tuple[Any, ModuleType]:
    """The rules as a system of one of the two libraries, and how it builds simulations."""
    entity = importlib.import_module(f"{core}.entities").Entity("household", "households", "", "")
    variable = importlib.import_module(f"{core}.variables").Variable
    system = importlib.import_module(f"{core}.taxbenefitsystems").TaxBenefitSystem([entity])
    common = {"entity": entity, "definition_period": importlib.import_module(f"{core}.periods").MONTH}
    for name in _AMOUNTS:
        given = {"label": name, "value_type": float, "default_value": UNKNOWN}
        system.add_variable(type(name, (variable,), {**common, **given}))
    for rule in _FORMULAS:
        ruled = {"label": rule.__name__, "value_type": int, "formula": _formula(rule)}
        system.add_variable(type(rule.__name__, (variable,), {**common, **ruled}))
    return system, importlib.import_module(f"{core}.simulations")


def _formula(rule: Callable[[Any], np.ndarray]) -> Callable[[Any, Any], np.ndarray]:
    """A rule as the libraries call it: with just two arguments, or they hand over parameters too."""

    def formula(household: Any, period: Any) -> np.ndarray:
        return rule(lambda name: household(name, period))

    return formula


def _simulation(core: str, amounts: dict[str, np.ndarray]) -> Any:
    system, simulations = _system(core)
    builder = simulations.SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("household", range(len(next(iter(amounts.values())))))
    simulation = builder.build(system)
    for name, values in amounts.items():
        simulation.set_input(name, PERIOD, values)
    return simulation


def _read(root: Path, round_name: str, columns: list[str], kind: str | None = None) -> pa.Table:
    files = ds.dataset(root / f"facts/round={round_name}", partitioning="hive", format="parquet")
    return files.to_table(columns=columns, filter=ds.field("kind") == kind if kind else None)


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(column.cast(pa.float64()), UNKNOWN).to_numpy()


def tiers(root: Path, core: str) -> list[int]:
    """Households of tier 1, 2, 3, and undetermined."""
    given = [*_AMOUNTS[:12], *GUARANTEES]
    key = ["county_code", "household_id"]
    now = _read(root, "2019-10", [*key, *given, "cause"], "lifted")
    past = _read(root, "2019-05", [*key, "out_of_pocket"]).rename_columns([*key, "before"])
    past = past.append_column("seen", pa.array(np.ones(len(past))))
    joined = now.join(past, key, join_type="left outer")
    amounts = {name: _floats(joined[name]) for name in [*given, "before"]}
    amounts["seen"] = pc.fill_null(joined["seen"], 0.0).to_numpy()
    amounts["funds"] = _floats(pc.equal(joined["cause"], "缺资金").cast(pa.int8()))
    tier_of = _simulation(core, amounts).calculate("tier", PERIOD)
    return [int((tier_of == tier).sum()) for tier in (1, 2, 3, 0)]


def _counts(simulation: Any, multiple: float) -> list[int]:
    simulation.set_input("multiple", PERIOD, np.full(simulation.household.count, multiple))
    # By the multiple both change.
    for name in ("by_income", "edge"):
        simulation.delete_arrays(name)
    edge_of, below_of = simulation.calculate("edge", PERIOD), simulation.calculate("below", PERIOD)
    return [int((edge_of == 2).sum()), int((edge_of == 1).sum()), int((below_of == 2).sum())]


def _unregistered(root: Path, core: str) -> Any:
    return _simulation_of(_read(root, "2019-10", list(_PREVIEWED), "unregistered"), core)


def _simulation_of(table: pa.Table, core: str) -> Any:
    names = _PREVIEWED
    flags = {name: table[name].cast(pa.int8()) if name in (*GROUPS, *CHECKS) else table[name] for name in names}
    return _simulation(core, {name: _floats(column) for name, column in flags.items()})


def three_counts(root: Path, core: str) -> list[int]:
    """Households in, not told, and below the line, and nothing else."""
    return _counts(_unregistered(root, core), 1.5)


def preview(root: Path, core: str) -> list[int]:
    """The record of a preview (`Counted`)."""
    table = _read(root, "2019-10", [*_PREVIEWED, "county_code", "township"], "unregistered")
    simulation = _simulation_of(table, core)
    inside_above = _counts(simulation, CEILING_ABOVE / LINE)[0]
    simulation.delete_arrays("multiple")
    inside_now = _counts(simulation, 1.5)[0]
    levels = {name: simulation.calculate(name, PERIOD) for name in ("edge", "below", "by_income", "by_expenditure")}
    inside = levels["edge"] == 2
    groups = [int((inside & (simulation.calculate(name, PERIOD) == 1)).sum()) for name in GROUPS]
    routes = [int((inside & (levels[name] == 2)).sum()) for name in ("by_income", "by_expenditure")]
    sides = (inside, levels["edge"] == 1, levels["below"] == 2, np.ones(len(inside), np.bool_))
    unknown = (levels["edge"] == 1, *(simulation.calculate(name, PERIOD) <= UNKNOWN for name in _MISSING))
    missing = [int((unknown[0] & each).sum()) for each in unknown[1:]]
    return Counted(groups, routes, missing, inside_above - inside_now, _by_township(table, sides)).record()


def _by_township(table: pa.Table, sides: tuple[np.ndarray, ...]) -> list[tuple]:
    """County, township, and how many households are on each side, of the townships that have any."""
    county, town = (table[name].combine_chunks().dictionary_encode() for name in ("county_code", "township"))
    counties, towns = county.dictionary.to_pylist(), town.dictionary.to_pylist()
    pair_of = county.indices.to_numpy() * len(towns) + town.indices.to_numpy()
    sums = np.array([np.bincount(pair_of[side], minlength=len(counties) * len(towns)) for side in sides])
    there = np.flatnonzero(sums[-1])
    return [(str(counties[pair // len(towns)]), towns[pair % len(towns)], *sums[:, pair]) for pair in there]


def loaded(root: Path, core: str):  # noqa: ANN201 - a function of a multiple
    """The counts of a preview from facts in memory, by the multiple of its ceiling."""
    simulation = _unregistered(root, core)

    def counts(multiple: float) -> list[int]:
        simulation.delete_arrays("multiple")
        return _counts(simulation, multiple)

    return counts
