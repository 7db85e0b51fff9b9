"""Ledgers whose rows are households, our own or of the same columns, read as facts. Names and ID numbers are not kept."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.findings.result import IntakeResult
from workbench.intake.persons.members import data_rows
from workbench.intake.reading.sheet import OVERFLOW, ROW, Sheet
from workbench.intake.tables.layouts import Layout
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.sources import Source
from workbench.intake.tables.table import read_table

_NOT_KEPT = Words(
    "台账中的姓名、证件号码不另存，以全国系统导出的人口名单为准",
    "names and ID numbers of a ledger are not kept; persons come from the lists of the national system",
    code="intake.names-of-ledger-not-kept",
)


def read_ledger(
    sheet: Sheet, layout: Layout, headers: dict[str, str], county: str | None, notes: Sequence[Words]
) -> IntakeResult:
    """Read a sheet of a ledger layout, of which `headers` gives the header by column name; totals and footers are passed over.

    Places stay as written: what was exported from a store is found in it again.
    """
    frame = sheet.frame.select(ROW, OVERFLOW, *(pl.col(header).alias(name) for name, header in headers.items()))
    findings = Findings(sheets=sheet.parts)
    frame = data_rows(frame, headers, findings)
    plain = replace(sheet, headers=tuple(headers), frame=frame)
    result = read_table(plain, _mapping_of(layout, headers), county, own_keys=False)
    not_kept = () if layout.heads else (_NOT_KEPT,)
    return replace(result, layout=layout.name, notes=(*notes, *findings.notes, *not_kept, *result.notes))


def ledger_mapping(layout: Layout, headers: dict[str, str]) -> Mapping:
    """How the file is read, in its own headers: what a person may change. Only columns and constants, no expressions."""
    made = _mapping_of(layout, headers)
    facts = {
        name: source.model_copy(update={"column": headers[source.column]} if source.column else {})
        for name, source in made.facts.items()
        if source.expression is None
    }
    return made.model_copy(
        update={"key": [headers[part] for part in made.key], "facts": facts, "headers": list(headers.values())}
    )


def _mapping_of(layout: Layout, headers: dict[str, str]) -> Mapping:
    """The layout's mapping for the columns that the file has: a fact without a column is not touched."""
    assert layout.mapping is not None
    facts = {
        name: source for name, source in layout.mapping.facts.items() if all(one in headers for one in source.columns())
    }
    # A column that says the kind of each household outranks what the layout says of all.
    if "kind" not in facts and layout.kind is not None:
        facts["kind"] = Source(constant=layout.kind["value"])
    return layout.mapping.model_copy(update={"facts": facts})
