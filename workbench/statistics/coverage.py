"""How many lifted and edge households lack what, by village, township and county; and which (LA2019-15 §3.3, §3.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.domain.facts import OWN_FLAGS
from workbench.domain.rules.coverage import CHECKS, COVERAGE_FACTS, coverage_frame
from workbench.domain.rules.round_rules import LIFTED, STANDARD_FACTS, UNREGISTERED, apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.counts import Count
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standard_in_use

EDGE = "edge"
PLACES = ("county_code", "township", "village")
ANSWERS = ("yes", "no", "cannot_tell", "potential")
"""A gap; none; not known; and of those without a gap, how many have a potential difficulty."""
_COLUMNS = ("household_id", *PLACES, "kind", "weight", *COVERAGE_FACTS, *STANDARD_FACTS, OWN_FLAGS)


@dataclass(frozen=True)
class AreaCoverage:
    """One area (None: all of it at that level and below): its households, gaps by check and answer, able unskilled members."""

    place: tuple[str | None, ...]
    households: Count
    checks: dict[str, dict[str, Count]]
    unskilled: float

    def __add__(self, other: "AreaCoverage") -> "AreaCoverage":
        checks = {
            check: {answer: count + other.checks[check][answer] for answer, count in answers.items()}
            for check, answers in self.checks.items()
        }
        # Of one place: whoever adds areas has put those of a place together.
        unskilled = self.unskilled + other.unskilled
        return AreaCoverage(self.place, self.households + other.households, checks, unskilled)


NO_HOUSEHOLDS = AreaCoverage(
    (), Count(), {check.name: dict.fromkeys(ANSWERS, Count()) for check in CHECKS}, 0.0
)  # fmt: skip


def managed_households(scope: PreviewScope, standard: EdgeStandard | None, register: str | None = None) -> pl.DataFrame:
    """The lifted households of a scope, and the edge households that a standard brings in, with what each lacks.

    `group` is `lifted` or `edge`. `standard` None: for each county the one in force, by the
    register of the store or at the URL `register`. A household of which
    the standard cannot tell is not among them: the preview counts those.
    """
    counties = [_managed_in(scope.of(code), standard, register) for code in scope.counties]
    return pl.concat(counties, how="vertical_relaxed")


def _managed_in(scope: PreviewScope, standard: EdgeStandard | None, register: str | None) -> pl.DataFrame:
    """The managed households of one county."""
    # Each kind read by itself, with what is asked of it: of most households, unregistered and not brought in, little.
    lifted = scope.facts_with_previous(_COLUMNS, kind=LIFTED).with_columns(group=pl.lit(LIFTED))
    parts = [lifted]
    chosen = standard or standard_in_use(scope, register=register).standard
    # A standard is one county's own (§2.2-a) and says nothing of another's households.
    if chosen.county in (None, scope.county):
        unregistered = scope.facts_with_previous(_COLUMNS, kind=UNREGISTERED)
        rules = rules_of_round(scope.round_name, {str(scope.county): scope.limits_of(chosen)})
        parts.append(
            apply_rules(unregistered, rules).brought_in.select(unregistered.columns).with_columns(group=pl.lit(EDGE))
        )
    checked: pl.DataFrame = coverage_frame(pl.concat(parts, how="vertical_relaxed"))
    return checked


@dataclass(frozen=True)
class CoverageAreas:
    """The counts of a scope by kind of area (KINDS_OF_AREA), each in the order of its places."""

    by_kind: dict[str, list[AreaCoverage]]

    @classmethod
    def together(cls, parts: Sequence["CoverageAreas"]) -> "CoverageAreas":
        """Put several counties together in their order: places stand one after another, what is of all counties adds up."""
        by_kind: dict[str, list[AreaCoverage]] = {}
        for kind in KINDS_OF_AREA:
            sums: dict[tuple[str | None, ...], AreaCoverage] = {}
            for area in (area for part in parts for area in part.by_kind[kind]):
                sums[area.place] = sums[area.place] + area if area.place in sums else area
            by_kind[kind] = list(sums.values())
        return cls(by_kind)


KINDS_OF_AREA: dict[str, tuple[str, ...]] = {
    "all": (), "by_group": ("group",),
    "by_county": PLACES[:1], "by_township": PLACES[:2], "by_village": PLACES,
}  # fmt: skip
"""By which columns of `managed_households` each kind of area is counted."""


def coverage_by_county(
    scope: PreviewScope, standard: EdgeStandard | None, register: str | None, *, listed: bool
) -> tuple[CoverageAreas, list[dict[str, Any]]]:
    """The counts of a scope by every kind of area, and the rows of `gaps_list` where `listed`.

    A county at a time, so that a city takes the memory of its largest county. `standard`, `register`: as for
    `managed_households`.
    """
    # Each county is let go before the next is read.
    areas, gaps = [], []
    for code in scope.counties:
        managed = managed_households(scope.of(code), standard, register)
        areas.append(coverage_areas(managed))
        gaps += gaps_list(managed).to_dicts() if listed else []
    return CoverageAreas.together(areas), gaps


def coverage_areas(managed: pl.DataFrame) -> CoverageAreas:
    """The counts of `managed_households` by every kind of area."""
    return CoverageAreas({kind: count_coverage(managed, by) for kind, by in KINDS_OF_AREA.items()})


def count_coverage(managed: pl.DataFrame, by: Sequence[str]) -> list[AreaCoverage]:
    """The counts of `managed_households` by some of its columns (PLACES, group), in their order; without any, one."""
    # Polars groups by one column at least: the constant stands for none.
    constant = managed.with_columns(_all=pl.lit(0))
    grouped = constant.group_by(list(by) or ["_all"]).agg(*_tallies()).sort(list(by) or ["_all"], nulls_last=True)
    return [_area(row, by) for row in grouped.iter_rows(named=True)]


def gaps_list(managed: pl.DataFrame) -> pl.DataFrame:
    """The households with a gap, or of which one cannot be told: place, number, group, `gaps`, `cannot_tell` (check names)."""
    gaps = [pl.when(pl.col(f"gap_{check.name}")).then(pl.lit(check.name)) for check in CHECKS]
    unknown = [pl.when(pl.col(f"gap_{check.name}").is_null()).then(pl.lit(check.name)) for check in CHECKS]
    return (
        managed.select(
            *PLACES, "household_id", "group", "unskilled",
            gaps=pl.concat_list(gaps).list.drop_nulls(), cannot_tell=pl.concat_list(unknown).list.drop_nulls(),
        )
        .filter((pl.col("gaps").list.len() > 0) | (pl.col("cannot_tell").list.len() > 0))
        # In the order of a walk through the county; whose place is not known stands last.
        .sort(*PLACES, "household_id", nulls_last=True)
    )  # fmt: skip


def _tallies() -> Iterable[pl.Expr]:
    weight = pl.col("weight").fill_null(1.0)
    yield weight.sum().alias("households")
    yield pl.len().alias("rows")
    yield (weight * pl.col("unskilled").fill_null(0)).sum().alias("unskilled")
    for check in CHECKS:
        for answer, holds in _answers(check.name).items():
            yield weight.filter(holds).sum().alias(f"{check.name}/{answer}")
            yield holds.sum().alias(f"{check.name}/{answer}/rows")


def _answers(check: str) -> dict[str, pl.Expr]:
    gap = pl.col(f"gap_{check}")
    # What is not known counts as neither, hence filled the other way for each of the two.
    holds = (gap.fill_null(value=False), ~gap.fill_null(value=True), gap.is_null(), pl.col(f"potential_{check}"))
    return dict(zip(ANSWERS, holds, strict=True))


def _area(row: dict[str, float], by: Sequence[str]) -> AreaCoverage:
    checks = {
        check.name: {
            answer: Count(float(row[f"{check.name}/{answer}"]), int(row[f"{check.name}/{answer}/rows"]))
            for answer in ANSWERS
        }
        for check in CHECKS
    }
    # Keys and not names of columns: places of several counties are added by them.
    place = tuple(row[name] for name in by)
    return AreaCoverage(place, Count(float(row["households"]), int(row["rows"])), checks, float(row["unskilled"]))  # type: ignore[arg-type]
