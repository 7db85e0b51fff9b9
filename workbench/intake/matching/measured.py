"""The units of a table, in its titles and its headers, applied to the columns that were matched, and said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.errors import Words
from workbench.intake.matching.column_match import ColumnMatch, How
from workbench.intake.matching.header_words import take_apart
from workbench.intake.matching.units import Unit, of_household_only, stated_units, times_persons, unit_of
from workbench.intake.matching.vocabulary import Vocabulary

_IN_WORDS = {"money": Words("元", "yuan"), "land": Words("亩", "mu"), "months": Words("月", "months")}
_TWO_UNITS = Words(
    "表头上方写了两种单位，不知道这一列用哪一种，没有读；请在列名里写明单位",
    "two units stand above the table and which is this column's is not known; not read: write the unit into its header",
    code="intake.two-units-above",
)

_TIMES_PERSONS = Words("；每人的数，已乘以人数", "; for each person, multiplied by the persons")
_NO_PERSONS = Words(
    "是每人的数，要乘以人数，而表中没有人数列，没有读；请补上人数列，或改为全户的数",
    "is for each person and the table does not say how many persons; not read: add the persons, or give that of the household",
)
_OF_HOUSEHOLD = Words(
    "要的是每人的数，而单位是每户，没有读；请改为每人的数",
    "is for a household where that for each person is meant; not read: give that for each person",
)


def with_units(
    matches: Sequence[ColumnMatch], vocabulary: Vocabulary, titles: Iterable[str]
) -> tuple[ColumnMatch, ...]:
    """The matches with the unit of each column of money, land or months: its own, else the one above the table."""
    above = stated_units(titles)
    measured = tuple(_with_unit(match, vocabulary, above) for match in matches)
    persons = any(match.means == "persons" for match in matches)
    return tuple(_of_whom(match, persons=persons) for match in measured)


def _of_whom(match: ColumnMatch, *, persons: bool) -> ColumnMatch:
    """The match, where the amounts are for whom the fact is: of a household those for each person are multiplied by its persons.

    Without the persons, and where amounts of a household stand for those of a person, the column is not read.
    """
    fact = str(match.means)
    if of_household_only(match.unit, fact):
        return replace(match, means=None, how=How.IGNORED, confidence=0.0, reason=_OF_HOUSEHOLD)
    if not times_persons(match.unit, fact):
        return match
    if not persons:
        return replace(match, means=None, how=How.IGNORED, confidence=0.0, reason=_NO_PERSONS)
    return replace(match, reason=match.reason + _TIMES_PERSONS)


def _with_unit(match: ColumnMatch, vocabulary: Vocabulary, above: dict[str, Unit | None]) -> ColumnMatch:
    measure = vocabulary.targets[match.means].measure if match.means is not None else None
    if measure is None:
        return match
    written = take_apart(match.header).unit
    own = unit_of(written) if written else None
    # A column's own unit outranks the one that stands above the table (0027).
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
    notes = [_note(unit, factor, _IN_WORDS[measure], headers) for (unit, factor, measure), headers in by_unit.items()]
    multiplied = "、".join(match.header for match in matches if times_persons(match.unit, str(match.means)))
    if multiplied:
        notes.append(
            Words(
                f"每人的数，已乘以人数：{multiplied}",
                f"for each person, multiplied by the persons: {multiplied}",
                code="intake.multiplied-by-persons",
            )
        )
    return notes


def _note(unit: str, factor: float, to: Words, headers: list[str]) -> Words:
    named = "、".join(headers)
    return Words(
        f"单位“{unit}”：已按每{unit}合 {factor:g} {to.zh}换算：{named}",
        f"unit {unit}: read as {to.en} (times {factor:g}): {named}",
        code="intake.unit-converted",
    )
