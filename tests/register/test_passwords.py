"""Signing in: who gets a pass, and what takes it away."""

import pytest

from tests.register.conftest import NOW, SECRET
from workbench.domain.procedure.roles import Area
from workbench.errors import InputError, RefusedError
from workbench.register.access.accounts import (
    NewAccount,
    accounts,
    add_accounts,
    add_with_first_passwords,
    change_account,
    close_account,
    give_first_password,
    reopen_account,
)
from workbench.register.access.passwords import (
    Admission,
    admission,
    authenticated_account,
    change_own_password,
    choices,
    set_password,
)
from workbench.register.access.passwords import sign_in as enter
from workbench.register.access.sign_in_attempts import TRIES, Credentials, TooManyAttemptsError
from workbench.register.audit.verification import verify_register


def sign_in(register, account, password, now):
    return enter(register, Credentials(account, password, "127.0.0.1"), now)


def test_real_data_is_entered_with_the_right_password_only(register):
    assert admission(register) is Admission.PASSWORD
    assert choices(register) == []
    assert sign_in(register, "admin", SECRET, NOW).name == "管理员"
    assert sign_in(register, "admin", SECRET + "x", NOW) is None
    assert sign_in(register, "admin", "", NOW) is None
    assert sign_in(register, "nobody", SECRET, NOW) is None
    assert sign_in(register, "city", "", NOW) is None  # no password yet: no way in


def test_a_pass_ends_with_the_password_it_was_given_for_and_with_the_account(register):
    set_password(register.acting_user("admin", NOW), "city", SECRET)
    first = authenticated_account(register, "city")
    set_password(register.acting_user("city", NOW), "city", SECRET + "2")  # within the same second
    assert authenticated_account(register, "city").proof != first.proof
    close_account(register.acting_user("admin", NOW), "city")
    assert authenticated_account(register, "city") is None
    assert sign_in(register, "city", SECRET + "2", NOW) is None


@pytest.mark.parametrize("password", ["short", "the-city-is-here"])
def test_a_password_that_is_easily_guessed_is_refused(register, password):
    with pytest.raises(InputError, match="密码"):
        set_password(register.acting_user("admin", NOW), "city", password)


def test_nobody_sets_the_password_of_another(register):
    with pytest.raises(RefusedError, match="无权"):
        set_password(register.acting_user("city", NOW), "admin", SECRET)
    with pytest.raises(RefusedError, match="没有"):
        set_password(register.acting_user("admin", NOW), "nobody", SECRET)


def test_signing_in_and_being_refused_stand_in_the_chain_and_what_was_typed_does_not(register):
    sign_in(register, "admin", SECRET, NOW)
    sign_in(register, "admin", SECRET + "x", NOW)
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


def test_a_pass_ends_with_the_role_and_the_area_that_it_was_given_for(register):
    set_password(register.acting_user("city", NOW), "city", SECRET)
    passes = {authenticated_account(register, "city").proof}
    admin = register.acting_user("admin", NOW)
    for role, area in (("analyst", Area()), ("county_officer", Area("341524")), ("county_officer", Area("341522"))):
        change_account(admin, NewAccount("city", "市级", role, area))
        assert (authenticated_account(register, "city").role, authenticated_account(register, "city").area) == (
            role,
            area,
        )
        passes.add(authenticated_account(register, "city").proof)
    give_first_password(admin, "city")
    passes.add(authenticated_account(register, "city").proof)
    assert len(passes) == 5
    assert verify_register(register.engine).broken is None


def test_a_reopened_account_is_open_to_nobody_before_it_has_a_first_password(register):
    admin = register.acting_user("admin", NOW)
    set_password(register.acting_user("city", NOW), "city", SECRET)
    before = authenticated_account(register, "city").proof
    close_account(admin, "city")
    reopen_account(admin, "city")
    assert authenticated_account(register, "city") is None
    assert sign_in(register, "city", SECRET, NOW) is None
    entered = sign_in(register, "city", give_first_password(admin, "city"), NOW)
    assert entered.must_change
    assert entered.proof != before
    add_accounts(admin, [NewAccount("other", "另一人", "analyst")])
    with pytest.raises(RefusedError, match="没有停用"):
        reopen_account(admin, "other")


def test_a_password_that_an_administrator_set_must_be_changed_and_one_of_ones_own_need_not(register):
    admin = register.acting_user("admin", NOW)
    firsts = add_with_first_passwords(
        admin, [NewAccount("one", "王一", "analyst"), NewAccount("two", "李二", "county_officer", Area("341524"))]
    )
    assert sign_in(register, "one", firsts["one"], NOW).must_change
    user = register.acting_user("one", NOW)
    change_own_password(user, Credentials("one", firsts["one"]), SECRET, NOW)
    assert not sign_in(register, "one", SECRET, NOW).must_change
    assert sign_in(register, "one", firsts["one"], NOW) is None
    assert {each["account"]: each["password"] for each in accounts(admin)} == {
        "admin": "own", "city": "none", "one": "own", "two": "first",
    }  # fmt: skip


def test_ones_own_password_is_changed_with_the_one_so_far_only(register):
    user = register.acting_user("admin", NOW)
    with pytest.raises(InputError, match="现在的密码不对"):
        change_own_password(user, Credentials("admin", "wrong-wrong"), SECRET + "2", NOW)
    with pytest.raises(InputError, match="与现在的相同"):
        change_own_password(user, Credentials("admin", SECRET), SECRET, NOW)
    with pytest.raises(InputError, match="太常见"):
        change_own_password(user, Credentials("admin", SECRET), "qwertyuiop", NOW)
    for _ in range(TRIES):
        try:
            change_own_password(user, Credentials("admin", "wrong-wrong"), SECRET + "2", NOW)
        except (InputError, TooManyAttemptsError):
            continue
    with pytest.raises(TooManyAttemptsError):
        change_own_password(user, Credentials("admin", SECRET), SECRET + "2", NOW)


def test_a_password_typed_in_full_width_opens_and_one_of_a_megabyte_is_not_hashed(register, monkeypatch):
    assert sign_in(register, "admin", SECRET.replace("2019", "２０１９"), NOW).account == "admin"
    monkeypatch.setattr("workbench.register.access.passwords._matches", lambda *_: pytest.fail("it was hashed"))
    assert sign_in(register, "admin", "x" * 2**20, NOW) is None


@pytest.mark.parametrize("change", [close_account, give_first_password])
def test_an_administrator_keeps_the_accounts_of_others(register, change):
    with pytest.raises(RefusedError, match="自己的账号"):
        change(register.acting_user("admin", NOW), "admin")
    with pytest.raises(RefusedError, match="无权"):
        change(register.acting_user("city", NOW), "admin")


@pytest.mark.parametrize(
    "new",
    [
        NewAccount("a\nb", "某", "analyst"), NewAccount("x" * 101, "某", "analyst"), NewAccount(" x", "某", "analyst"),
        NewAccount("x", "某\u202e", "analyst"), NewAccount("x", "某", "county_officer", Area("y" * 101)),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused_wherever_it_is_given(register, new):
    admin = register.acting_user("admin", NOW)
    for give in (lambda: add_accounts(admin, [new]), lambda: add_with_first_passwords(admin, [new])):
        with pytest.raises(InputError):
            give()
