"""What a cell says: folding of full-width text, numbers as people write them, vectorised over text columns."""

import re
import unicodedata
from collections.abc import Sequence

import polars as pl

SCIENTIFIC = r"^\d(?:\.\d+)?[Ee]\+\d{1,3}$"
"""An identifier that a spreadsheet turned into a number: 3.41599E+17."""

_THOUSANDS_MARKS = {".": ",", ",": "."}
"""By what decimals follow."""
_FINER_THAN_A_HALF = 6
"""Decimals of a hundredth: what binary fractions are off lies far below, and halves on paper far above."""
# Exports write ="3415…" around long numbers, so that spreadsheets keep them as text.
_WRAPPED = r'^=\s*"(.*)"$'
# ASCII, the ideographs without those for compatibility, and 、 are their own half-width forms.
_MAY_FOLD = r"[^!-~\x{3001}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}]"
# To \s neither a zero-width space nor a byte-order mark is a blank.
_BLANKS = r"[\s\u200b\ufeff]+"
# What `clean` changes: an outer blank, a wrapping, nothing at all between quotes.
_TO_BE_CLEANED = r"^$|^[\s\u200b\ufeff=]|[\s\u200b\ufeff]$"
_MARKS_OF_CLEANING = (
    b" ", b"\t", b"=", b'""', b"\x0b", b"\x0c", b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f",
    b"\xe3\x80\x80", b"\xef\xbb\xbf",
)  # fmt: skip
"""Blanks of every kind, the first character of a wrapping, and an empty cell between quotes, as bytes."""
# 检测 (tested) is typed for 监测 (monitored), which sounds nearly the same. Only where the words around it speak of
# monitored households: a test of water or blood is one, and a list may well have both.
_TYPING_SLIP = re.compile("检测(?=对象|户|类型|识别)|(?<=识别)检测|(?<=消除)检测")


def fold_header(header: str) -> str:
    """A header as headers are compared: half-width, without blanks and the mark of required columns."""
    return _TYPING_SLIP.sub("监测", fold_text(header).strip("*"))


def fold_text(text: str) -> str:
    """A text in half-width characters and without blanks: what `fold` makes of a cell."""
    return re.sub(_BLANKS, "", unicodedata.normalize("NFKC", text))


def clean(frame: pl.DataFrame) -> pl.DataFrame:
    """The text cells without their `="…"` wrapping and outer blanks; an empty one is null."""
    texts = pl.col(pl.String)
    bare = frame.with_columns(texts.str.strip_chars())
    # The pattern is tried where there is one to be found: it takes as long as all the rest.
    wrapped = bare.select(texts.str.starts_with("=").any()).row(0, named=True)
    bare = bare.with_columns(pl.col([name for name, any_is in wrapped.items() if any_is]).str.replace(_WRAPPED, "$1"))
    bare = bare.with_columns(texts.str.strip_chars(" \t\r\n\u00a0\u3000\u200b\ufeff"))
    return bare.with_columns(pl.when(texts != "").then(texts))


def clean_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Clean the texts of a frame (see `clean`); columns in which nothing is to be cleaned are not copied. All columns are text."""
    edges = pl.all().str.contains(_TO_BE_CLEANED).any()
    concerned = [name for name, any_is in frame.select(edges).row(0, named=True).items() if any_is]
    return frame.with_columns(clean(frame.select(concerned))) if concerned else frame


def may_need_cleaning(data: bytes, separator: str) -> bool:
    """Whether there may be anything to clean in the cells of a text, in UTF-8: of most texts its bytes say no."""
    if separator.encode() in _MARKS_OF_CLEANING and b'"' in data:
        return True  # between quotes the separator may stand at the edge of a cell
    return any(mark != separator.encode() and mark in data for mark in _MARKS_OF_CLEANING)


def fold(cell: pl.Expr) -> pl.Expr:
    """A cell of numbers or codes in half-width characters and without blanks."""
    return cell.str.normalize("NFKC").str.replace_all(_BLANKS, "")


def fold_columns(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The frame with columns of text folded; those that no folding changes are looked at, and are not made anew."""
    if not names:
        return frame
    seen = frame.select(pl.col(name).str.contains(_MAY_FOLD).any() for name in names).row(0, named=True)
    return frame.with_columns(fold(pl.col(name)).alias(name) for name, may_fold in seen.items() if may_fold)


def _pattern(decimal: str) -> str:
    point, mark = re.escape(decimal), re.escape(_THOUSANDS_MARKS[decimal])
    plain = rf"(?:[0-9]+{point}?[0-9]*|{point}[0-9]+)(?:[Ee][+-]?[0-9]{{1,2}})?"
    return rf"^[+-]?(?:{plain}|[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]*)?)$"


_NUMBERS = {decimal: _pattern(decimal) for decimal in _THOUSANDS_MARKS}


def number(cell: pl.Expr, decimal: str = ".") -> pl.Expr:
    """A folded cell as a float; null where it is none. Thousands may be marked, by the other of point and comma."""
    # The cell stands here as seldom as can be: Polars computes it anew wherever it stands in a condition.
    bare = cell.str.replace_all(_THOUSANDS_MARKS[decimal], "", literal=True)
    bare = bare if decimal == "." else bare.str.replace(decimal, ".", literal=True)
    text = pl.when(cell.str.contains(_NUMBERS[decimal])).then(bare)
    value = text.cast(pl.Float64, strict=False)
    # Some hundred digits are a number to the pattern and infinite as a float.
    return pl.when(value.is_finite()).then(value)


def whole(cell: pl.Expr) -> pl.Expr:
    """A folded cell as an integer (3.0 is 3); null where it is none."""
    return as_whole(number(cell))


def as_whole(value: pl.Expr) -> pl.Expr:
    """A float as an integer; null where it is none, or too large to be told from its neighbours."""
    return pl.when((value == value.round()) & (value.abs() < 2**53)).then(value).cast(pl.Int64)


def to_the_hundredth(computed: pl.Expr) -> pl.Expr:
    """Products, quotients and sums rounded half up (away from nought) to two decimals, yuan to the fen: 44,748.81 / 6 is 7,458.14."""
    # What a machine makes of two decimals may lie a last digit off the half that it is on paper (7,458.135): that digit is taken
    # off first. Last the float nearest to the decimal, which Polars' `/ 100` need not be.
    hundredths = (computed * 100).round(_FINER_THAN_A_HALF).round(0, mode="half_away_from_zero")
    return (hundredths / 100).round(2)
