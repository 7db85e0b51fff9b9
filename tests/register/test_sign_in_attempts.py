"""Tries to sign in are counted before they are looked at, for account and address, and outlast processes."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from tests.register.conftest import NOW, SECRET
from workbench.register.access import sign_in_attempts
from workbench.register.access.accounts import close_account, give_first_password
from workbench.register.access.acting_user import open_register
from workbench.register.access.known_devices import MOST, is_known
from workbench.register.access.passwords import set_password, sign_in
from workbench.register.access.sign_in_attempts import (
    TRIES,
    TRIES_OF_ADDRESS,
    Credentials,
    TooManyAttemptsError,
    address_block,
    count_attempt,
)
from workbench.register.audit.log import head_of
from workbench.register.audit.verification import verify_register
from workbench.register.db.sign_in_tables import KnownDevice, SignInAttempt

LATER = NOW + dt.timedelta(minutes=16)


def tried(account="admin", password="wrong-wrong", address="10.0.0.9", token=None):  # noqa: S107 - nobody's
    return Credentials(account, password, address, token)


def rows(register, table):
    with register.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def events(register):
    with register.engine.connect() as connection:
        return head_of(connection)[0]


@pytest.fixture
def unhashed(monkeypatch):
    """Passwords compared as they are: these tests count tries, and a hash takes long."""
    seen = []
    monkeypatch.setattr(
        "workbench.register.access.passwords.is_right",
        lambda _register, account, password: seen.append(account) or password == SECRET,
    )
    return seen


@pytest.mark.usefixtures("unhashed")
def test_the_sixth_wrong_try_is_refused_until_a_quarter_of_an_hour_has_passed(register):
    for _ in range(TRIES):
        assert sign_in(register, tried(), NOW) is None
    with pytest.raises(TooManyAttemptsError, match="15 分钟"):
        sign_in(register, tried(password=SECRET), NOW)
    assert sign_in(register, tried(password=SECRET), LATER).account == "admin"


def test_a_try_that_is_refused_is_neither_counted_nor_looked_at(register, unhashed):
    for _ in range(TRIES):
        sign_in(register, tried(), NOW)
    before = len(unhashed), rows(register, SignInAttempt), events(register)
    for _ in range(10):
        with pytest.raises(TooManyAttemptsError):
            sign_in(register, tried(), NOW)
    assert (len(unhashed), rows(register, SignInAttempt), events(register)) == before


def test_tries_sent_at_once_are_counted_each_before_any_is_looked_at(register, monkeypatch):
    """All hold the gate between counting and looking: a count taken after the hash would let every one of them through."""
    seen, gate = [], threading.Event()

    def slow(_register, account, _password):
        seen.append(account)
        gate.wait(20)
        return False

    monkeypatch.setattr("workbench.register.access.passwords.is_right", slow)
    answers = []

    def attempt(number):
        try:
            answers.append(sign_in(register, tried(address=f"10.0.0.{number}"), NOW))
        except TooManyAttemptsError:
            answers.append("later")
            if answers.count("later") == 60 - TRIES:
                gate.set()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers.count("later") == 60 - TRIES
    assert len(seen) == TRIES


@pytest.mark.usefixtures("unhashed")
def test_a_second_process_and_a_restart_know_the_tries_so_far(register, url):
    for _ in range(TRIES):
        other = open_register(register.facts, url)
        sign_in(other, tried(), NOW)
        other.engine.dispose()
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(), NOW)


@pytest.mark.usefixtures("unhashed")
def test_tries_spread_over_addresses_are_counted_for_the_account(register):
    for number in range(TRIES):
        sign_in(register, tried(address=f"10.0.{number}.1"), NOW)
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(address="10.9.9.9"), NOW)


@pytest.mark.usefixtures("unhashed")
def test_tries_spread_over_accounts_are_counted_for_the_address(register):
    for number in range(TRIES_OF_ADDRESS):
        sign_in(register, tried(account=f"guess-{number}"), NOW)
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(password=SECRET), NOW)
    assert sign_in(register, tried(password=SECRET, address="10.0.0.10"), NOW).account == "admin"


@pytest.mark.usefixtures("unhashed")
def test_an_own_password_makes_no_room_for_tries_at_others(register):
    set_password(register.acting_user("city", NOW), "city", SECRET)
    for number in range(TRIES_OF_ADDRESS):
        sign_in(register, tried(account=f"guess-{number}"), NOW)
        if number < TRIES_OF_ADDRESS - 1:
            assert sign_in(register, tried(account="city", password=SECRET), NOW).account == "city"
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(account="guess-x"), NOW)


@pytest.mark.usefixtures("unhashed")
def test_strangers_do_not_close_the_door_to_a_machine_that_is_always_used(register):
    token = sign_in(register, tried(password=SECRET), NOW).device
    for number in range(3 * TRIES_OF_ADDRESS):
        try:
            sign_in(register, tried(address=f"10.0.0.{number % 7}"), NOW)
        except TooManyAttemptsError:
            continue
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(password=SECRET), NOW)
    again = sign_in(register, tried(password=SECRET, token=token), NOW)
    assert (again.account, again.device) == ("admin", token)


@pytest.mark.usefixtures("unhashed")
def test_a_machine_is_known_for_the_account_that_used_it_and_counted_too(register):
    set_password(register.acting_user("city", NOW), "city", SECRET)
    token = sign_in(register, tried(account="city", password=SECRET), NOW).device
    assert not is_known(register, "admin", token)
    for _ in range(TRIES):
        assert sign_in(register, tried(account="city", token=token), NOW) is None
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(account="city", password=SECRET, token=token), NOW)
    assert sign_in(register, tried(account="city", password=SECRET), NOW).account == "city"  # strangers were none


@pytest.mark.usefixtures("unhashed")
@pytest.mark.parametrize("end", ["reset", "close"])
def test_a_machine_is_strange_again_once_the_password_is_taken_away(register, end):
    set_password(register.acting_user("city", NOW), "city", SECRET)
    token = sign_in(register, tried(account="city", password=SECRET), NOW).device
    assert is_known(register, "city", token)
    change = give_first_password if end == "reset" else close_account
    change(register.acting_user("admin", NOW), "city")
    assert not is_known(register, "city", token)


@pytest.mark.usefixtures("unhashed")
def test_machines_of_an_account_are_bounded_and_the_latest_stay(register):
    tokens = []
    for minute in range(MOST + 5):
        at = NOW + dt.timedelta(minutes=minute)
        tokens.append(sign_in(register, tried(password=SECRET), at).device)
    assert rows(register, KnownDevice) == MOST
    assert [is_known(register, "admin", token) for token in tokens] == [False] * 5 + [True] * MOST


@pytest.mark.usefixtures("unhashed")
def test_names_that_nobody_has_make_the_chain_no_longer_and_are_not_kept(register):
    before = events(register)
    for number in range(TRIES_OF_ADDRESS):
        sign_in(register, tried(account=f"my-password-{number}"), NOW)
    assert events(register) == before
    with register.engine.connect() as connection:
        stored = connection.execute(select(SignInAttempt.__table__)).all()
    assert len(stored) == TRIES_OF_ADDRESS
    assert "my-password" not in str(stored)


@pytest.mark.usefixtures("unhashed")
def test_an_unknown_name_has_to_wait_like_a_known_one(register):
    for _ in range(TRIES):
        assert sign_in(register, tried(account="nobody"), NOW) is None
    with pytest.raises(TooManyAttemptsError):
        sign_in(register, tried(account="nobody"), NOW)


@pytest.mark.usefixtures("unhashed")
def test_old_tries_are_forgotten_and_a_flood_is_bounded(register, monkeypatch):
    monkeypatch.setattr(sign_in_attempts, "MOST_KEPT", 30)
    token = sign_in(register, tried(password=SECRET), NOW).device
    for number in range(40):
        try:
            sign_in(register, tried(account=f"x{number}", address=f"10.1.0.{number}"), NOW)
        except TooManyAttemptsError:
            continue
    assert rows(register, SignInAttempt) == 30
    assert sign_in(register, tried(password=SECRET, token=token), NOW).account == "admin"
    sign_in(register, tried(account="y"), LATER)
    assert rows(register, SignInAttempt) == 1


def test_signing_in_leaves_the_register_whole(register):
    sign_in(register, tried(), NOW)
    sign_in(register, tried(password=SECRET), NOW)
    assert rows(register, SignInAttempt) == 0
    assert verify_register(register.engine).broken is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
    ],
)
def test_a_machine_that_takes_another_address_of_its_network_is_the_same(one, other, same):
    assert (address_block(one) == address_block(other)) is same


@pytest.mark.usefixtures("unhashed")
def test_what_is_no_address_is_bounded_too(register):
    count_attempt(register, tried(address="x" * 5000), NOW)
    assert rows(register, SignInAttempt) == 1
