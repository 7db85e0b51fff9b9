"""What each request asks of the register before anything else, read in one look: who it is, and how far the register has come."""

import datetime as dt
from dataclasses import dataclass

from workbench.register.access.acting_user import Register
from workbench.register.access.ended_sessions import is_ended_now
from workbench.register.access.passwords import Admission, AuthenticatedAccount, account_now, admission_now
from workbench.register.audit.latest import last_change, last_change_in
from workbench.register.clock import moment_of


@dataclass(frozen=True)
class SignInState:
    """A sign-in at one moment.

    `account`: None where it may not sign in; `ended`: it was signed out; `changed`: the last change that may show in the
    account's area (`audit.latest.last_change_in`); `now`: the moment by the register's clock, with its time zone.
    """

    admission: Admission
    account: AuthenticatedAccount | None
    ended: bool
    changed: tuple[int, str]
    now: dt.datetime


def sign_in_state(register: Register, account: str, session: str, now: dt.datetime) -> SignInState:
    """The state of an account's sign-in `session`; `now` is the computer's clock, which real data go by."""
    # One connection and one transaction: each costs more than what is asked, and all that is read is of one moment.
    with register.engine.connect() as connection, connection.begin():
        admitted = admission_now(connection, register)
        person = account_now(connection, account, admitted)
        return SignInState(
            admitted,
            person,
            is_ended_now(connection, session),
            last_change(connection) if person is None else last_change_in(connection, person.area),
            moment_of(connection, now, simulated=register.simulated).at,
        )
