"""Whom a page works for: the person signed in, as the server told the kernel, and the acting user of the register."""

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import ROLES, Area, Person
from workbench.errors import RefusedError, Words
from workbench.register.location import register_exists
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.frame.page_environment import PERSON, variable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from workbench.register.access.acting_user import ActingUser, Register

VARIABLE = PERSON
"""Where Voilà puts the header that names the person (`server.sign_in.authenticator.PERSON_HEADER`)."""
NOBODY = Words("请先登录（页面右上角），再打开此页。", "Sign in first (top right of the page), then open this page.")


_ACTING: ContextVar["ActingUser | None"] = ContextVar("_ACTING", default=None)
"""Who acts in the request that is being answered, as the server has just read it from the register."""


@contextmanager
def acting_as(user: "ActingUser | None") -> "Iterator[None]":
    """Answer a request for an acting user whom the server has read for it; None: nobody is signed in, or the page asks itself."""
    token = _ACTING.set(user)
    try:
        yield
    finally:
        _ACTING.reset(token)


def person() -> Person | None:
    """Who is signed in, with role and area as they were when the page was opened; None where nobody is."""
    header = variable(VARIABLE)
    if not header:
        return None
    # Quoted, since a header holds no Chinese; set by the server, which first takes out any that a browser sent (0014).
    account, role, *area = json.loads(unquote(header))
    return Person(account, ROLES[role], Area(*area))


def account_name() -> str:
    """Return the account that is signed in; empty where nobody is."""
    who = person()
    return who.account if who else ""


def accounts_exist() -> bool:
    """Whether anybody has an account, so that people sign in."""
    if not register_exists(store_path(), register_url()):
        return False
    from workbench.register.access.passwords import Admission, admission  # noqa: PLC0415

    return admission(_opened()) is not Admission.OPEN


def acting_user() -> "ActingUser | None":
    """The acting user who is signed in, at this moment; None where nobody is. Raises RefusedError for an account closed since."""
    of_request = _ACTING.get()
    if of_request is not None:
        return of_request
    who = person()
    if who is None or not register_exists(store_path(), register_url()):
        return None
    # Late: where nobody signs in, a page need not load the database's library.
    from workbench.register.clock import now_of  # noqa: PLC0415

    register = _opened()
    return register.acting_user(who.account, now_of(register, now_in_beijing()))


def page_now() -> "dt.datetime":
    """The moment at which pages work: now, or that of a demonstration, also for whoever is not signed in."""
    if not register_exists(store_path(), register_url()):
        return now_in_beijing()
    # Late, as above.
    from workbench.register.clock import now_of  # noqa: PLC0415

    return now_of(_opened(), now_in_beijing())


def require_acting_user() -> "ActingUser":
    """The acting user of a step for which somebody must be signed in; raises RefusedError where nobody is."""
    # Anew for every step: an account closed meanwhile is refused at once (0014).
    user = acting_user()
    if user is None:
        raise RefusedError(NOBODY)
    return user


@cache
def _opened() -> "Register":
    from workbench.register.access.acting_user import open_register  # noqa: PLC0415

    return open_register(FactStore(store_path()), register_url())
