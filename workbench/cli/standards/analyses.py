"""What a preview was asked for beside its counts: the frontier, incomes measured again, bunching at the ceiling."""

from typing import Any

from workbench.cli.language import label
from workbench.cli.output import households, say, show_table
from workbench.cli.standards.slips import between
from workbench.domain.facts import KEY_GROUPS, label_of
from workbench.errors import Words

_FRONTIER_ROWS = 12


def show_analyses(record: dict[str, Any]) -> None:
    """Only what was asked for."""
    if record.get("frontier"):
        _show_frontier(record["frontier"])
        _show_standing(record["frontier_standing"])
    if "remeasured" in record:
        _show_remeasured(record["remeasured"], record["in"])
    if "bunching" in record:
        _show_bunching(record["bunching"])


def _show_frontier(steps: list[dict[str, Any]]) -> None:
    chosen = sorted({round(n * (len(steps) - 1) / (_FRONTIER_ROWS - 1)) for n in range(_FRONTIER_ROWS)})
    show_table(
        Words("同样户数最多能抓住多少下滑", "the frontier: most slips caught for so many households"),
        [
            Words("户", "households"),
            Words("占预计下滑 %", "% of slips"),
            Words("上限（倍）", "ceiling (multiple)"),
            Words("群体数", "groups"),
        ],
        [
            [f"{step['households']:,.0f}", _percent(step["slips_share"]), step["ceiling_multiple"], _group_count(step)]
            for step in (steps[n] for n in chosen)
        ],
    )


def _show_standing(standing: dict[str, Any]) -> None:
    best = standing["best_at_no_more_households"]
    now, fewest = standing["households"], standing["fewest_households_at_no_less_share"]
    share, ideal = _percent(standing["slips_share"]), _percent(standing["ideal_share"])
    say(
        Words(
            f"本标准 {now:,.0f} 户，占 {share} %；同样比例最少 {fewest:,.0f} 户；同样户数按模型排序 {ideal} %",
            f"this standard: {now:,.0f} households, {share} % of slips; fewest at no less share {fewest:,.0f}; "
            f"as many in the model's own order {ideal} %",
        )
    )
    reached, ceiling, groups = _percent(best["slips_share"]), best["ceiling_multiple"], _groups(best)
    say(
        Words(
            f"同样户数最多 {reached} %：上限 {ceiling:g} 倍，群体：{groups}",
            f"best at no more households {reached} %: ceiling {ceiling:g} times the line, groups: {groups}",
        )
    )
    say(
        Words(
            "群体由市文件规定（§2.2-b），前沿只供比较，不是删去哪一群体的理由",
            "the groups are set by the city's notice (§2.2-b): the frontier is there to compare with, it is no reason to "
            "leave a group out",
        )
    )


def _groups(step: dict[str, Any]) -> str:
    groups = step["groups"]
    if groups is None:
        return label(("不要求", "none required"))
    if len(groups) == len(KEY_GROUPS):
        return label(("全部八类", "all eight"))
    return ", ".join(label(label_of(name)) for name in groups) or label(("（无）", "(none)"))


def _group_count(step: dict[str, Any]) -> str:
    return "–" if step["groups"] is None else f"{len(step['groups'])}/{len(KEY_GROUPS)}"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _show_remeasured(record: dict[str, Any], now: float) -> None:
    level, inside, below = f"{record['level']:.0%}", record["in"], record["below_line"]
    new, gone = f"{record['newly_in']:,.0f}", f"{record['leaving']:,.0f}"
    inside_is = f"{inside['expected']:,.0f}", f"{level}: {between(inside['interval'])}"
    below_is = f"{below['expected']:,.0f}", f"{level}: {between(below['interval'])}"
    say(
        Words(
            f"如果收入再测一次（误差 {record['sd']:g}）：纳入 {inside_is[0]} 户（{inside_is[1]}；现在 {households(now)}）· "
            f"新纳入 {new} · 退出 {gone} · 低于标准 {below_is[0]}（{below_is[1]}）",
            f"if incomes were measured again (error {record['sd']:g}): in {inside_is[0]} households ({inside_is[1]}; now "
            f"{households(now)}) · newly in {new} · leaving {gone} · below the line {below_is[0]} ({below_is[1]})",
        )
    )
    if record["in_again_share"] is not None:
        share = f"{record['in_again_share']:.1%}"
        say(Words(f"现在纳入的户再测仍纳入的占 {share}", f"of those in now, in again: {share}"))
    say(Words(**record["model"]))


def _show_bunching(record: dict[str, Any]) -> None:
    if record["too_few"]:
        rows = households(record["rows"])
        say(
            Words(
                f"上限附近只有 {rows} 户，太少，不作判断",
                f"{rows} households near the ceiling are too few to say anything",
            )
        )
    for where, side in ((Words("之下", "below"), record["below"]), (Words("之上", "above"), record["above"])):
        if side is not None:
            _show_side(where, side, record)
    say(Words(**record["caveats"]))


def _show_side(where: Words, side: dict[str, Any], record: dict[str, Any]) -> None:
    verdict = Words("值得一看", "worth a look") if side["notable"] else Words("未见异常", "nothing unusual")
    ceiling, window, expected = f"{record['ceiling']:,.2f}", f"{record['window']:,.0f}", f"{side['expected']:,.0f}"
    observed, share, z = households(side["observed"]), _percent(side["excess_share"]), f"{side['z']:.1f}"
    say(
        Words(
            f"上限 {ceiling} 元{where.zh} {window} 元内：{observed} 户，预期 {expected}，多出 {share} %，z {z}，{verdict.zh}",
            f"within {window} yuan {where.en} the ceiling of {ceiling} yuan: {observed} households, expected {expected}, "
            f"excess {share} %, z {z}, {verdict.en}",
        )
    )
