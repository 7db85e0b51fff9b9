"""The sign-in page, and signing out."""

from functools import partial
from typing import Any, cast

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop

from workbench.domain.parameters import county_names
from workbench.domain.procedure.roles import ROLES
from workbench.errors import RefusedError, Words
from workbench.register.access.passwords import Admission, AuthenticatedAccount
from workbench.register.access.sign_in_attempts import Credentials
from workbench.server.kernels.owners import session_of
from workbench.server.plain_pages import PageHandler, in_language
from workbench.server.sign_in.authenticator import Authenticator, RegisterIdentity
from workbench.server.sign_in.credentials import credentials, keep_device

_WRONG = Words(
    "账号或密码不对，或该账号尚未设密码。请核对；仍不行请找管理员。",
    "The account or the password is wrong, or the account has no password yet. Check them, or ask the administrator.",
)
_NOBODY_YET = Words(
    "还没有账号，所以无人可登录。第一位管理员只能在服务器上用命令添加（此时还不能相信任何人）：",
    "There are no accounts yet, so nobody can sign in. The first administrator is added by a command on the server only (as yet "
    "nobody can be trusted):",
)


class SignInHandler(PageHandler, LoginFormHandler):
    """Account and password; on simulated data whom to act as."""

    @property
    def identity(self) -> RegisterIdentity:
        """The identity provider that this server was configured with."""
        return cast("RegisterIdentity", self.identity_provider)

    @property
    def authenticator(self) -> Authenticator:
        """The way into the register."""
        return self.identity.authenticator

    @allow_unauthenticated
    def get(self) -> None:
        """Write the form; on simulated data one may take another role without leaving first."""
        user = self.identity.signed_in(self)
        if user and user.must_change:
            self.redirect(url_path_join(self.base_url, "password"))
            return
        self._form()

    @allow_unauthenticated
    async def post(self) -> None:
        """Sign in; the password's hash takes a while, so a thread computes it when it is its turn."""
        # The password as typed: tornado takes blanks off the ends unless told not to.
        tried = credentials(
            self, self.get_body_argument("account", ""), self.get_body_argument("password", "", strip=False)
        )
        try:
            account = await self._enter(tried)
        except RefusedError as error:
            self.set_header("Retry-After", "60")
            self._form(error.words, 429)
            return
        if account is None:
            self._form(_WRONG, 401)
            return
        # What this browser opened before was opened by nobody, or by somebody else (0014).
        await end_sessions(self)
        self.identity.set_sign_in_cookie(self, account)
        if account.device:
            keep_device(self, account.account, account.device)
        # `next` stands in the address, where anybody may write: only a page of ours is gone to.
        self._redirect_safe(self.get_argument("next", self.base_url))  # type: ignore[no-untyped-call]

    async def _enter(self, tried: Credentials) -> AuthenticatedAccount | None:
        enter = partial(self.authenticator.enter, tried)
        if self.authenticator.admission is not Admission.PASSWORD:
            return await IOLoop.current().run_in_executor(None, enter)
        known = self.authenticator.knows_device(tried)
        return await self.identity.password_queues.run(tried, enter, own_machine=known)

    def _form(self, trouble: Words | None = None, status: int = 200) -> None:
        self.set_status(status)
        lang = self.common()["lang"]
        english = lang == "en"
        self.write(
            self.render_template(
                "sign_in.html",
                trouble=in_language(trouble, lang) if trouble else "",
                nobody_yet=in_language(_NOBODY_YET, lang) if self.authenticator.admission is Admission.OPEN else "",
                choices=[_choice(each, english=english) for each in self.authenticator.choices()],
                next=self.get_argument("next", self.base_url),
            )
        )


class SignOutHandler(PageHandler):
    """Ends this sign-in and the pages opened with it."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Sign out: the cookie opens nothing any more, not even a copy of it."""
        user = self.identity_provider.signed_in(self)
        await end_sessions(self)
        self.identity_provider.clear_login_cookie(self)
        if user:
            self.identity_provider.authenticator.end_session(user.session)
        self.redirect(self.base_url)


async def end_sessions(handler: Any) -> None:
    """End the kernels of the pages that this sign-in opened, or this browser before it signed in."""
    user = handler.identity_provider.signed_in(handler)
    session = user.session if user else session_of(handler)
    for kernel_id in handler.kernel_manager.of_session(session) if session else []:
        await ensure_async(handler.kernel_manager.shutdown_kernel(kernel_id, now=True))


def _choice(account: dict[str, str | None], *, english: bool) -> dict[str, str | None]:
    role = ROLES[str(account["role"])]
    parts = [
        county_names(account["county"])[english] if account["county"] else None,
        account["township"],
        account["village"],
    ]
    place = " / ".join(part for part in parts if part) or ("the city" if english else "全市")
    return {**account, "role": role.en if english else role.zh, "place": place, "level": str(role.level)}
