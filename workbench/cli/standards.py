"""Commands of the county standard: preview, sweep."""

import time
from typing import Annotated, Any

import typer

from workbench.cli.data import is_simulated
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
from workbench.cli.output import SIMULATED, print_json, say, show_table
from workbench.domain.edge import ROUTES
from workbench.domain.vocabulary import LABELS
from workbench.preview.request import preview, scene
from workbench.preview.sweep import parse_axis, sweep

VaryOption = Annotated[list[str], typer.Option("--vary", help="key=start:stop:step，一至两个 once or twice")]


def preview_command(
    round_name: RoundOption,
    standard: StandardOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    line: LineOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """预览一个标准 What a county standard brings in: households, townships, groups, routes, cost."""
    facts = open_store(store)
    chosen = standard_of(standard)
    seen = scene(facts, checked_round(round_name), county, line, chosen)
    record = preview(seen, chosen, standard_of(against) if against else None)
    record["simulated"] = is_simulated(facts, round_name, seen.county)
    if as_json:
        print_json(record)
    else:
        _show_preview(record)


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
    """一次看许多标准 The counts of a standard as one or two of its keys vary."""
    facts = open_store(store)
    chosen = standard_of(standard)
    seen = scene(facts, checked_round(round_name), county, line, chosen)
    axes = [parse_axis(text) for text in vary]
    index = seen.index_for(seen.limits_of(chosen))
    comparison = seen.comparison(index, standard_of(against) if against else None)
    begin = time.perf_counter()
    grid = [
        {key: _whole(value) for key, value in point.items()}
        for point in sweep(index, chosen, seen.line_of(chosen), axes, comparison)
    ]
    seconds = time.perf_counter() - begin
    simulated = is_simulated(facts, round_name, seen.county)
    if as_json:
        each = {"expected_slips": None, "slips_share": None, "milliseconds": round(seconds * 1000 / len(grid), 3)}
        points = [{**point, **each} for point in grid]
        print_json({"round": round_name, "county": seen.county, "line": seen.line_of(chosen), "grid": points,
                    "simulated": simulated, "seconds": round(seconds, 3)})  # fmt: skip
        return
    if simulated:
        say(SIMULATED)
    columns = list(grid[0])
    show_table(
        f"{round_name}", columns, [[str(point[columns[0]]), *(point[name] for name in columns[1:])] for point in grid]
    )


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def _missing_label(name: str) -> str:
    return "测算收入 tested income" if name == "income" else " ".join(LABELS[name])


def _show_preview(record: dict[str, Any]) -> None:
    if record["simulated"]:
        say(SIMULATED)
    say(
        f"纳入 in {record['in']:,} 户 · 不能判定 cannot tell {record['cannot_tell']:,} · "
        f"低于扶贫标准 below the line {record['below_line']:,}（应走建档立卡程序 §2.2-d）"
    )
    if record["cannot_tell_by_missing"]:
        lacking = "，".join(
            f"{_missing_label(name)} {count:,}" for name, count in record["cannot_tell_by_missing"].items()
        )
        say(f"不能判定的户缺少 what is not known of them: {lacking}")
    if record["newly_in"] is not None:
        say(f"新纳入 newly in {record['newly_in']:,} · 退出 leaving {record['leaving']:,}")
    for note in record["notes"]:
        say(note)
    if record["cost"] is not None:
        over = {True: "，超出预算 over budget", False: "，预算之内 within budget", None: ""}[record["over_budget"]]
        say(f"每年费用 yearly cost {record['cost']:,.0f} 元{over}")
    show_table(
        "按途径 by route", ["途径", "户"], [[ROUTES[name][0], count] for name, count in record["by_route"].items()]
    )
    show_table(
        "按重点群体 by group", ["群体", "户"], [[LABELS[name][0], count] for name, count in record["by_group"].items()]
    )
    show_table(
        "按乡镇 by township",
        ["乡镇", "纳入 in", "不能判定 cannot tell", "低于标准 below", "未建档户 households"],
        [
            [t["township"] or "（未填 not given）", t["in"], t["cannot_tell"], t["below_line"], t["households"]]
            for t in record["by_township"]
        ],
    )
