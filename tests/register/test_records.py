"""A record says the keys and the types that its table has: what the type checker follows is what the database gives."""

import typing

import pytest

from workbench.register import records
from workbench.register.db import follow_up_tables as follow_up
from workbench.register.db import procedure_tables as procedure

TABLES = {
    records.AccountRecord: procedure.Account,
    records.VisitRecord: procedure.Visit,
    records.EntryRecord: procedure.Entry,
    records.EntryStepRecord: procedure.EntryStep,
    records.FilingRecord: procedure.Filing,
    records.FiledHouseholdRecord: procedure.FiledRow,
    records.StandardRecord: procedure.CountyStandard,
    records.EdgeHouseholdRecord: follow_up.EdgeHousehold,
    records.CaseRecord: follow_up.Case,
    records.CaseStepRecord: follow_up.CaseStep,
    records.EntryWindowRecord: follow_up.EntryWindow,
    records.PlanRecord: follow_up.Plan,
    records.PlanMeasureRecord: follow_up.PlanMeasure,
}


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
def test_a_record_is_a_row_of_its_table(record):
    declared = typing.get_type_hints(TABLES[record])
    columns = {column.name: typing.get_args(declared[column.name])[0] for column in TABLES[record].__table__.columns}
    assert typing.get_type_hints(record) == columns
