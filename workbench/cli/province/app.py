"""`workbench summary`: a city sums itself up and signs it; a province reads what its cities sent."""

import time
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import (
    AgainstOption,
    CountyOption,
    JsonOption,
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
from workbench.cli.output import SIMULATED, emit, say, show_table
from workbench.cli.province.frontier import frontier_command
from workbench.cli.province.options import FolderArgument, KeysOption, OpenedSummaries, province_scope
from workbench.cli.standards.hindsight import UntilOption, show_hindsight
from workbench.cli.standards.preview import ThresholdOption, VaryOption, whole_point
from workbench.cli.standards.shown import show_preview, show_sweep
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.preview.cluster.past import PastRequest, hindsight_on
from workbench.preview.cluster.questions import preview_on, sweep_on
from workbench.preview.counts.sweep import parse_axis
from workbench.preview.request import Analyses
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, who_acts
from workbench.statistics.summaries.city_summary import SummaryRequest, write_city_summary
from workbench.statistics.summaries.totals import province_totals
from workbench.store.cluster.here import StoreHere
from workbench.store.summaries.keys import public_key_of

summary_app = typer.Typer(no_args_is_help=True)


@summary_app.callback()
def summary() -> None:
    """The group `workbench summary`."""


@summary_app.command(
    "key",
    help=both(
        "本市的公钥：告诉省里，用来核对本市的汇总；没有密钥就做一个",
        "The public key of this city, for its province to check summaries with; made where there is none.",
    ),
)
def key_command(store: StoreOption = None, *, as_json: JsonOption = False) -> None:
    """The public half of the key that signs this store's summaries."""
    key = public_key_of(open_store(store).root)
    # No secret: the private half stays in the store.
    emit({"key": key}, key, as_json=as_json)


@summary_app.command(
    "write",
    help=both(
        "写出本市的汇总：各县各期的数字，没有户、姓名和编号，用本市的密钥签名；不是匿名数据，只交给省里",
        "Write this city's signed summary: counts by county and round, without households, names or numbers. It is not anonymous: for "
        "the province only.",
    ),
)
def write_command(
    city: Annotated[
        str, typer.Option("--city", help=both("市名，与省里公钥文件中的一致", "the city, as its province has it"))
    ],
    out: Annotated[
        Path, typer.Option("--out", help=both("汇总存为，如 六安市.summary", "the file, e.g. Luan.summary"))
    ],
    until: UntilOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Count every county of every round, sign it, write it as one file."""
    cluster = cluster_or_here(engine, master, store)
    # Also with a cluster: the key, and the edge register, are of this computer.
    root = open_store(store).root
    asked = SummaryRequest(city, out, who_acts(), now_in_beijing(), checked_round(until) if until else None)
    head = write_city_summary(cluster or StoreHere.at(root), asked, register_url())
    record = {
        "file": str(out), "bytes": out.stat().st_size, "city": head.city, "made_at": head.made_at, "rounds": list(head.facts),
        "counties": sorted(head.counties), "key": head.key, "simulated": head.simulated,
    }  # fmt: skip

    def show() -> None:
        if head.simulated:
            say(SIMULATED)
        size, counties = f"{out.stat().st_size / 1e6:,.1f} MB", len(head.counties)
        say(
            Words(
                f"已写出并签名：{out}（{size}），{city} {counties} 个县区、{len(head.facts)} 期。没有户和姓名，但有的格只有一两户，不是匿名"
                "数据，请只交给省里",
                f"written and signed: {out} ({size}), {city}, {counties} counties, {len(head.facts)} rounds. No household and no name, but "
                "some cells are one or two households: it is not anonymous, for the province only",
            )
        )
        say(Words(f"公钥：{head.key}", f"public key: {head.key}"))

    emit(record, show, as_json=as_json)


@summary_app.command(
    "totals",
    help=both(
        "核对目录中各市的汇总（谁的、何时、哪些期、有没有改动），并按市列出一期的数字",
        "Prove the summaries in a folder (whose, when, of which rounds, unchanged), and the figures of a round by city.",
    ),
)
def totals_command(
    folder: FolderArgument, keys: KeysOption, round_name: RoundOption, *, as_json: JsonOption = False
) -> None:
    """The figures of a round by city and of all of them."""
    opened = OpenedSummaries.of(folder, keys)
    name = checked_round(round_name)
    totals = province_totals(opened.province, name)
    record = {"round": name, **totals, **opened.record(name)}
    opened.answer(record, lambda: _show_totals(record), as_json=as_json)


@summary_app.command(
    "preview",
    help=both(
        "由各市的汇总预览一个标准在全省会纳入多少户", "What a standard brings in over a province, from summaries."
    ),
)
def preview_command(
    folder: FolderArgument,
    keys: KeysOption,
    round_name: RoundOption,
    standard: StandardOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    threshold: ThresholdOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """A preview of a province: counts by county, groups, routes, cost, expected slips."""
    opened = OpenedSummaries.of(folder, keys)
    chosen, other = standard_of(standard), standard_of(against) if against else None
    # A standard made for one county asks about that county, unless another is named.
    scope = province_scope(folder, round_name, county or chosen.county)
    # Without the reading and proving of the files, which `preview` of a store has not either.
    begin = time.perf_counter()
    answered = preview_on(opened.province, scope, chosen, other, Analyses(threshold))
    record = {**_by_county(answered), **_seconds(begin), **opened.of_scores(scope.round_name, scope.county)}
    opened.answer(record, lambda: show_preview(record), as_json=as_json)


@summary_app.command(
    "sweep",
    help=both("由各市的汇总看标准的一至两项取不同值时全省的户数", "A standard's counts over a province as keys vary."),
)
def sweep_command(
    folder: FolderArgument,
    keys: KeysOption,
    round_name: RoundOption,
    standard: StandardOption,
    vary: VaryOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The counts of a province as one or two keys of a standard vary."""
    opened = OpenedSummaries.of(folder, keys)
    chosen, other = standard_of(standard), standard_of(against) if against else None
    scope = province_scope(folder, round_name, county or chosen.county)
    begin = time.perf_counter()
    points, flags = sweep_on(opened.province, scope, chosen, [parse_axis(text) for text in vary], other)
    grid = [whole_point(point) for point in points]
    record = {
        "round": scope.round_name, "county": scope.county, "line": scope.line_of(chosen), "grid": grid, **flags, **_seconds(begin),
        **opened.of_scores(scope.round_name, scope.county),
    }  # fmt: skip

    def show() -> None:
        if flags["simulated"]:
            say(SIMULATED)
        show_sweep(scope.round_name, grid, scored=flags["scored"])

    opened.answer(record, show, as_json=as_json)


@summary_app.command(
    "hindsight",
    help=both(
        "由各市的汇总回头看：标准在以往各期会赶在多少风险变差的户前面", "Hindsight over a province, from summaries."
    ),
)
def hindsight_command(
    folder: FolderArgument,
    keys: KeysOption,
    standard: StandardOption,
    county: CountyOption = None,
    until: UntilOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What a standard would have caught of the slips of past rounds of a province."""
    opened = OpenedSummaries.of(folder, keys)
    chosen = standard_of(standard)
    # Checked before summaries are counted: a misspelt round would leave nothing to look back on.
    last = checked_round(until) if until else None
    begin = time.perf_counter()
    answered = hindsight_on(opened.province, PastRequest(county or chosen.county, None, last), chosen)
    record = {**_by_county(answered), **_seconds(begin), **opened.record()}
    opened.answer(record, lambda: show_hindsight(record), as_json=as_json)


summary_app.command(
    "frontier",
    help=both(
        "由各市的汇总看全省同样户数最多能抓住多少风险变差的户，与手头标准相比",
        "The most slips that a standard catches over a province for each number of households, from summaries.",
    ),
)(frontier_command)


def _by_county(record: Json) -> Json:
    """An answer from summaries, whose smallest place is a county: `by_county` in the place of `by_township`."""
    counties = [{key: value for key, value in each.items() if key != "township"} for each in record["by_township"]]
    return {**{key: value for key, value in record.items() if key != "by_township"}, "by_county": counties}


def _seconds(begin: float) -> dict[str, float]:
    return {"seconds": round(time.perf_counter() - begin, 3)}


def _show_totals(record: Json) -> None:
    if record["simulated"]:
        say(SIMULATED)
    keys = ("lifted", "red", "yellow", "blue", "undetermined", "unregistered", "below_line", "edge_active")
    rows = [[each["city"], *(each[key] for key in keys)] for each in record["by_city"]]
    # The sum last, as on the paper forms.
    rows.append([label(("合计", "all")), *(record["all"][key] for key in keys)])
    show_table(
        record["round"],
        [
            Words("市", "city"), Words("已脱贫户", "lifted"), Words("红", "red"), Words("黄", "yellow"), Words("蓝", "blue"),
            Words("不能判定", "cannot tell"), Words("未建档户", "unregistered"), Words("其中低于标准", "below the line"),
            Words("在管边缘户", "edge register"),
        ],
        rows,
    )  # fmt: skip
