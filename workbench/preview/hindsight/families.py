"""In what kinds of families a standard would have caught slips, and where not; a household may be of several kinds."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import FAMILY_FLAGS
from workbench.preview.counts.counts import Count
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound
from workbench.preview.hindsight.places import add_slips, with_intervals
from workbench.store.facts import FactStore

FAMILY_TYPES: dict[str, tuple[str, str]] = {
    "elderly_alone": ("纯老人户", "elderly people alone"),
    "one_parent": ("单亲家庭户", "one parent with children"),
    "many_children": ("多子女户", "many children"),
    "no_labour": ("无劳动力的户", "households without labour"),
    "disabled_member": ("有残疾人的户", "households with a disabled member"),
    "none": ("以上都不是", "none of these"),
    "unknown": ("事实未知，不能说是哪一种", "facts not known: cannot be said"),
}
"""Kinds of families as the facts of the round tell them: the last for who may be of one and is not surely of any."""
_KEY = ["county_code", "household_id"]
_COLUMNS = [*_KEY, "labour", "weak_labour", "disabled", *FAMILY_FLAGS]
FamilyBits = npt.NDArray[np.uint8]
"""Of a household, a bit for each of FAMILY_TYPES, the first the lowest."""


def by_family(past: Hindsight, store: FactStore) -> dict[str, dict[str, Any]]:
    """Slips and those caught by kind of family, as the facts of the round have it, with intervals."""
    sums = {name: [Count(), Count()] for name in FAMILY_TYPES}
    for each in past.rounds:
        bits = each.past.families
        bits = family_bits(each.past, store) if bits is None else bits
        for place, name in enumerate(FAMILY_TYPES):
            add_slips(sums[name], each, (bits >> place & 1) != 0)
    return dict(zip(sums, with_intervals(list(sums.values())), strict=True))


def family_bits(past: PastRound, store: FactStore) -> FamilyBits:
    """Return what kinds of family each household that slipped is of, read from the facts of the round."""
    slips = past.slips
    counties = pl.Series([county for county, _ in slips.townships], dtype=pl.String)
    rows = pl.DataFrame(
        {"county_code": counties.gather(slips.township_of), "household_id": pl.Series(slips.household_id)}
    )
    codes = [each.code for each in slips.counties]
    # Read from the store: the index of a preview does not hold the facts that say what kind a family is.
    parts = [store.frame(past.round_name, code, _COLUMNS, rows["household_id"].to_list()) for code in codes]
    if not parts:
        return np.zeros(0, np.uint8)
    # A number that stands twice cannot be told apart: what its family is like is not known.
    facts = pl.concat(parts).unique(_KEY, keep="none")
    kinds = rows.join(facts, on=_KEY, how="left", maintain_order="left").select(**_family_types())
    bits = np.zeros(len(rows), np.uint8)
    for place, name in enumerate(FAMILY_TYPES):
        bits |= kinds[name].to_numpy().astype(np.uint8) << place
    return bits


def _family_types() -> dict[str, pl.Expr]:
    """Return for each kind whether a household is surely of it; unknown is whoever may be of one of them and is not surely of any."""
    # Stored as booleans by the intake; a mapping may bring numbers under the same names, of which 1 alone says yes.
    flags = {name.removeprefix("x_"): pl.col(name).cast(pl.Float64) == 1 for name in FAMILY_FLAGS}
    kinds = {
        **flags,
        "no_labour": (pl.col("labour") == 0) & (pl.col("weak_labour") == 0),
        "disabled_member": pl.col("disabled") > 0,
    }
    # Kleene's "or": one kind that is sure settles it, whatever else is not known.
    some = pl.any_horizontal(list(kinds.values()))
    return {
        **{name: holds.fill_null(value=False) for name, holds in kinds.items()},
        "none": (~some).fill_null(value=False),
        "unknown": some.is_null(),
    }
