"""The command of coverage: who lacks a skill, insurance, schooling, a safe house, safe water."""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.language import both, label
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    RoundOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
    refuse_standard_in_closed_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, say, show_table
from workbench.cli.rules.places import county_name
from workbench.domain.rules.coverage import CHECK, CHECKS
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.request import whole
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standards_in_use
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url
from workbench.statistics.coverage import (
    NO_HOUSEHOLDS,
    PLACES,
    AreaCoverage,
    coverage_by_county,
)
from workbench.statistics.on_cluster import coverage_on
from workbench.store.cluster.counties import ClusterStore

# Skill and guarantees are asked of both (§3.3, §3.4), and of nobody else.
_GROUPS = {"lifted": Words("已脱贫户", "lifted"), "edge": Words("边缘户", "edge")}


def coverage_command(
    round_name: RoundOption,
    county: CountyOption = None,
    standard: Annotated[
        Path | None,
        typer.Option(
            "--standard",
            help=both(
                "以此标准认定边缘户（YAML 文件；不写：各县现行标准）",
                "who is an edge household (YAML; default: in force, by county)",
            ),
        ),
    ] = None,
    line: LineOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    listed: Annotated[
        bool,
        typer.Option(
            "--list", help=both("列出有短板或不能判定的户", "list the households with a gap, or that cannot be told")
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Gaps of lifted and edge households: skill, insurance, schooling, housing, water; yes, no, cannot tell."""
    # Asked first: with a cluster this process need not be able to read the store (0042).
    cluster = cluster_or_here(engine, master, store)
    scope = PreviewScope(open_store(store, read_here=cluster is None), checked_round(round_name), county, line)
    given = standard_of(standard) if standard else None
    if cluster is None:
        areas, gaps = coverage_by_county(scope, given, register_url(), listed=listed)
        simulated = scope.simulated
    else:
        areas, gaps, simulated = coverage_on(cluster, scope, _standards(cluster, scope, given), listed=listed)
    by_kind = areas.by_kind
    record: Json = {
        "round": round_name,
        "county": county,
        "simulated": simulated,
        **_counts(next(iter(by_kind["all"]), NO_HOUSEHOLDS)),
        "by_group": _by_group(by_kind["by_group"]),
        **{name: _by_place(by_kind[name]) for name in _PLACES},
    }
    if given is None:
        record["standards"] = _applied(scope)
    if listed:
        record["list"] = gaps
    emit(record, lambda: _show(record), as_json=as_json)


def _applied(scope: PreviewScope) -> Json:
    """Return by county the standard in use, which said who is an edge household where none was given."""
    return {code: standard.record() for code, standard in standards_in_use(scope, register_url()).items()}


_PLACES = ("by_county", "by_township", "by_village")


def _standards(cluster: ClusterStore, scope: PreviewScope, given: EdgeStandard | None) -> dict[str, EdgeStandard]:
    """Return by county the standard that says who is an edge household; without one given, the register is asked here."""
    if given is None:
        refuse_standard_in_closed_store(scope.store.root)
        return {code: each.standard for code, each in standards_in_use(scope, register_url()).items()}
    return dict.fromkeys(cluster.counties(scope.round_name, scope.county), given)


def _counts(area: AreaCoverage) -> Json:
    checks = {
        name: {answer: whole(count) for answer, count in answers.items()}
        | {"rows": {answer: count.rows for answer, count in answers.items()}, "clause": CHECK[name].clause}
        for name, answers in area.checks.items()
    }
    # To the millionth: a sum of weights must not depend on the order in which an engine adds (0042).
    members = round(area.unskilled, 6)
    unskilled = int(members) if members.is_integer() else members
    return {
        "households": whole(area.households),
        "rows": area.households.rows,
        "unskilled_members": unskilled,
        "checks": checks,
    }


def _by_group(areas: list[AreaCoverage]) -> Json:
    by_group = {area.place[0]: area for area in areas}
    # Both groups, whoever there is: no program has to guard against a key that is missing.
    return {group: _counts(by_group.get(group, NO_HOUSEHOLDS)) for group in _GROUPS}


def _by_place(areas: list[AreaCoverage]) -> list[Json]:
    return [dict(zip(PLACES, area.place, strict=False)) | _counts(area) for area in areas]


def _show(record: Json) -> None:
    if record["simulated"]:
        say(SIMULATED)
    # Each name once: most counties may go by the reference.
    for zh, en in sorted({(each["name"]["zh"], each["name"]["en"]) for each in record.get("standards", {}).values()}):
        say(Words(f"边缘户标准：{zh}", f"standard of edge households: {en}"))
    say(
        Words(
            "；".join(f"{check.topic}：{check.zh}（{check.clause}）" for check in CHECKS),
            "; ".join(f"{check.name}: {check.en} ({check.clause})" for check in CHECKS),
        )
    )
    say(
        Words(
            "各列为有短板的户数，问号后是不能判定的户数",
            "in each column households with a gap; behind ? those that cannot be told",
        )
    )
    # One level below what was asked about.
    areas = record["by_township"] if record["county"] else record["by_county"]
    name = Words("乡镇", "township") if record["county"] else Words("县区", "county")
    rows = [[_place(area), *_cells(area)] for area in areas]
    rows += [[_GROUPS[group], *_cells(area)] for group, area in record["by_group"].items()]
    show_table(
        Words("帮扶短板", "gaps").after(f"{record['round']} · "),
        [
            name,
            Words("户数", "households"),
            *(Words(check.topic, check.name) for check in CHECKS),
            Words("无技能人", "unskilled members"),
        ],
        [*rows, [Words("合计", "total"), *_cells(record)]],
    )
    for entry in record.get("list", ()):
        said = [(("短板", "gaps"), entry["gaps"]), (("不能判定", "cannot tell"), entry["cannot_tell"])]
        words = "; ".join(f"{label(head)}: {_listed(names)}" for head, names in said if names)
        say(f"{entry['household_id']} {entry['township'] or ''} {entry['village'] or ''} {words}")


def _listed(names: list[str]) -> str:
    return ", ".join(label((CHECK[name].zh, CHECK[name].en)) for name in names)


def _place(area: Json) -> str:
    if "township" in area:
        return str(area["township"] or "–")
    return county_name(area["county_code"])


def _cells(area: Json) -> list[Any]:
    # Weighted counts may have a fraction; whole ones are shown without.
    answers = [area["checks"][check.name] for check in CHECKS]
    shown = [f"{one['yes']:g}" + (f" ?{one['cannot_tell']:g}" if one["cannot_tell"] else "") for one in answers]
    return [area["households"], *shown, area["unskilled_members"]]
