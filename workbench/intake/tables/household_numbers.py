"""Household numbers: one number under every guise that a spreadsheet gives it, and what is no number (contract §1).

The same for lists of persons, lists of households, and the keys of a mapping, so that a corrected file finds its
households again.
"""

import re

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import EXPORT_AS_TEXT, Findings
from workbench.intake.reading.sheet import ROW

_MARKS = r"[\s\x{00AD}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]+"
"""Blanks, and marks that nobody sees: of zero width, of the direction of writing, soft hyphens."""
_QUOTES = "['\"`\u00b4\u2018\u2019\u201c\u201d\u2032]+"
_PREFIX = r"^(?:户编号|户编码|户号|户)[:：]?([0-9])"
_THOUSANDS = r"^\d{1,3}(?:,\d{3})+(?:\.0*)?$"
_PLAIN_DIGITS = r"^[0-9]+$"
_DECIMAL = r"^\d+\.0*$"
_POWER = r"^(\d)(?:\.(\d*))?[Ee]\+?(\d{1,3})$"
_LOOKS_DAMAGED = r"^\d(?:\.\d*[Ee]\+?\d{1,3}|[Ee]\+\d{1,3}|[Ee]\d{2,3})$"
_EXACT_DIGITS = 15
"""A spreadsheet keeps 15 digits of a number and writes 0 for the rest."""
_EXACT_BELOW = 2**53
"""Up to here a binary fraction tells neighbouring whole numbers apart."""

_WORDS = (
    "无", "没有", "暂无", "尚无", "无户编号", "无编号", "空", "空白", "未知", "不详", "不明", "不清楚", "待定", "待补", "待补充", "待填", "待查", "待核实", "待核",
    "未填", "未编", "未编号", "未录入", "未建档", "新增", "同上", "略", "缺", "其他", "否", "是", "null", "none", "nan", "nil", "na", "n/a", "n.a.", "tbd", "unknown",
)  # fmt: skip
_STAND_IN = (
    rf"^(?:0|[^\p{{L}}\p{{N}}]+|{'|'.join(re.escape(word) for word in _WORDS)}|#(?:n/a|na|div/0!|ref!|value!|name\?|num!|null!"
    r"|spill!|calc!|getting_data))$"
)
_TOTAL = r"^(?:.*(?:合计|总计|小计|共计|累计|总数).*|共\d+[户人].*|(?:grand|sub)?-?total[:：]?.*|sum[:：]?[\d,.]*)$"
_NUMBER = r"^(?:\p{Han}{0,8}[-_#]?\d{4,}|[A-Za-z0-9](?:[A-Za-z0-9._/#-]*[A-Za-z0-9])?)$"
_ZEROS = r"^[0-]+$"
_REJECTED = Words("此行未导入", "the row is rejected")
_REASONS = {
    "missing": Words("没有户编号，", "no household number, ")
    + _REJECTED
    + Words("；请补全后再导入", "; fill it in and read the file again"),
    "damaged number": Words(
        "表格软件改过这个号码，已丢失后几位，", "a spreadsheet changed this number and its tail is lost, "
    )
    + _REJECTED
    + Words("；", "; ")
    + EXPORT_AS_TEXT,
    "stand-in": Words("不是户编号，", "this is no household number, ")
    + _REJECTED
    + Words("；请填上各户自己的编号", "; fill in the household's own number"),
    "total": Words("是合计行，不是一户，", "this is a sum, not a household, ") + _REJECTED,
}


def household_number(cell: pl.Expr) -> pl.Expr:
    """A cell as a household number: without marks, quotes and a 户 before it; 3.4159999100001E13 and ….0 in digits.

    What has lost digits stays as it is written; a blank cell is null.
    """
    return cell.map_batches(_as_numbers, return_dtype=pl.String)


def _as_numbers(cells: pl.Series) -> pl.Series:
    """The numbers of a column; only what is not plain digits is looked at more closely, each writing once."""
    odd = cells.filter(~cells.str.contains(_PLAIN_DIGITS)).unique()
    if odd.is_empty():
        return cells
    plain = pl.col("cell")
    table = pl.DataFrame({"written": odd, "cell": odd})
    for step in (
        # Before NFKC, which makes a blank and an accent of this mark.
        plain.str.replace_all("\u00b4", "'", literal=True).str.normalize("NFKC").str.replace_all(_MARKS, ""),
        plain.str.replace(f"^{_QUOTES}", "").str.replace(f"{_QUOTES}$", "").str.replace(_PREFIX, "${1}"),
        pl.when(plain.str.contains(_THOUSANDS)).then(plain.str.replace_all(",", "", literal=True)).otherwise(plain),
    ):
        table = table.with_columns(step.alias("cell"))
    table = table.with_columns(
        pl.when(plain.str.contains(_DECIMAL)).then(plain.str.replace(r"\..*$", "")).alias("whole")
    )
    whole = pl.col("whole")
    exact = pl.coalesce(pl.when(_is_exact(whole)).then(whole), _of_power(plain), plain)
    table = table.with_columns(exact.alias("cell")).with_columns(pl.when(plain != "").then(plain).alias("cell"))
    return cells.replace(table["written"], table["cell"])


def damaged(number: pl.Expr) -> pl.Expr:
    """Whether a number, as `household_number` gives it, has lost digits."""
    return number.str.contains(f"{_LOOKS_DAMAGED}|{_DECIMAL}").fill_null(value=False)


def is_stand_in(number: pl.Expr) -> pl.Expr:
    """Whether it is a word or a sign in the place of a number: 0, 无, /, #N/A, 待定."""
    return number.str.to_lowercase().str.contains(_STAND_IN).fill_null(value=False)


def is_total(number: pl.Expr) -> pl.Expr:
    """Whether it names a sum of households: 合计, 合计：2户, 共2户."""
    return number.str.to_lowercase().str.contains(_TOTAL).fill_null(value=False)


def is_word(number: pl.Expr) -> pl.Expr:
    """Whether it is no number of a national list at all: a word, or a sentence with a figure in it."""
    return ~(number.str.contains(_NUMBER) & number.str.contains(r"\d")).fill_null(value=True)


def is_all_zeros(key: pl.Expr) -> pl.Expr:
    """Whether a number is nothing but noughts."""
    return key.str.contains(_ZEROS).fill_null(value=False)


def _of_power(plain: pl.Expr) -> pl.Expr:
    """The digits of a number in E notation, where all of them are written; else null."""
    parts = plain.str.extract_groups(_POWER)
    decimals = parts.struct.field("2").fill_null("")
    length = parts.struct.field("3").cast(pl.Int64, strict=False)
    digits = parts.struct.field("1") + decimals.str.slice(0, length)
    beyond = decimals.str.slice(length)
    complete = (decimals.str.len_chars() >= length) & beyond.str.contains(r"^0*$") & _is_exact(digits)
    return pl.when(complete).then(digits)


def _is_exact(digits: pl.Expr) -> pl.Expr:
    """Whether a number that was a binary fraction still has all its digits."""
    value = digits.cast(pl.Int64, strict=False)
    # A spreadsheet writes 0 for a lost digit: with another last digit, and below 2**53, all of them are there.
    return (digits.str.len_chars() <= _EXACT_DIGITS) | ((value < _EXACT_BELOW) & (value % 10 != 0))


def refusals(parts: list[pl.Expr], *, own_keys: bool) -> pl.Expr:
    """Why a household number (or a key of several parts) is none, as a reason; null where nothing is wrong.

    `own_keys`: a mapping's, which may be words; else they are numbers of a county's system.
    """
    # Of a key of several parts one may be 0, such as a group of a village; all of them may not.
    no_number = [is_stand_in(part) if len(parts) == 1 else is_stand_in(part) & (part != "0") for part in parts]
    if not own_keys:
        no_number += [is_word(part) | is_all_zeros(part) for part in parts]
    no_number += [pl.all_horizontal([part == "0" for part in parts])]
    return (
        pl.when(pl.any_horizontal([part.is_null() for part in parts]))
        .then(pl.lit("missing"))
        .when(pl.any_horizontal([damaged(part) for part in parts]))
        .then(pl.lit("damaged number"))
        .when(pl.any_horizontal([is_total(part) for part in parts]))
        .then(pl.lit("total"))
        .when(pl.any_horizontal(no_number))
        .then(pl.lit("stand-in"))
    )


def report_refusals(rows: pl.DataFrame, column: str, findings: Findings) -> None:
    """Report the rows (`#row`, `value`, `reason`) whose household number is none."""
    for reason, message in _REASONS.items():
        refused = rows.filter(pl.col("reason") == reason).select(row=ROW, value="value")
        findings.problem(refused, column, reason, message)
