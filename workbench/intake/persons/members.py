"""The rows of a person list: one a member, cells read by the type of their column, what is wrong with them reported.

For each column that the file has, the frame holds the cell as folded text under its name, and what it means under
`=name`: null where the cell is blank or cannot be read (`bad` tells the two apart).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.parameters import load_yaml
from workbench.errors import Words
from workbench.intake.findings.problems import EXPORT_AS_TEXT, UNTIL_CORRECTED, Findings
from workbench.intake.findings.result import COUNTY
from workbench.intake.matching.units import in_units
from workbench.intake.reading.failed_cells import FAILED_FORMULA, failed
from workbench.intake.reading.rows import rows_where
from workbench.intake.reading.sheet import OVERFLOW, ROW, Sheet
from workbench.intake.reading.text import fold, fold_columns, fold_text, number, whole
from workbench.intake.tables.cells import NOT_A_NUMBER, NOT_A_YEAR, NOT_WHOLE, not_accepted, shortened
from workbench.intake.tables.household_numbers import damaged, household_number, refusals, report_refusals
from workbench.intake.tables.layouts import HOUSEHOLD, Column, columns
from workbench.intake.tables.places import county_code, known_counties
from workbench.intake.tables.table import TOO_MANY_CELLS
from workbench.intake.tables.years import year_of

ID_NUMBER = "证件号码"
PERSON = "人编号"
NAME = "姓名"
HEAD_NAME, HEAD_ID = "户主姓名", "户主证件号码"
_COUNTY = "县"
_TOTALS = r"^(?:合计|总计|小计|共计|累计)[:：]?\d*$"
_TOTALS_STAND_IN = ("序号", "省", "市", "县", "乡", "村", "自然村", HOUSEHOLD, NAME)
_REFUSED = "#refused"
_SEPARATORS = r"[、;/|+]+"


@dataclass(frozen=True)
class Members:
    """Rows with a household and a county (`county_code`), columns as the module says; `rejected` rows had none."""

    frame: pl.DataFrame
    present: frozenset[str]
    rejected: pl.DataFrame


def parsed(name: str) -> pl.Expr:
    """What the cells of a column mean."""
    return pl.col(f"={name}")


def bad(name: str) -> pl.Expr:
    """Whether a cell of a column could not be read."""
    return pl.col(name).is_not_null() & parsed(name).is_null()


def read_members(
    sheet: Sheet,
    headers: dict[str, str],
    county: str | None,
    findings: Findings,
    *,
    factors: Mapping[str, float],
    own_keys: bool,
) -> Members:
    """Type the cells of a sheet, of which `headers` gives the header by column name; report what cannot be read.

    `own_keys`: households may be told apart by words, as a mapping's key may be.
    `factors`: by column, what makes yuan, mu or months of its numbers, where the file has another unit.
    """
    frame = sheet.frame.select(ROW, OVERFLOW, *(pl.col(header).alias(name) for name, header in headers.items()))
    frame = data_rows(frame, headers, findings)
    known = [columns()[name] for name in headers if name in columns()]
    coded = [column for column in known if column.type != "text"]
    # Not the coded columns and the household number, which refuse a failed formula as no value of theirs.
    frame = _without_failures(frame, set(headers) - {HOUSEHOLD} - {column.name for column in coded}, findings)
    numbers = [name for name in (HOUSEHOLD, PERSON) if name in headers]
    folded = [*(column.name for column in coded), *([ID_NUMBER] if ID_NUMBER in headers else [])]
    frame = fold_columns(frame.with_columns(household_number(pl.col(name)) for name in numbers), folded)
    frame = frame.with_columns(
        _meaning(column, factors.get(column.name, 1.0)).alias(f"={column.name}") for column in coded
    )
    for column in coded:
        _report_bad(frame, column, headers[column.name], findings)
    frame = _fill_blanks(frame, {column.name for column in coded})
    _report_overflow(frame, findings)
    return _with_household_and_county(frame, frozenset(headers), county, findings, own_keys=own_keys)


def _without_failures(frame: pl.DataFrame, names: set[str], findings: Findings) -> pl.DataFrame:
    """Texts, of which any would do: what stands in the place of a failed formula is reported, and is not one."""
    concerned = [name for name in sorted(names) if frame.select(failed(pl.col(name)).any()).item()]
    for name in concerned:
        findings.problem(frame.filter(failed(pl.col(name))).select(row=ROW, value=pl.col(name)), name, *FAILED_FORMULA)
    return frame.with_columns(pl.when(~failed(pl.col(name))).then(pl.col(name)).alias(name) for name in concerned)


def data_rows(frame: pl.DataFrame, headers: dict[str, str], findings: Findings) -> pl.DataFrame:
    """The rows that tell of a person or household: no blank ones, totals, repeated headers, or footers."""
    person = [name for name in (HOUSEHOLD, PERSON, NAME, HEAD_NAME, ID_NUMBER) if name in headers]
    places = [name for name in _TOTALS_STAND_IN if name in headers]
    blank = pl.all_horizontal(pl.exclude(ROW).is_null())
    # A row with two of its names and numbers filled is somebody, whatever word stands in it.
    nobody = pl.sum_horizontal([pl.col(name).is_not_null() for name in person]) <= 1
    totals = nobody & _says_total(places) if frame.select(nobody.any()).item() else pl.lit(value=False)
    header = fold(pl.col(HOUSEHOLD)).eq_missing(pl.lit(fold_text(headers[HOUSEHOLD])))
    filled = pl.sum_horizontal([pl.col(name).is_not_null() for name in headers])
    footer = pl.all_horizontal(pl.col(person).is_null()) & (2 * filled < len(headers))
    kinds = frame.select(
        kind=pl.when(blank).then(0).when(totals).then(1).when(header).then(2).when(footer).then(3).otherwise(4)
    ).to_series()
    for kind, words in (
        (1, Words("合计行", "rows of totals")),
        (2, Words("重复的表头", "repeated headers")),
        (3, Words("非数据行", "rows of no data")),
    ):
        rows = frame.filter(kinds == kind)[ROW].to_list()
        if rows:
            shown = "、".join(map(str, rows[:10])) + ("…" if len(rows) > 10 else "")  # noqa: PLR2004 - what fits a line
            findings.notes.append(
                Words(
                    f"跳过{words.zh} {len(rows)} 行：第 {shown} 行",
                    f"skipped {len(rows)} {words.en}: in rows {shown}",
                    code="intake.member-rows-skipped",
                )
            )
    return rows_where(frame, kinds == 4)  # noqa: PLR2004 - the last of the kinds above


def _says_total(places: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal([fold(pl.col(name)).str.contains(_TOTALS).fill_null(value=False) for name in places])


def _meaning(column: Column, factor: float) -> pl.Expr:
    cell = pl.col(column.name)
    if column.type == "year":
        return year_of(cell)
    if column.type in ("number", "whole"):
        value = in_units(number(cell), factor) if column.type == "number" else whole(cell)
        return value if column.min is None else pl.when(value >= column.min).then(value)
    values = {fold_text(text): meaning for text, meaning in (column.values or {}).items()}
    if not column.multiple:
        return cell.replace_strict(values, default=None, return_dtype=pl.String)
    several = cell.str.replace_all(_SEPARATORS, ",").str.strip_chars(",").str.split(",")
    meanings = several.list.eval(pl.element().replace_strict(values, default=None, return_dtype=pl.String))
    # One part that is not known makes the cell unreadable: the rest would look like all of it.
    return pl.when(~meanings.list.contains(pl.lit(None, pl.String))).then(meanings)


def _report_bad(frame: pl.DataFrame, column: Column, header: str, findings: Findings) -> None:
    # Chosen first, then filtered: of the other columns no row is wanted.
    rows = frame.select(row=ROW, value=pl.col(column.name), bad=bad(column.name)).filter("bad").drop("bad")
    if rows.is_empty():
        return
    named = _header_in_words(header, column)
    if column.type == "code":
        accepted = shortened(list(column.values or {}))
        # A column that no fact comes from cannot make one unknown.
        report = findings.problem if column.feeds else findings.warn
        report(
            rows,
            column.name,
            "unknown value",
            named + not_accepted(accepted),
        )
        return
    if column.type == "year":
        findings.problem(rows, column.name, "not a number", named + NOT_A_YEAR)
        return
    is_number = number(pl.col("value")).is_not_null()
    is_whole = whole(pl.col("value")).is_not_null() if column.type == "whole" else is_number
    findings.problem(rows.filter(~is_number), column.name, "not a number", named + NOT_A_NUMBER)
    findings.problem(rows.filter(is_number & ~is_whole), column.name, "not a whole number", named + NOT_WHOLE)
    least = Words(f"应不小于 {column.min}；", f"expected at least {column.min}; ")
    findings.problem(rows.filter(is_whole), column.name, "out of range", named + least + UNTIL_CORRECTED)


def _header_in_words(header: str, column: Column) -> Words:
    """What the file calls the column, where that is not its name."""
    return Words("", "") if header == column.name else Words(f"（表头“{header}”）", f"(header “{header}”) ")


def _fill_blanks(frame: pl.DataFrame, coded: set[str]) -> pl.DataFrame:
    """Give blank cells the meaning that leaving them blank has, as `intake_facts.yaml` says."""
    for rule in load_yaml("intake_facts")["blanks"]:
        name = rule["column"]
        given, blank = rule.get("given", []), rule.get("blank", [])
        if (
            name not in coded
            # A column blank throughout was not filled in, and its blanks mean nothing.
            or frame[name].null_count() == len(frame)
            or any(one not in frame.columns for one in given)
        ):
            continue
        applies = [pl.col(one).is_not_null() for one in given]
        applies += [pl.col(one).is_null() for one in blank if one in frame.columns]
        meant = pl.lit(rule["value"]).cast(frame.schema[f"={name}"])
        fill = pl.all_horizontal(pl.col(name).is_null(), *applies)
        frame = frame.with_columns(pl.when(fill).then(meant).otherwise(parsed(name)).alias(f"={name}"))
    return frame


def _report_overflow(frame: pl.DataFrame, findings: Findings) -> None:
    findings.problem(
        frame.filter(pl.col(OVERFLOW).is_not_null()).select(row=ROW, value=OVERFLOW), "", "too many cells",
        TOO_MANY_CELLS,
    )  # fmt: skip


def _without_damaged_persons(frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Numbers that a spreadsheet cut off are nobody's: two persons may share what is left of theirs."""
    lost = damaged(pl.col(PERSON))
    findings.problem(
        frame.filter(lost).select(row=ROW, value=pl.col(PERSON)), PERSON, "damaged number",
        Words("被表格软件变成了科学计数，此号不用；", "a spreadsheet turned it into a number, it is not used; ") + EXPORT_AS_TEXT,
    )  # fmt: skip
    return frame.with_columns(pl.when(~lost).then(pl.col(PERSON)).alias(PERSON))


def _with_household_and_county(
    frame: pl.DataFrame, present: frozenset[str], county: str | None, findings: Findings, *, own_keys: bool
) -> Members:
    if PERSON in present:
        frame = _without_damaged_persons(frame, findings)
    frame = frame.with_columns(refusals([pl.col(HOUSEHOLD)], own_keys=own_keys).alias(_REFUSED))
    report_refusals(frame.select(ROW, value=HOUSEHOLD, reason=_REFUSED), HOUSEHOLD, findings)
    written = pl.col(_COUNTY) if _COUNTY in present else pl.lit(None, pl.String)
    codes = frame.select(written.alias(_COUNTY)).unique().drop_nulls().to_series().to_list()
    stated = written.replace_strict({one: county_code(one) for one in codes}, default=None, return_dtype=pl.String)
    if county is not None:
        other = frame.filter(stated != county).unique(_COUNTY, keep="first") if codes else frame.clear()
        findings.warn(
            other.select(row=ROW, value=written), _COUNTY, "other county",
            Words(
                f"与所选县区 {county} 不同，按所选县区（--county）导入；请核实", f"differs from the county chosen, {county}, which is taken (--county); please check"
            ),
        )  # fmt: skip
    frame = frame.with_columns((stated if county is None else pl.lit(county)).alias(COUNTY))
    keeps = pl.col(_REFUSED).is_null()
    # A household lies in one county: a row without one takes that of its household.
    of_household = pl.col(COUNTY).drop_nulls().first().over(HOUSEHOLD)
    findings.problem(
        frame.filter(keeps & (pl.col(COUNTY) != of_household)).select(row=ROW, value=written), _COUNTY, "other county",
        Words(
            "与同户上面的行不是同一县区，按上面的行；请核实",
            "not the county of the household's rows above, which is taken; please check",
        ),
    )  # fmt: skip
    frame = frame.with_columns(pl.when(keeps).then(of_household).otherwise(pl.col(COUNTY)).alias(COUNTY))
    lost = keeps & pl.col(COUNTY).is_null()
    findings.problem(
        frame.filter(lost).select(row=ROW, value=written), _COUNTY, "unknown county",
        Words(
            f"不是六安的县区，此行未导入；可用：{known_counties()}；或指明县区（--county）",
            f"not a county of Lu'an, the row is rejected; accepted: {known_counties()}; or say the county (--county)",
        ),
    )  # fmt: skip
    keeps &= pl.col(COUNTY).is_not_null()
    return Members(rows_where(frame, keeps), present, frame.filter(~keeps))
