"""The national system's list of a round: whoever is filed, with all members, for who may read them, and each reading on the trail."""

import polars as pl
import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, ROUND
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE, RISK
from workbench.register.audit.log import AuditEvent
from workbench.register.procedure.filings import file_list
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.national import gather_national_list
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
