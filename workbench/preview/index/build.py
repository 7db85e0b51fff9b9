"""The preview's index of a round: unregistered households by county, sorted by the income tested.

Sorting makes every income condition a pair of positions found by bisection, exactly and without reading incomes;
everything else that a standard may ask of a household is a few bits. Built once a round from
the facts, kept beside them, memory-mapped and so shared between pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules.edge import EDGE_FACTS, own_flag, tested_income
from workbench.domain.rules.exact import fen
from workbench.errors import InputError, Words

INDEX_COLUMNS: tuple[str, ...] = (
    "household_id", "county_code", "township", "village", "kind", "weight",
    *(name for name in EDGE_FACTS if name not in ("previous_income_pc", "seen_before")), *KEY_GROUPS, *CROSS_CHECKS,
)  # fmt: skip
"""The facts that the index is built from, beside those of the previous round."""

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Fen = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Texts = Any
"""An Arrow array of texts, one a row; None in an index that lists no household, for which Arrow need not be loaded."""

DROP_UNKNOWN, RIGID_UNKNOWN = (np.uint8(1 << bit) for bit in range(2))
"""Bits of `PreviewIndex.lacking`: what the income-drop and expenditure routes cannot tell."""
BITS_OF_A_BYTE = 8
CHECKS_SHIFT = len(CROSS_CHECKS)
"""`PreviewIndex.checks`: the cross-checks that are true in the low bits, those unknown so much higher."""


EVERY_COUNTY = ""
"""The code of a slice in which the rows of all counties lie together."""


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
    bit a key group in the order of `groups` (the eight of the notice, then a county's own), `checks` two a cross-check, `lacking` what routes cannot tell: a byte a row each, so that a
    condition is one pass over bytes; `township_of` into `townships` (county code, name); `weight` None where every
    row stands for one household; `origin` the row's position among the unregistered of the facts, which pairs indexes of
    different incomes; `rows` how many rows of the facts each stands for, None where each is one (see `reduced`); `slips` the slips expected of each row, None where no model has said (see `with_slips`).
    """

    deduct_out_of_pocket: bool
    groups: tuple[str, ...]
    counties: tuple[CountySlice, ...]
    townships: tuple[tuple[str, str], ...]
    income: Floats
    income_pc: Floats
    net_income: Fen
    out_of_pocket: Fen
    dropped_to: Fen
    dropped_from: Fen
    groups_true: Flags
    groups_unknown: Flags
    checks: Bytes
    lacking: Bytes
    township_of: npt.NDArray[np.uint32]
    origin: npt.NDArray[np.uint32]
    weight: Floats | None
    household_id: Texts
    village: Texts
    slips: Floats | None = None
    rows: Positions | None = None

    def __len__(self) -> int:
        return len(self.income)

    @cached_property
    def many(self) -> tuple[Positions, Positions]:
        """Where entries stand for more rows of the facts than one (`rows`), and for how many more."""
        if self.rows is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        places = np.flatnonzero(self.rows != 1)
        return places, self.rows[places] - 1

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
        return to_the_millionth(sum_of(self.weight[start:stop], chosen))


def to_the_millionth(households: float) -> float:
    """A sum of weights as it is told: whichever order they were added up in, the last digit is the same."""
    # As a rule a whole number, of which nothing has to be rounded.
    return households if households.is_integer() else round(households, 6)


def sum_of(values: Floats, chosen: Bools | None) -> float:
    """The sum of values, all or those chosen.

    By one thread: what `@` calls shares even this out over all cores, which on a busy machine wait for each other
    some ten times as long as the sum takes.
    """
    return float(values.sum() if chosen is None else np.einsum("i,i->", values, chosen))


def build_index(facts: pl.DataFrame, *, deduct_out_of_pocket: bool, own_groups: tuple[str, ...] = ()) -> PreviewIndex:
    """Build the index from the facts of a round with those of the previous one (`FactStore.frame_with_previous`).

    `own_groups`: facts of the county's own that count as key groups; one that is not yes or no raises InputError.
    """
    groups = (*KEY_GROUPS, *own_groups)
    facts = with_flags(facts, own_groups)
    rows = _with_income(facts, deduct_out_of_pocket=deduct_out_of_pocket)
    # NumPy sorts NaN last, so that unknown incomes lie behind the known ones of their county.
    income = _floats(rows, "income")
    township_of, townships, counties = listed_townships(rows)
    # What is gathered in the index's order are the few bytes of each row, not its facts.
    # One county (rank 0 throughout) takes one sort, stable as lexsort is: equal incomes then stand alike in both.
    order = np.argsort(income, kind="stable") if not counties.any() else np.lexsort((income, counties))
    numbers = {name: array[order] for name, array in row_numbers(rows, groups).items()}
    weight = _floats(rows, "weight")[order]
    return PreviewIndex(
        deduct_out_of_pocket=deduct_out_of_pocket,
        groups=groups,
        counties=county_slices(rows),
        townships=townships,
        income=income[order],
        **numbers,
        township_of=township_of[order],
        origin=order.astype(np.uint32),
        # None spares every count from reading an array of ones.
        weight=None if bool((weight == 1).all()) else weight,
        household_id=strings_at(rows["household_id"], order),
        village=strings_at(rows["village"], order),
    )


def with_flags(facts: pl.DataFrame, own_groups: tuple[str, ...]) -> pl.DataFrame:
    """The facts with the county's own groups as flags."""
    schema = facts.schema
    for name in own_groups:
        # A county whose files lack the fact is not refused: it cannot tell (decision 0036).
        values = facts[name].drop_nulls() if name in schema else pl.Series(dtype=pl.Boolean)
        # Any other number taken as "yes" would make a group out of an amount.
        if values.dtype != pl.Boolean and not values.cast(pl.Float64).is_in([0.0, 1.0]).all():
            example = str(values.max())
            raise InputError(
                Words(
                    f"own_groups.{name}：这一项事实是数值（如 {example}），不是“是/否”，不能作重点群体；请在映射中改为是/否",
                    f"own_groups.{name}: this fact is a number (such as {example}), not yes or no, and cannot be a key "
                    "group; make it yes or no in the mapping",
                    code="preview.own-group-not-flag",
                )
            )
    flags = [own_flag(nw.from_native(facts).schema.get(name), name) for name in own_groups]
    flagged: pl.DataFrame = nw.from_native(facts).with_columns(flags).to_native()
    return flagged


def _with_income(facts: pl.DataFrame, *, deduct_out_of_pocket: bool) -> pl.DataFrame:
    """The unregistered households with the income tested."""
    unregistered = nw.from_native(facts.filter(pl.col("kind") == "unregistered"))
    income = tested_income(deduct_out_of_pocket=deduct_out_of_pocket)
    with_income: pl.DataFrame = unregistered.with_columns(income=income).to_native()
    return with_income


def row_numbers(rows: pl.DataFrame, groups: tuple[str, ...]) -> dict[str, Any]:
    """The arrays that conditions are read from, by name, in the order of the rows."""
    # What was recorded of a household held twice then is null already; of one not held, nothing is compared.
    seen = pl.when("seen_before").then("previous_income_pc")
    checks = [pl.col(name) for name in CROSS_CHECKS]
    # All at once: of a few thousand rows a call takes longer than what it does.
    packed = rows.select(
        previous_income_pc=seen,
        groups_true=_bits([pl.col(name).fill_null(value=False) for name in groups]),
        groups_unknown=_bits([pl.col(name).is_null() for name in groups]),
        checks=_bits([*(each.fill_null(value=False) for each in checks), *(each.is_null() for each in checks)]),
        lacking=_bits(_lacking()),
    )
    out_of_pocket, net_income = _compared(rows["out_of_pocket"], rows["net_income"])
    dropped_to, dropped_from = _compared(rows["income_pc"], packed["previous_income_pc"])
    flags = {name: packed[name].to_numpy() for name in ("groups_true", "groups_unknown", "checks", "lacking")}
    return {
        "income_pc": _floats(rows, "income_pc"),
        "net_income": net_income,
        "out_of_pocket": out_of_pocket,
        "dropped_to": dropped_to,
        "dropped_from": dropped_from,
        **flags,
    }


def _floats(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].fill_null(float("nan")).to_numpy().astype(np.float64, copy=False)


def _compared(one: pl.Series, other: pl.Series) -> tuple[Fen, Fen]:
    """Two amounts in fen, 0 both where either is not known."""
    # Of facts that were not read of anybody nothing is compared, and nothing has to be made whole numbers of.
    if len(one) in (one.null_count(), other.null_count()):
        return np.zeros(len(one), np.int64), np.zeros(len(one), np.int64)
    both = {"one": one, "other": other}
    amounts: pl.DataFrame = nw.from_native(pl.DataFrame(both)).select(fen(nw.col(*both))).to_native()
    if one.null_count() or other.null_count():
        # Nothing is more than a share of nothing: with 0 on both sides a route does not hold, and `lacking` says why not.
        known = pl.all_horizontal(pl.col(*both).is_not_null())
        amounts = amounts.select(pl.when(known).then(pl.col(name)).otherwise(0).alias(name) for name in both)
    return amounts["one"].to_numpy(), amounts["other"].to_numpy()


def strings_at(column: pl.Series, order: Positions) -> Texts:
    """Texts of a column at some positions, through Polars: Arrow would load pandas to read NumPy's numbers."""
    return column.gather(order).to_arrow(compat_level=pl.CompatLevel.oldest())


def county_slices(rows: pl.DataFrame) -> tuple[CountySlice, ...]:
    """Where each county lies among rows that are sorted by county and `income`, unknown ones last."""
    # Sorted as `_ranked` sorts codes: slices are positions among rows that lie in the order of those ranks.
    sizes = rows.group_by("county_code").agg(pl.len(), unknown=pl.col("income").null_count()).sort("county_code")
    slices, start = [], 0
    for code, size, unknown in sizes.iter_rows():
        slices.append(CountySlice(code, start, start + size - unknown, start + size))
        start += size
    return tuple(slices)


def listed_townships(rows: pl.DataFrame) -> tuple[npt.NDArray[np.uint32], tuple[tuple[str, str], ...], Positions]:
    """Return the place of each row's township in the list of all, that list, and the rank of each row's county."""
    counties, county_of = _ranked(rows["county_code"])
    towns, town_of = _ranked(rows["township"].fill_null(""))
    # Townships of one name in two counties are two: the pair is ranked, as one number.
    pair_of = county_of * len(towns) + town_of
    there = np.zeros(len(counties) * len(towns), np.bool_)
    there[pair_of] = True
    places = np.cumsum(there) - 1
    pairs = [divmod(int(pair), len(towns)) for pair in np.flatnonzero(there)]
    named = tuple((counties[county], towns[town]) for county, town in pairs)
    return places[pair_of].astype(np.uint32), named, county_of


def _ranked(names: pl.Series) -> tuple[list[str], Positions]:
    """The different names in order, and of each row the place of its own."""
    different = names.unique().sort().to_list()
    return different, names.cast(pl.Enum(different)).to_physical().to_numpy().astype(np.int64)


def _bits(flags: Sequence[pl.Expr]) -> pl.Expr:
    """One byte a row, or two where there are more flags than eight; the first flag in the lowest bit."""
    # Flags of a round are half the facts: a bit instead of a byte each is what makes a count a matter of milliseconds.
    dtype = pl.UInt8 if len(flags) <= BITS_OF_A_BYTE else pl.UInt16
    return reduce(or_, (flag.cast(dtype) * pl.lit(1 << bit, dtype) for bit, flag in enumerate(flags)))


def _lacking() -> list[pl.Expr]:
    """DROP_UNKNOWN and RIGID_UNKNOWN, in the order of their bits."""
    either_unknown = [
        pl.any_horizontal(pl.col(*pair).is_null())
        for pair in (("income_pc", "previous_income_pc"), ("out_of_pocket", "net_income"))
    ]
    # A household not seen before has nothing to drop from: the route does not hold, and no fact is lacking for that.
    return [pl.col("seen_before") & either_unknown[0], either_unknown[1]]
