"""The trail is true: who really acted, when, on whose behalf; times go on, on a demonstration's clock too."""

import datetime as dt
import itertools
import json
import shutil

import polars as pl
import pytest
from sqlalchemy import select

from tests.register.conftest import COUNTY, NOW, ROUND
from tests.register.test_intake import _result
from workbench.backup.backup import Origin as BackedUp
from workbench.backup.backup import back_up
from workbench.preview.submission import submission_figures
from workbench.register.access.acting_user import open_register
from workbench.register.audit.event import Event
from workbench.register.audit.log import AuditEvent, record
from workbench.register.clock import now_of
from workbench.register.db.engine import writing
from workbench.register.demonstration import demonstrate
from workbench.register.procedure import fact_corrections
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

LATER = dt.datetime(2019, 10, 28, 15, 0, tzinfo=NOW.tzinfo)


def events(register):
    with register.engine.connect() as connection:
        rows = connection.execute(select(AuditEvent.__table__).order_by(AuditEvent.number)).mappings()
        return [{**row, "details": json.loads(row["details"])} for row in rows]


def go_back(register):
    """The events that are earlier than the one before."""
    recorded = events(register)
    return [
        (before["action"], after["action"])
        for before, after in itertools.pairwise(recorded)
        if after["at"] < before["at"]
    ]


@pytest.fixture
def corrected(office):
    """A household whose visit on the 8th corrected its land."""
    household = office.households(rule="3")[0]
    office.visit(household, land_mu=12.5)
    return household


def test_a_correction_put_back_by_an_import_is_told_of_who_imported_on_the_day_of_the_import(office, corrected):
    facts = office.register.facts
    old = pl.DataFrame(facts.read(ROUND, COUNTY)).with_columns(
        land_mu=pl.when(pl.col("household_id") == corrected["household_id"]).then(3.25).otherwise("land_mu")
    )
    visited = [each for each in events(office.register) if each["action"] == "visit_recorded"][-1]
    with writing(office.register.engine) as connection:
        connection.execute(fact_corrections.Correction.__table__.update().values(before="3.25"))
    office.register.__dict__["simulated"] = False  # the real time counts
    take_in_with_lock(office.register, "shell:importer", LATER, ROUND, [_result(old)], Origin(simulated=True))
    later = [each for each in events(office.register) if each["number"] > visited["number"] + 1]
    corrections = [each for each in later if each["action"] in {"correction_covered", "facts_corrected"}]
    assert [each["action"] for each in corrections] == ["correction_covered", "facts_corrected"]
    for each in corrections:
        assert (each["account"], each["at"]) == ("shell:importer", LATER.isoformat())
        assert each["details"]["on_behalf_of"] == {"account": visited["account"], "at": visited["at"]}
    assert go_back(office.register) == []


def test_a_demonstration_s_times_go_on_whatever_is_done_to_keep_it(city, tmp_path):
    root = shutil.copytree(city, tmp_path / "store")
    register = open_register(FactStore(root))
    demonstrate(register, ROUND, COUNTY, submission_figures)
    real = dt.datetime(2026, 11, 26, 9, 0, tzinfo=NOW.tzinfo)
    back_up(BackedUp(root), tmp_path / "b", at=real, account="admin")
    poor = pl.DataFrame(register.facts.read(ROUND, COUNTY)).with_columns(water=pl.lit(1, pl.Int64))
    take_in_with_lock(register, "shell:x", real, ROUND, [_result(poor)], Origin(simulated=True))
    with register.acting_user("admin", now_of(register, real)).writing() as connection:
        record(connection, at=now_of(register, real), account="admin", events=[Event("looked", "x", {})])
    assert go_back(register) == []
    assert events(register)[-1]["at"].startswith("2019-")
    stored = [each for each in events(register) if each["action"] in {"backup_made", "facts_taken_in"}]
    assert [each["details"]["real_time"] for each in stored] == [real.isoformat()] * 2
    register.engine.dispose()


def _record(office, at):
    with writing(office.register.engine) as connection:
        record(connection, at=at, account="admin", events=[Event("looked", "x", {})])
    return events(office.register)[-1]


def test_a_writer_that_waited_does_not_go_back_in_time_and_its_clock_is_kept(office):
    first = _record(office, LATER)
    second = _record(office, LATER - dt.timedelta(seconds=1))
    assert second["at"] == first["at"]
    assert second["details"]["clock"] == (LATER - dt.timedelta(seconds=1)).isoformat()


def test_a_clock_that_was_set_back_stays_visible(office):
    _record(office, LATER)
    assert _record(office, NOW)["at"] == NOW.isoformat()
    assert go_back(office.register) == [("looked", "looked")]
