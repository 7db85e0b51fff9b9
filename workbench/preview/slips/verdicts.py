"""Whether one standard is better than another, in the few words that every page, command and notebook uses for it."""

from enum import StrEnum

from workbench.errors import Words

Side = tuple[float, float]
"""What a standard does: the slips that it catches, with so many visits (households brought in)."""


class Verdict(StrEnum):
    """What may be said of a standard beside another one; the values are stable codes."""

    CLEARLY_BETTER = "clearly_better"
    SLIGHTLY_BETTER = "slightly_better"
    SAME = "about_the_same"
    SLIGHTLY_WORSE = "slightly_worse"
    CLEARLY_WORSE = "clearly_worse"
    MORE_FOR_MORE = "more_for_more"
    LESS_FOR_LESS = "less_for_less"

    @property
    def words(self) -> Words:
        """The verdict in words."""
        return _WORDS[self]


_WORDS = {
    Verdict.CLEARLY_BETTER: Words("明显好于", "clearly better"),
    Verdict.SLIGHTLY_BETTER: Words("略好", "slightly better"),
    Verdict.SAME: Words("差不多", "about the same"),
    Verdict.SLIGHTLY_WORSE: Words("略差", "slightly worse"),
    Verdict.CLEARLY_WORSE: Words("明显差于", "clearly worse"),
    Verdict.MORE_FOR_MORE: Words("抓住得多，但走访也多", "catches more, with more visits"),
    Verdict.LESS_FOR_LESS: Words("抓住得少，但走访也少", "catches less, with fewer visits"),
}
_REVERSED = {
    Verdict.CLEARLY_BETTER: Verdict.CLEARLY_WORSE,
    Verdict.SLIGHTLY_BETTER: Verdict.SLIGHTLY_WORSE,
    Verdict.MORE_FOR_MORE: Verdict.LESS_FOR_LESS,
}


def verdict(ours: Side, theirs: Side, interval: tuple[float, float] | None) -> Verdict:
    """What may be said of our standard beside theirs; `interval`: of the difference of the slips caught, or of their share.

    Nothing is better that chance may have brought about. Beyond chance, whoever catches more is clearly better only where
    that is at least a tenth more with the same visits, and not better at all where each visit catches less.
    """
    if interval is None or interval[0] <= 0 <= interval[1]:
        return Verdict.SAME
    if interval[1] < 0:
        return _REVERSED[_beyond_chance(theirs, ours)]
    return _beyond_chance(ours, theirs)


def _beyond_chance(more: Side, less: Side) -> Verdict:
    """Return the verdict on the side that catches more."""
    # Both brought to the same visits without dividing: a tenth more is a tenth more, and a side may have no visits.
    ours, theirs = more[0] * less[1], less[0] * more[1]
    if not less[1] or ours < theirs:
        return Verdict.MORE_FOR_MORE
    return Verdict.CLEARLY_BETTER if 10 * ours >= 11 * theirs else Verdict.SLIGHTLY_BETTER
