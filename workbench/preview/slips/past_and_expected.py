"""Why the share that a standard caught in past rounds and the share that the model expects differ, said where both stand."""

from workbench.errors import Words
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.hindsight.raised_line import raised_lines
from workbench.preview.slips.intervals import Interval, level_words


def past_and_expected(
    past: Hindsight, share: float | None, interval: Interval | list[float] | None, level: float, *, raised: bool = True
) -> Words | None:
    """One sentence; `share` expected of the slips after this round, and its `interval` at `level`. None where there is nothing to compare.

    `raised`: whether it says as well over which rounds the line was raised.
    """
    slips, caught = past.slips().households, past.of_outcome(CAUGHT).households
    happened = share_of(caught, slips)
    if happened is None or share is None or interval is None:
        return None
    (low, high), at = interval, level_words(level)
    number, rounds = f"{caught:,.0f}/{slips:,.0f}", len(past.rounds)
    said = Words(
        # What is expected in whole per cent: a decimal of it would be finer than the households that it is a share of.
        f"以往 {rounds} 期实际赶上 {happened:.1%}（{number} 户次），模型预计下一期 {share:.0%}（{at.zh}把握 {low:.0%}–{high:.0%}）：",
        f"Over {rounds} past rounds {happened:.1%} were caught ({number}), {share:.0%} are expected for the next one ({at.en}: "
        f"{low:.0%}–{high:.0%}): ",
    )
    said += (
        Words(
            "以往的比例在这一区间之内，相差可能只是偶然",
            "the share of the past lies within, and the difference may be chance",
        )
        if low <= happened <= high
        else Words(
            "以往的比例在这一区间之外，相差不只是偶然，宜按以往的看",
            "the share of the past lies outside, which is more than chance: rather go by the past",
        )
    )
    return said + _nobody_in(past) + (_raised(past) if raised else Words("", ""))


def _nobody_in(past: Hindsight) -> Words:
    """Say that in some rounds nobody could be told to be in, and the share without them."""
    empty = [each for each in past.rounds if _all_undetermined(each)]
    rest = [each for each in past.rounds if not _all_undetermined(each)]
    slips = sum(each.slipped().households for each in rest)
    share = share_of(sum(each.of(CAUGHT).households for each in rest), slips)
    if not empty or share is None:
        return Words("", "")
    names = [each.past.round_name for each in empty]
    return Words(
        f"；{'、'.join(names)}缺少事实，没有一户能判定为纳入，不计在内则为 {share:.1%}",
        f"; in {', '.join(names)} facts were missing and nobody could be told to be in: without, it is {share:.1%}",
    )


def _all_undetermined(each: RoundHindsight) -> bool:
    return not each.totals.inside.rows and bool(each.totals.cannot_tell.rows) and bool(each.slipped().rows)


def _raised(past: Hindsight) -> Words:
    """Say that the line was raised between rounds, and how many slips that alone made."""
    said = Words("", "")
    for each in raised_lines(past):
        slips, alone = f"{each.slips.households:,.0f}", f"{each.by_line_alone.households:,.0f}"
        said += Words(
            f"；{each.round_name}到下一期扶贫标准由 {each.line:,.0f} 元提到 {each.next_line:,.0f} 元，那一期 {slips} 户次中有 {alone} 户次"
            f"收入并没有低于 {each.line:,.0f} 元，只因标准提高才算风险变差",
            f"; from {each.round_name} to the next round the line rose from {each.line:,.0f} to {each.next_line:,.0f} yuan: of the {slips} "
            f"slips then {alone} had an income not below {each.line:,.0f}, and count for the line alone",
        )
    return said
