"""What a preview was asked for beside its counts: incomes measured again, bunching at the ceiling."""

from workbench.cli.output import households, say
from workbench.cli.standards.slips import between
from workbench.errors import Words
from workbench.safeguards.plain_data import Json


def show_analyses(record: Json) -> None:
    """Print the analyses of a preview, those that were asked for."""
    if "remeasured" in record:
        _show_remeasured(record["remeasured"], record["in"])
    if "bunching" in record:
        _show_bunching(record["bunching"])


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _show_remeasured(record: Json, now: float) -> None:
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
    # Where nobody is in now there is no share to tell.
    if record["in_again_share"] is not None:
        share = f"{record['in_again_share']:.1%}"
        say(Words(f"现在纳入的户再测仍纳入的占 {share}", f"of those in now, in again: {share}"))
    # What was assumed of the error: the figures above hold under it alone.
    say(Words(**record["model"]))


def _show_bunching(record: Json) -> None:
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
    # In any case: without them a heap below a ceiling reads like an accusation.
    say(Words(**record["caveats"]))


def _show_side(where: Words, side: Json, record: Json) -> None:
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
