"""What reading a file brings: tables of facts and of persons by county, and every finding."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl
import pyarrow as pa

from workbench.errors import Words
from workbench.intake.findings.problems import Problem, broken_cells
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.reading.sheet_choice import SheetAccount
from workbench.intake.reading.skipped_rows import SkippedRow

COUNTY = "county_code"
KEY = "household_id"
_CUT_BY = "#county"
_HOUSEHOLD_NUMBER = "户编号"


@dataclass(frozen=True)
class IntakeResult:
    """The outcome of reading one file; nothing is written.

    `facts`: by county code, one row a household, the facts that the file provides (a fact without a column is null).
    `persons`: by county code, one row a member, personal columns, all text; kept apart from the facts.
    `accepted_persons` counts rows (a member listed twice counts twice here, and once in the facts); of tables whose
    rows are households it is the sum of the fact `persons`, None where that is not known of each.
    `accepted_persons` of a list of members (or `accepted_households` of a table) + `rejected_rows` = rows of data.
    `rows`: by county code, of which household (`household_id`) each row of the sheet (`#row`) is; a finding is so known
    again in a later file.
    `simulated`: the file says itself that its households are made up. `sheets`: what became of each of its sheets.
    `columns`: what each header was taken for, how and how sure, in the order of the table.
    `skipped_rows`: those that are no households; they are not counted as rejected.
    `heads_only`: only the heads of households are named, so that it says nothing of who else is a member.
    """

    layout: str
    facts: dict[str, pa.Table]
    persons: dict[str, pa.Table]
    accepted_households: int
    accepted_persons: int | None
    rejected_rows: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[Words, ...]
    simulated: bool = False
    rows: dict[str, pa.Table] = field(default_factory=dict)
    sheets: tuple[SheetAccount, ...] = ()
    columns: tuple[ColumnMatch, ...] = ()
    skipped_rows: tuple[SkippedRow, ...] = ()
    heads_only: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the sheets whose rows the numbers of `rows` count through, where they are several."""
        read = tuple(each.name for each in self.sheets if each.read)
        return read if len(read) > 1 else ()


def household_ids(result: IntakeResult) -> set[str]:
    """The households of a file, over all its counties."""
    return {number for table in result.facts.values() for number in pl.Series(table[KEY]).to_list()}


def with_broken_rows(result: IntakeResult, cells: pl.DataFrame) -> IntakeResult:
    """The result with a finding for each broken cell (`#row`, `column`), in the place of what else was said of its row."""
    if cells.is_empty():
        return result
    rows = set(cells["#row"])
    # Text may have moved into other cells of such a row: whatever else was found in it would mislead.
    others = [each for each in result.problems if each.row not in rows]
    problems = sorted((*others, *broken_cells(cells.iter_rows())), key=lambda each: each.row or 0)
    return replace(result, problems=tuple(problems))


def with_nobody_in_it(result: IntakeResult) -> IntakeResult:
    """The result with a finding where a file has no household and nothing else says why: a header with nothing below it."""
    if result.accepted_households or result.problems:
        return result
    # Contract §5: whoever hands in a list of nobody is told, and does not take it for one that was in already.
    message = Words(
        "表头下面没有一户；请核对是否选对了文件和工作表、名单是否填好，再导入",
        "there is no household below the header; check the file and its sheet, and that the list is filled in, and read it again",
    )
    return replace(result, problems=(Problem(None, _HOUSEHOLD_NUMBER, None, "no household", message),))


def by_county(frame: pl.DataFrame, columns: Sequence[str] | None = None) -> dict[str, pa.Table]:
    """Cut a frame by its `county_code` into Arrow tables, in order of code."""
    chosen = list(columns) if columns is not None else frame.columns
    # Of the columns wanted, and uncut where there is one county: a list of persons is copied whole otherwise.
    codes = frame[COUNTY].unique()
    if len(codes) == 1:
        return {str(codes[0]): to_arrow(frame.select(chosen))}
    keyed = frame.select(pl.col(COUNTY).alias(_CUT_BY), *chosen)
    parts = keyed.partition_by(_CUT_BY, as_dict=True, maintain_order=True, include_key=False)
    return {str(code): to_arrow(part) for (code,), part in sorted(parts.items(), key=lambda item: str(item[0][0]))}


def to_arrow(frame: pl.DataFrame) -> pa.Table:
    """Text as `string`, the type that facts are stored as; Polars gives `large_string`."""
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [field.with_type(pa.string()) if field.type == pa.large_string() else field for field in table.schema]
    return table.cast(pa.schema(fields))
