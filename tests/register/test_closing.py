"""A closed round is closed: no correction, visit, proposal, review or filing; it is told with hashes, and opened again by an administrator."""

import hashlib
import json

import polars as pl
import pytest
from sqlalchemy import select, text

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.errors import ClosedRoundError, RefusedError
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import RISK
from workbench.register.audit.log import AuditEvent
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, adjust, visit
from workbench.register.unit_of_work.closing import close, reopen
from workbench.store.transaction import transaction


@pytest.fixture
def household(office):
    return office.households(rule="3")[0]


def events(register, action):
    with register.engine.connect() as connection:
        rows = connection.execute(select(AuditEvent.__table__).where(AuditEvent.action == action)).mappings()
        return [{**row, "details": json.loads(row["details"])} for row in rows]


def land_of(register, household):
    rows = pl.DataFrame(register.facts.read(ROUND, COUNTY)).filter(household_id=household["household_id"])
    return rows["land_mu"].item()


def left_pending(office, household, monkeypatch):
    """A visit whose correction is in the register and not in the facts yet, as when a process was killed in between."""
    with monkeypatch.context() as patch:
        patch.setattr("workbench.register.unit_of_work.settlement.settle", lambda *_, **__: None)
        office.visit(household, land_mu=12.5)
    assert land_of(office.register, household) != 12.5


def test_closing_puts_in_what_is_pending_and_tells_the_hashes_of_the_files(office, household, monkeypatch):
    left_pending(office, household, monkeypatch)
    assert close(office.register, "shell:x", NOW, ROUND, COUNTY) == [COUNTY]
    assert land_of(office.register, household) == 12.5
    (event,) = events(office.register, "round_closed")
    assert event["account"] == "shell:x"
    root = office.register.facts.root
    folder = f"facts/round={ROUND}/county_code={COUNTY}/"
    now = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (root / folder).iterdir()}
    assert now.keys() == {"facts.parquet", "_closed.json"}
    assert event["details"]["hashes"][folder] == now
    assert close(office.register, "shell:x", NOW, ROUND, COUNTY) == []
    assert len(events(office.register, "round_closed")) == 1


def test_a_correction_pending_of_a_round_that_was_closed_changes_nothing_until_it_is_open_again(
    office, household, monkeypatch
):
    left_pending(office, household, monkeypatch)
    facts = office.register.facts
    with transaction(facts.root) as pending:  # closed by an earlier version, which put in nothing
        facts.stage_closing(pending, ROUND, [COUNTY])
    before = facts.digest(ROUND)
    opened = open_register(facts, office.register.engine.url.render_as_string(hide_password=False))
    assert facts.digest(ROUND) == before
    reopen(office.admin, ROUND, COUNTY, "漏报")
    assert land_of(opened, household) == 12.5
    assert verify_register(opened.engine).broken is None
    opened.engine.dispose()


def test_nothing_is_done_in_a_closed_round(office, household):
    office.visit(household)
    worker, reviewer = office.worker(household), office.reviewer(household)
    name = household["household_id"]
    close(office.register, "shell:x", NOW, ROUND, COUNTY)
    report = VisitReport(name, NOW.date(), "王某", SEEN)
    with office.register.engine.connect() as connection:
        before = connection.execute(text("SELECT events, hash FROM audit_head")).one()
    for step in (
        lambda: visit(worker, ROUND, [report]),
        lambda: adjust(worker, ROUND, report, "事由", "依据"),
        lambda: propose(worker, ROUND, name, "3"),
        lambda: propose_all(worker, ROUND, RISK),
        lambda: agree(reviewer, ROUND, RISK),
        lambda: send_back(reviewer, ROUND, name, "请核实"),
        lambda: file_list(office.officer, ROUND, COUNTY, RISK),
    ):
        with pytest.raises(ClosedRoundError):
            step()
    with office.register.engine.connect() as connection:
        assert connection.execute(text("SELECT events, hash FROM audit_head")).one() == before


def test_an_administrator_opens_it_again_with_a_reason_and_an_event(office, household):
    close(office.register, "shell:x", NOW, ROUND, COUNTY)
    with pytest.raises(RefusedError, match="无权"):
        reopen(office.officer, ROUND, COUNTY, "漏报")
    with pytest.raises(RefusedError, match="理由"):
        reopen(office.admin, ROUND, COUNTY, " ")
    assert reopen(office.admin, ROUND, COUNTY, "漏报一户") == [COUNTY]
    (event,) = events(office.register, "round_reopened")
    assert (event["account"], event["details"]["reason"]) == ("admin", "漏报一户")
    office.visit(household, land_mu=12.5)
    assert land_of(office.register, household) == 12.5
    assert reopen(office.admin, ROUND, COUNTY, "漏报一户") == []
