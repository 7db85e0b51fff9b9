"""Tables whose rows are households, read as facts by a mapping."""

from dataclasses import replace

import polars as pl

from workbench.errors import FileError, QuestionError, Words
from workbench.intake.findings.limits import within_limits
from workbench.intake.findings.problems import Findings, like_data, quoted_headers
from workbench.intake.findings.result import COUNTY, KEY, IntakeResult, by_county
from workbench.intake.reading.sheet import OVERFLOW, ROW, Sheet
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.cells import TableReading, fact_of
from workbench.intake.tables.household_numbers import household_number, refusals, report_refusals
from workbench.intake.tables.layouts import columns, known_names
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.nearest import suggestion

_KEY_JOIN = "-"
TWO_FAMILIES = Words(
    "同一户编号下有两户人家，都未导入；请核对户编号，各用各的",
    "two families stand under one household number, neither is taken in; give each its own number",
)
TOO_MANY_CELLS = Words(
    "此行的单元格多于表头；请检查是否错列", "the row has more cells than there are headers; check for shifted cells"
)


def read_table(sheet: Sheet, mapping: Mapping, county: str | None, *, own_keys: bool = True) -> IntakeResult:
    """Read a sheet whose rows are households. Raises InputError for columns that the file does not have.

    `own_keys`: the key may be anything that tells households apart, words too; else it is a household number.
    """
    blank = pl.all_horizontal(pl.exclude(ROW).is_null())
    sheet = replace(sheet, frame=sheet.frame.filter(~blank))
    findings = Findings(_personal(mapping), sheet.parts)
    reading = TableReading(sheet, mapping, findings, _headers(sheet, mapping), own_keys)
    if county is None and COUNTY not in mapping.facts:
        message = Words(
            "不知道属于哪个县区；请指明县区（--county），或在映射的 facts 中写 county_code",
            "the county is not known; say which (--county), or map county_code",
            code="intake.county-not-said",
        )
        raise QuestionError(sheet.path, message, "county")
    facts = {name: fact_of(reading, name, source) for name, source in mapping.facts.items()}
    if county is not None:
        if COUNTY in facts:
            _warn_of_another_county(reading, facts[COUNTY], county)
        facts[COUNTY] = pl.lit(county)
    key = pl.concat_str([household_number(reading.cell(column)) for column in mapping.key], separator=_KEY_JOIN)
    frame = reading.sheet.frame.select(
        ROW, OVERFLOW, key.alias(KEY), *(expr.alias(name) for name, expr in facts.items())
    )
    columns = {name: source.column for name, source in mapping.facts.items() if source.column is not None}
    accepted = within_limits(_accept(reading, frame), columns, reading.findings)
    return IntakeResult(
        layout="mapping",
        facts=by_county(accepted.sort(KEY), [KEY, *facts]),
        persons={},
        accepted_households=len(accepted),
        accepted_persons=_persons(accepted),
        rejected_rows=len(frame) - len(accepted),
        problems=reading.findings.sorted_problems(),
        warnings=reading.findings.sorted_warnings(),
        notes=tuple(reading.findings.notes),
        rows=by_county(accepted, [KEY, ROW]),
    )


def _warn_of_another_county(reading: TableReading, stated: pl.Expr, county: str) -> None:
    """Say where the table names another county than the person did, once for each: the person's word is taken."""
    column = reading.mapping.facts[COUNTY].column or COUNTY
    other = reading.sheet.frame.select(row=ROW, value=stated).filter(pl.col("value") != county)
    reading.findings.warn(
        other.unique("value", keep="first", maintain_order=True), column, "other county",
        Words(
            f"与所选县区 {county} 不同，按所选县区（--county）导入；请核实",
            f"differs from the county chosen, {county}, which is taken (--county); please check",
        ),
    )  # fmt: skip


def _persons(accepted: pl.DataFrame) -> int | None:
    """The persons of the accepted households, where the table says how many each has."""
    if "persons" not in accepted.columns or accepted["persons"].null_count():
        return None
    return int(accepted["persons"].sum())


def _personal(mapping: Mapping) -> frozenset[str]:
    """The columns that a mapping names which hold names or numbers of persons, and the key where one of them is in it."""
    names = {name: known_names().get(fold_header(name)) for name in mapping.named_columns()}
    personal = {name for name, known in names.items() if known in columns() and columns()[str(known)].personal}
    key = {"、".join(mapping.key)} if personal & set(mapping.key) else set()
    return frozenset(personal | key)


def _headers(sheet: Sheet, mapping: Mapping) -> dict[str, str]:
    """The file's own header for each column that the mapping names."""
    folded: dict[str, str] = {}
    for header in sheet.headers:
        folded.setdefault(fold_header(header), header)
    own = {name: name if name in sheet.headers else folded.get(fold_header(name)) for name in mapping.named_columns()}
    absent = [name for name, header in own.items() if header is None]
    if absent:
        known = [] if like_data(sheet.headers) else sheet.headers
        named = [suggestion(name, known).after(repr(name)) for name in absent]
        row, seen = sheet.header_row, quoted_headers(sheet.headers)
        message = Words(
            f"映射中的列在文件里没有：{'；'.join(one.zh for one in named)}；第 {row} 行的表头：{seen.zh}；请改映射中的列名",
            f"the mapping names columns that the file does not have: {'; '.join(one.en for one in named)}; "
            f"headers in row {row}: {seen.en}; correct the names in the mapping",
            code="intake.mapped-columns-missing",
        )
        raise FileError(sheet.path, message)
    return {name: header for name, header in own.items() if header is not None}


def _accept(reading: TableReading, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are one household each; the others are reported, and rejected."""
    sheet, findings = reading.sheet, reading.findings
    key_name = "、".join(reading.mapping.key)
    parts = [household_number(reading.cell(column)) for column in reading.mapping.key]
    refused = sheet.frame.select(
        ROW,
        value=pl.concat_str(parts, separator=_KEY_JOIN, ignore_nulls=len(parts) > 1),
        reason=refusals(parts, own_keys=reading.own_keys),
    )
    report_refusals(refused, key_name, findings)
    value = pl.col(KEY)
    accepted = frame.filter(refused["reason"].is_null())
    no_county = accepted.filter(pl.col(COUNTY).is_null())
    findings.problem(
        no_county.select(row=ROW, value=pl.lit(None, pl.String)), COUNTY, "missing",
        Words(
            "不知道县区，此行未导入；请补全，或指明县区（--county）",
            "the county is not known, the row is rejected; fill it in, or say the county (--county)",
        ),
    )  # fmt: skip
    accepted = accepted.filter(pl.col(COUNTY).is_not_null())
    # Before repeated rows are looked at, of which the first stays: of two families neither may.
    accepted = _without_two_families(accepted, key_name, findings)
    findings.problem(
        accepted.filter(~value.is_first_distinct()).select(row=ROW, value=value), key_name, "duplicate household",
        Words(
            "此户在上面已有，此行未导入；请只留一行", "the household is already above, the row is rejected; keep one row"
        ),
    )  # fmt: skip
    findings.problem(
        accepted.filter(pl.col(OVERFLOW).is_not_null()).select(row=ROW, value=OVERFLOW), "", "too many cells",
        TOO_MANY_CELLS,
    )  # fmt: skip
    return accepted.filter(value.is_first_distinct())


def _without_two_families(rows: pl.DataFrame, key_name: str, findings: Findings) -> pl.DataFrame:
    """The rows without those of a number that stands in two places: two families, of which neither is taken."""
    places = [pl.col(name) for name in ("township", "village") if name in rows.columns]
    if not places:
        return rows
    # A blank place contradicts nothing; under a number of two families it may be of either.
    shared = pl.any_horizontal([place.drop_nulls().n_unique().over(KEY) > 1 for place in places])
    two = rows.filter(shared).select(row=ROW, value=KEY)
    findings.problem(two, key_name, "two families", TWO_FAMILIES)
    return rows.filter(~shared)
