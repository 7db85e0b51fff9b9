"""A proof of a filed list names whatever was changed by hand in the database, and fails at none of it."""

import json

import pytest
from sqlalchemy import update

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, ROUND
from workbench.errors import StoreError
from workbench.register.assessment import EDGE
from workbench.register.audit.log import AuditEvent
from workbench.register.db.procedure_tables import CountyStandard, Filing
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import file_list, filings
from workbench.register.standards.in_force import approved_standard


@pytest.fixture
def url(tmp_path):
    """One kind of database is enough: what is changed is text."""
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture
def filed(office):
    """The number of a filed list of edge households, which rests on a standard."""
    office.set_standard()
    take_through(office, office.households("unregistered", "in")[0], "enter", EDGE)
    number = file_list(office.officer, ROUND, COUNTY, EDGE).number
    assert prove(office.officer, number).broken == []
    return number


def _broken(office, number, change):
    with office.register.engine.begin() as connection:
        connection.execute(change)
    return {words.code for words in prove(office.officer, number).broken}


def test_a_standard_that_says_something_else_or_nothing_at_all_is_named(office, filed):
    for text in ("income: {ceiling: {multiple: 1.2}}", "income: {ceiling: {multiple: -1}}", "{: [", ""):
        assert _broken(office, filed, update(CountyStandard).values(text=text)) == {"register.standard-text-changed"}
        with pytest.raises(StoreError, match="内容与登记时不同"):
            approved_standard(office.officer, COUNTY, ROUND)


def test_another_standard_than_the_one_filed_under_is_named(office, filed):
    for change in ({"standard_hash": "0" * 64}, {"standard_id": None}):
        assert _broken(office, filed, update(Filing).values(change)) == {"register.rules-standard-kept-not"}


def test_rules_that_are_others_or_none_are_named(office, filed):
    (filing,) = filings(office.officer)
    rules = filing["rules"]
    for text in (
        "no JSON {",
        "[]",
        json.dumps({**rules, "parameters": {}}),
        json.dumps({**rules, "parameters": {**rules["parameters"], "line": 1.0}}),
        json.dumps({**rules, "reading": {**rules["reading"], "tier_1": "no_such_criterion"}}),
        json.dumps({**rules, "reading": {**rules["reading"], "tier_1": None}}),
    ):
        assert _broken(office, filed, update(Filing).values(rules=text)) == {"register.rules-standard-kept-not"}


def test_counts_that_cannot_be_read_are_named(office, filed):
    for text in ("no JSON {", "{}", "[]", '{"rules": 1, "results": 2}'):
        codes = _broken(office, filed, update(Filing).values(counts=text))
        assert codes == {"register.figures-come-out-otherwise", "register.totals-not-those-filed"}


def test_an_event_that_cannot_be_read_is_named(office, filed):
    for text in ("no JSON {", "{}", "[]"):
        change = update(AuditEvent).where(AuditEvent.action == "filed").values(details=text)
        assert _broken(office, filed, change) == {"register.events-of-other-hashes"}
