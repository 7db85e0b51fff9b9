"""What is said of help at the ceiling, in Chinese and English: as what it is, and where nothing can be told, what is lacking."""

from workbench.errors import Words
from workbench.risk.help.ceiling_effect import INCOME_ERROR, SHARP, CeilingEffect, Verdict
from workbench.risk.help.discontinuity import Jump

WHAT_IT_IS = Words(
    "收入刚低于上限的户和刚不低于上限的户，境况几乎相同，只差纳入与否；两边到下一期风险变差的差别，就是“纳入并帮扶”带来的。"
    "它只说上限附近的户、照当时那样帮；不说收入更低的户，也不说哪一项措施、哪一户。",
    "Households just below and just above the ceiling are nearly alike but for being in; the difference of their slips by the "
    "next round is what being in, with its help, brings about. It speaks of households at the ceiling, helped as they were; not "
    "of those far below it, of no measure by itself, and of no household.",
)
_LACKING = {
    Verdict.NO_ROUND: Words(
        "还说不了：以往没有一期是县里已有批准施行的标准、又已知下一期结果的",
        "cannot tell: in no past round was an approved standard in force and the next round is known",
    ),
    Verdict.NO_PLANS: Words(
        "还说不了：上限附近的户，没有一户在两期之间有正在执行的帮扶计划的记录",
        "cannot tell: of nobody near the ceiling is a plan recorded that ran between the rounds",
    ),
    Verdict.PILED_UP: Words(
        "说不了：上限边上收入有异常的堆积，两边的户未必相同；先核实这些户的收入",
        "cannot tell: incomes are piled up at the ceiling, so that its two sides may not be alike; check those incomes first",
    ),
}


def effect_words(effect: CeilingEffect) -> Words:
    """The verdict in one sentence."""
    # What is lacking comes first: figures beside “cannot tell” would be read as the answer.
    if effect.verdict in _LACKING:
        return _LACKING[effect.verdict]
    if effect.slips is None or effect.help_share is None:
        return Words(
            f"还说不了：由上限决定去留、结果已知的只有 {effect.households:,} 户次，太少",
            f"cannot tell yet: only {effect.households:,} household-rounds are decided by the ceiling and known afterwards",
        )
    if effect.verdict is Verdict.NOT_SHARP:
        return _not_sharp(effect.help_share)
    return _too_few(effect, effect.slips) if effect.verdict is Verdict.TOO_FEW else _difference(effect, effect.slips)


def _not_sharp(share: Jump) -> Words:
    inside, outside = f"{share.untreated + share.value:.0%}", f"{share.untreated:.0%}"
    return Words(
        f"说不了：上限不是帮与不帮的分界：刚纳入的户有计划的占 {inside}，刚未纳入的占 {outside}，相差不到 {SHARP:.0%}",
        f"cannot tell: the ceiling does not divide the helped from the others: {inside} of those just in have a plan and "
        f"{outside} of those just out, less than {SHARP:.0%} apart",
    )


def _too_few(effect: CeilingEffect, slips: Jump) -> Words:
    # How large a difference would show is said, else “not seen” is read as “there is none”.
    rows, seen = f"{slips.rows_in + slips.rows_out:,}", f"{100 * (effect.detectable or 0):.1f}"
    start = Words(
        f"还说不了：上限附近 {rows} 户次，要相差 {seen} 个百分点以上才看得出来",
        f"cannot tell yet: with {rows} household-rounds near the ceiling only a difference of {seen} points or more would be seen",
    )
    # Nothing to be halved: no number of further households would show it.
    if effect.more_households is None or effect.more_rounds is None:
        return start + Words("；刚未纳入的户几乎没有风险变差的", "; hardly anybody just out slipped")
    more, rounds = f"{effect.more_households:,}", f"{effect.more_rounds:,}"
    return start + Words(
        f"；要能看出“风险变差少一半”，上限附近还需约 {more} 户次，照现在的规模约再过 {rounds} 期",
        f"; to see slips halved, about {more} more are needed near the ceiling, some {rounds} more rounds of this size",
    )


def _difference(effect: CeilingEffect, slips: Jump) -> Words:
    # Without signs: the words say which way, and “fewer by −2” would say the opposite.
    low, high = (f"{100 * abs(each):.1f}" for each in slips.interval)
    # A fitted difference may exceed the share that it is taken from: no share is below nought.
    outside, inside = f"{slips.untreated:.1%}", f"{max(slips.untreated + slips.value, 0):.1%}"
    if effect.verdict is Verdict.FEWER:
        return Words(
            f"帮上了：刚纳入的户到下一期风险变差约 {inside}，刚未纳入的约 {outside}；少 {high} 至 {low} 个百分点（九成把握）",
            f"it helped: about {inside} of those just in slipped and {outside} of those just out; fewer by {high} to {low} "
            "points (nine in ten)",
        )
    if effect.verdict is Verdict.MORE:
        return Words(
            f"刚纳入的户风险变差反而多 {low} 至 {high} 个百分点（九成把握）；先核实两边的事实和帮扶记录是否可比",
            f"those just in slipped more often, by {low} to {high} points (nine in ten); check first whether facts and plans of "
            "both sides compare",
        )
    return Words(
        f"看不出差别：刚纳入的户风险变差约 {inside}，刚未纳入的约 {outside}；若有差别，少不过 {low}、多不过 {high} 个百分点（九成把握）",
        f"no difference seen: about {inside} of those just in slipped and {outside} of those just out; if there is one, it is at "
        f"most {low} points fewer or {high} more (nine in ten)",
    )


def width_words(effect: CeilingEffect) -> Words | None:
    """Whether the verdict stands when households nearer to the ceiling, or further from it, are compared; None without one."""
    if not effect.answered or not effect.other_widths:
        return None
    verdicts = [_verdict_of(jump) for jump in effect.other_widths]
    against = {Verdict.FEWER: Verdict.MORE, Verdict.MORE: Verdict.FEWER}.get(effect.verdict)
    if all(each is effect.verdict for each in verdicts):
        return Words(
            "换成更窄、更宽的范围再比，结论不变", "compared over a narrower and a wider range, the answer is the same"
        )
    # Of fewer households less is seen, which is no contradiction; the other way about, beyond chance, is one.
    if effect.verdict is Verdict.NO_DIFFERENCE or against in verdicts:
        return Words(
            "换一个范围再比，结论就变了：先不要用这个结论",
            "compared over another range the answer is another one: do not use it yet",
        )
    return Words(
        "换成更窄或更宽的范围再比，有的就分不清是不是偶然：只作参考，多看一期再说",
        "compared over a narrower or a wider range, one cannot be told from chance: take it as a hint, and wait for another round",
    )


def _verdict_of(jump: Jump) -> Verdict:
    low, high = jump.interval
    return Verdict.FEWER if high < 0 else Verdict.MORE if low > 0 else Verdict.NO_DIFFERENCE


def error_words(effect: CeilingEffect) -> Words | None:
    """What an error of reported incomes does at the ceiling; None where nothing was compared."""
    if effect.switching is None:
        return None
    return Words(
        f"收入若有 {INCOME_ERROR:.0%} 的误差，纳入的户里约 {effect.switching:.0%} 重新调查一次就会落到上限另一边：靠近上限的去留带有偶然，"
        "两边因此可比；但上限不等于真实境况的分界",
        f"with an error of {INCOME_ERROR:.0%} in reported incomes, about {effect.switching:.0%} of those in would be on the other "
        "side if asked again: near the ceiling who is in is partly chance, which makes the sides comparable, and the ceiling no "
        "border of how people live",
    )
