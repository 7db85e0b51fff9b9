"""The preview's index of a round: unregistered households by county, sorted by the income tested.

Sorting makes every income condition a pair of positions found by bisection, exactly and without reading incomes;
everything else that a standard may ask of a household is a few bits. Built once a round from
the facts, kept beside them, memory-mapped and so shared between pages.
"""

from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules.edge import EDGE_FACTS, tested_income
from workbench.domain.rules.exact import fen

INDEX_COLUMNS: tuple[str, ...] = (
    "household_id", "county_code", "township", "village", "kind", "weight",
    *(name for name in EDGE_FACTS if name not in ("previous_income_pc", "seen_before")), *KEY_GROUPS, *CROSS_CHECKS,
)  # fmt: skip
"""The facts that the index is built from, beside those of the previous round."""

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Fen = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DROP_UNKNOWN, RIGID_UNKNOWN = (np.uint8(1 << bit) for bit in range(2))
"""Bits of `PreviewIndex.lacking`: what the income-drop and expenditure routes cannot tell."""
CHECKS_SHIFT = len(CROSS_CHECKS)
"""`PreviewIndex.checks`: the cross-checks that are true in the low bits, those unknown so much higher."""


@dataclass(frozen=True)
class CountySlice:
    """The rows of a county: `start` to `known` sorted by income, `known` to `stop` with no known income."""

    code: str
    start: int
    known: int
    stop: int


@dataclass(frozen=True)
class PreviewIndex:
    """Arrays of one row a household, all in the same order: counties one after another, incomes ascending.

    `income` (yuan a person and year, NaN unknown) as `deduct_out_of_pocket` says, `income_pc` alike; what the further
    routes compare, in whole fen: `out_of_pocket` and `net_income`; `dropped_to`, `dropped_from` (income a person now and in
    the previous round), all 0 where a route does not hold because something is unknown, or the household was not seen
    before, so that nothing is more than a share of nothing; `groups_true`, `groups_unknown` a
    bit a key group, `checks` two a cross-check, `lacking` what routes cannot tell: a byte a row each, so that a
    condition is one pass over bytes; `township_of` into `townships` (county code, name); `weight` None where every
    row stands for one household; `origin` the row's position in the facts, which pairs indexes of different incomes;
    `slips` the slips expected of each row, None where no model has said (see `with_slips`).
    """

    deduct_out_of_pocket: bool
    counties: tuple[CountySlice, ...]
    townships: tuple[tuple[str, str], ...]
    income: Floats
    income_pc: Floats
    net_income: Fen
    out_of_pocket: Fen
    dropped_to: Fen
    dropped_from: Fen
    groups_true: Bytes
    groups_unknown: Bytes
    checks: Bytes
    lacking: Bytes
    township_of: npt.NDArray[np.uint32]
    origin: npt.NDArray[np.uint32]
    weight: Floats | None
    household_id: pa.Array
    village: pa.Array
    slips: Floats | None = None

    def __len__(self) -> int:
        return len(self.income)

    def county(self, code: str) -> "PreviewIndex":
        """The index of one county only; it shares the arrays of the whole."""
        return replace(self, counties=tuple(county for county in self.counties if county.code == code))

    def with_slips(self, expected: Floats | None) -> "PreviewIndex":
        """The index with the slips expected of each row, which every count then adds up too."""
        return replace(self, slips=expected)

    def weigh(self, start: int, stop: int, chosen: Bools | None = None) -> float:
        """The households that rows stand for, all of a range or those chosen in it."""
        if self.weight is None:
            return float(stop - start if chosen is None else np.count_nonzero(chosen))
        return sum_of(self.weight[start:stop], chosen)


def sum_of(values: Floats, chosen: Bools | None = None) -> float:
    """The sum of values, all or those chosen.

    By one thread: what `@` calls shares even this out over all cores, which on a busy machine wait for each other
    some ten times as long as the sum takes.
    """
    return float(values.sum() if chosen is None else np.einsum("i,i->", values, chosen))


def build_index(facts: pl.DataFrame, *, deduct_out_of_pocket: bool) -> PreviewIndex:
    """Build the index from the facts of a round with those of the previous one (`FactStore.frame_with_previous`)."""
    ordered = _ordered(facts, deduct_out_of_pocket=deduct_out_of_pocket)
    township_of, townships = _townships(ordered)
    weight = _floats(ordered, "weight")
    out_of_pocket, net_income = _compared(ordered, "out_of_pocket", "net_income")
    seen = ordered.with_columns(previous_income_pc=pl.when("seen_before").then("previous_income_pc"))
    dropped_to, dropped_from = _compared(seen, "income_pc", "previous_income_pc")
    return PreviewIndex(
        deduct_out_of_pocket=deduct_out_of_pocket,
        counties=_county_slices(ordered),
        townships=townships,
        income=_floats(ordered, "income"),
        income_pc=_floats(ordered, "income_pc"),
        net_income=net_income,
        out_of_pocket=out_of_pocket,
        dropped_to=dropped_to,
        dropped_from=dropped_from,
        groups_true=_bits([ordered[name].fill_null(value=False) for name in KEY_GROUPS]),
        groups_unknown=_bits([ordered[name].is_null() for name in KEY_GROUPS]),
        checks=_bits(
            [ordered[name].fill_null(value=False) for name in CROSS_CHECKS]
            + [ordered[name].is_null() for name in CROSS_CHECKS]
        ),
        lacking=_lacking(ordered),
        township_of=township_of,
        origin=ordered["origin"].to_numpy(),
        weight=None if bool((weight == 1).all()) else weight,
        household_id=_strings(ordered, "household_id"),
        village=_strings(ordered, "village"),
    )


def _ordered(facts: pl.DataFrame, *, deduct_out_of_pocket: bool) -> pl.DataFrame:
    incomes = nw.from_native(facts.with_row_index("origin")).with_columns(
        income=tested_income(deduct_out_of_pocket=deduct_out_of_pocket)
    )
    unregistered = incomes.to_native().filter(pl.col("kind") == "unregistered")
    return unregistered.sort("county_code", "income", "origin", nulls_last=True)


def _floats(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].fill_null(float("nan")).to_numpy().astype(np.float64, copy=False)


def _compared(ordered: pl.DataFrame, one: str, other: str) -> tuple[Fen, Fen]:
    """Two amounts in fen, 0 both where either is not known."""
    known = ordered[one].is_not_null() & ordered[other].is_not_null()
    amounts = nw.from_native(ordered).select(fen(nw.col(one, other))).to_native()
    first, second = (amounts[name].set(~known, 0).fill_null(0).to_numpy() for name in (one, other))
    return first, second


def _strings(frame: pl.DataFrame, name: str) -> pa.Array:
    return pa.array(frame[name].to_arrow(compat_level=pl.CompatLevel.oldest()), pa.large_string())


def _county_slices(ordered: pl.DataFrame) -> tuple[CountySlice, ...]:
    sizes = ordered.group_by("county_code", maintain_order=True).agg(pl.len(), unknown=pl.col("income").null_count())
    slices, start = [], 0
    for code, size, unknown in sizes.iter_rows():
        slices.append(CountySlice(code, start, start + size - unknown, start + size))
        start += size
    return tuple(slices)


def _townships(ordered: pl.DataFrame) -> tuple[npt.NDArray[np.uint32], tuple[tuple[str, str], ...]]:
    pairs = ordered.select("county_code", pl.col("township").fill_null(""))
    distinct = pairs.unique().sort("county_code", "township").with_row_index("code")
    codes = pairs.join(distinct, on=["county_code", "township"], how="left", maintain_order="left")["code"]
    return codes.to_numpy().astype(np.uint32), tuple(distinct.select("county_code", "township").iter_rows())


def _bits(flags: list[pl.Series]) -> Bytes:
    """One byte a row, the first flag in the lowest bit."""
    packed = np.zeros(len(flags[0]), np.uint8)
    for position, flag in enumerate(flags):
        packed |= flag.to_numpy().astype(np.uint8) << np.uint8(position)
    return packed


def _lacking(ordered: pl.DataFrame) -> Bytes:
    seen = ordered["seen_before"]
    drop_unknown = seen & (ordered["income_pc"].is_null() | ordered["previous_income_pc"].is_null())
    rigid_unknown = ordered["out_of_pocket"].is_null() | ordered["net_income"].is_null()
    return _bits([drop_unknown, rigid_unknown])
