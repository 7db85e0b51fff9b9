"""The page on which people change their own password; the only one that opens while a first password is not changed."""

from functools import partial
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join

from workbench.clock import now_in_beijing
from workbench.errors import InputError, RefusedError, Words, WorkbenchError
from workbench.register.access.password_rules import LONGEST, SHORTEST
from workbench.register.access.passwords import Admission, AuthenticatedAccount, change_own_password
from workbench.register.access.sign_in_attempts import Credentials
from workbench.server.catalogue import address
from workbench.server.plain_pages import PageHandler, in_language
from workbench.server.sign_in.authenticator import RegisterIdentity, SignedIn
from workbench.server.sign_in.credentials import credentials, keep_device
from workbench.server.sign_in.sign_in_page import end_sessions

_UNEQUAL = Words("两次输入的新密码不一样，请再输一次。", "The new password was typed in two ways: type it again.")


class PasswordHandler(PageHandler):
    """Present password, new password, new password once more."""

    @allow_unauthenticated
    def get(self) -> None:
        """Write the form, for whoever is signed in."""
        if user := self._user():
            self._form(user, done=bool(self.get_query_argument("done", "")))

    @allow_unauthenticated
    async def post(self) -> None:
        """Change it: what was signed in with the old one ends, this browser goes on with the new one."""
        user = self._user()
        if user is None:
            return
        try:
            changed = await self._change(user)
        except WorkbenchError as error:
            self._form(user, error.words, 429 if isinstance(error, RefusedError) else 400)
            return
        await end_sessions(self)
        identity: RegisterIdentity = self.identity_provider
        identity.set_sign_in_cookie(self, changed)
        keep_device(self, changed.account, changed.device or "")
        # 303: whoever reloads the page after it does not send the passwords again.
        self.redirect(address(url_path_join(self.base_url, "password"), {**self._language(), "done": "1"}), status=303)

    async def _change(self, user: SignedIn) -> AuthenticatedAccount:
        # As typed: tornado takes blanks off the ends unless told not to.
        present, new, again = (self.get_body_argument(name, "", strip=False) for name in ("present", "new", "again"))
        if new != again:
            raise InputError(_UNEQUAL)
        identity: RegisterIdentity = self.identity_provider
        work = partial(_changed, identity, credentials(self, user.username, present), new)
        return await identity.password_queues.run_signed_in(user.session, work)

    def _user(self) -> SignedIn | None:
        """Who is signed in; whoever is not is led to the sign-in page."""
        user: SignedIn | None = self.identity_provider.signed_in(self)
        if user is None:
            self.redirect(
                address(url_path_join(self.base_url, "login"), {**self._language(), "next": self.request.path})
            )
        return user

    def _language(self) -> dict[str, str]:
        lang = self.get_query_argument("lang", "")
        return {"lang": lang} if lang == "en" else {}

    def _form(self, user: SignedIn, trouble: Words | None = None, status: int = 200, *, done: bool = False) -> None:
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        values: dict[str, Any] = {
            "account": user.username, "must_change": user.must_change, "done": done,
            "needed": self.identity_provider.authenticator.admission is Admission.PASSWORD,
            "shortest": SHORTEST, "longest": LONGEST,
        }  # fmt: skip
        lang = self.common()["lang"]
        self.write(self.render_template("password.html", trouble=trouble and in_language(trouble, lang), **values))


def _changed(identity: RegisterIdentity, tried: Credentials, new: str) -> AuthenticatedAccount:
    acting_user = identity.authenticator.acting_user(tried.account)
    changed = acting_user and change_own_password(acting_user, tried, new, now_in_beijing())
    if not changed:
        raise RefusedError(Words("账号已停用。", "The account is closed.", code="server.account-closed"))
    return changed
