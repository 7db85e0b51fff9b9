"""A visit asks the register for its own household, not for everything that the round and the worker have."""

import pytest
from sqlalchemy import event

from tests.register.conftest import ROUND
from workbench.register.procedure import entries


@pytest.fixture
def url(tmp_path):
    """One kind of database is enough: what is looked at is the question."""
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture
def asked(office):
    """Each question of visits and entries to the database with its parameters."""
    questions = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith(("SELECT visit.", "SELECT entry.")):
            questions.append((statement, parameters))

    event.listen(office.register.engine, "before_cursor_execute", note)
    return questions


def test_a_visit_asks_for_its_own_household_alone(office, asked):
    household = office.households()[0]
    office.visit(household)
    named = [household["household_id"] in parameters for _, parameters in asked]
    assert any(statement.startswith("SELECT visit.") for statement, _ in asked)
    assert any(statement.startswith("SELECT entry.") for statement, _ in asked)
    assert all(named)


def test_of_more_households_than_a_query_names_the_same_are_given(office, asked, monkeypatch):
    several = office.households()[:4]
    for household in several:
        office.visit(household)
    wanted = [each["household_id"] for each in several[:3]]

    def numbers():
        with office.officer.reading() as connection:
            return [row["household_id"] for row in entries.find(office.officer, connection, ROUND, households=wanted)]

    few = numbers()
    monkeypatch.setattr(entries, "_MOST_NAMED", 2)
    del asked[:]
    assert numbers() == few
    assert sorted(few) == sorted(wanted)
    assert not any(wanted[0] in parameters for _, parameters in asked)
