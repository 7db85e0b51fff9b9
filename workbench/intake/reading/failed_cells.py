"""Cells that hold the failure of a formula in the place of what they should say: an error, or a formula never calculated.

What they should say is not known. It is never 0 and never blank, so the text of the failure stays in the cell until the
columns are read, where no number, code or name may be made of it.
"""

import re

import polars as pl

from workbench.errors import Words
from workbench.intake.reading.decoding import BROKEN

UNCALCULATED = "=?"
"""What stands in the place of a formula that no program has calculated yet."""
_ERRORS = (
    "N/A", "DIV/0!", "REF!", "VALUE!", "NAME?", "NUM!", "NULL!", "SPILL!", "CALC!", "FIELD!", "BLOCKED!", "CONNECT!",
    "UNKNOWN!", "BUSY!", "PYTHON!", "EXTERNAL!", "GETTING_DATA",
)  # fmt: skip
_FAILED = rf"(?i)^(?:[#＃](?:{'|'.join(map(re.escape, _ERRORS))})|#{{3,}}|=\?|.*{BROKEN}.*)$"
_FORMULA = re.compile(r"=\s*[^\s=]")
_NARROW = re.compile("#+")
FAILED_FORMULA = (
    "failed formula",
    Words(
        "这一格的公式出错；请在表格软件中改正公式或填上数值后再导入；",
        "the formula in this cell failed; correct it or write the value, and read the file again; ",
    ),
)
_NOT_CALCULATED = (
    "formula not calculated",
    Words(
        "这一格的公式从未计算过；请用表格软件打开文件、保存后再导入；",
        "the formula in this cell was never calculated; open the file in a spreadsheet program, save it and read it again; ",
    ),
)
_BROKEN = (
    "broken byte",
    Words(
        "这一格有读不出的字节（文件不完整或被截断）；请重新导出或改正这一格；",
        "this cell has bytes that are no text (the file is damaged or cut off); export it again or correct the cell; ",
    ),
)
_TOO_NARROW = (
    "column too narrow",
    Words(
        "列宽不够，导出时数值变成了 # 号；请加宽该列后重新导出；",
        "the column was too narrow and the value was exported as # signs; widen it and export the file again; ",
    ),
)


def failed(cell: pl.Expr) -> pl.Expr:
    """Whether a cell holds a failure; false for a blank one, and for a text that begins with = (somebody's name may)."""
    return cell.str.contains(_FAILED).fill_null(value=False)


def failure(value: str | None) -> tuple[str, Words] | None:
    """Why a cell holds a failure, as a fixed key, and what to do; None for any other."""
    if value is None:
        return None
    if BROKEN in value:
        return _BROKEN
    # Wider than `failed`, since a value that comes here was refused already and only the reason is wanted.
    if _FORMULA.match(value):
        return _NOT_CALCULATED
    if not re.match(_FAILED, value):
        return None
    return _TOO_NARROW if _NARROW.fullmatch(value) else FAILED_FORMULA
