"""PostgreSQL that restarts in between is survived; in the middle of a step the step is not done, is said so, and done again."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from workbench.errors import InputError, RefusedError, StoreError
from workbench.register.db.engine import database_error, open_engine, writing


@pytest.fixture
def engine(postgresql):
    made = open_engine(postgresql.new_database())
    with writing(made) as connection:
        connection.execute(text("CREATE TABLE step (name text PRIMARY KEY, of text NOT NULL)"))
    yield made
    made.dispose()


def restart(engine):
    """What a restart does to whoever is connected: the server ends every connection."""
    url = engine.url
    address = f"host={url.query['host']} user={url.username} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [url.database]
        )


def steps(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT name FROM step ORDER BY name")).scalars().all()


def take(connection, name):
    connection.execute(text("INSERT INTO step VALUES (:name, 'x')"), {"name": name})


def test_between_two_steps_nobody_notices(engine):
    for name in ("a", "b"):
        with writing(engine) as connection:
            take(connection, name)
        restart(engine)
        assert "a" in steps(engine)
        restart(engine)
    assert steps(engine) == ["a", "b"]


def test_in_the_middle_of_a_step_nothing_is_done_and_it_can_be_done_again(engine):
    def step():
        with writing(engine) as connection:
            take(connection, "a")
            restart(engine)
            take(connection, "b")

    with pytest.raises(StoreError, match="nothing was recorded; please do it again"):
        step()
    assert steps(engine) == []
    with writing(engine) as connection:
        take(connection, "a")
    assert steps(engine) == ["a"]


def test_while_committing_it_is_not_said_that_nothing_was_done(engine):
    def step():
        with writing(engine) as connection:
            take(connection, "a")
            restart(engine)

    with pytest.raises(StoreError, match="it is not certain whether this was recorded"):
        step()


def test_only_a_record_that_is_there_is_somebody_else_s(engine):
    with writing(engine) as connection:
        take(connection, "a")
    with pytest.raises(RefusedError, match="somebody has just made the same record"), writing(engine) as connection:
        take(connection, "a")
    with pytest.raises(StoreError, match="does not take this record"), writing(engine) as connection:
        connection.execute(text("INSERT INTO step VALUES ('c', NULL)"))


def test_a_constraint_of_an_embedded_register_is_no_damage(tmp_path):
    embedded = open_engine(f"sqlite:///{tmp_path / 'r.sqlite'}")
    with writing(embedded) as connection:
        connection.execute(text("CREATE TABLE step (name text PRIMARY KEY, of text NOT NULL)"))
    with pytest.raises(StoreError, match="does not take this record"), writing(embedded) as connection:
        connection.execute(text("INSERT INTO step VALUES ('c', NULL)"))
    with embedded.begin() as connection, pytest.raises(IntegrityError) as raised:
        connection.execute(text("INSERT INTO step VALUES ('c', NULL)"))
    assert type(database_error(raised.value)) is StoreError
    embedded.dispose()


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:secret@h:port/db", "secret", "", "mysql://u:secret@h/db"])
def test_an_address_that_is_none_is_refused_without_its_password(url):
    with pytest.raises(InputError, match="accepted: sqlite") as raised:
        open_engine(url)
    assert "secret" not in str(raised.value)
