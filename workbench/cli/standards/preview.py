"""Commands of the county standard: preview, sweep."""

import time
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import (
    AgainstOption,
    CountyOption,
    JsonOption,
    LineOption,
    RoundOption,
    StandardOption,
    StoreOption,
    checked_round,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, say
from workbench.cli.standards.shown import show_preview, show_sweep
from workbench.preview.counts.sweep import parse_axis, sweep
from workbench.preview.request import Analyses, preview, scope

ThresholdOption = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        help=both(
            "净收益的概率门槛（不写：平均下滑率）", "threshold probability of the net benefit (default: base rate)"
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
    store: StoreOption = None,
    *,
    bunching: BunchingOption = False,
    as_json: JsonOption = False,
) -> None:
    """What a county standard brings in: households, townships, groups, routes, cost, expected slips."""
    facts = open_store(store)
    chosen = standard_of(standard)
    chosen_scope = scope(facts, checked_round(round_name), county, line, chosen)
    analyses = Analyses(threshold, income_error, bunching, carry)
    record = preview(chosen_scope, chosen, standard_of(against) if against else None, analyses)
    record["simulated"] = chosen_scope.simulated
    emit(record, lambda: show_preview(record), as_json=as_json)


def sweep_command(
    round_name: RoundOption,
    standard: StandardOption,
    vary: VaryOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    line: LineOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The counts of a standard as one or two of its keys vary."""
    facts = open_store(store)
    chosen = standard_of(standard)
    chosen_scope = scope(facts, checked_round(round_name), county, line, chosen)
    axes = [parse_axis(text) for text in vary]
    index = chosen_scope.index_for(chosen_scope.limits_of(chosen))
    comparison = chosen_scope.comparison(index, standard_of(against) if against else None)
    scores = chosen_scope.scores(index)
    begin = time.perf_counter()
    grid = [
        {key: _whole(value) for key, value in point.items()}
        for point in sweep(index, chosen, chosen_scope.line_of(chosen), axes, comparison, scores)
    ]
    seconds = time.perf_counter() - begin
    simulated = chosen_scope.simulated
    each = round(seconds * 1000 / len(grid), 3)
    points = [{**point, "milliseconds": each} for point in grid]

    def show() -> None:
        if simulated:
            say(SIMULATED)
        show_sweep(round_name, grid, scored=scores is not None)

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


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value
