"""Who is signed in: accounts of the register, told from a cookie that the server signed.

The register's admission says how one enters: freely where nobody has an account; by a password; on simulated data by
choosing whom to act as. The pages then act for that account, whose rights and area the register itself holds to.
"""

import json
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

from jupyter_server.auth.identity import IdentityProvider, User

from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import ROLES, Area, Right, Role
from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.access.ended_sessions import end_session, is_ended
from workbench.register.access.known_devices import is_known
from workbench.register.access.passwords import (
    Admission,
    AuthenticatedAccount,
    admission,
    authenticated_account,
    choices,
    sign_in,
)
from workbench.register.access.sign_in_attempts import Credentials
from workbench.register.access.sign_in_state import SignInState, sign_in_state
from workbench.register.clock import now_of
from workbench.server.sign_in.opened_register import OpenedRegister
from workbench.server.sign_in.password_queue import PasswordQueues

PERSON_HEADER = "X-Workbench-Person"
"""What the server tells a page's kernel; a browser's own header of this name is taken out."""
COOKIE_DAYS = 0.5
_Read = TypeVar("_Read")
FINEST_OF_JOBS = 1
"""Jobs are of a county or the city: townships and villages have none of their own, and no page of them."""


@dataclass
class SignedIn(User):
    """Somebody with a role, whose `username` is the account, or a visitor without one.

    `session` names this one sign-in; `must_change`: nothing but changing the password is open yet.
    """

    role: str = ""
    area: Area = field(default_factory=Area)
    session: str = ""
    must_change: bool = False

    @property
    def header(self) -> str:
        """What a page's kernel is told of it (`ui.kit.frame.current_user.person`): account, role, county, township, village."""
        # Quoted: a header holds ASCII, and townships have Chinese names.
        return quote(json.dumps([self.username, self.role, *self.area.parts]))


class Reading:
    """What one request that only looks has read of the register: bar, menus and rights of a page ask for the same again."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, ...], Any] | None = {}

    def once(self, key: tuple[str, ...], read: Callable[[], _Read]) -> _Read:
        """What `read` gives, read the first time only; anew each time once the request was answered."""
        if self._values is None:
            return read()
        if key not in self._values:
            self._values[key] = read()
        value: _Read = self._values[key]
        return value

    def keep(self, key: tuple[str, ...], value: Any) -> None:
        """Take what was read together with something else."""
        if self._values is not None:
            self._values[key] = value

    def end(self) -> None:
        """Keep nothing more: what a request has started, and goes on, reads for itself."""
        self._values = None


READING: ContextVar[Reading | None] = ContextVar("READING", default=None)
"""Of the request that is being answered, where it changes nothing; threads have none, and read anew."""


def _once(key: tuple[str, ...], read: Callable[[], _Read]) -> _Read:
    reading = READING.get()
    return reading.once(key, read) if reading else read()


class Authenticator:
    """Signs people in against the register of the store that is served; asking makes no register where there is none."""

    def __init__(self) -> None:
        self._opened = OpenedRegister()

    @property
    def register(self) -> Register | None:
        """The register; None where the store has none yet."""
        return _once(("register",), self._opened.current)

    @property
    def admission(self) -> Admission:
        """How one enters now."""
        return _once(("admission",), lambda: admission(self.register) if self.register else Admission.OPEN)

    def choices(self) -> list[dict[str, str | None]]:
        """Whom one may act as."""
        return choices(self.register) if self.register else []

    def account(self, account: str) -> AuthenticatedAccount | None:
        """The account with its proof as it is now; None where it may not sign in."""
        return _once(
            ("account", account), lambda: authenticated_account(self.register, account) if self.register else None
        )

    def state(self, account: str, session: str) -> SignInState | None:
        """A sign-in as the register has it now, read in one look; None where there is no register."""

        def look() -> SignInState | None:
            register = self.register
            if register is None:
                return None
            state = sign_in_state(register, account, session, now_in_beijing())
            if reading := READING.get():
                # What bar, menus and rights of the page ask for one by one.
                reading.keep(("admission",), state.admission)
                reading.keep(("account", account), state.account)
                reading.keep(("ended", session), state.ended)
            return state

        return _once(("state", account, session), look)

    def enter(self, tried: Credentials) -> AuthenticatedAccount | None:
        """Try to sign in; raises TooManyAttemptsError."""
        register = self.register
        return sign_in(register, tried, now_of(register, now_in_beijing())) if register else None

    def knows_device(self, tried: Credentials) -> bool:
        """Whether the account signed in from this machine before."""
        register = self.register
        return register is not None and is_known(register, tried.account, tried.token)

    def end_session(self, session: str) -> None:
        """Let the cookie of a sign-in open nothing any more."""
        if register := self.register:
            end_session(register, session, now_in_beijing())

    def is_ended(self, session: str) -> bool:
        """Whether a sign-in was signed out."""
        register = self.register
        return register is None or _once(("ended", session), lambda: is_ended(register, session))

    def acting_user(self, account: str) -> ActingUser | None:
        """An account as the acting user of this moment; None where there is no register."""
        register = self.register
        return register.acting_user(account, now_of(register, now_in_beijing())) if register else None


class RegisterIdentity(IdentityProvider):
    """Jupyter's identity from the register's accounts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.authenticator = Authenticator()
        self.password_queues = PasswordQueues()

    def get_handlers(self) -> list[Any]:
        """None: the pages bring their own, whatever the register says when the server starts."""
        return []

    @property
    def auth_enabled(self) -> bool:
        """Whether nobody enters without signing in."""
        return self.authenticator.admission is Admission.PASSWORD

    def get_user(self, handler: Any) -> User | None:
        """Who asks; None where a sign-in is needed, or a first password is not changed yet."""
        signed_in = self.signed_in(handler)
        if signed_in:
            # The one place that keeps a first password to being changed: no handler has to look at it (0024).
            return None if signed_in.must_change else signed_in
        return None if self.auth_enabled else SignedIn("visitor")

    def signed_in(self, handler: Any) -> SignedIn | None:
        """Whose cookie it is; it holds while the account's proof is the same and the sign-in was not signed out."""
        cookie = handler.get_signed_cookie(self.get_cookie_name(handler), max_age_days=COOKIE_DAYS)
        if not cookie:
            return None
        content = json.loads(cookie)
        state = self.authenticator.state(content["account"], content["session"])
        account = state.account if state else None
        # The proof changes with password, role and area: an older cookie opens nothing, wherever it was copied to.
        if state is None or account is None or account.proof != content["proof"] or state.ended:
            self.clear_login_cookie(handler)
            return None
        options = {
            "role": account.role,
            "area": account.area,
            "session": content["session"],
            "must_change": account.must_change,
        }
        return SignedIn(account.account, account.name, **options)

    def set_sign_in_cookie(self, handler: Any, account: AuthenticatedAccount) -> None:
        """Give the browser its cookie."""
        content = {"account": account.account, "proof": account.proof, "session": secrets.token_hex(16)}
        options = {"httponly": True, "samesite": "Lax", "path": handler.base_url}
        secure = handler.request.protocol == "https"
        # Without an expiry: on a shared computer, closing the browser signs out.
        handler.set_signed_cookie(
            self.get_cookie_name(handler), json.dumps(content), expires_days=None, secure=secure, **options
        )


def role_of(handler: Any) -> Role | None:
    """Return the role of who asks; None where nobody is signed in."""
    user = handler.current_user or handler.identity_provider.signed_in(handler)
    return ROLES.get(user.role) if isinstance(user, SignedIn) else None


def navbar_user(handler: Any, lang: str) -> dict[str, Any]:
    """Who is signed in, as the bar of a page shows it: `name` and `role` (empty: nobody), `can_sign_in`, `chosen`.

    `keeps_accounts`: shown the way to the accounts; `has_jobs`: to the jobs; `searches`: may look for a household; `xsrf`: the token of the form that signs out.
    """
    identity = handler.identity_provider
    user, admitted = handler.current_user or identity.signed_in(handler), identity.authenticator.admission
    role = role_of(handler)
    return {
        "name": user.name if role else "",
        "role": (role.en if lang == "en" else role.zh) if role else "",
        "can_sign_in": admitted is not Admission.OPEN,
        "chosen": admitted is Admission.CHOSEN,
        "keeps_accounts": role is not None and Right.KEEP in role.rights and not user.must_change,
        "has_jobs": role is not None and role.level <= FINEST_OF_JOBS and not user.must_change,
        "searches": role is not None and Right.READ_REGISTER in role.rights and not user.must_change,
        "xsrf": handler.xsrf_token.decode(),
    }
