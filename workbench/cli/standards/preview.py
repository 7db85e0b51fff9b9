"""Commands of the county standard: preview, sweep."""

import time
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import (
    AgainstOption,
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    RoundOption,
    SparkOption,
    StandardOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, say
from workbench.cli.standards.decision import SheetOption, checked_sheet
from workbench.cli.standards.shown import show_preview, show_sweep
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.cluster.questions import preview_on, sweep_on
from workbench.preview.counts.comparison import sweep_here
from workbench.preview.counts.sweep import parse_axis
from workbench.preview.request import Analyses, preview
from workbench.preview.scope import PreviewScope, scope

_EXPECTED = ("expected_slips", "slips_share")

ThresholdOption = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        help=both(
            "净收益的概率门槛（不写：平均风险变差率）", "threshold probability of the net benefit (default: base rate)"
        ),
    ),
]
IncomeErrorOption = Annotated[
    float | None,
    typer.Option("--income-error", help=both("收入误差（对数标准差），如 0.1", "log sd of reported incomes, e.g. 0.1")),
]
BunchingOption = Annotated[
    bool, typer.Option("--bunching", help=both("收入在上限附近有无堆积", "bunching of incomes at the ceiling"))
]
CarryOption = Annotated[
    float | None,
    typer.Option(
        "--carry",
        help=both(
            "一年这么多元能承受多高的收入上限，如 80000",
            "the highest ceiling that so many yuan a year carry, e.g. 80000",
        ),
    ),
]
VaryOption = Annotated[
    list[str],
    typer.Option(
        "--vary",
        help=both("要变的项 key=start:stop:step，可写一至两次", "what varies, key=start:stop:step; once or twice"),
    ),
]


def preview_command(
    round_name: RoundOption,
    standard: StandardOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    line: LineOption = None,
    threshold: ThresholdOption = None,
    income_error: IncomeErrorOption = None,
    carry: CarryOption = None,
    sheet: SheetOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    bunching: BunchingOption = False,
    as_json: JsonOption = False,
) -> None:
    """What a county standard brings in: households, townships, groups, routes, cost, expected slips."""
    cluster = cluster_or_here(engine, master, store)
    chosen, other = standard_of(standard), standard_of(against) if against else None
    chosen_scope = scope(open_store(store, read_here=cluster is None), checked_round(round_name), county, line, chosen)
    analyses = Analyses(threshold, income_error, bunching, carry)
    # Before anything is counted: a path that cannot be written is refused at once, not after minutes.
    checked_sheet(sheet, chosen_scope.county, here=cluster is None)
    written = None
    if cluster is None:
        record = preview(chosen_scope, chosen, other, analyses)
        record["simulated"] = chosen_scope.simulated
        written = _sheet_written(sheet, chosen_scope, chosen, other) if sheet else None
    else:
        record = preview_on(cluster, chosen_scope, chosen, other, analyses)

    def show() -> None:
        show_preview(record)
        if written is not None:
            say(written)

    emit(record, show, as_json=as_json)


def _sheet_written(
    sheet: Path, chosen_scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None
) -> Words:
    # Late: the sheet loads the register and all that writes documents, and few previews ask for one.
    from workbench.cli.standards.written_sheet import write_sheet  # noqa: PLC0415

    return write_sheet(sheet, chosen_scope, standard, against)


def sweep_command(
    round_name: RoundOption,
    standard: StandardOption,
    vary: VaryOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    line: LineOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The counts of a standard as one or two of its keys vary."""
    cluster = cluster_or_here(engine, master, store)
    chosen, other = standard_of(standard), standard_of(against) if against else None
    chosen_scope = scope(open_store(store, read_here=cluster is None), checked_round(round_name), county, line, chosen)
    axes = [parse_axis(text) for text in vary]
    # From here on, without opening the store: the figure is of the counting alone.
    begin = time.perf_counter()
    if cluster is None:
        counted, said = sweep_here(chosen_scope, chosen, axes, other)
    else:
        counted, said = sweep_on(cluster, chosen_scope, chosen, axes, other)
    grid = [whole_point(point) for point in counted]
    seconds = time.perf_counter() - begin
    simulated = said["simulated"]
    # A sweep is one pass over all points (0032), so that a point has only its share of the time.
    each = round(seconds * 1000 / len(grid), 3)
    points = [{**point, "milliseconds": each} for point in grid]

    def show() -> None:
        if simulated:
            say(SIMULATED)
        show_sweep(round_name, grid, scored=said["scored"])

    emit(
        {
            "round": round_name,
            "county": chosen_scope.county,
            "line": chosen_scope.line_of(chosen),
            "grid": points,
            "simulated": simulated,
            "seconds": round(seconds, 3),
        },
        show,
        as_json=as_json,
    )


def whole_point(point: dict[str, float | None]) -> dict[str, float | int | None]:
    """Return a point of a sweep with its numbers as they are printed."""
    return {key: _whole(key, value) for key, value in point.items()}


def _whole(key: str, value: float | None) -> float | int | None:
    """A number of households or yuan to the millionth, whole where it is; what a model expects as it is."""
    if value is None or key in _EXPECTED:
        return value
    # Sums of weights in any order say the same.
    rounded = round(value, 6)
    return int(rounded) if float(rounded).is_integer() else rounded
