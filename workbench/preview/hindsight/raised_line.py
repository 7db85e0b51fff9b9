"""Past rounds over which the poverty line was raised: households may slip there whose income did not fall below the line of before."""

from dataclasses import dataclass

import numpy as np

from workbench.preview.counts.counts import Count, count_rows
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight


@dataclass(frozen=True)
class RaisedLine:
    """A past round whose next one has a higher line (yuan a person and year): its slips, and those of them that the line alone made.

    `by_line_alone`: their income at the next round is not below the line of the round itself.
    """

    round_name: str
    line: float
    next_line: float
    slips: Count
    by_line_alone: Count


def raised_lines(past: Hindsight) -> list[RaisedLine]:
    """The rounds over which the line was raised, oldest first; of rounds that were read here, with incomes at their ends."""
    return [raised for each in past.rounds if (raised := _raised(each)) is not None]


def _raised(each: RoundHindsight) -> RaisedLine | None:
    line, later = each.past.limits.line, max(each.past.next_lines.values(), default=0.0)
    if later <= line:
        return None
    # Not below the line of before: under that line the household would not have slipped.
    alone = count_rows(each.slips, 0, len(each.slips), np.asarray(each.past.incomes_next >= line))
    return RaisedLine(each.past.round_name, line, later, each.slipped(), alone)
