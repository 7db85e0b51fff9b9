"""Tables whose rows are households, read as facts by a mapping."""

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, FACT, FactType
from workbench.errors import FileError, QuestionError, Words
from workbench.intake.findings.limits import within_limits
from workbench.intake.findings.problems import UNTIL_CORRECTED, Findings, like_data, quoted_headers
from workbench.intake.findings.result import COUNTY, KEY, IntakeResult, by_county
from workbench.intake.matching.units import in_units, of_household_only, times_persons
from workbench.intake.reading.failed_cells import FAILED_FORMULA, failed
from workbench.intake.reading.sheet import OVERFLOW, ROW, Sheet
from workbench.intake.reading.text import as_whole, fold, fold_header, fold_text, number
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.intake.tables.household_numbers import household_number, refusals, report_refusals
from workbench.intake.tables.layouts import columns, known_names
from workbench.intake.tables.mapping import Mapping, Source
from workbench.intake.tables.nearest import suggestion
from workbench.intake.tables.places import county_code
from workbench.intake.tables.years import year_of

_KEY_JOIN = "-"
_FEN = 2
_BOOLEANS = {
    "true": True, "false": False, "1": True, "0": False, "是": True, "否": False, "yes": True, "no": False,
}  # fmt: skip
NOT_A_NUMBER = Words("不是数字；", "not a number; ") + UNTIL_CORRECTED
NOT_A_NUMBER_OF_YOUR_OWN = NOT_A_NUMBER + Words(
    "；若是真假或代码，请在映射中写 values: {true: true, false: false}",
    "; if it is yes/no or a code, say so in the mapping: values: {true: true, false: false}",
)
NOT_A_YEAR = Words("不是年份；应为 2018、2018-12-31 一类；", "not a year; expected 2018, 2018-12-31 or the like; ") + (
    UNTIL_CORRECTED
)
NOT_WHOLE = Words("不是整数；", "not a whole number; ") + UNTIL_CORRECTED
TWO_FAMILIES = Words(
    "同一户编号下有两户人家，都未导入；请核对户编号，各用各的",
    "two families stand under one household number, neither is taken in; give each its own number",
)
TOO_MANY_CELLS = Words(
    "此行的单元格多于表头；请检查是否错列", "the row has more cells than there are headers; check for shifted cells"
)


def not_accepted(accepted: str) -> Words:
    """A value that is none of those accepted."""
    return (
        Words(f"不是可用的值；可用：{accepted}；", f"not an accepted value; accepted: {accepted}; ") + UNTIL_CORRECTED
    )


_MOST_SHOWN = 20
_COMPUTED = "#computed "


def shortened(accepted: Sequence[str]) -> str:
    """What may be written, as much of it as a message holds."""
    named = list(dict.fromkeys(accepted))
    return "、".join(named[:_MOST_SHOWN]) + ("…" if len(named) > _MOST_SHOWN else "")


@dataclass
class _Reading:
    """A sheet being read by a mapping."""

    sheet: Sheet
    mapping: Mapping
    findings: Findings
    header: Lookup[str, str]
    own_keys: bool

    def cell(self, column: str) -> pl.Expr:
        return pl.col(self.header[column])

    def computed(self, value: pl.Expr) -> pl.Expr:
        """Compute the value once, as a column of its own, for conditions and reports that name it again and again."""
        name = f"{_COMPUTED}{len(self.sheet.frame.columns)}"
        self.sheet = replace(self.sheet, frame=self.sheet.frame.with_columns(value.alias(name)))
        return pl.col(name)

    def report(self, column: str, wrong: pl.Expr, reason: str, message: Words) -> None:
        rows = self.sheet.frame.filter(wrong).select(row=ROW, value=self.cell(column))
        self.findings.problem(rows, column, reason, message)


def read_table(sheet: Sheet, mapping: Mapping, county: str | None, *, own_keys: bool = True) -> IntakeResult:
    """Read a sheet whose rows are households. Raises InputError for columns that the file does not have.

    `own_keys`: the key may be anything that tells households apart, words too; else it is a household number.
    """
    blank = pl.all_horizontal(pl.exclude(ROW).is_null())
    sheet = replace(sheet, frame=sheet.frame.filter(~blank))
    findings = Findings(_personal(mapping), sheet.parts)
    reading = _Reading(sheet, mapping, findings, _headers(sheet, mapping), own_keys)
    if county is None and COUNTY not in mapping.facts:
        message = Words(
            "不知道属于哪个县区；请指明县区（--county），或在映射的 facts 中写 county_code",
            "the county is not known; say which (--county), or map county_code",
            code="intake.county-not-said",
        )
        raise QuestionError(sheet.path, message, "county")
    facts = {name: _fact(reading, name, source) for name, source in mapping.facts.items()}
    if county is not None:
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


def _accept(reading: _Reading, frame: pl.DataFrame) -> pl.DataFrame:
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
    """The rows without those that stand under one number in two places: two families, of which neither is taken."""
    places = [pl.col(name) for name in ("township", "village") if name in rows.columns]
    if not places:
        return rows
    place = pl.concat_str(places, separator="/", ignore_nulls=True)
    shared = (place.n_unique().over(KEY) > 1) & pl.all_horizontal([each.is_not_null() for each in places])
    two = rows.filter(shared).select(row=ROW, value=KEY)
    findings.problem(two, key_name, "two families", TWO_FAMILIES)
    return rows.filter(~shared)


def _fact(reading: _Reading, name: str, source: Source) -> pl.Expr:
    target = _type(name, source)
    if source.column is not None and name == "exit_year" and source.values is None:
        return _year(reading, source.column)
    if source.column is not None and source.values is not None:
        return _by_values(reading, source.column, source.values, target)
    if source.column is not None:
        return _by_column(reading, name, source, target)
    if source.constant is not None:
        return pl.lit(_county(source.constant) if name == COUNTY else source.constant, POLARS_TYPES[target])
    return _by_expression(reading, source, target)


def _type(name: str, source: Source) -> FactType:
    if not name.startswith(EXTRA_PREFIX):
        return FACT[name].type
    booleans = [isinstance(value, bool) for value in source.literals()]
    return FactType.BOOLEAN if booleans and all(booleans) else FactType.FLOAT


def _by_values(reading: _Reading, column: str, values: Lookup[str, object], target: FactType) -> pl.Expr:
    cell = reading.computed(fold(reading.cell(column)))
    meanings = {fold_text(text): meaning for text, meaning in values.items()}
    known = cell.is_in(list(meanings)).fill_null(value=True)
    accepted = shortened(list(values))
    message = Words(
        f"不在映射的 values 中；可用：{accepted}；", f"not among the mapping's values; accepted: {accepted}; "
    )
    reading.report(column, ~known, "unknown value", message + UNTIL_CORRECTED)
    return cell.replace_strict(meanings, default=None, return_dtype=POLARS_TYPES[target])


def _by_column(reading: _Reading, name: str, source: Source, target: FactType) -> pl.Expr:
    column = source.column
    assert column is not None
    cell = reading.cell(column)
    if name == COUNTY or (target is FactType.STRING and not FACT[name].values):
        cell = _text(reading, column)
    if name == COUNTY:
        return cell.map_elements(_county, return_dtype=pl.String)
    if target is FactType.STRING:
        accepted = FACT[name].values
        return _by_values(reading, column, {str(one): one for one in accepted}, target) if accepted else cell
    if target is FactType.BOOLEAN:
        return _by_values(reading, column, _BOOLEANS, target)
    own = name.startswith(EXTRA_PREFIX)
    value = _number(reading, column, NOT_A_NUMBER_OF_YOUR_OWN if own else NOT_A_NUMBER)
    value = in_units(value, source.factor)
    if of_household_only(source.unit, name):
        raise FileError(reading.sheet.path, _of_household(source))
    if times_persons(source.unit, name):
        value = reading.computed((value * _persons_of(reading, source)).round(_FEN, mode="half_away_from_zero"))
    return value if target is FactType.FLOAT else _whole(reading, name, column, value)


def _of_household(source: Source) -> Words:
    return Words(
        f"“{source.column}”要的是每人的数，单位却是 {source.unit}；请改正单位，或换成每人的数",
        f"{source.column} is to be for each person and its unit is {source.unit}; correct the unit, or give that for each person",
        code="intake.unit-of-household",
    )


def _persons_of(reading: _Reading, source: Source) -> pl.Expr:
    """The persons of each household, by which an amount for each of them is multiplied."""
    persons = reading.mapping.facts.get("persons")
    if persons is None or persons.column is None:
        message = Words(
            f"“{source.column}”的单位是 {source.unit}，要乘以人数，而人数没有对应的列；请指明人数列，或换成全户的数",
            f"{source.column} is in {source.unit}, to be multiplied by the persons, for whom no column is named; name it, or give "
            "amounts of the whole household",
            code="intake.unit-needs-persons",
        )
        raise FileError(reading.sheet.path, message)
    return number(fold(reading.cell(persons.column)), reading.mapping.decimal)


def _text(reading: _Reading, column: str) -> pl.Expr:
    cell = reading.cell(column)
    reading.report(column, failed(cell), *FAILED_FORMULA)
    return pl.when(~failed(cell)).then(cell)


def _year(reading: _Reading, column: str) -> pl.Expr:
    cell = reading.cell(column)
    year = year_of(cell)
    reading.report(column, cell.is_not_null() & year.is_null(), "not a number", NOT_A_YEAR)
    return year


def _number(reading: _Reading, column: str, message: Words = NOT_A_NUMBER) -> pl.Expr:
    cell = reading.computed(fold(reading.cell(column)))
    value = reading.computed(number(cell, reading.mapping.decimal))
    reading.report(column, cell.is_not_null() & value.is_null(), "not a number", message)
    return value


def _whole(reading: _Reading, name: str, column: str, value: pl.Expr) -> pl.Expr:
    integer = reading.computed(as_whole(value))
    reading.report(column, value.is_not_null() & integer.is_null(), "not a whole number", NOT_WHOLE)
    allowed = FACT[name].values
    if allowed is None:
        return integer
    message = not_accepted("、".join(map(str, allowed)))
    reading.report(column, ~integer.is_in(list(allowed)).fill_null(value=True), "unknown value", message)
    return pl.when(integer.is_in(list(allowed))).then(integer)


def _by_expression(reading: _Reading, source: Source, target: FactType) -> pl.Expr:
    expression = source.parsed()
    assert expression is not None
    numbers = {column: _number(reading, column) for column in expression.columns}
    value, by_zero = expression.evaluate(numbers.__getitem__)
    column = expression.columns[0] if expression.columns else ""
    if column:
        message = Words(
            f"{expression.text}：除数为 0；此项记为未知", f"{expression.text}: divided by 0; the fact is not known"
        )
        reading.report(column, by_zero, "division by zero", message)
    value = pl.when(value.is_finite()).then(value)
    name = next(name for name, one in reading.mapping.facts.items() if one is source)
    if target is FactType.FLOAT:
        return value.round(_FEN, mode="half_away_from_zero") if name in FACT and FACT[name].money else value
    return _whole(reading, name, column, value) if column else as_whole(value)


def _county(written: object) -> str:
    """The code of one of Lu'an's counties by name or code; any other region as the file writes it."""
    return county_code(str(written)) or str(written)
