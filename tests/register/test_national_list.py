"""The national system's list of a round: whoever is filed, with all members, for who may read them, and each reading on the trail."""

from io import BytesIO

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, ROUND
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE, RISK
from workbench.register.audit.log import AuditEvent
from workbench.register.procedure.filings import file_list
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.national import gather_national_list
from workbench.reports.ledgers.national_list import national_list
from workbench.store.personal import persons_path


def county_round(office, user):
    return CountyRound(office.register.facts, ROUND, COUNTY, user, user.today)


def with_persons(office, household):
    path = persons_path(office.register.facts.root, ROUND, COUNTY)
    path.parent.mkdir(parents=True)
    names = ["张三", "李四"]
    pl.DataFrame({"household_id": [household] * 2, "name": names, "phone": [None, "1"]}).write_parquet(path)


def test_it_holds_whoever_is_filed_with_every_member_and_the_reading_is_an_event(office):
    filed, other = office.households(rule="3")[:2]
    take_through(office, filed)
    office.visit(other)
    file_list(office.officer, ROUND, COUNTY, RISK)
    with_persons(office, filed["household_id"])
    listed = gather_national_list(county_round(office, office.officer), office.officer, RISK)
    assert {row.household_id for row in listed.rows} == {filed["household_id"]}
    assert [row.person["name"] for row in listed.rows] == ["张三", "李四"]
    assert "phone" not in listed.rows[0].person
    with office.register.engine.connect() as connection:
        events = list(connection.execute(AuditEvent.__table__.select()).mappings())
    assert events[-1]["action"] == "personal_read"
    assert "张三" not in events[-1]["details"]
    assert gather_national_list(county_round(office, office.officer), office.officer, EDGE).rows == ()


def test_a_household_without_members_handed_in_has_a_row_and_who_may_not_read_them_has_no_list(office):
    filed = office.households(rule="3")[0]
    take_through(office, filed)
    file_list(office.officer, ROUND, COUNTY, RISK)
    (row,) = gather_national_list(county_round(office, office.officer), office.officer, RISK).rows
    assert (row.household_id, row.person) == (filed["household_id"], {})
    with pytest.raises(RefusedError):
        gather_national_list(county_round(office, office.acting_user("reader")), office.acting_user("reader"), RISK)


def test_a_filed_household_that_the_facts_have_no_more_is_listed_and_named(office):
    first, second = office.households(rule="3")[:2]
    for each in (first, second):
        take_through(office, each)
    file_list(office.officer, ROUND, COUNTY, RISK)
    facts = office.register.facts
    rest = pl.DataFrame(facts.read(ROUND, COUNTY)).filter(pl.col("household_id") != first["household_id"])
    facts.write(ROUND, {COUNTY: rest.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))
    listed = gather_national_list(county_round(office, office.officer), office.officer, RISK)
    assert [row.household_id for row in listed.rows] == [second["household_id"], first["household_id"]]
    assert listed.without_facts == (first["household_id"],)
    book = CalamineWorkbook.from_filelike(BytesIO(national_list(listed)))
    rows, notes = (book.get_sheet_by_name(name).to_python() for name in ("人口名单", "填写说明"))
    assert "2户" in "".join(rows[0] + rows[1])
    last = dict(zip(rows[2], rows[-1], strict=True))
    assert first["household_id"] in last.values()
    assert first["village"] in last.values()
    assert notes[-2][0].startswith("本期数据中没有的户（1 户")
    assert notes[-1][0] == first["household_id"]
