"""The units of a table, in its titles and its headers, applied to the columns that were matched, and said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.errors import Words
from workbench.intake.matching.column_match import ColumnMatch, How
from workbench.intake.matching.headers import take_apart
from workbench.intake.matching.units import Unit, stated_units, unit_of
from workbench.intake.matching.vocabulary import Vocabulary

_IN_WORDS = {"money": Words("元", "yuan"), "land": Words("亩", "mu"), "months": Words("月", "months")}
_TWO_UNITS = Words(
    "表头上方写了两种单位，不知道这一列用哪一种，没有读；请在列名里写明单位",
    "two units stand above the table and which is this column's is not known; not read: write the unit into its header",
)


def with_units(
    matches: Sequence[ColumnMatch], vocabulary: Vocabulary, titles: Iterable[str]
) -> tuple[ColumnMatch, ...]:
    """The matches with the unit of each column of money, land or months: its own, else the one above the table."""
    above = stated_units(titles)
    return tuple(_with_unit(match, vocabulary, above) for match in matches)


def _with_unit(match: ColumnMatch, vocabulary: Vocabulary, above: dict[str, Unit | None]) -> ColumnMatch:
    measure = vocabulary.targets[match.means].measure if match.means is not None else None
    if measure is None:
        return match
    written = take_apart(match.header).unit
    own = unit_of(written) if written else None
    if own is not None and own.measure == measure:
        return replace(match, unit=own.written, factor=own.factor)
    if measure not in above:
        return match
    unit = above[measure]
    if unit is None:
        return replace(match, means=None, how=How.IGNORED, confidence=0.0, reason=_TWO_UNITS)
    return replace(match, unit=unit.written, factor=unit.factor)


def unit_notes(matches: Sequence[ColumnMatch], vocabulary: Vocabulary) -> list[Words]:
    """What was made of the numbers of which columns, unit by unit."""
    by_unit: dict[tuple[str, float, str], list[str]] = {}
    for match in matches:
        measure = vocabulary.targets[match.means].measure if match.means is not None else None
        if match.unit is not None and measure is not None and match.factor != 1:
            by_unit.setdefault((match.unit, match.factor, measure), []).append(match.header)
    return [_note(unit, factor, _IN_WORDS[measure], headers) for (unit, factor, measure), headers in by_unit.items()]


def _note(unit: str, factor: float, to: Words, headers: list[str]) -> Words:
    named = "、".join(headers)
    return Words(
        f"单位“{unit}”：已按每{unit}合 {factor:g} {to.zh}换算：{named}",
        f"unit {unit}: read as {to.en} (times {factor:g}): {named}",
    )
