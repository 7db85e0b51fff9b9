"""Exact bounds (contract §1): what is compared with a share, a multiple or a ceiling, in whole numbers.

A binary fraction is not the decimal that stands on paper: 0.35 times 10,300 is a little less than 3,605 to a machine, and
a household exactly at 35 % would be beyond it. Money is held to the fen and bounds have few decimals, so that both sides
can be counted in whole numbers, which every engine compares alike. Null stays null.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import narwhals as nw

from workbench.errors import InputError, Words

DECIMALS = 4
"""Shares and multiples have at most so many."""
SMALLEST = 0.01
"""A fen, in yuan."""
MOST_YUAN = 1e11
"""No fact in yuan is larger, nor smaller than its negative; then no product below outgrows 64 bits."""
MOST_PEOPLE = 10_000
"""No household has more persons."""
MOST_BOUND = 1e8
"""No line and no ceiling is higher, yuan a person and year."""
MOST_SHARE = 50
"""No share is larger."""
_FEN = Decimal("0.01")


def as_written(figure: float) -> Fraction:
    """The decimal that a figure was written as: 0.35 is 35/100."""
    # `repr` is the shortest decimal that is this float: the one that stood in the file.
    return Fraction(repr(float(figure)))


def decimals(figure: float) -> int:
    """How many decimals a figure is written with."""
    exponent = Decimal(repr(float(figure))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def to_the_fen(yuan: float) -> float:
    """An amount rounded half up to the fen, as it is written: 2.675 gives 2.68."""
    # Beyond the bounds, infinity included, the figure goes on as it is to whoever refuses it: `quantize` fails there.
    return float(Decimal(repr(float(yuan))).quantize(_FEN, ROUND_HALF_UP)) if abs(yuan) <= MOST_YUAN else float(yuan)


def shared_to_the_fen(yuan: float, persons: int) -> float:
    """An amount a person, rounded half up to the fen."""
    # As a fraction: a float quotient may lie on the other side of half a fen.
    in_fen = as_written(yuan) * 100 / persons
    # A half is rounded away from nought on both sides, as `ROUND_HALF_UP` does it.
    whole = floor(abs(in_fen) + Fraction(1, 2))
    return (whole if in_fen >= 0 else -whole) / 100


def multiple_of(multiple: float, line: float) -> float:
    """A multiple of the line in yuan, as on paper: 1.8 times 3,218 is 5,792.4, not the next number of the machine.

    It is the float nearest to that decimal, as an income held to the fen is to its own: the two compare as on paper.
    """
    return float(as_written(multiple) * as_written(line))


def fen(yuan: nw.Expr) -> nw.Expr:
    """Amounts held to the fen, or a sum or difference of such, as whole fen."""
    # Rounded, since 0.29 * 100 is 28.999…; facts are held to the fen, so nothing is rounded away.
    return (yuan * 100).round().cast(nw.Int64)


def above_share(amount: nw.Expr, share: Fraction, whole: nw.Expr) -> nw.Expr:
    """Whether an amount is more than a share of another; both in yuan."""
    part, all_of = _terms(share, MOST_SHARE)
    # Multiplied, not divided: Polars divides by multiplying with an inverse, which is not exact (decision 0021).
    return fen(amount) * all_of > fen(whole) * part


def below_share(amount: nw.Expr, share: Fraction, whole: nw.Expr) -> nw.Expr:
    """Whether an amount is less than a share of another; both in yuan."""
    part, all_of = _terms(share, MOST_SHARE)
    return fen(amount) * all_of < fen(whole) * part


def below_for_persons(amount: nw.Expr, bound: Fraction) -> nw.Expr:
    """Whether a household's amount is less than a bound (yuan a person) for all its persons together."""
    # The bound in fen too, as the amount is.
    part, all_of = _terms(bound * 100, MOST_BOUND * 100)
    return fen(amount) * all_of < nw.col("persons").cast(nw.Int64) * part


def little_land(land: nw.Expr, bound: Fraction) -> nw.Expr:
    """Whether land is less than a bound (mu a person) for all persons together, to the millionth of a mu."""
    part, all_of = _terms(bound, MOST_BOUND)
    millionths = (land * 1_000_000).round().cast(nw.Int64)
    # No remainder is lost: of at most four decimals the denominator divides a million.
    return millionths < nw.col("persons").cast(nw.Int64) * (part * 1_000_000 // all_of)


def _terms(ratio: Fraction, most: float) -> tuple[int, int]:
    """Numerator and denominator, small enough that their products with facts are exact; else InputError."""
    if abs(ratio) > most or ratio.denominator > 10**DECIMALS:
        raise InputError(
            Words(
                f"{float(ratio):g}：界限的数字太大，或小数太多（金额到分，比例和倍数最多 {DECIMALS} 位小数）",
                f"{float(ratio):g}: a bound that is too large or too fine (money to the fen, shares and multiples with "
                f"at most {DECIMALS} decimals)",
                code="domain.bound-too-large-too",
            )
        )
    return ratio.numerator, ratio.denominator


def with_persons(condition: nw.Expr) -> nw.Expr:
    """A condition on amounts a person; null where the number of persons is not known or not positive."""
    # With 0 persons the product would say "not below" of any bound, where nothing can be told.
    return nw.when(nw.col("persons") > 0).then(condition)
