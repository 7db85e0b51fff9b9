"""The administrator's page of accounts: find, add one or several, change, close and reopen, give a first password."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jupyter_server.utils import url_path_join
from tornado import web

from workbench.domain.parameters import counties, county_names
from workbench.domain.procedure.roles import ROLES, Area, Right
from workbench.domain.whole_numbers import whole_number
from workbench.errors import Words, WorkbenchError
from workbench.register.access.accounts import (
    accounts,
    add_with_first_passwords,
    change_account,
    close_account,
    give_first_password,
    reopen_account,
)
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.passwords import Admission
from workbench.register.records import ListedAccount
from workbench.server.plain_pages import PageHandler, in_language
from workbench.server.sign_in.account_rows import FIELDS, MOST_ROWS, account_of, accounts_pasted
from workbench.server.sign_in.authenticator import SignedIn

_SHOWN = 50
"""Accounts a page: on a telephone two hundred stood a hundred screens tall."""


@dataclass(frozen=True)
class Outcome:
    """What was done, in words, and the first passwords to hand over, by account: shown this once."""

    done: Words
    firsts: dict[str, str] = field(default_factory=dict)


class AccountsHandler(PageHandler):
    """Everybody's account, for an administrator."""

    @web.authenticated
    def get(self) -> None:
        """Write the list, and the account that is asked for."""
        user = self._administrator()
        if user:
            self._page(user, asked=self.get_query_argument("account", ""))

    @web.authenticated
    async def post(self) -> None:
        """Do what a form says, and show the list as it is then."""
        user = self._administrator()
        work = _ACTIONS.get(self.get_body_argument("action", ""))
        if user is None:
            return
        if work is None:
            raise web.HTTPError(400)

        def asked(name: str) -> str:
            return str(self.get_body_argument(name, ""))

        acting_user = self._acting_user(user)
        try:
            # A queue apart: fifty first passwords are fifty hashes, and nobody who signs in waits for them (0024).
            outcome = await self.identity_provider.password_queues.run_administration(
                user.session, lambda: work(acting_user, asked)
            )
        except WorkbenchError as error:
            typed = {name: asked(name) for name in (*FIELDS, "rows")}
            self._page(user, asked=self.get_query_argument("account", ""), trouble=error.words, typed=typed)
            return
        self._page(user, outcome=outcome)

    def _administrator(self) -> SignedIn | None:
        """Who keeps accounts; nobody else is let in. Where nobody has an account, the sign-in page says what to do."""
        user = self.current_user
        if self.identity_provider.authenticator.admission is Admission.OPEN:
            self.redirect(url_path_join(self.base_url, "login"))
            return None
        if not isinstance(user, SignedIn) or user.role not in ROLES or Right.KEEP not in ROLES[user.role].rights:
            raise web.HTTPError(403)
        return user

    def _acting_user(self, user: SignedIn) -> ActingUser:
        acting_user: ActingUser | None = self.identity_provider.authenticator.acting_user(user.username)
        if acting_user is None:
            raise web.HTTPError(403)
        return acting_user

    def _page(
        self,
        user: SignedIn,
        *,
        asked: str = "",
        outcome: Outcome | None = None,
        trouble: Words | None = None,
        typed: dict[str, str] | None = None,
    ) -> None:
        self.set_status(400 if trouble else 200)
        # First passwords stand on this page, shown once: no browser is to keep it.
        self.set_header("Cache-Control", "no-store")
        lang, sought = self.common()["lang"], self.get_query_argument("q", "")
        acting_user = self._acting_user(user)
        rows = [_row(each, lang) for each in accounts(acting_user)]
        matching = [row for row in rows if _matches(row, sought)]
        pages = max(1, -(-len(matching) // _SHOWN))
        # What an address asks for may be no number, or a page that the list has no more.
        number = min(max((whole_number(self.get_query_argument("page", "")) or 1), 1), pages)
        shown = matching[(number - 1) * _SHOWN : number * _SHOWN]
        self.write(
            self.render_template(
                "accounts.html", simulated=acting_user.register.simulated, accounts=shown, matching=len(matching), number=number, last_page=pages, first=(number - 1) * _SHOWN + 1,
                total=len(rows), sought=sought,
                chosen=next((row for row in rows if row["account"] == asked and asked != user.username), None),
                own=user.username, outcome=outcome, typed=typed or {}, most=MOST_ROWS,
                done=in_language(outcome.done, lang) if outcome else "",
                trouble=in_language(trouble, lang).splitlines() if trouble else [],
                roles=[(role.name, role.en if lang == "en" else role.zh, role.level) for role in ROLES.values()],
                counties=[(unit.code, unit.en if lang == "en" else unit.zh) for unit in counties().values()],
            )
        )  # fmt: skip


def _row(account: ListedAccount, lang: str) -> dict[str, Any]:
    """An account as the list shows it."""
    role = ROLES[account["role"]]
    county = county_names(account["county"])[lang == "en"] if account["county"] else None
    place = " / ".join(part for part in (county, account["township"], account["village"]) if part)
    everywhere = "the city" if lang == "en" else "全市"
    return {**account, "role_label": role.en if lang == "en" else role.zh, "place": place or everywhere}


def _matches(row: dict[str, Any], sought: str) -> bool:
    """Whether each word sought stands somewhere in the row."""
    text = " ".join(
        str(row[name] or "") for name in ("account", "name", "role", "role_label", "place", "county")
    ).casefold()
    return all(word in text for word in sought.casefold().split())


_Form = Callable[[str], str]


def _add(acting_user: ActingUser, asked: _Form) -> Outcome:
    new = account_of(asked, acting_user.register.facts)
    firsts = add_with_first_passwords(acting_user, [new])
    return Outcome(Words(f"已添加账号 {new.account}。", f"Account {new.account} is added."), firsts)


def _add_rows(acting_user: ActingUser, asked: _Form) -> Outcome:
    firsts = add_with_first_passwords(acting_user, accounts_pasted(asked("rows"), acting_user.register.facts))
    return Outcome(Words(f"已添加 {len(firsts)} 个账号。", f"{len(firsts)} accounts are added."), firsts)


def _change(acting_user: ActingUser, asked: _Form) -> Outcome:
    changed = account_of(asked, acting_user.register.facts)
    change_account(acting_user, changed)
    area: Area = changed.area
    return Outcome(
        Words(
            f"账号 {changed.account} 已更改（{ROLES[changed.role].zh}，{area}）；已打开的页面结束，请重新登录。",
            f"Account {changed.account} is changed ({ROLES[changed.role].en}); what it had open ends, it signs in anew.",
        )
    )


def _reset(acting_user: ActingUser, asked: _Form) -> Outcome:
    account = asked("account")
    done = Words(f"账号 {account} 有了新的初始密码。", f"Account {account} has a new first password.")
    return Outcome(done, {account: give_first_password(acting_user, account)})


def _close(acting_user: ActingUser, asked: _Form) -> Outcome:
    close_account(acting_user, asked("account"))
    return Outcome(Words(f"账号 {asked('account')} 已停用。", f"Account {asked('account')} is closed."))


def _reopen(acting_user: ActingUser, asked: _Form) -> Outcome:
    """Open it and give it a first password, without which nobody could sign in."""
    account = asked("account")
    reopen_account(acting_user, account)
    done = Words(f"账号 {account} 已恢复。", f"Account {account} is open again.")
    return Outcome(done, {account: give_first_password(acting_user, account)})


_ACTIONS: dict[str, Callable[[ActingUser, _Form], Outcome]] = {
    "add": _add,
    "rows": _add_rows,
    "change": _change,
    "reset": _reset,
    "close": _close,
    "reopen": _reopen,
}
