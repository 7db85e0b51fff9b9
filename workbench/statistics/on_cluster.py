"""Tiers, their changes and coverage of many counties on a cluster: each county counted by a worker, the counts added here."""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.domain.parameters import TierParameters
from workbench.domain.rules.legal_readings import Reading
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.counts import Count
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json
from workbench.statistics.coverage import AreaCoverage, CoverageAreas, coverage_areas, gaps_list, managed_households
from workbench.statistics.tiers import TierCounts, count_tiers, lifted_facts
from workbench.statistics.transitions import Transitions, county_transitions, together
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

# Stated, since of a county without any change no row would tell the types.
_TRANSITIONS = {
    "county_code": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "cause": pl.String,
    "households": pl.Float64,
}


@dataclass(frozen=True)
class CountyQuestion:
    """What is asked of a county in a round; each question reads what it needs."""

    round_name: str
    county: str
    reading: Reading | None = None
    parameters: TierParameters | None = None
    standard: EdgeStandard | None = None
    line: float | None = None
    listed: bool = False


def tiers_on(
    cluster: ClusterStore, round_name: str, county: str | None, parameters: TierParameters, reading: Reading
) -> tuple[TierCounts, bool]:
    """`tiers.count_tiers` of a round, and whether its households are simulated."""
    codes = cluster.counties(round_name, county)
    asked = [CountyQuestion(round_name, code, reading, parameters) for code in codes]
    parts = [json.loads(answer) for answer in cluster.run(county_tiers, asked)]
    by_county = {
        code: {key: Count(*count) for key, count in counts.items()}
        for part in parts
        for code, counts in part["by_county"].items()
    }
    # One county of simulated households makes the whole simulated.
    return TierCounts(by_county), any(part["simulated"] for part in parts)


def county_tiers(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: the tiers of one county."""
    scope = RoundScope(store, asked.round_name, asked.county)
    counted = count_tiers(lifted_facts(scope), asked.parameters, asked.reading)  # type: ignore[arg-type]
    by_county = {
        code: {key: [count.households, count.rows] for key, count in counts.items()}
        for code, counts in counted.by_county.items()
    }
    return json.dumps({"by_county": by_county, "simulated": scope.simulated}).encode()


def transitions_on(
    cluster: ClusterStore, round_name: str, county: str | None, reading: Reading
) -> tuple[Transitions, bool]:
    """`transitions.tier_transitions` of a round, and whether its households are simulated."""
    codes = cluster.counties(round_name, county)
    answers = cluster.run(county_changes, [CountyQuestion(round_name, code, reading) for code in codes])
    parts = [json.loads(answer) for answer in answers]
    transitions = [
        Transitions(
            part["before_round"],
            round_name,
            pl.DataFrame(part["counts"], _TRANSITIONS),
            part["first_seen"],
            part["gone"],
        )
        for part in parts
    ]
    return together(round_name, transitions), any(part["simulated"] for part in parts)


def county_changes(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: how the tiers of one county changed."""
    scope = RoundScope(store, asked.round_name, asked.county)
    transitions = county_transitions(scope, asked.reading)  # type: ignore[arg-type]
    # Plain JSON: a worker hands back bytes, and frames of two versions need not be alike.
    record = {
        "before_round": transitions.before_round, "counts": transitions.counts.to_dicts(), "first_seen": transitions.first_seen,
        "gone": transitions.gone, "simulated": scope.simulated,
    }  # fmt: skip
    return json.dumps(record).encode()


def coverage_on(
    cluster: ClusterStore, scope: PreviewScope, standards: dict[str, EdgeStandard], *, listed: bool
) -> tuple[CoverageAreas, list[dict[str, Any]], bool]:
    """The areas of `coverage.coverage_areas`, the list of gaps where asked for, and whether households are simulated.

    `standards`: of each county that which says who is an edge household.
    """
    asked = [
        CountyQuestion(scope.round_name, code, standard=standard, line=scope.line, listed=listed)
        # The driver asked the register: a worker may not be able to reach it.
        for code, standard in standards.items()
    ]
    parts = [json.loads(answer) for answer in cluster.run(county_coverage, asked)]
    areas = CoverageAreas.together([_areas(part["areas"]) for part in parts])
    return areas, [row for part in parts for row in part["list"]], any(part["simulated"] for part in parts)


def county_coverage(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: what the households of one county lack."""
    scope = PreviewScope(store, asked.round_name, asked.county, asked.line)
    managed = managed_households(scope, asked.standard)
    areas = {name: [_plain(area) for area in of_kind] for name, of_kind in coverage_areas(managed).by_kind.items()}
    # Only where it was asked for: the list is longer than all counts together.
    gaps = gaps_list(managed).to_dicts() if asked.listed else []
    return json.dumps({"areas": areas, "list": gaps, "simulated": scope.simulated}).encode()


def _plain(area: AreaCoverage) -> dict[str, Any]:
    return {
        "place": area.place,
        # Households and rows: what is weighted, and how many there are to rest on.
        "households": [area.households.households, area.households.rows],
        "checks": {
            check: {answer: [count.households, count.rows] for answer, count in answers.items()}
            for check, answers in area.checks.items()
        },
        "unskilled": area.unskilled,
    }


def _areas(plain: dict[str, list[dict[str, Any]]]) -> CoverageAreas:
    return CoverageAreas({name: [_area(each) for each in of_kind] for name, of_kind in plain.items()})


def _area(plain: Json) -> AreaCoverage:
    checks = {
        check: {answer: Count(*count) for answer, count in answers.items()}
        for check, answers in plain["checks"].items()
    }
    return AreaCoverage(tuple(plain["place"]), Count(*plain["households"]), checks, plain["unskilled"])
