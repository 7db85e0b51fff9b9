"""What a mapping makes of the columns of a table, header by header."""

from workbench.errors import Words
from workbench.intake.matching.column_match import ColumnMatch, How
from workbench.intake.reading.sheet import Sheet
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.layouts import HOUSEHOLD
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.sources import factor_of


def mapped_columns(sheet: Sheet, mapping: Mapping) -> tuple[ColumnMatch, ...]:
    """What a mapping makes of each header."""
    means: dict[str, tuple[str, str | None]] = {}
    for fact, source in mapping.facts.items():
        for column in source.columns():
            means.setdefault(fold_header(column), (fact, source.unit))
    for name, listed in mapping.columns.items():
        means[fold_header(listed.column)] = (name, listed.unit)
    for part in mapping.key:
        means[fold_header(part)] = (HOUSEHOLD if mapping.rows == "persons" else "household_id", None)
    return tuple(_mapped_column(header, means.get(fold_header(header))) for header in sheet.headers)


def _mapped_column(header: str, named: tuple[str, str | None] | None) -> ColumnMatch:
    if named is None:
        return ColumnMatch(
            header,
            None,
            How.IGNORED,
            0.0,
            Words("映射没有用到", "the mapping does not name it", code="intake.column-not-in-mapping"),
        )
    means, unit = named
    reason = Words("映射所指", "the mapping says so", code="intake.column-by-mapping")
    return ColumnMatch(header, means, How.MAPPING, 1.0, reason, unit=unit, factor=factor_of(unit))
