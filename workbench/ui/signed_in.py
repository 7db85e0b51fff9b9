"""The desk at which a page works: that of the account signed in, which the server told the kernel."""

import datetime as dt
import os
from functools import cache
from urllib.parse import unquote

from workbench.errors import RefusedError, Words
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore
from workbench.store.register.clock import now_of
from workbench.store.register.desk import Desk, Register, open_register
from workbench.store.register.paths import register_path

_VARIABLE = "HTTP_X_WORKBENCH_ACCOUNT"
NOBODY = Words("请先登录（页面右上角），再打开此页。", "Sign in first (top right of the page), then open this page.")


def account() -> str | None:
    """The account signed in; None where nobody is."""
    told = os.environ.get(_VARIABLE)
    return unquote(told) if told else None


def register_there() -> Register | None:
    """The register of the store, if it has one: looking makes none."""
    if register_url() is None and not register_path(store_path()).exists():
        return None
    return _opened()


def desk() -> Desk | None:
    """The desk of who is signed in, at this moment; None where nobody is. Raises RefusedError for an account closed since."""
    name, register = account(), register_there()
    if name is None or register is None:
        return None
    return register.desk(name, now_of(register, dt.datetime.now(dt.UTC)))


def the_desk() -> Desk:
    """The same, where somebody must be signed in; raises RefusedError."""
    found = desk()
    if found is None:
        raise RefusedError(NOBODY)
    return found


@cache
def _opened() -> Register:
    return open_register(FactStore(store_path()), register_url())
