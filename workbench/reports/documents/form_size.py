"""How large the words of a form may be so that it stands on one page."""

from collections.abc import Sequence
from math import ceil
from unicodedata import east_asian_width

Row = tuple[str, str, float]
"""A label, what stands beside it, and how high it is at least (millimetres, 0: as high as its words)."""

SIZES: tuple[tuple[float, float], ...] = ((10.5, 15), (10, 14), (9.5, 13), (9, 12), (8.5, 11))
"""Sizes of letters and lines, points, the largest first; below the last nobody reads a form without effort."""
BETWEEN = 2.0
"""Points above and below the words of a row."""
_POINT = 25.4 / 72
_PADDING = 3.8
"""Millimetres that a cell keeps free at both sides together."""
_FULL_LINE = 0.96
"""How full a line gets: words and figures are not broken, and no mark of punctuation begins a line."""


def fitting_size(rows: Sequence[Row], widths: tuple[float, float], room: float) -> tuple[float, float]:
    """The largest size with which a form of two columns (widths in millimetres) is no higher than `room` (mm); else the smallest."""
    return next((size for size in SIZES if height(rows, widths, size) <= room), SIZES[-1])


def height(rows: Sequence[Row], widths: tuple[float, float], size: tuple[float, float]) -> float:
    """How high the form is about, millimetres; the table's lines are in the room between words."""
    return sum(_row_height(row, widths, size) for row in rows)


def _row_height(row: Row, widths: tuple[float, float], size: tuple[float, float]) -> float:
    letters, line = size
    lines = [
        sum(ceil(_width(text, letters) / (_FULL_LINE * (width - _PADDING))) or 1 for text in words.split("\n"))
        for words, width in zip(row[:2], widths, strict=True)
    ]
    paragraphs = row[1].count("\n") + 1
    least = (max(lines) * line + 2 * BETWEEN * paragraphs) * _POINT
    return max(least, row[2])


def _width(text: str, letters: float) -> float:
    """Millimetres of a text on one line: a Chinese character is as wide as it is high, a Latin one about half."""
    return sum(1.0 if east_asian_width(each) in "WFA" else 0.55 for each in text) * letters * _POINT
