"""`workbench hindsight`: what a standard would have done in the past rounds whose next round is stored."""

from typing import Annotated, Any

import typer

from workbench.cli.language import both, label
from workbench.cli.options import (
    AgainstOption,
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    SparkOption,
    StandardOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, households, say, show_table
from workbench.cli.rules.places import county_name
from workbench.domain.facts import KEY_GROUPS, LABELS
from workbench.errors import Words
from workbench.preview.cluster.past import PastRequest, hindsight_on
from workbench.preview.hindsight.families import FAMILY_TYPES
from workbench.preview.hindsight.missed import CAUGHT, MISSED
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.places import NO_GROUP
from workbench.preview.hindsight.request import hindsight
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json

UntilOption = Annotated[
    str | None,
    typer.Option("--until", help=both("只看到此期次为止的变化", "only what happened up to this round")),
]
_OF_ROUND = {
    "slips": Words("风险变差", "slips"),
    "caught": Words("其中纳入", "caught"),
    "caught_share": Words("占 %", "%"),
    "in": Words("纳入户", "households in"),
    "cannot_tell": Words("不能判定", "cannot tell"),
    "cost": Words("费用（元/年）", "cost (yuan a year)"),
}


def hindsight_command(
    standard: StandardOption,
    county: CountyOption = None,
    against: AgainstOption = None,
    until: UntilOption = None,
    line: LineOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What a standard would have caught of the slips of past rounds, and why it missed the rest."""
    cluster = cluster_or_here(engine, master, store)
    chosen, other = standard_of(standard), standard_of(against) if against else None
    # A standard made for a county is looked back on there, unless another is named.
    where, last = county or chosen.county, checked_round(until) if until else None
    if cluster is None:
        facts = open_store(store)
        record = hindsight(PastScope(facts, where, line, last), chosen, other)
        record["simulated"] = facts.simulated()
    else:
        record = hindsight_on(cluster, PastRequest(where, line, last), chosen, other)
    emit(record, lambda: show_hindsight(record), as_json=as_json)


def show_hindsight(record: Json) -> None:
    """Print by round who slipped and whom the standard had, why it missed the rest, and where."""
    if record["simulated"]:
        say(SIMULATED)
    if not record["rounds"]:
        say(
            Words(
                "还没有哪一期已有下一期的数据，无从回头看",
                "no stored round has a next one yet, so there is nothing to look back on",
            )
        )
        return
    # First: a share is misread where nobody says of what it is one.
    say(_COUNTED)
    _show_standard(Words("本标准", "this standard"), record)
    if "against" in record:
        _show_standard(Words("与之比较的标准", "the standard compared with"), record["against"])
        _show_difference(record["difference"])


_COUNTED = Words(
    "统计的是当期未建档立卡、收入不低于当年扶贫标准，到下一期收入低于扶贫标准的户（风险变差）；任一头缺户或缺收入的不计",
    "counted: households unregistered and not below the line at a round whose income is below it at the next one (slips); "
    "those absent or of unknown income at either end are not counted",
)


def _show_standard(name: Words, record: Json) -> None:
    show_table(
        name,
        [Words("期次", "round"), *_OF_ROUND.values()],
        [[_round_name(each, record), *(_cell(each, key) for key in _OF_ROUND)] for each in record["rounds"]],
    )
    for each in record["rounds"]:
        _show_raised_line(each)
    slips = record["slips"]
    # Of no slips there are no shares to tell.
    if not slips:
        return
    show_table(
        Words("风险变差的户怎样了", "what became of those who slipped"),
        [Words("结果", "outcome"), Words("户", "households"), Words("每百户", "of 100")],
        [
            [words, count, f"{100 * count / slips:.1f}"]
            for words, count in (
                (Words("当期已纳入", "in at the round"), record[CAUGHT]),
                *((words, record["missed"][key]) for key, words in MISSED.items()),
            )
        ],
    )
    _show_places(record)
    caught, all_slips, share = households(record[CAUGHT]), households(slips), f"{record['caught_share']:.1%}"
    say(
        Words(
            f"各期风险变差 {all_slips} 户次，其中 {caught} 户次当期已纳入（{share}）",
            f"slips of all rounds {all_slips}, of whom {caught} were in at the round ({share})",
        )
    )


def _show_raised_line(each: Json) -> None:
    """Say that the poverty line was raised from a round to its next one: the more slip then, and earn no less."""
    line, later = each["line"], max(each["next_lines"], default=0.0)
    if later > line:
        say(
            Words(
                f"  {each['round']} 到下一期扶贫标准由 {line:,g} 元提到 {later:,g} 元：收入没有低于 {line:,g} 元、只因标准提高的也算风险变差",
                f"  from {each['round']} to the next round the line rose from {line:,g} to {later:,g} yuan: who earns no less than "
                f"{line:,g} and lies below the new line has slipped too",
            )
        )


def _show_places(record: Json) -> None:
    groups = {name: label(LABELS[name]) for name in KEY_GROUPS} | record["own_groups"]
    groups[NO_GROUP] = label(("不属任何群体", "in no group"))
    _show_shares(
        Words("按重点群体", "by key group"),
        [(groups[name], counts) for name, counts in record["by_group"].items() if counts["slips"]],
    )
    _show_shares(
        Words("按家庭类型", "by kind of family"),
        [(label(FAMILY_TYPES[name]), counts) for name, counts in record["by_family"].items() if counts["slips"]],
    )
    if "by_county" in record:
        # From summaries, which have no smaller place.
        of_counties = [(county_name(each["county_code"]), each) for each in record["by_county"]]
        _show_shares(Words("按县区", "by county"), of_counties)
        return
    _show_shares(
        Words("按乡镇", "by township"),
        [(each["township"] or label(("（未填）", "(not given)")), each) for each in record["by_township"]],
    )


def _show_shares(title: Words, counted: list[tuple[str, Json]]) -> None:
    columns = ("slips", "caught", "caught_share")
    show_table(
        title,
        ["", *(_OF_ROUND[key] for key in columns), Words("90% 区间", "90 % interval"), Words("与总体", "against all")],
        [
            [name, *(_cell(counts, key) for key in columns), _interval(counts), _DIFFERS[counts["differs"]]]
            for name, counts in counted
        ],
    )
    say(
        Words(
            "  户数少的地方说明不了多少，区间向总体靠拢；“偶然之内”的不能当作差别",
            "  few households say little, so intervals are drawn towards all; what is within chance is no difference",
        )
    )
    if counted and not any(counts["differs"] for _, counts in counted):
        say(Words("  各处差别都在偶然范围之内", "  no difference here is beyond chance"))


_DIFFERS: dict[bool | None, Words] = {
    True: Words("有别", "differs"), False: Words("偶然之内", "within chance"), None: Words("–", "–"),
}  # fmt: skip


def _interval(counts: Json) -> str:
    """The interval of a share, drawn together with the others as far as their differences may be chance."""
    # In whole per cent: the households are too few for more.
    low, high = counts["interval"]
    return f"{low * 100:.0f}–{high * 100:.0f}"


def _show_difference(difference: Json | None) -> None:
    if difference is None or difference["interval"] is None:
        return
    share, level = f"{difference['caught_share'] * 100:+.1f}", f"{difference['level']:.0%}"
    low, high = difference["interval"]
    within = f"{low * 100:+.1f} … {high * 100:+.1f}"
    message = Words(
        f"纳入的风险变差之比相差 {share} 个百分点（{level} 的把握在 {within} 之间，按户成对比较）",
        f"difference of the shares caught: {share} percentage points ({level} of the time within {within}; paired by household)",
    )
    if low <= 0 <= high:
        message += Words("：差别可能只是偶然", ": it may be mere chance")
    said = Verdict(difference["verdict"]).words
    say(message)
    say(Words(f"与之相比：{said.zh}", f"beside it: {said.en}"))


def _round_name(each: Json, record: Json) -> Words:
    name = each["round"]
    # A single round is not the worst of any.
    worst = len(record["rounds"]) > 1 and each["round"] == record["worst_round"]
    return Words(f"{name} 最差", f"{name} worst") if worst else Words(name, name)


def _cell(each: Json, key: str) -> Any:
    value = each[key]
    return f"{value * 100:.1f}" if key == "caught_share" and value is not None else value
