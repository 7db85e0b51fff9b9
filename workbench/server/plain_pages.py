"""The pages that the server writes itself: home, not found, and a way to ask whether a session still lives."""

from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import IOLoop
from voila.handler import BaseVoilaHandler

from workbench.domain.procedure.roles import Right, Role
from workbench.errors import Words, WorkbenchError
from workbench.risk.registry.records import being_trained
from workbench.server.catalogue import address, kept_query, language, listed, named
from workbench.server.doors.guard import FAILURES, GuardedPage
from workbench.server.kernels.owners import OfOwner
from workbench.server.ready_pages import TOKEN, page_key
from workbench.server.sign_in.authenticator import SignedIn, navbar_user, role_of
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language


def in_language(words: Words, lang: str) -> str:
    """Return a message in the language of the page."""
    return words.en if lang == "en" else words.zh


class PageHandler(GuardedPage, BaseVoilaHandler):
    """Renders the plain pages; every template may ask for `lang` and `query`."""

    def render_template(self, name: str, **values: Any) -> str:
        """Render the template in the language asked for."""
        return str(super().render_template(name, **{**self.common(), **values}))

    def common(self) -> dict[str, Any]:
        """What every plain page shows: the language, the pages there are, what the address keeps, who is signed in."""
        lang = language(self.get_query_argument("lang", None))
        return {
            "lang": lang,
            "pages": listed(Path(self.contents_manager.root_dir), lang, role_of(self)),
            "current": None,
            "query": address("", kept_query(lambda key: self.get_query_argument(key, None))),
            "person": navbar_user(self, lang),
        }


class HomeHandler(PageHandler):
    """The home page: what a county and a round need, and the pages that exist, as cards."""

    @web.authenticated
    async def get(self) -> None:
        """Write the page; reading the token sets its cookie. Counting is left to a thread, so that others need not wait."""
        _ = self.xsrf_token
        asked = kept_query(lambda key: self.get_query_argument(key, None))
        user = self.current_user
        account = user.username if isinstance(user, SignedIn) and user.role else None
        # A model that is being trained is said of the store, and told by no event before it is there.
        key, ready = page_key(self, being_trained(store_path())), self.settings["ready_pages"]
        page = None if key is None else ready.get(key)
        if page is None:
            overview, trouble = await IOLoop.current().run_in_executor(None, self._overview, asked, account)
            person = {**navbar_user(self, asked.get("lang", "zh")), "xsrf": TOKEN}
            page = self.render_template("home.html", current="", overview=overview, trouble=trouble, person=person)
            if key is not None and not trouble:
                ready.put(key, page)
        self.write(page.replace(TOKEN, self.xsrf_token.decode()))

    def _overview(self, asked: dict[str, str], account: str | None) -> tuple[str, str]:
        """The overview as HTML, or what hinders it in words."""
        # Late: the server listens before the libraries of counting are loaded.
        from workbench.register.clock import today_of  # noqa: PLC0415
        from workbench.ui.pages.home.my_work import is_field_work, my_work, render_my_work  # noqa: PLC0415
        from workbench.ui.pages.home.overview import HomePlace, overview, render_overview  # noqa: PLC0415

        t = Language(asked.get("lang", "zh"))

        try:
            acting_user = self.identity_provider.authenticator.acting_user(account) if account else None
            role = acting_user.person.role if acting_user else None
            facts = FactStore(store_path())
            if not facts.rounds():
                return self._first_steps(asked, t, role), ""
            if role and Right.READ_FACTS not in role.rights:
                return "", ""  # who keeps the system sees no household: the cards below are what is theirs
            place = HomePlace(
                facts,
                asked.get("round"),
                asked.get("county"),
                city=True,
                person=acting_user.person if acting_user else None,
            )
            known = listed(Path(self.contents_manager.root_dir), t.code, role)
            here = {**asked, "county": place.county, "round": place.round_name}

            def link(page: str, **query: str) -> str:
                if page == "templates":
                    return self._of_officers(role, asked)
                path = named(known, page)
                return address(url_path_join(self.base_url, path), {**here, **query}) if path else ""

            if acting_user and is_field_work(acting_user):
                return render_my_work(my_work(place, acting_user), t, link), ""
            today = acting_user.today if acting_user else today_of(facts, register_url())
            return render_overview(overview(place, acting_user), t, today, link), ""
        except WorkbenchError as error:
            return "", t.error(error)

    def _of_officers(self, role: Role | None, asked: dict[str, str]) -> str:
        """The address of the template of filings, for who files; empty for anybody else."""
        files = role is not None and Right.FILE in role.rights
        return address(url_path_join(self.base_url, "templates"), asked) if files else ""

    def _first_steps(self, asked: dict[str, str], t: Language, role: Role | None) -> str:
        """What to do in a store without facts, as HTML."""
        from workbench.register.access.passwords import Admission  # noqa: PLC0415
        from workbench.ui.pages.home.first_steps import render_first_steps  # noqa: PLC0415

        known = listed(Path(self.contents_manager.root_dir), t.code, role)

        def link(page: str) -> str:
            path = named(known, page)
            return address(url_path_join(self.base_url, path), asked) if path else ""

        accounts = self.identity_provider.authenticator.admission is not Admission.OPEN
        accounts_page = address(url_path_join(self.base_url, "accounts"), asked)
        return render_first_steps(t, role, link, accounts_page, accounts=accounts)


ENDED_HEADER = "X-Workbench-Ended"
"""Says to a page why its session ended (static/app.js)."""


class AliveHandler(OfOwner, PageHandler):
    """Whether the kernel of an own page still runs: 204, or 404 where it is gone."""

    @web.authenticated
    async def get(self, kernel_id: str) -> None:
        """Answer, and forget a kernel that died, so that it does not count as a session."""
        kernels = self.kernel_manager
        if not await ensure_async(kernels.get_kernel(kernel_id).is_alive()):
            await ensure_async(kernels.shutdown_kernel(kernel_id, now=True))
            raise web.HTTPError(404)
        self.set_status(204)
        self.finish()

    def write_error(self, status_code: int, **details: Any) -> None:
        """No page: only a script asks; it is told why its session ended, where that is known."""
        error = (details.get("exc_info") or (None, None))[1]
        self.set_status(503 if isinstance(error, FAILURES) else status_code)
        if self.kernel_manager.was_too_large(self.path_args[0]):
            self.set_header(ENDED_HEADER, "memory")
        self.finish()


class NotFoundHandler(PageHandler):
    """Whatever no other handler takes."""

    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(404)
