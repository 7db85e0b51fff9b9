"""What stands in a column: whether it fits what the header says, and what it can only be, whatever the header says."""

import re
from collections.abc import Sequence
from functools import cache

import polars as pl

from workbench.domain.facts import CAUSES
from workbench.intake.matching.vocabulary import VALUES, Target, Vocabulary
from workbench.intake.reading.text import fold, fold_text
from workbench.intake.tables.household_numbers import household_number

# Enough to know a column by; all cells of half a million rows would be read a second time (0027).
_SAMPLE_ROWS = 2000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:万元|千元|元|亩|人|口|个月|月|年)?")
_DATE = re.compile(r"(?:19|20)\d{2}(?:[-/.年]?\d{1,2})?(?:[-/.月]?\d{1,2})?[年月日]?")
_SEVERAL = re.compile(r"[、,;/|+]+")
_ERROR = re.compile(r"#[A-Z/0!?]+")
# GB 11643: the weight of each of the first 17 digits in the check digit.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID = re.compile(r"\d{17}[\dXx](?:\d{2}|\d{4})?")
_DIGITS = re.compile(r"\d+")
_HOUSEHOLD = r"^\d{12,16}$"
_SURE, _FEW = 0.95, 3
# Words of several code lists, which hence tell none of them.
_AMBIGUOUS = frozenset({"小学", "其他", "无", "是", "否"})


def sample(frame: pl.DataFrame, header: str) -> list[str]:
    """The first cells of a column that say something, folded; cells of failed formulas say nothing."""
    cells = frame.select(fold(pl.col(header).drop_nulls().head(_SAMPLE_ROWS))).to_series().to_list()
    return [cell for cell in cells if cell and not _ERROR.fullmatch(cell)]


def share_that_fits(target: Target, cells: Sequence[str]) -> float | None:
    """The share of cells that can be a target's; None where there are none, or any text can."""
    if not cells or not (target.numeric or target.type == VALUES):
        return None
    if target.numeric:
        return sum(bool(_is_number(cell) or (target.type == "year" and _DATE.fullmatch(cell))) for cell in cells) / len(
            cells
        )
    return sum(_one_of(target, cell) for cell in cells) / len(cells)


def code_list(vocabulary: Vocabulary, cells: Sequence[str]) -> str | None:
    """The one code list whose values stand in a column; None where none or several could be."""
    # Digits alone may be codes of any list.
    telling = {cell for cell in cells if not _DIGITS.fullmatch(cell)} - _AMBIGUOUS
    if (
        len(cells) < _FEW
        or not telling
        or sum(bool(_DIGITS.fullmatch(cell)) for cell in cells) > (1 - _SURE) * len(cells)
    ):
        return None
    causes = {fold_text(cause) for cause in CAUSES}
    fitting = [
        target.name
        for target in vocabulary.targets.values()
        if len(target.values) > len(_AMBIGUOUS)
        # Yes and no may answer any question.
        and not (target.values & {"是", "否"})
        and (share_that_fits(target, cells) or 0) >= _SURE
        and any(_one_of(target, cell) for cell in telling)
    ]
    if telling & causes:  # of years ago, or of today: the cells do not say
        return None
    return fitting[0] if len(fitting) == 1 else None


def are_id_numbers(cells: Sequence[str]) -> bool:
    """Whether the cells are identity numbers: 18 characters of which the last is the check digit."""
    good = sum(bool(_ID.fullmatch(cell)) and _checks(cell) for cell in cells)
    return len(cells) >= _FEW and good >= _SURE * len(cells)


def are_household_numbers(frame: pl.DataFrame, header: str, *, of_persons: bool) -> bool:
    """Whether a column can be that of household numbers: long numbers, repeated over neighbouring rows (of persons) or all different."""
    number = frame.select(household_number(pl.col(header))).to_series().drop_nulls()
    if len(number) < _FEW or not number.str.contains(_HOUSEHOLD).all():
        return False
    # The rows of a household are neighbours, so that each number makes one run; those of a card or an account need not.
    runs = number.rle_id().n_unique()
    if of_persons:
        return runs == number.n_unique() and runs < len(number)
    return number.n_unique() == len(number)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.replace(",", "").casefold()) is not None


def _one_of(target: Target, cell: str) -> bool:
    if cell in target.values:
        return True
    return target.several and all(part in target.values for part in _SEVERAL.split(cell))


@cache
def _checks(number: str) -> bool:
    digits = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return "10X98765432"[digits % 11] == number[17].upper()
