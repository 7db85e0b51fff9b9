"""Identity numbers: GB 11643 (18 characters), disability certificates (20, or 22 re-issued), stand-ins, old ones.

A certificate number is the ID, then the type (1-7) and grade (1-4) of the disability. Any prefix is accepted: people
marry in from anywhere. Source: GB 11643-1999; 中国残联残疾人证编号规则.
"""

import polars as pl

from workbench.intake.reading.text import SCIENTIFIC

LENGTHS = (18, 20, 22)
_OLD_LENGTH = 15
_SHAPE = r"^\d{17}[\dXx](?:\d{2}|\d{4}|\d{2}[A-Za-z]\d)?$"
_OLD_SHAPE = rf"^\d{{{_OLD_LENGTH}}}$"
_STAND_IN = "999999"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# In the order of the remainders 0 to 10 (ISO 7064, MOD 11-2).
_CHECK_DIGITS = "10X98765432"
_EARLIEST_BIRTH = 1880


def reasons(number: pl.Expr, latest_birth: int) -> pl.Expr:
    """What is wrong with each folded ID number, as a reason; null where nothing is.

    `latest_birth`: the last acceptable birth date as YYYYMMDD. Old numbers of 15 digits give "15-digit ID", which is
    a warning; stand-ins (999999…) pass.
    """
    bad_birth = ~has_birth_date(number, latest_birth).fill_null(value=False)
    return (
        pl.when(number.is_null())
        .then(pl.lit("missing"))
        # Before length and characters, which would only say that it is wrong, not how it came about.
        .when(number.str.contains(SCIENTIFIC))
        .then(pl.lit("damaged number"))
        # Before all that follows: a stand-in has neither a birth date nor a check digit.
        .when(is_stand_in(number))
        .then(None)
        .when(number.str.contains(_OLD_SHAPE))
        .then(pl.lit("15-digit ID"))
        .when(~number.str.len_chars().is_in(LENGTHS))
        .then(pl.lit("length"))
        .when(~number.str.contains(_SHAPE))
        .then(pl.lit("characters"))
        .when(bad_birth)
        .then(pl.lit("birth date"))
        .when(number.str.slice(17, 1).str.to_uppercase() != _check_digit(number))
        .then(pl.lit("checksum"))
    )


def is_stand_in(number: pl.Expr) -> pl.Expr:
    """Whether a number is one that the system gives to people without an ID."""
    return number.str.starts_with(_STAND_IN)


def person_key(number: pl.Expr) -> pl.Expr:
    """What tells persons apart: the ID of a well-formed number; null for any other text, which names nobody.

    Well-formed is an ID or certificate, or an old ID, of the right characters around a real birth date. Stand-ins are not.
    """
    # The check digit is not asked for: a slip in it, copied with the row, is still one person's.
    long = number.str.contains(_SHAPE) & birth_date(number).is_not_null() & ~is_stand_in(number)
    century = pl.concat_str(pl.lit("19"), number.str.slice(6, 6))
    old = number.str.contains(_OLD_SHAPE) & century.str.to_date("%Y%m%d", strict=False).is_not_null()
    # A disability certificate begins with the ID number: with and without its tail it is one person's.
    return pl.when(long | old).then(number.str.slice(0, LENGTHS[0]).str.to_uppercase())


def has_birth_date(number: pl.Expr, latest_birth: int) -> pl.Expr:
    """Whether characters 7 to 14 are a real day, not before 1880 and not after `latest_birth` (YYYYMMDD)."""
    return birth_date(number).is_not_null() & (number.str.slice(6, 8).cast(pl.Int64, strict=False) <= latest_birth)


def birth_date(number: pl.Expr) -> pl.Expr:
    """The birth date that a number states; null where it is no day."""
    day = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return pl.when(day.dt.year() >= _EARLIEST_BIRTH).then(day)


def birth_month(number: pl.Expr) -> pl.Expr:
    """Months from year 0 to the birth that a well-formed number states, of 18 characters or an old one; null for any other text."""
    key = person_key(number)
    # An old number has a year of two digits, all of the last century.
    old = key.str.len_chars() == _OLD_LENGTH
    day = pl.when(old).then(pl.concat_str(pl.lit("19"), key.str.slice(6, 6))).otherwise(key.str.slice(6, 8))
    year, month = day.str.slice(0, 4).cast(pl.Int64, strict=False), day.str.slice(4, 2).cast(pl.Int64, strict=False)
    return year * 12 + month - 1


def grade(number: pl.Expr, types: list[str], grades: list[str]) -> pl.Expr:
    """The grade on a disability certificate (20 or 22 characters); null without one, or where it is none."""
    long = number.str.len_chars().is_in(LENGTHS[1:]) & number.str.slice(18, 1).is_in(types)
    given = number.str.slice(19, 1)
    return pl.when(long & given.is_in(grades)).then(given)


def _check_digit(number: pl.Expr) -> pl.Expr:
    digits = (number.str.slice(place, 1).cast(pl.Int32, strict=False) * by for place, by in enumerate(_WEIGHTS))
    remainder = pl.sum_horizontal(list(digits)) % len(_CHECK_DIGITS)
    return remainder.replace_strict(dict(enumerate(_CHECK_DIGITS)), return_dtype=pl.String, default=None)
