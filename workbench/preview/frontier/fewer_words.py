"""Why pay for more households when fewer catch as many: the answer of a frontier in the words of pages and commands."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import label_of
from workbench.errors import Words
from workbench.preview.frontier.fewer import OneSided, PastPair
from workbench.preview.hindsight.difference import LEVEL
from workbench.preview.hindsight.places import NO_GROUP
from workbench.preview.slips.intervals import level_words
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json

_MOST_GROUPS = 4
"""How many key groups are named of those whom one side alone brings in."""


PICKED_KNOWING = Words(
    "那一标准是知道结果以后挑出来的，当时谁也挑不出它：不能据此说多纳入的户白花了钱",
    "the other standard was picked knowing how things came out, as nobody could have then: no reason to say that the money for the "
    "others was wasted",
)


def fewer_words(record: Json, own: Mapping[str, str], at_hand: Words, past: PastPair | None = None) -> list[Words]:
    """The answer, sentence by sentence, the one for the head first; empty where no point does with fewer households.

    `record`: of a frontier; `own`: the names of the county's own groups; `at_hand`: what the standard at hand is called;
    `past`: it and the point over the past rounds, where they were looked back on.
    """
    fewest = record["fewest"]
    if fewest is None:
        return []
    point, happened = record["points"][fewest["point"]], record["happened"]
    said = [_head(record, point, at_hand), _who(fewest, own, at_hand, happened=happened)]
    if past is not None:
        said.append(_in_the_past(past, at_hand))
    return [*said, PICKED_KNOWING if happened else _conclusion(fewest, point, at_hand, past)]


def _head(record: Json, point: Json, at_hand: Words) -> Words:
    """In one sentence: how many households either takes, what they catch, within chance or not, and what the rest costs."""
    fewest, own, gain = record["fewest"], record["at_hand"], point["gain"]
    fewer, more = f"{point['in']:,.0f}", f"{own['in']:,.0f}"
    caught = f"{point['caught']:,.1f}", f"{own['caught']:,.1f}"
    between = f"{_signed(gain['interval'][0])} 至 {_signed(gain['interval'][1])}"
    between_en = f"{_signed(gain['interval'][0])} to {_signed(gain['interval'][1])}"
    chance = _chance(gain["interval"])
    verdict, level, slips = Verdict(gain["verdict"]).words, level_words(record["level"]), _signed(gain["slips"])
    less, rounds = fewest["households_less"], fewest["rounds"]
    money = _yuan(fewest["cost_less"])
    if record["happened"]:
        return Words(
            f"一句话：以往 {rounds} 期，{fewer} 户次的那一标准抓住 {caught[0]} 户次，{at_hand.zh} {more} 户次抓住 {caught[1]} 户次，"
            f"{verdict.zh}：相差 {slips} 户次（{level.zh}把握 {between}），{chance.zh}；平均每期少 {less / rounds:,.0f} 户{money.zh}",
            f"In one sentence: over {rounds} rounds a standard of {fewer} household-rounds caught {caught[0]}, {at_hand.en} of {more} "
            f"caught {caught[1]}, {verdict.en}: a difference of {slips} ({level.en}: {between_en}), {chance.en}; "
            f"{less / rounds:,.0f} households a round fewer{money.en}",
        )
    return Words(
        f"一句话：{fewer} 户的那一标准预计抓住 {caught[0]} 户，{at_hand.zh} {more} 户预计抓住 {caught[1]} 户，{verdict.zh}：相差 {slips} 户"
        f"（{level.zh}把握 {between}），{chance.zh}；少纳入 {less:,.0f} 户{money.zh}",
        f"In one sentence: a standard of {fewer} households is expected to catch {caught[0]}, {at_hand.en} of {more} to catch "
        f"{caught[1]}, {verdict.en}: a difference of {slips} ({level.en}: {between_en}), {chance.en}; {less:,.0f} households "
        f"fewer{money.en}",
    )


def _who(fewest: Json, own: Mapping[str, str], at_hand: Words, *, happened: bool) -> Words:
    """Whom the difference consists of."""
    ours, theirs = (fewest[side] for side in ("only_at_hand", "only_point"))
    unit = "户次" if happened else "户"
    slipped = ("其中风险变差", "slipped") if happened else ("其中预计风险变差", "are expected to slip")
    groups = _groups(ours["by_group"], own)
    return Words(
        f"差在谁：只有{at_hand.zh}纳入的 {ours['in']:,.0f} {unit}（{groups.zh}），{slipped[0]} {_slips(ours, happened)} {unit}；"
        f"只有那一标准纳入的 {theirs['in']:,.0f} {unit}，{slipped[0]} {_slips(theirs, happened)} {unit}",
        f"Who they are: {ours['in']:,.0f} only under {at_hand.en} ({groups.en}), of whom {_slips(ours, happened)} {slipped[1]}; "
        f"{theirs['in']:,.0f} only under the other, of whom {_slips(theirs, happened)} {slipped[1]}",
    )


def _in_the_past(past: PastPair, at_hand: Words) -> Words:
    """What became of them in the past rounds, paired by household."""
    ours, theirs = past.only_ours, past.only_theirs
    said = Words(
        f"以往 {past.rounds} 期真实发生的：只有{at_hand.zh}纳入的 {_of(ours, '户次中 ')} 户次风险变差，只有那一标准纳入的 "
        f"{_of(theirs, '户次中 ')} 户次风险变差",
        f"What happened over {past.rounds} rounds: of {_of(ours, 'only under ' + at_hand.en + ' ')} slipped, of "
        f"{_of(theirs, 'only under the other ')} slipped",
    )
    difference = past.difference
    if difference is None or difference.interval is None:
        return said
    low, high = (_signed(100 * each) for each in difference.interval)
    share, level, chance = f"{abs(100 * difference.share):.1f}", level_words(LEVEL), _chance(difference.interval)
    more = Words("多", "more") if difference.share >= 0 else Words("少", "less")
    return (
        said
        + Words(
            f"；{at_hand.zh}抓住的比例{more.zh} {share} 个百分点（{level.zh}把握 {low} 至 {high}，按户成对比较），{chance.zh}",
            f"; {at_hand.en} caught {share} percentage points {more.en} ({level.en}: {low} to {high}, paired by household), {chance.en}",
        )
        # The point was picked by what the model expects, and the model has seen these rounds: no independent witness.
        + Words(
            "。模型正是从以往各期学的，那一标准又是按它挑的，以往的差别会显得偏大",
            ". The model learned from these rounds and the other standard was picked by it, so that the past flatters that one",
        )
    )


def _conclusion(fewest: Json, point: Json, at_hand: Words, past: PastPair | None) -> Words:
    """What a head may conclude: what the money bought so far, and whether the other standard may be taken at all."""
    interval = (
        past.difference.interval if past is not None and past.difference is not None else point["gain"]["interval"]
    )
    low, high = interval if interval is not None else (0.0, 0.0)
    # The difference of the past is ours less the point, the gain is the point less ours.
    ours_more, theirs_more = (low > 0, high < 0) if past is not None else (high < 0, low > 0)
    cost = fewest["cost_less"]
    paid = Words(
        "多花的钱" if cost is None else f"每年多花的 {cost:,.0f} 元",
        "the money" if cost is None else f"the {cost:,.0f} yuan a year",
    )
    if ours_more:
        bought = Words(f"{paid.zh}换来了看得出的多抓住", f"{paid.en} bought a difference beyond chance")
    elif theirs_more:
        bought = Words(
            f"单就以往各期抓住的风险变差说，户少的那一标准反而多，{paid.zh}没有换来多抓住",
            f"as to the slips of past rounds the standard of fewer households caught more, and {paid.en} bought none",
        )
    else:
        bought = Words(
            f"单就抓住风险变差说，{paid.zh}没有换来看得出的差别",
            f"as to slips alone, {paid.en} bought no difference beyond chance",
        )
    if point["notes"]:
        return bought + Words(
            f"；但那一标准不要求或去掉了通知列明的重点群体（§2.2-b），不能只凭户数少就采用：只有{at_hand.zh}纳入的户中，有通知要求排查的",
            "; but the other standard leaves out, or does not ask for, key groups of §2.2-b, and fewer households are no reason to "
            f"take it: among those only under {at_hand.en} are households that the city's notice has screened",
        )
    return bought + Words(
        "；那一标准没有去掉通知列明的群体，可以试用比较",
        "; the other leaves out no group of the notice and may be tried",
    )


def _groups(counts: Mapping[str, float], own: Mapping[str, str]) -> Words:
    """The largest key groups with their counts, and that a household may be of several."""
    largest = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_MOST_GROUPS]
    named = [
        (("不属任何群体", "in no group") if name == NO_GROUP else label_of(name, own), count) for name, count in largest
    ]
    more = len(counts) > len(largest)
    return Words(
        "、".join(f"{label[0]} {count:,.0f}" for label, count in named) + (" 等" if more else ""),
        ", ".join(f"{label[1]} {count:,.0f}" for label, count in named) + (" and others" if more else ""),
    )


def _of(side: OneSided, between: str) -> str:
    return f"{side.households:,.0f} {between}{side.slips:,.0f}"


def _slips(side: Json, happened: bool) -> str:  # noqa: FBT001 - a state of the record
    return f"{side['slips']:,.{0 if happened else 1}f}"


def _chance(interval: Any) -> Words:
    within = interval[0] <= 0 <= interval[1]
    return Words("在偶然之内", "within chance") if within else Words("超出偶然", "beyond chance")


def _yuan(cost: float | None) -> Words:
    return Words("", "") if cost is None else Words(f"，每年少 {cost:,.0f} 元", f" and {cost:,.0f} yuan a year less")


def _signed(value: float) -> str:
    """A difference with its sign, as pages write it."""
    seen = round(value, 1)
    return f"{'+' if seen > 0 else '−' if seen < 0 else '±'}{abs(seen):,.1f}"
