"""Whose a page's kernel is: of the sign-in that opened it, or of the browser of a visitor who did not sign in."""

import secrets
from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from workbench.register.access.passwords import Admission, AuthenticatedAccount
from workbench.server.doors.guard import Guarded
from workbench.server.sign_in.authenticator import Authenticator, SignedIn


@dataclass(frozen=True)
class Owner:
    """Who opened a page: the session of a sign-in or of a browser, the address, and what the account was then.

    `signed_in_as` is None for a visitor.
    """

    session: str
    address: str
    signed_in_as: AuthenticatedAccount | None = None

    @property
    def account(self) -> str | None:
        """The account; None for a visitor."""
        return self.signed_in_as.account if self.signed_in_as else None

    def holds(self, authenticator: Authenticator) -> bool:
        """Whether the account still is what it was: open, with the same password, role and area, and not signed out."""
        if self.signed_in_as is None:
            # A page opened while nobody had to sign in ends with the first password that is set.
            return authenticator.admission is not Admission.PASSWORD
        now = authenticator.account(self.signed_in_as.account)
        # A role or an area narrowed, a password changed: the page was opened with rights that are gone.
        return now == self.signed_in_as and not authenticator.is_ended(self.session)


def session_of(handler: Any) -> str:
    """The session that a request belongs to; empty where its browser has opened nothing yet."""
    user = handler.current_user
    if isinstance(user, SignedIn) and user.session:
        return user.session
    cookie = handler.get_signed_cookie(_visitor_cookie(handler))
    return cookie.decode() if cookie else ""


def owner_of(handler: Any) -> Owner:
    """Who opens a page; a visitor's browser gets its session with it."""
    user = handler.current_user
    address = str(handler.request.remote_ip or "")
    if isinstance(user, SignedIn) and user.role:
        return Owner(user.session, address, handler.identity_provider.authenticator.account(user.username))
    session = session_of(handler)
    if not session:
        session = secrets.token_hex(16)
        secure = handler.request.protocol == "https"
        options = {"httponly": True, "samesite": "Lax", "path": handler.base_url, "secure": secure}
        # A cookie of the session: a visitor's pages end with the browser, and nothing is kept on a shared computer.
        handler.set_signed_cookie(_visitor_cookie(handler), session, expires_days=None, **options)
    return Owner(session, address)


def _visitor_cookie(handler: Any) -> str:
    return f"{handler.identity_provider.get_cookie_name(handler)}-visitor"


class OfOwner(Guarded):
    """A handler of a kernel, which to everybody but its owner is not there."""

    async def prepare(self: Any, *args: Any, **options: Any) -> None:
        """Compare the session that asks with the one that opened the page."""
        await super().prepare(*args, **options)
        if self._finished:
            return
        kernel_id = self.path_kwargs.get("kernel_id") or self.path_args[0]
        owner = self.kernel_manager.owner(kernel_id)
        # 404 for both: whether a kernel of this number exists is nobody else's business. Compared in constant time.
        if owner is None or not secrets.compare_digest(owner.session, session_of(self)):
            raise HTTPError(404)
