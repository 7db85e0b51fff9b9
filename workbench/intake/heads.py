"""The heads that a list of households names, kept with the persons: a list of a department may know them by their number."""

import polars as pl
import pyarrow as pa

from workbench.intake.findings.result import KEY, IntakeResult, to_arrow
from workbench.intake.person_list import PERSONAL
from workbench.intake.persons.members import HEAD_NAME, ID_NUMBER
from workbench.intake.reading.sheet import ROW, Sheet
from workbench.intake.reading.text import fold

_COLUMNS = {"name": HEAD_NAME, "id_number": ID_NUMBER}
_HEAD = "户主"


def heads_of(sheet: Sheet, headers: dict[str, str], result: IntakeResult) -> dict[str, pa.Table]:
    """Persons by county, of a sheet of which `headers` gives the header by column; who has neither name nor number is none."""
    given = {name: headers[column] for name, column in _COLUMNS.items() if column in headers}
    if not given:
        return {}
    people = sheet.frame.select(ROW, *(fold(pl.col(header)).alias(name) for name, header in given.items()))
    people = people.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in given))
    people = people.with_columns(pl.lit(_HEAD).alias("relation"))
    absent = [pl.lit(None, pl.String).alias(name) for name in PERSONAL if name not in (KEY, *people.columns)]
    # By the rows that were taken in: a head must not be kept without a household.
    named = {
        code: pl.DataFrame(rows).join(people.with_columns(absent), on=ROW).sort(KEY)
        for code, rows in result.rows.items()
    }
    return {code: to_arrow(those.select(*PERSONAL)) for code, those in named.items() if len(those)}
