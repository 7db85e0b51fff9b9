"""What a person types is bounded where it is taken, not only in the browser."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import workbench
from workbench.domain.procedure.text_limits import LIMITS, LONGEST, MOST_VALUES, check_message
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError, StandardError
from workbench.register.db.engine import Base, open_engine
from workbench.register.db.procedure_tables import Account
from workbench.ui.kit.controls.pane_fields import one
from workbench.ui.kit.frame.callbacks import guarded

UI = Path(workbench.__file__).parent / "ui"
FIELD = re.compile(r'name="(\w+)"[^>]*maxlength="(\d+)"')


@pytest.mark.parametrize("name", [*LIMITS, "anything"])
def test_a_field_that_is_too_long_is_refused(name):
    most = LIMITS.get(name, LONGEST)
    assert one({name: ["字" * most]}, name) == "字" * most
    with pytest.raises(InputError, match=f"{most:,}"):
        one({name: ["字" * (most + 1)]}, name)


def test_what_the_browser_allows_the_server_takes():
    allowed = [
        (name, int(most))
        for path in UI.rglob("templates/*.html")
        for name, most in FIELD.findall(path.read_text("utf-8"))
    ]
    assert allowed
    assert [each for each in allowed if each[1] > LIMITS.get(each[0], LONGEST)] == []


DEEP = {"do": "take"}
for _ in range(5000):
    DEEP = {"do": DEEP}
SENT = {
    "a value": {"do": "rename", "value": "x" * (LONGEST + 1)},
    "a key": {"x" * (LONGEST + 1): 1},
    "a field": {"do": "step", "fields": {"reason": ["x" * 1001]}},
    "many": {"do": "review", "fields": {"household": ["1 01"] * (MOST_VALUES + 1)}},
    "deep within": {"fields": {"a": [[[["x" * (LONGEST + 1)]]]]}},
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_a_message_of_a_page_is_bounded_before_anybody_takes_it(sent):
    taken, shown = [], []
    guarded(shown.append)(taken.append)(sent)
    assert taken == []
    assert isinstance(shown[0], InputError)


def test_an_ordinary_message_is_taken():
    taken = []
    guarded(lambda error: pytest.fail(str(error)))(taken.append)({"do": "kind", "fields": {"a": ["b"]}, "number": 1})
    check_message(DEEP)
    assert len(taken) == 1


def test_the_register_takes_no_longer_text_from_anybody():
    engine = open_engine("sqlite://")
    Base.metadata.create_all(engine)
    row = {"account": "a", "role": "village_worker", "active": True}
    with engine.begin() as connection, pytest.raises(InputError, match="name"):
        connection.execute(insert(Account).values(**row | {"name": "张" * (LIMITS["name"] + 1)}))
    with engine.connect() as connection:
        assert connection.execute(select(Account.name)).all() == []


def test_the_title_of_a_standard_is_bounded():
    with pytest.raises(StandardError, match="200"):
        parse_standard({"title": "字" * 201, "income": {"ceiling": {"multiple": 1.5}}})
