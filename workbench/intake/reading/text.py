"""What a cell says: folding of full-width text, numbers as people write them, vectorised over text columns."""

import re
import unicodedata

import polars as pl

SCIENTIFIC = r"^\d(?:\.\d+)?[Ee]\+\d{1,3}$"
"""An identifier that a spreadsheet turned into a number: 3.41599E+17."""

_NUMBER = r"^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,2})?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?)$"
_THOUSANDS_MARK = ","
# Exports write ="3415…" around long numbers, so that spreadsheets keep them as text.
_WRAPPED = r'^=\s*"(.*)"$'
# To \s neither a zero-width space nor a byte-order mark is a blank.
_BLANKS = r"[\s\u200b\ufeff]+"
# 检测 (tested) is typed for 监测 (monitored), which sounds nearly the same.
_TYPING_SLIP = ("检测", "监测")


def fold_header(header: str) -> str:
    """A header as headers are compared: half-width, without blanks and the mark of required columns."""
    return fold_text(header).strip("*").replace(*_TYPING_SLIP)


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


def fold(cell: pl.Expr) -> pl.Expr:
    """A cell of numbers or codes in half-width characters and without blanks."""
    return cell.str.normalize("NFKC").str.replace_all(_BLANKS, "")


def number(cell: pl.Expr, decimal: str = ".") -> pl.Expr:
    """A folded cell as a float; null where it is none. Thousands may be marked, by the other of point and comma."""
    if decimal == ",":
        cell = cell.str.replace_all(".", "_", literal=True).str.replace_all(",", ".", literal=True)
        cell = cell.str.replace_all("_", ",", literal=True)
    # The cell stands here as seldom as can be: Polars computes it anew wherever it stands in a condition.
    text = pl.when(cell.str.contains(_NUMBER)).then(cell.str.replace_all(_THOUSANDS_MARK, "", literal=True))
    value = text.cast(pl.Float64, strict=False)
    # Some hundred digits are a number to the pattern and infinite as a float.
    return pl.when(value.is_finite()).then(value)


def whole(cell: pl.Expr) -> pl.Expr:
    """A folded cell as an integer (3.0 is 3); null where it is none."""
    return as_whole(number(cell))


def as_whole(value: pl.Expr) -> pl.Expr:
    """A float as an integer; null where it is none, or too large to be told from its neighbours."""
    return pl.when((value == value.round()) & (value.abs() < 2**53)).then(value).cast(pl.Int64)
