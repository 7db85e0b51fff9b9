"""Commands of the rules: tier, explain."""

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    ReadingOption,
    RoundOption,
    StoreOption,
    checked_round,
    cluster_of,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, say, show_table
from workbench.cli.rules.explained import show_explanation
from workbench.cli.rules.places import county_name
from workbench.cli.standards.applied import standard_applied
from workbench.domain.facts import label_of
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.explanation import Explanation, explain_edge, explain_tier
from workbench.domain.rules.legal_readings import reading as reading_named
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.errors import Words
from workbench.preview.request import whole
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json
from workbench.statistics.on_cluster import tiers_on
from workbench.statistics.tiers import TIER_KEYS, UNDETERMINED_KEY, count_tiers, lifted_facts
from workbench.store.round_scope import RoundScope

EngineOption = Annotated[
    str, typer.Option("--engine", help=both("计算引擎：polars、pandas、duckdb、spark", "polars, pandas, duckdb, spark"))
]


def tier_command(
    round_name: RoundOption,
    county: CountyOption = None,
    reading: ReadingOption = "default",
    engine: EngineOption = "polars",
    line: LineOption = None,
    store: StoreOption = None,
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tiers of the lifted households of a round, counted by county."""
    # Round, line and reading are refused before any file is read.
    parameters = tier_parameters(checked_round(round_name), line)
    chosen = reading_named(reading)
    cluster = cluster_of(engine, master, store)
    begin = time.perf_counter()
    if cluster is None:
        # Opened only here: with a cluster this process need not be able to read the store (0042).
        scope = RoundScope(open_store(store), round_name, county)
        counted, simulated = count_tiers(lifted_facts(scope, engine), parameters, chosen), scope.simulated
    else:
        counted, simulated = tiers_on(cluster, round_name, county, parameters, chosen)
    seconds = time.perf_counter() - begin

    def show() -> None:
        _mark(simulated=simulated)
        rows = [
            [county_name(code), *(whole(counts[key]) for key in TIER_KEYS)]
            for code, counts in counted.by_county.items()
        ]
        show_table(
            Words(
                f"{round_name} · {chosen.zh} · 扶贫标准 {parameters.line:g} 元",
                f"{round_name} · {chosen.en} · poverty line {parameters.line:g} yuan",
            ),
            [Words("县区", "county"), *(_tier_name(key) for key in TIER_KEYS)],
            [*rows, [Words("合计", "total"), *(whole(counted.city[key]) for key in TIER_KEYS)]],
        )

    emit(
        {
            "round": round_name,
            "reading": chosen.name,
            "engine": engine,
            "line": parameters.line,
            "counts": {key: whole(count) for key, count in counted.city.items()},
            "rows": {key: count.rows for key, count in counted.city.items()},
            "by_county": {
                code: {key: whole(count) for key, count in counts.items()} for code, counts in counted.by_county.items()
            },
            "simulated": simulated,
            "seconds": round(seconds, 3),
        },
        show,
        as_json=as_json,
    )


def explain_command(
    household: Annotated[str, typer.Argument(help=both("户编号", "household number"))],
    round_name: RoundOption,
    county: CountyOption = None,
    reading: ReadingOption = "default",
    standard: Annotated[
        Path | None,
        typer.Option(
            "--standard",
            help=both(
                "对未建档户：标准（YAML 文件），平时用本期的标准",
                "for unregistered households: a standard (YAML); default: the one of the round",
            ),
        ),
    ] = None,
    line: LineOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Why a household has its tier, or is an edge household: criteria, missing facts, smallest change."""
    facts = open_store(store)
    known = facts.household(checked_round(round_name), household, county)
    record: Json = {"household_id": household, "round": round_name, "county": known["county_code"]}
    own: Mapping[str, str] = {}
    # A standard says something of unregistered households only (§2.2).
    if known["kind"] == "unregistered":
        given = standard_of(standard) if standard else None
        applied = standard_applied(RoundScope(facts, round_name, known["county_code"]), given)
        # Without the county, which would refuse a standard made for another: any may be tried on a household.
        limits = PreviewScope(facts, round_name, None, line).limits_of(applied.standard)
        explanation, own = explain_edge(known, limits), limits.own_groups
        record |= {
            "kind": known["kind"],
            "standard": applied.record(),
            "tier": None,
            "edge": explanation.result or "cannot_tell",
            "line": limits.line,
        }
    else:
        explanation = explain_tier(known, tier_parameters(round_name, line), reading_named(reading))
        if known["kind"] != "lifted":  # only lifted households have a tier that could change
            explanation = replace(explanation, changes=[], missing=[])
        record |= {"kind": known["kind"], "reading": reading, **_tier_record(explanation, known["kind"])}
    record |= _reasons(explanation, "edge" if known["kind"] == "unregistered" else "tier", own)
    scope = RoundScope(facts, round_name, known["county_code"])
    record["simulated"] = scope.simulated

    def show() -> None:
        _mark(simulated=scope.simulated)
        show_explanation(record, own)

    emit(record, show, as_json=as_json)


def _tier_record(explanation: Explanation, kind: str | None) -> Json:
    """Tiers are those of lifted households; of others the criteria are shown, and no tier."""
    if kind != "lifted":
        return {"tier": None}
    if explanation.result is None:
        return {"tier": None, "possible_tiers": explanation.possible}
    return {"tier": explanation.result}


def _reasons(explanation: Explanation, result: str, own: Mapping[str, str]) -> Json:
    changes = [
        {
            "fact": change.fact,
            "label": label_of(change.fact, own)[0],
            "from": change.before,
            "to": change.after,
            result: change.result,
        }
        for change in explanation.changes
    ]
    return {
        "criteria": [asdict(trace) for trace in explanation.criteria],
        "missing": explanation.missing,
        "would_change": changes[0] if changes else None,
        "changes": changes,
    }


def _tier_name(key: str) -> Words:
    if key == UNDETERMINED_KEY:
        return Words(*UNDETERMINED)
    zh, en, colour = TIERS[int(key)]
    return Words(f"{colour} {zh}", en)


def _mark(*, simulated: bool) -> None:
    if simulated:
        say(SIMULATED)
