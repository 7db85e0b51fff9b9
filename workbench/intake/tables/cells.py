"""How the cells of a table become the values of one fact, and what is said of those that cannot."""

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, FACT, FactType
from workbench.errors import FileError, Words
from workbench.intake.findings.problems import UNTIL_CORRECTED, Findings
from workbench.intake.findings.result import COUNTY
from workbench.intake.matching.units import in_units, of_household_only, times_persons
from workbench.intake.reading.failed_cells import FAILED_FORMULA, failed
from workbench.intake.reading.sheet import ROW, Sheet
from workbench.intake.reading.text import as_whole, fold, fold_text, number, to_the_hundredth
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.places import county_code
from workbench.intake.tables.sources import Source
from workbench.intake.tables.years import year_of

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
class TableReading:
    """A sheet being read by a mapping."""

    sheet: Sheet
    mapping: Mapping
    findings: Findings
    header: Lookup[str, str]
    own_keys: bool

    def cell(self, column: str) -> pl.Expr:
        """The cells of a column, by the name that the mapping gives it."""
        return pl.col(self.header[column])

    def computed(self, value: pl.Expr) -> pl.Expr:
        """Compute the value once, as a column of its own, for conditions and reports that name it again and again."""
        name = f"{_COMPUTED}{len(self.sheet.frame.columns)}"
        self.sheet = replace(self.sheet, frame=self.sheet.frame.with_columns(value.alias(name)))
        return pl.col(name)

    def report(self, column: str, wrong: pl.Expr, reason: str, message: Words) -> None:
        """Report the rows where `wrong` holds, with what the cell says."""
        rows = self.sheet.frame.filter(wrong).select(row=ROW, value=self.cell(column))
        self.findings.problem(rows, column, reason, message)


def fact_of(reading: TableReading, name: str, source: Source) -> pl.Expr:
    """The values of one fact, null where they cannot be read; what cannot is reported.

    Raises FileError for a unit that the fact cannot have.
    """
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
    # The vocabulary does not know a fact of a mapping's own: the values that the mapping writes out tell its type.
    booleans = [isinstance(value, bool) for value in source.literals()]
    return FactType.BOOLEAN if booleans and all(booleans) else FactType.FLOAT


def _by_values(reading: TableReading, column: str, values: Lookup[str, object], target: FactType) -> pl.Expr:
    cell = reading.computed(fold(reading.cell(column)))
    meanings = {fold_text(text): meaning for text, meaning in values.items()}
    # A blank is not known, which is no wrong value.
    known = cell.is_in(list(meanings)).fill_null(value=True)
    accepted = shortened(list(values))
    message = Words(
        f"不在映射的 values 中；可用：{accepted}；", f"not among the mapping's values; accepted: {accepted}; "
    )
    reading.report(column, ~known, "unknown value", message + UNTIL_CORRECTED)
    return cell.replace_strict(meanings, default=None, return_dtype=POLARS_TYPES[target])


def _by_column(reading: TableReading, name: str, source: Source, target: FactType) -> pl.Expr:
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
        # Half up, as on paper (0021), which is not what rounding does by itself.
        value = reading.computed(to_the_hundredth(value * _persons_of(reading, source)))
    return value if target is FactType.FLOAT else _whole(reading, name, column, value)


def _of_household(source: Source) -> Words:
    return Words(
        f"“{source.column}”要的是每人的数，单位却是 {source.unit}；请改正单位，或换成每人的数",
        f"{source.column} is to be for each person and its unit is {source.unit}; correct the unit, or give that for each person",
        code="intake.unit-of-household",
    )


def _persons_of(reading: TableReading, source: Source) -> pl.Expr:
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
    return _known_persons(number(fold(reading.cell(persons.column)), reading.mapping.decimal))


def _known_persons(persons: pl.Expr) -> pl.Expr:
    """A number of persons; null where no household has so many (0, half a person), of which no amount is worked out."""
    known = (persons >= (FACT["persons"].minimum or 0)) & (persons == persons.round())
    return pl.when(known).then(persons)


def _text(reading: TableReading, column: str) -> pl.Expr:
    cell = reading.cell(column)
    # The text of a failed formula stands in the cell: it must not become a name or a code (0028).
    reading.report(column, failed(cell), *FAILED_FORMULA)
    return pl.when(~failed(cell)).then(cell)


def _year(reading: TableReading, column: str) -> pl.Expr:
    cell = reading.cell(column)
    year = year_of(cell)
    reading.report(column, cell.is_not_null() & year.is_null(), "not a number", NOT_A_YEAR)
    return year


def _number(reading: TableReading, column: str, message: Words = NOT_A_NUMBER) -> pl.Expr:
    cell = reading.computed(fold(reading.cell(column)))
    value = reading.computed(number(cell, reading.mapping.decimal))
    reading.report(column, cell.is_not_null() & value.is_null(), "not a number", message)
    return value


def _whole(reading: TableReading, name: str, column: str, value: pl.Expr) -> pl.Expr:
    integer = reading.computed(as_whole(value))
    reading.report(column, value.is_not_null() & integer.is_null(), "not a whole number", NOT_WHOLE)
    allowed = FACT[name].values
    if allowed is None:
        return integer
    message = not_accepted("、".join(map(str, allowed)))
    reading.report(column, ~integer.is_in(list(allowed)).fill_null(value=True), "unknown value", message)
    return pl.when(integer.is_in(list(allowed))).then(integer)


def _by_expression(reading: TableReading, source: Source, target: FactType) -> pl.Expr:
    expression = source.parsed()
    assert expression is not None
    numbers = {column: _number(reading, column) for column in expression.columns}
    value, divisors = expression.evaluate(numbers.__getitem__)
    column = expression.columns[0] if expression.columns else ""
    message = Words(
        f"{expression.text}：除数为 0；此项记为未知", f"{expression.text}: divided by 0; the fact is not known"
    )
    for divisor, by_zero in divisors.items():
        reading.report(divisor, by_zero, "division by zero", message)
    persons = reading.mapping.facts.get("persons")
    if persons is not None and persons.column in numbers:
        # With nobody known in it a household has no amount that is nought: it has none that is known.
        value = pl.when(_known_persons(numbers[persons.column]).is_not_null()).then(value)
    # A product of large figures overflows to infinity, which is no amount.
    value = pl.when(value.is_finite()).then(value)
    # By identity: two facts may have expressions that are equal.
    name = next(name for name, one in reading.mapping.facts.items() if one is source)
    if target is FactType.FLOAT:
        return to_the_hundredth(value) if name in FACT and FACT[name].money else value
    return _whole(reading, name, column, value) if column else as_whole(value)


def _county(written: object) -> str:
    """The code of one of Lu'an's counties by name or code; any other region as the file writes it."""
    return county_code(str(written)) or str(written)
