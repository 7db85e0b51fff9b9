"""The comparison by hindsight: what every standard would have had in past rounds, and the difference from the first, paired by household."""

from collections.abc import Callable, Iterator
from typing import Any

from workbench.errors import Words
from workbench.preview.counts.comparison import Compared
from workbench.preview.counts.counts import Count
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.cliff import cliff
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.hindsight.request import PastSide
from workbench.preview.slips.past_and_expected import past_and_expected
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.scenario_lab.row import Row, Values

_Interval = tuple[float, float] | None


def past_title(compared: Compared, t: Language) -> str:
    """The heading of the rows, with how many rounds they are of."""
    rounds = max((len(side.past.rounds) for side in compared.past.values() if side), default=0)
    return t("回头看（以往 {rounds} 期合计，实际发生的）", rounds=rounds)


def past_rows(compared: Compared, t: Language) -> list[Row]:
    """The rows, in the order of the standards; none where there is nothing to look back on."""
    sides = list(compared.past.values())
    if not sides:
        return []

    def of(read: Callable[[Hindsight], Any]) -> Values:
        return [read(side.past) if side else None for side in sides]

    return [
        Row("past_in", t("以往各期纳入"), "household_rounds", of(lambda past: _inside(past).households)),
        Row("past_slips", t("以往各期风险变差"), "household_rounds", of(lambda past: past.slips().households)),
        Row("past_caught", t("其中已纳入"), "household_rounds", of(lambda past: past.of_outcome(CAUGHT).households)),
        Row("past_share", t("占以往全部风险变差"), "share", of(_share)),
        *_differences(sides, t),
        *_cliffs(of, t),
    ]


def past_remarks(compared: Compared, t: Language) -> Iterator[str]:
    """Say of which standards there is no past, and how the past of the first one goes with what the model expects of it."""
    for name, side in compared.past.items():
        if side is None:
            yield t("“{name}”在以往某一期用不上（上限低于那一期的扶贫标准），没有回头看的数。", name=name)
    name, side = next(iter(compared.past.items()), ("", None))
    said = _past_and_expected(compared, name, side)
    if said is not None:
        yield t("{name}：{said}。", name=name, said=t.with_rounds(t.words(said)))


def _past_and_expected(compared: Compared, name: str, side: PastSide | None) -> Words | None:
    record = compared.records[name] if side else None
    if side is None or not record or not record["model"]:
        return None
    return past_and_expected(side.past, record["slips_share"], record["slips_share_interval"], record["model"]["level"])


def _inside(past: Hindsight) -> Count:
    return sum((each.totals.inside for each in past.rounds), Count())


def _share(past: Hindsight) -> float | None:
    return share_of(past.of_outcome(CAUGHT).households, past.slips().households)


def _differences(sides: list[PastSide | None], t: Language) -> list[Row]:
    """The difference of the shares caught, and what may be said of it; nothing where there is one standard only."""
    differences = [side.difference if side else None for side in sides]
    if not any(differences):
        return []
    values = [100 * each.share if each else None for each in differences]
    low, high = _bounds([each.interval if each else None for each in differences])
    # In per cent points: shares of one and the same number of slips.
    return [
        Row("past_gain", t("比对照多赶上的百分点（按户成对比较）"), "points", values, low, high),
        Row("past_verdict", t("只就以往看，与对照相比"), "text", [t.words(each.verdict.words) if each else None for each in differences]),
    ]  # fmt: skip


def _cliffs(of: Callable[[Callable[[Hindsight], Any]], Values], t: Language) -> list[Row]:
    """Just in against just out: whether the ceiling stands where the risk falls."""
    cliffs = of(cliff)
    low, high = _bounds([each.interval if each else None for each in cliffs])
    shares = [(each.just_in.share, each.just_out.share) if each else (None, None) for each in cliffs]
    apart = [100 * (one - other) if one is not None and other is not None else None for one, other in shares]
    rows = [
        Row("cliff_in", t("刚好在内的户风险变差"), "share", [one for one, _ in shares]),
        Row("cliff_out", t("刚好在外的户风险变差"), "share", [other for _, other in shares]),
        Row("cliff_apart", t("两边相差（百分点）"), "points", apart, low, high),
    ]
    return [row for row in rows if any(value is not None for value in row.values)]


def _bounds(intervals: list[_Interval]) -> tuple[Values, Values]:
    """Lower and upper bounds in per cent points."""
    low, high = ([100 * each[bound] if each else None for each in intervals] for bound in (0, 1))
    return low, high
