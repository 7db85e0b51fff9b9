"""Who is signed in: accounts of the register, told from a cookie that the server signed.

The register's admission says how one enters: freely where nobody has an account; by a password; on simulated data by
choosing whom to act as. The pages then act at that account's desk, whose rights and area the register itself holds to.
"""

import datetime as dt
import json
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from jupyter_server.auth.identity import IdentityProvider, User

from workbench.domain.people import ROLES, Area
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore
from workbench.store.register.audit import BEIJING
from workbench.store.register.clock import now_of
from workbench.store.register.desk import Desk, Register, open_register
from workbench.store.register.passwords import Admission, Pass, admission, choices, pass_of, sign_in
from workbench.store.register.paths import register_exists

PERSON_HEADER, SESSION_HEADER = "X-Workbench-Person", "X-Workbench-Session"
"""What the server tells a page's kernel; a browser's own headers of these names are taken out."""
COOKIE_DAYS = 0.5
_TRIES, _SECONDS = 5, 900


@dataclass
class SignedIn(User):
    """Somebody with a role, whose `username` is the account, or a visitor without one; `session` names this one sign-in."""

    role: str = ""
    area: Area = field(default_factory=Area)
    session: str = ""

    @property
    def header(self) -> str:
        """What a page's kernel is told of it (`ui.signed_in.person`): account, role, county, township, village."""
        return quote(json.dumps([self.username, self.role, *self.area.parts]))


class Door:
    """The register of the store that is served, once it is there: looking makes none."""

    def __init__(self) -> None:
        self._failed: dict[str, list[float]] = defaultdict(list)

    @cached_property
    def _opened(self) -> Register:
        return open_register(FactStore(store_path()), register_url())

    @property
    def register(self) -> Register | None:
        """The register; None where the store has none yet."""
        if not register_exists(store_path(), register_url()):
            return None
        opened = self._opened
        return Register(opened.engine, opened.facts)  # anew: whether the facts are simulated is looked at again

    @property
    def admission(self) -> Admission:
        """How one enters now."""
        return admission(self.register) if self.register else Admission.OPEN

    def choices(self) -> list[dict[str, str | None]]:
        """Whom one may act as."""
        return choices(self.register) if self.register else []

    def pass_of(self, account: str) -> Pass | None:
        """The pass of an account as it is now."""
        return pass_of(self.register, account) if self.register else None

    def enter(self, account: str, password: str) -> Pass | None:
        """Try to sign in."""
        register = self.register
        now = now_of(register, dt.datetime.now(BEIJING)) if register else None
        found = sign_in(register, account, password, now) if register and now else None
        if found:
            self._failed.pop(account, None)
        else:
            self._failed[account].append(time.monotonic())
        return found

    def desk(self, account: str) -> Desk | None:
        """The desk of an account at this moment; None where there is no register."""
        register = self.register
        return register.desk(account, now_of(register, dt.datetime.now(BEIJING))) if register else None

    def barred(self, account: str) -> bool:
        """Whether an account was tried so often with a wrong password that it has to wait."""
        recent = [at for at in self._failed.pop(account, []) if time.monotonic() - at < _SECONDS]
        if recent:
            self._failed[account] = recent
        return len(recent) >= _TRIES


class RegisterIdentity(IdentityProvider):
    """Jupyter's identity from the register's accounts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.door = Door()

    @property
    def auth_enabled(self) -> bool:
        """Whether nobody enters without signing in."""
        return self.door.admission is Admission.PASSWORD

    def get_user(self, handler: Any) -> User | None:
        """Who asks; None where a sign-in is needed. What the cookie says holds only while the account's pass is the same."""
        kept = handler.get_signed_cookie(self.get_cookie_name(handler), max_age_days=COOKIE_DAYS)
        if kept:
            told = json.loads(kept)
            found = self.door.pass_of(told["account"])
            if found and found.proof == told["proof"]:
                return SignedIn(found.account, found.name, role=found.role, area=found.area, session=told["session"])
            self.clear_login_cookie(handler)
        return None if self.auth_enabled else SignedIn("visitor")

    def let_in(self, handler: Any, found: Pass) -> None:
        """Give the browser its cookie."""
        told = {"account": found.account, "proof": found.proof, "session": secrets.token_hex(16)}
        options = {"httponly": True, "samesite": "Lax", "path": handler.base_url}
        secure = handler.request.protocol == "https"
        handler.set_signed_cookie(
            self.get_cookie_name(handler), json.dumps(told), expires_days=None, secure=secure, **options
        )


def bar_person(handler: Any, lang: str) -> dict[str, Any]:
    """Who is signed in, as the bar of a page shows it: `name` and `role` (empty: nobody), `can_sign_in`, `chosen`."""
    user, admitted = handler.current_user, handler.identity_provider.door.admission
    role = ROLES.get(user.role) if isinstance(user, SignedIn) else None
    return {
        "name": user.name if role else "",
        "role": (role.en if lang == "en" else role.zh) if role else "",
        "can_sign_in": admitted is not Admission.OPEN,
        "chosen": admitted is Admission.CHOSEN,
    }
