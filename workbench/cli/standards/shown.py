"""What preview and sweep say to people: sentences and tables in both languages."""

from typing import Any

from workbench.cli.output import SIMULATED, households, say, show_table
from workbench.domain.facts import KEY_GROUPS, LABELS
from workbench.domain.rules.edge import ROUTES

_FRONTIER_ROWS = 12
_SWEPT = (
    "expected_slips 预计下滑的户（纳入户中）slips expected among those in；"
    "slips_share 占未建档户全部预计下滑的比例 as a share of all slips expected among unregistered households"
)
_ADVICE = {"yes": "可用 may be used", "no": "不宜使用 not to be used", "caution": "慎用 use with caution"}


def _missing_label(name: str) -> str:
    return "测算收入 tested income" if name == "income" else " ".join(LABELS[name])


def show_preview(record: dict[str, Any]) -> None:
    """The counts, what the model expects, and what else was asked for."""
    if record["simulated"]:
        say(SIMULATED)
    say(
        f"纳入 in {households(record['in'])} 户 · 不能判定 cannot tell {households(record['cannot_tell'])} · "
        f"低于扶贫标准 below the line {households(record['below_line'])}（应走建档立卡程序 §2.2-d）"
    )
    if record["cannot_tell_by_missing"]:
        lacking = "，".join(
            f"{_missing_label(name)} {households(count)}" for name, count in record["cannot_tell_by_missing"].items()
        )
        say(f"不能判定的户缺少 what is not known of them: {lacking}")
    if record["newly_in"] is not None:
        say(f"新纳入 newly in {households(record['newly_in'])} · 退出 leaving {households(record['leaving'])}")
    for note in record["notes"]:
        say(note)
    if record["cost"] is not None:
        over = {True: "，超出预算 over budget", False: "，预算之内 within budget", None: ""}[record["over_budget"]]
        say(f"每年费用 yearly cost {record['cost']:,.0f} 元{over}")
    _show_slips(record)
    _show_tables(record)
    _show_further(record)


def _show_tables(record: dict[str, Any]) -> None:
    show_table(
        "按途径 by route", ["途径", "户"], [[ROUTES[name][0], count] for name, count in record["by_route"].items()]
    )
    show_table(
        "按重点群体 by group", ["群体", "户"], [[LABELS[name][0], count] for name, count in record["by_group"].items()]
    )
    show_table(
        "按乡镇 by township",
        ["乡镇", "纳入 in", "不能判定 cannot tell", "低于标准 below", "未建档户 households", "预计下滑 slips expected"],
        [
            [t["township"] or "（未填 not given）"]
            + [t[key] for key in ("in", "cannot_tell", "below_line", "households", "expected_slips")]
            for t in record["by_township"]
        ],
    )


def _show_slips(record: dict[str, Any]) -> None:
    """What the model expects, and whether it is to be trusted."""
    model = record["model"]
    if model is None:
        say(_not_scored(record["round"]))
        return
    _show_model(model)
    if record["expected_slips"] is None:
        return
    level, interval = f"{model['level']:.0%}", record["expected_slips_interval"]
    unscored = record["not_scored_in"]
    say(
        f"预计下滑 slips expected among those in: {record['expected_slips']:,.1f} 户"
        f"（{level} 的把握在 {_between(interval)} 户之间 {level} of the time between {_between(interval)}）"
        + (f"；其中 {unscored:,.0f} 户没有评分，不计 not scored, not counted" if unscored else "")
    )
    share = record["slips_share_interval"]
    if record["slips_share"] is not None:
        between = f"{share[0]:.1%}–{share[1]:.1%}"
        say(
            f"占未建档户全部预计下滑的 {record['slips_share']:.1%} of all slips expected among unregistered households"
            f"（{level} 的把握在 {between} 之间 {level} of the time between {between}）"
        )
    _show_worth(record)


def _show_model(model: dict[str, Any]) -> None:
    advice = model["advice"]
    use = _ADVICE.get(str(advice.get("use")), str(advice.get("use", "")))
    words = " ".join(str(advice[key]) for key in ("zh", "en") if key in advice)
    say(f"模型 model {model['name']} {use} {words}".rstrip())
    for warning in model["warnings"]:
        say(f"注意 note: {warning}")


def _show_worth(record: dict[str, Any]) -> None:
    """What a visit and a yuan buy, and the net benefit beside that of simpler choices."""
    per_visit, per_yuan = record["slips_per_visit"], record["slips_per_10000_yuan"]
    if per_visit is not None:
        say(
            f"每走访一户预计遇到下滑 slips expected per visit: {per_visit:.3f}"
            + (f"；每万元 per 10,000 yuan: {per_yuan:.3f}" if per_yuan is not None else "")
        )
    benefit = record["net_benefit"]
    if benefit is not None:
        say(
            f"净收益（每千户，门槛 {benefit['threshold']:.1%}） net benefit per 1,000 households at that threshold: "
            f"本标准 this standard {benefit['standard'] * 1000:.2f} · 全部纳入 all in {benefit['all_in'] * 1000:.2f} · "
            f"同样户数按模型排序 as many in the model's order {benefit['ordered_by_model'] * 1000:.2f} · 都不纳入 nobody 0"
        )


def _between(interval: list[float]) -> str:
    return f"{interval[0]:,.1f}–{interval[1]:,.1f}"


def _not_scored(round_name: str) -> str:
    return f"没有预计下滑：该轮次还没有模型评分 no slips expected: no model has scored the round; 请先 first run: workbench score --round {round_name}"


def _show_further(record: dict[str, Any]) -> None:
    """Only what was asked for."""
    if record.get("frontier"):
        _show_frontier(record["frontier"], record["frontier_standing"])
    if "remeasured" in record:
        _show_remeasured(record["remeasured"], record["in"])
    if "bunching" in record:
        _show_bunching(record["bunching"])


def _show_frontier(steps: list[dict[str, Any]], standing: dict[str, Any]) -> None:
    chosen = sorted({round(n * (len(steps) - 1) / (_FRONTIER_ROWS - 1)) for n in range(_FRONTIER_ROWS)})
    show_table(
        "同样户数最多能抓住多少下滑 the frontier: most slips caught for so many households",
        ["户 households", "占预计下滑 % of slips", "上限（倍） ceiling", "群体数 groups"],
        [
            [f"{step['households']:,.0f}", _percent(step["slips_share"]), step["ceiling_multiple"], _group_count(step)]
            for step in (steps[n] for n in chosen)
        ],
    )
    best = standing["best_at_no_more_households"]
    say(
        f"本标准 this standard: {standing['households']:,.0f} 户，占 {_percent(standing['slips_share'])} %；"
        f"同样比例最少 fewest at no less share {standing['fewest_households_at_no_less_share']:,.0f} 户；"
        f"同样户数按模型排序 as many in the model's own order {_percent(standing['ideal_share'])} %"
    )
    say(
        f"同样户数最多 best at no more households {_percent(best['slips_share'])} %："
        f"上限 ceiling {best['ceiling_multiple']:g} 倍，群体 groups {_groups(best)}"
    )
    say(
        "群体由市文件规定，前沿只供比较，不是删去哪一群体的理由 the groups are set by the city's notice (§2.2-b): "
        "the frontier is there to compare with, it is no reason to leave a group out"
    )


def _groups(step: dict[str, Any]) -> str:
    groups = step["groups"]
    if groups is None:
        return "不要求 none required"
    if len(groups) == len(KEY_GROUPS):
        return "全部八类 all eight"
    return "、".join(LABELS[name][0] for name in groups) or "（无 none）"


def _group_count(step: dict[str, Any]) -> str:
    return "–" if step["groups"] is None else f"{len(step['groups'])}/{len(KEY_GROUPS)}"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _show_remeasured(found: dict[str, Any], now: float) -> None:
    level, inside, below = f"{found['level']:.0%}", found["in"], found["below_line"]
    say(
        f"如果收入再测一次（误差 {found['sd']:g}） if incomes were measured again: "
        f"纳入 in {inside['expected']:,.0f} 户（{level}: {_between(inside['interval'])}；现在 now {households(now)}）· "
        f"新纳入 newly in {found['newly_in']:,.0f} · 退出 leaving {found['leaving']:,.0f} · "
        f"低于标准 below the line {below['expected']:,.0f}（{level}: {_between(below['interval'])}）"
    )
    if found["in_again_share"] is not None:
        say(f"现在纳入的户再测仍纳入 of those in now, in again: {found['in_again_share']:.1%}")
    say(f"{found['model']['zh']} {found['model']['en']}")


def _show_bunching(found: dict[str, Any]) -> None:
    if found["too_few"]:
        say(
            f"上限附近只有 {households(found['rows'])} 户，太少，不作判断 too few households near the ceiling to say anything"
        )
    for name, side in (("上限之下 just below", found["below"]), ("上限之上 just above", found["above"])):
        if side is not None:
            verdict = "值得一看 worth a look" if side["notable"] else "未见异常 nothing unusual"
            share = _percent(side["excess_share"])
            say(
                f"{name} {found['ceiling']:,.2f} 元（{found['window']:,.0f} 元内 within）: {households(side['observed'])} 户，"
                f"预期 expected {side['expected']:,.0f}，多出 excess {share} %，z {side['z']:.1f}，{verdict}"
            )
    say(f"{found['caveats']['zh']} {found['caveats']['en']}")


def show_sweep(round_name: str, grid: list[dict[str, float | None]], *, scored: bool) -> None:
    """One row a point; columns of which nothing is known are left out."""
    columns = [name for name in grid[0] if any(point[name] is not None for point in grid)]
    rows = [[str(point[columns[0]]), *(point[name] for name in columns[1:])] for point in grid]
    show_table(round_name, columns, rows)
    say(_SWEPT if scored else _not_scored(round_name))
