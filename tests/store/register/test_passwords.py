"""Signing in: who gets a pass, and what takes it away."""

import pytest

from tests.store.register.conftest import NOW
from workbench.errors import InputError, RefusedError
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.register.accounts import NewAccount, add_accounts, close_account, first_account
from workbench.store.register.desk import open_register
from workbench.store.register.passwords import Admission, admission, choices, pass_of, set_password, sign_in
from workbench.store.register.verifying import verify_register
from workbench.store.schema import Origin
from workbench.store.taking_in import write_city

SECRET = "一段够长的密码 2019"  # noqa: S105 - nobody's


@pytest.fixture
def register(tmp_path, url):
    """A register over facts that do not say they are simulated, with an administrator who has a password."""
    store = FactStore(tmp_path / "store")
    write_city(store, simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    opened = open_register(store, url)
    assert admission(opened) is Admission.OPEN
    first_account(opened, NewAccount("admin", "管理员", "administrator"), NOW)
    set_password(opened.desk("admin", NOW), "admin", SECRET)
    add_accounts(opened.desk("admin", NOW), [NewAccount("city", "市级", "city_reader")])
    return opened


def test_real_data_is_entered_with_the_right_password_only(register):
    assert admission(register) is Admission.PASSWORD
    assert choices(register) == []
    assert sign_in(register, "admin", SECRET, NOW).name == "管理员"
    assert sign_in(register, "admin", SECRET + "x", NOW) is None
    assert sign_in(register, "admin", "", NOW) is None
    assert sign_in(register, "nobody", SECRET, NOW) is None
    assert sign_in(register, "city", "", NOW) is None  # no password yet: no way in


def test_a_pass_ends_with_the_password_it_was_given_for_and_with_the_account(register):
    set_password(register.desk("admin", NOW), "city", SECRET)
    first = pass_of(register, "city")
    later = NOW.replace(hour=10)
    set_password(register.desk("city", later), "city", SECRET + "2")
    assert pass_of(register, "city").proof != first.proof
    close_account(register.desk("admin", NOW), "city")
    assert pass_of(register, "city") is None
    assert sign_in(register, "city", SECRET + "2", NOW) is None


@pytest.mark.parametrize("password", ["short", "the-city-is-here"])
def test_a_password_that_is_easily_guessed_is_refused(register, password):
    with pytest.raises(InputError, match="密码"):
        set_password(register.desk("admin", NOW), "city", password)


def test_nobody_sets_the_password_of_another(register):
    with pytest.raises(RefusedError, match="无权"):
        set_password(register.desk("city", NOW), "admin", SECRET)
    with pytest.raises(RefusedError, match="没有"):
        set_password(register.desk("admin", NOW), "nobody", SECRET)


def test_signing_in_and_being_refused_stand_in_the_chain_and_what_was_typed_does_not(register):
    sign_in(register, "admin", SECRET, NOW)
    sign_in(register, SECRET, "admin", NOW)  # the fields mixed up
    with register.engine.connect() as connection:
        events = connection.exec_driver_sql("SELECT action, subject, details FROM audit_event ORDER BY number").all()
    assert [event[0] for event in events[-2:]] == ["signed_in", "sign_in_refused"]
    assert not any(SECRET in str(event) for event in events)
    assert verify_register(register.engine).broken is None


def test_on_simulated_data_one_chooses_whom_to_act_as(office):
    assert admission(office.register) is Admission.CHOSEN
    assert {"admin", "officer"} <= {each["account"] for each in choices(office.register)}
    assert sign_in(office.register, "officer", "", NOW).role == "county_officer"
    assert sign_in(office.register, "nobody", "", NOW) is None
