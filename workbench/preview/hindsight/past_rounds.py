"""The past: each stored round with a next one, its index, and which of its households had slipped by then (contract §4)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.rules.edge import EdgeLimits, edge_limits
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.domain.rules.standard import EdgeStandard
from workbench.domain.rules.states import with_slip, with_state
from workbench.errors import StandardError, StoreError, Words
from workbench.preview.index.build import Bools, CountySlice, Floats, PreviewIndex
from workbench.preview.index.cache import fingerprint_of, index_fingerprint, index_path
from workbench.preview.index.memory_map import read_mapped, write_mapped
from workbench.preview.index.subset import chosen_rows
from workbench.preview.scope import PreviewScope
from workbench.store.facts import FactStore

_LAYOUT = 1


@dataclass(frozen=True)
class PastRound:
    """A round under a standard's limits, of those counties that have a next stored round (`next_rounds`, by county).

    `next_lines`: by county the poverty line of that next round, yuan a person and year, which may be another than the round's.
    `slipped`, `labelled`: one boolean a row of `index`, whether the household slipped, and whether that is known; `slips`:
    the index of those who slipped, `incomes_next` their incomes at the next round (yuan a person). `families`: of each of
    `slips` what kinds of family it is of, where that is at hand and need not be read (`families.FamilyBits`).
    """

    round_name: str
    next_rounds: dict[str, str]
    next_lines: dict[str, float]
    limits: EdgeLimits
    index: PreviewIndex
    slipped: Bools
    labelled: Bools

    slips: PreviewIndex
    incomes_next: Floats
    families: npt.NDArray[np.uint8] | None = None

    def under(self, standard: EdgeStandard) -> "PastRound":
        """The round under another standard of the same line, income tested and own groups: nothing is read again."""
        with naming_round(self.round_name):
            return replace(self, limits=edge_limits(standard, self.limits.line))


@dataclass(frozen=True)
class PastScope:
    """The past rounds of a county, or (None) of every county, under a line given by hand or that of the standard or the years.

    `until`: only steps that end at or before this round.
    """

    store: FactStore
    county: str | None = None
    line: float | None = None
    until: str | None = None

    def steps(self) -> dict[str, dict[str, str]]:
        """The rounds with a next one, oldest first: of each its counties, and the next stored round of that county.

        Raises StoreError where nothing is stored of the county.
        """
        steps: dict[str, dict[str, str]] = {}
        for code in self._counties():
            # A county that a round passed over has not lost its history: its next round is its own (contract §4).
            for start, end in pairwise(self.store.rounds_of(code)):
                if self.until is None or end <= self.until:
                    steps.setdefault(start, {})[code] = end
        return dict(sorted(steps.items()))

    def rounds(self, standard: EdgeStandard) -> Iterator[PastRound]:
        """Each past round as the standard would have had it; raises StandardError where a ceiling lies below a round's line."""
        for name, ends in self.steps().items():
            yield self.round_of(name, ends, standard)

    def round_of(self, name: str, ends: dict[str, str], standard: EdgeStandard) -> PastRound:
        """One past round of the counties whose next rounds are `ends` (see `steps`) as the standard would have had it."""
        limits = self.limits_in(name, standard)
        whole = PreviewScope(self.store, name, self.county, self.line).index_for(limits)
        # Where a county has no next round stored, what became of its households is not known.
        index = replace(whole, counties=tuple(each for each in whole.counties if each.code in ends))
        later, slip = self._labels(name, ends, index, standard)
        slipped = slip == 1
        lines = self.lines_in(ends, standard)
        return PastRound(
            name, ends, lines, limits, index, slipped, slip >= 0, chosen_rows(index, slipped), later[slipped]
        )

    def limits_in(self, name: str, standard: EdgeStandard) -> EdgeLimits:
        """The standard in yuan of a round; raises StandardError, naming the round, where it cannot be used there."""
        with naming_round(name):
            return PreviewScope(self.store, name, self.county, self.line).limits_of(standard)

    def line_in(self, name: str, standard: EdgeStandard) -> float:
        """The poverty line of a round under the standard: one given by hand, else the standard's, else that of the year."""
        return PreviewScope(self.store, name, self.county, self.line).line_of(standard)

    def lines_in(self, ends: dict[str, str], standard: EdgeStandard) -> dict[str, float]:
        """Return by county the poverty line of the round in which its step ends."""
        return {code: self.line_in(end, standard) for code, end in ends.items()}

    def _counties(self) -> list[str]:
        self.store.files("*")  # raises where nothing at all is stored
        return self.known_counties({code for name in self.store.rounds() for code in self.store.counties(name)})

    def known_counties(self, stored: Collection[str]) -> list[str]:
        """The county chosen, else all that are stored; raises StoreError where the one chosen is not."""
        known = sorted(stored)
        if self.county is None:
            return known
        if self.county not in known:
            raise StoreError(
                Words(
                    f"县区 {self.county}：任何期次中都没有；已有 {', '.join(known)}",
                    f"county {self.county} is not stored in any round; stored: {', '.join(known)}",
                    code="preview.county-in-no-round",
                )
            )
        return [self.county]

    def _labels(
        self, name: str, ends: dict[str, str], index: PreviewIndex, standard: EdgeStandard
    ) -> tuple[Floats, npt.NDArray[np.int8]]:
        """Return for each row the income at the end of its county's step, and 1 for a slip, 0 for none, -1 without a label."""
        later, slipped = np.full(len(index), np.nan), np.full(len(index), -1, np.int8)
        for county in index.counties:
            end, rows = ends[county.code], slice(county.start, county.stop)
            later[rows] = _incomes_next(self.store, (name, end), county, index)
            # At the end of the step the line of the end's year, unless one line is meant throughout.
            lines = [self.line_in(each, standard) for each in (name, end)]
            slipped[rows] = _slips(index.income_pc[rows], lines[0], later[rows], lines[1])
        return later, slipped


@contextmanager
def naming_round(name: str) -> Iterator[None]:
    """Say of which round it is that a standard cannot be used: it may be allowed in one year and not in another."""
    try:
        yield
    except StandardError as error:
        said = Words(f"（期次 {name}）", f" (round {name})")
        raise StandardError({key: words + said for key, words in error.problems.items()}) from None


def _slips(income: Floats, line: float, income_next: Floats, line_next: float) -> npt.NDArray[np.int8]:
    """1 where an unregistered household slipped, 0 where not, -1 without a label; incomes in yuan a person, NaN where not known."""
    labels: npt.NDArray[np.int8] = _slip_by_ends().take(_end(income, line) * np.uint8(3) + _end(income_next, line_next))
    return labels


def _end(income: Floats, line: float) -> npt.NDArray[np.uint8]:
    """Where incomes lie: 0 below the line, 1 not below it, 2 not known."""
    end = (income >= line).astype(np.uint8)
    end[np.isnan(income)] = 2
    return end


@cache
def _slip_by_ends() -> npt.NDArray[np.int8]:
    """What a step is by where the income lies at its start and its end (see `_end`), [start * 3 + end], by the one definition of a slip.

    Of an unregistered household nothing else counts, and there are nine cases: asked of each, and not of a million rows.
    """
    line, incomes = 1.0, (0.0, 1.0, None)
    ends = pl.DataFrame(
        list(product(incomes, incomes)), schema={"income_pc": pl.Float64, "income_next": pl.Float64}, orient="row"
    )
    # Unregistered households have no tier, filed or by the rules: incomes alone say their state (decision 0009).
    nothing = dict.fromkeys(("filed_tier", "tier", "kind_next", "state_next"))
    stated = with_state(ends.with_columns(kind=pl.lit(UNREGISTERED), **nothing), line)
    slip: pl.Series = with_slip(stated.with_columns(below_next=pl.col("income_next") < line))["slip"]
    return slip.cast(pl.Int8).fill_null(-1).to_numpy()


def _incomes_next(store: FactStore, step: tuple[str, str], county: CountySlice, index: PreviewIndex) -> Floats:
    """The incomes of a county's rows at the end of a step, NaN where there is none to follow; kept beside the index."""
    start, end = step
    # Without a county's own groups in the name: rows stand in the same order under all of them.
    path = index_path(store, start, county.code, deduct_out_of_pocket=index.deduct_out_of_pocket)
    path = path.with_suffix(".next.arrow")
    files = store.files(end, county.code)
    # The files of both ends: a fact corrected at either makes the incomes anew.
    fingerprint = fingerprint_of(store.root, files, [_LAYOUT, end, index_fingerprint(store, start, county.code)])
    cached = read_mapped(path, fingerprint)
    if cached is not None:
        return cached.array("income_next")
    households = pl.Series(index.household_id.slice(county.start, county.stop - county.start))
    incomes = _matched(store, step, county.code, households)
    with suppress(OSError):  # a store that cannot be written serves just as well, only slower
        write_mapped(path, {"income_next": incomes}, {}, fingerprint)
    return incomes


def _matched(store: FactStore, step: tuple[str, str], county: str, households: pl.Series) -> Floats:
    # A number that stands twice at either end, of whatever kind, cannot be followed.
    now = store.frame(step[0], county, ["household_id"]).unique("household_id", keep="none")
    then = store.frame(step[1], county, ["household_id", "income_pc"]).unique("household_id", keep="none")
    rows = pl.DataFrame({"household_id": households})
    followed = rows.join(now.join(then, on="household_id"), on="household_id", how="left", maintain_order="left")
    return followed["income_pc"].fill_null(float("nan")).to_numpy()
