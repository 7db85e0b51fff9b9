"""The pages that the server writes itself: home, not found, and a way to ask whether a session still lives."""

from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from markupsafe import Markup
from tornado import web
from tornado.ioloop import IOLoop
from voila.handler import BaseVoilaHandler

from workbench.errors import Words
from workbench.register.access.passwords import Admission
from workbench.risk.registry.records import being_trained
from workbench.server.catalogue import address, kept_query, language, listed
from workbench.server.doors.guard import FAILURES, GuardedPage
from workbench.server.kernels.owners import OfOwner
from workbench.server.ready_pages import TOKEN, page_key
from workbench.server.sign_in.authenticator import SignedIn, navbar_user, role_of
from workbench.server.writers.home_look import HomeLook
from workbench.server.writers.looks import Written
from workbench.settings import store_path


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
        account = user.username if isinstance(user, SignedIn) and user.role else ""
        # A model that is being trained is said of the store, and told by no event before it is there.
        key, ready = page_key(self, being_trained(store_path())), self.settings["ready_pages"]
        if key is None:
            page, _ = await self._page(account, asked)
        else:
            async with ready.in_turn(key) as there:
                page, whole = (there, False) if there is not None else await self._page(account, asked)
                if whole:
                    ready.put(key, page)
        self.write(page.replace(TOKEN, self.xsrf_token.decode()))

    async def _page(self, account: str, asked: dict[str, str]) -> tuple[str, bool]:
        """The page written anew, and whether nothing hindered that."""
        written = await self._written(account, asked)
        person = {**navbar_user(self, asked.get("lang", "zh")), "xsrf": TOKEN}
        # What another process wrote comes as plain text: without this its tags would be shown.
        overview = Markup(written.text)  # noqa: S704 - of a template, which escaped what it shows
        page = self.render_template("home.html", current="", overview=overview, trouble=written.trouble, person=person)
        return page, not written.trouble

    async def _written(self, account: str, asked: dict[str, str]) -> Written:
        """The overview: of a process that writes pages where many look, else of a thread."""
        authenticator = self.identity_provider.authenticator
        accounts = authenticator.admission is not Admission.OPEN
        look = HomeLook(
            account, asked, asked.get("lang", "zh"), self.contents_manager.root_dir, self.base_url, accounts
        )

        async def by_server() -> Written:
            return await IOLoop.current().run_in_executor(None, look.written, authenticator.acting_user)

        written: Written = await self.settings["page_writers"].written(look, by_server)
        return written


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
        """Answer without a page: only a script asks; it is told why its session ended, where that is known."""
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
