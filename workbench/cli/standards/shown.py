"""What preview and sweep say to people, in the language of the run."""

from collections.abc import Mapping

from workbench.cli.language import label
from workbench.cli.output import SIMULATED, households, say, show_table
from workbench.cli.rules.places import county_name
from workbench.cli.standards.analyses import show_analyses
from workbench.cli.standards.budget import show_budget
from workbench.cli.standards.slips import say_not_scored, show_slips
from workbench.domain.facts import label_of
from workbench.domain.rules.edge import ROUTE_COMPARES, ROUTES
from workbench.errors import Words
from workbench.safeguards.plain_data import Json

_SWEPT = Words(
    "expected_slips：纳入户中预计风险变差的户；slips_share：占未建档户全部预计风险变差的比例",
    "expected_slips: slips expected among those in; slips_share: as a share of all slips expected among unregistered "
    "households",
)
_OF_TOWNSHIP = {
    "in": Words("纳入", "in"),
    "cannot_tell": Words("不能判定", "cannot tell"),
    "below_line": Words("低于标准", "below the line"),
    "households": Words("未建档户", "households"),
    "expected_slips": Words("预计风险变差", "slips expected"),
}


def show_preview(record: Json) -> None:
    """Print a preview: the counts, what the model expects, and what else was asked for."""
    if record["simulated"]:
        say(SIMULATED)
    _show_counts(record)
    for note in record["notes"]:
        say(note)
    if record["cost"] is not None:
        _show_cost(record["cost"], over_budget=record["over_budget"])
    show_budget(record)
    show_slips(record)
    _show_tables(record)
    show_analyses(record)


def _show_counts(record: Json) -> None:
    inside, unknown, below = (households(record[key]) for key in ("in", "cannot_tell", "below_line"))
    say(
        Words(
            f"纳入 {inside} 户 · 不能判定 {unknown} 户 · 低于扶贫标准 {below} 户（应走建档立卡程序 §2.2-d）",
            f"in {inside} households · cannot tell {unknown} · below the line {below} (to be registered as poor by their own procedure, §2.2-d)",
        )
    )
    if record["cannot_tell_by_missing"]:
        missing = record["cannot_tell_by_missing"].items()
        lacking = ", ".join(
            f"{_missing_label(name, record['own_groups'])} {households(count)}" for name, count in missing
        )
        say(Words(f"不能判定的户缺少：{lacking}", f"not known of those that cannot be told: {lacking}"))
    # Without a standard to compare with nobody is new.
    if record["newly_in"] is not None:
        new, gone = households(record["newly_in"]), households(record["leaving"])
        say(Words(f"新纳入 {new} 户 · 退出 {gone} 户", f"newly in {new} · leaving {gone}"))


def _missing_label(name: str, own: Mapping[str, str]) -> str:
    # The income tested may be less expenditure, so that it is no fact and has no label among them.
    if name in ROUTE_COMPARES:
        return label(ROUTE_COMPARES[name])
    return label(("测算收入", "tested income") if name == "income" else label_of(name, own))


def _show_cost(cost: float, *, over_budget: bool | None) -> None:
    over = {
        True: Words("，超出预算", ", over the budget"),
        False: Words("，预算之内", ", within the budget"),
        None: Words("", ""),
    }
    say(Words(f"每年费用 {cost:,.0f} 元", f"yearly cost {cost:,.0f} yuan") + over[over_budget])


def _show_tables(record: Json) -> None:
    show_table(
        Words("按途径", "by route"),
        [Words("途径", "route"), Words("户", "households")],
        [[label(ROUTES[name]), count] for name, count in record["by_route"].items()],
    )
    show_table(
        Words("按重点群体", "by key group"),
        [Words("群体", "group"), Words("户", "households")],
        [[label(label_of(name, record["own_groups"])), count] for name, count in record["by_group"].items()],
    )
    if "by_county" in record:
        # From summaries, which have no smaller place.
        _show_places(
            Words("按县区", "by county"), [(county_name(each["county_code"]), each) for each in record["by_county"]]
        )
    else:
        missing = Words("（未填）", "(not given)")
        _show_places(
            Words("按乡镇", "by township"), [(each["township"] or missing, each) for each in record["by_township"]]
        )


def _show_places(title: Words, places: list[tuple[Words | str, Json]]) -> None:
    columns = [Words("地方", "place"), *_OF_TOWNSHIP.values()]
    show_table(title, columns, [[name, *(each[key] for key in _OF_TOWNSHIP)] for name, each in places])


def show_sweep(round_name: str, grid: list[dict[str, float | None]], *, scored: bool) -> None:
    """Print a sweep, a row for each point; columns of which nothing is known are left out."""
    columns = [name for name in grid[0] if any(point[name] is not None for point in grid)]
    # As text: the value of a key is not to be rounded as figures are.
    rows = [[str(point[columns[0]]), *(point[name] for name in columns[1:])] for point in grid]
    show_table(round_name, columns, rows)
    if scored:
        say(_SWEPT)
    else:
        say_not_scored(round_name)
