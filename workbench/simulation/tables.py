"""The facts of the demonstration city as tables in the columns of the contract."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.domain.facts import CAUSES, FACTS, FAMILY_FLAGS, Fact, FactType
from workbench.simulation.population import GRADES, KINDS, FloatArray, Population
from workbench.simulation.settlements import Settlements

UNASSIGNED_PREFIX = "341599"
"""A division code that no division has: a household number that begins with it can be nobody's."""
_OWN_DIGITS = 8
_CODES: dict[str, Sequence[str]] = {"kind": KINDS, "cause": CAUSES, "housing_grade": GRADES}
_TYPES = {FactType.INTEGER: pa.int64(), FactType.FLOAT: pa.float64(), FactType.BOOLEAN: pa.bool_()}


def facts_by_county(seen: Population, settlements: Settlements, round_name: str) -> dict[str, pa.Table]:
    """One table a reporting unit that has households, by code; absent facts (`filed_tier`) are null."""
    count = len(seen["number"])
    village = pa.array(seen["village"].astype(np.int64))
    # What a population holds as positions in the settlements, or not at all.
    known = {
        "household_id": household_ids(seen),
        "round": pa.repeat(round_name, count),
        "county_code": pa.array(settlements.counties).take(pa.array(seen["county"].astype(np.int64))),
        "township": pa.array(settlements.townships(round_name)).take(village),
        "village": pa.array(settlements.village).take(village),
        # Nothing is filed in a simulated city (0009).
        "filed_tier": pa.nulls(count, pa.int64()),
        "weight": pa.repeat(1.0, count),
    }
    flags = {name: pa.array(seen[name], from_pandas=True).cast(pa.bool_()) for name in FAMILY_FLAGS}
    table = pa.table(
        {fact.name: known[fact.name] if fact.name in known else _column(fact, seen) for fact in FACTS} | flags
    )
    chosen = {code: np.flatnonzero(seen["county"] == unit) for unit, code in enumerate(settlements.counties)}
    return {code: table.take(pa.array(rows)) for code, rows in chosen.items() if len(rows)}


def truth_table(seen: Population, p_slip: FloatArray) -> pa.Table:
    """household_id and p_slip, the true probability of a slip by the next round; 0 for who has nothing to slip from."""
    return pa.table({"household_id": household_ids(seen), "p_slip": pa.array(p_slip)})


def household_ids(seen: Population) -> pa.Array:
    """Made-up household numbers of fourteen digits."""
    own = pc.utf8_lpad(pa.array(seen["number"].astype(np.int64)).cast(pa.string()), _OWN_DIGITS, "0")
    return pc.binary_join_element_wise(UNASSIGNED_PREFIX, own, "")


def _column(fact: Fact, seen: Population) -> pa.Array:
    # Not a number, which stands for not known, becomes null.
    values = pa.array(seen[fact.name], from_pandas=True)
    if fact.name in _CODES:
        return pa.array(_CODES[fact.name]).take(values.cast(pa.int64()))
    return values.cast(_TYPES[fact.type])
