"""The register page, written by the server: each look and each step is one request, and nothing outlives it (0039)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote

from markupsafe import Markup
from tornado import web
from tornado.ioloop import IOLoop

from workbench.errors import InputError, WorkbenchError
from workbench.safeguards.plain_data import read_json
from workbench.server.catalogue import REGISTER, language
from workbench.server.plain_pages import PageHandler
from workbench.server.ready_pages import TOKEN, page_key
from workbench.server.sign_in.authenticator import SignedIn, navbar_user
from workbench.server.writers.looks import Written
from workbench.server.writers.register_look import RegisterLook
from workbench.ui.kit.frame.current_user import acting_as
from workbench.ui.kit.frame.page_environment import PERSON, QUERY, for_request
from workbench.ui.kit.texts.language import Language

AT_ONCE = 4
"""Requests worked on at the same time; others wait in order. More threads of one process would only wait for each other."""
MESSAGE_BYTES = 2 * 2**20
"""Of one request: every household of a county, marked."""
READY_VIEWS = ("progress", "risk", "edge", "managed", "plans", "cases")
"""Views that follow from the register, the store's files and the day alone. Documents and a round's upkeep look at more."""
_CHUNK = 256 * 1024
_Made = TypeVar("_Made")
Form = dict[str, list[str]]


def request_threads() -> ThreadPoolExecutor:
    """Return the threads in which requests are answered."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="request")


@dataclass(frozen=True)
class Sent:
    """What a request sends: a choice, the facts typed beside it, the batches done so far; `form`: text and fields of a plain form."""

    choice: dict[str, Any]
    typed: dict[str, Any]
    batches: int
    form: tuple[str, Form] | None = None

    @property
    def only_looks(self) -> bool:
        """Whether a plain form asks to look at something, which has an address of its own."""
        return self.form is not None and not self.form[1] and self.choice.get("do") in _LOOKS


_LOOKS = ("list", "stage", "need", "overdue", "running", "household", "filing", "back", "go", "township", "county")


class RegisterHandler(PageHandler):
    """The page: looked at by its address, worked at by what its controls send, its files given as downloads."""

    @web.authenticated
    async def get(self) -> None:
        """Show what the address asks for; a search from the bar is led to what it finds."""
        _ = self.xsrf_token
        asked, t = self._asked(), self._language()
        # Before the page is made: what changes meanwhile gives another key, and the page is made again.
        key = self._key(asked)
        if key is None:
            await self._write_page(asked, t, None)
            return
        # Whoever reloads a page that takes its time, or has it open twice, waits for the first one instead of asking again.
        async with self.settings["ready_pages"].in_turn(key) as ready:
            if ready is not None:
                self._give_page(ready)
            else:
                await self._write_page(asked, t, key)

    async def _write_page(self, asked: dict[str, str], t: Language, key: bytes | None) -> None:
        """Write what stands at the address anew, and have it ready under `key`."""
        shown = await self._shown(asked, t)
        if "search" in asked and "view" not in asked and not shown.refused:
            self.redirect(f"{self.request.path}?{shown.query}")
            return
        if self._wants_json():
            self._give_parts(shown.text)
        else:
            self._give_content(Markup(shown.text), shown.title, None if shown.refused else key)  # noqa: S704 - of a template

    @web.authenticated
    async def post(self) -> None:
        """Take a choice: from the script of the page as JSON, else from a plain form; or make a file."""
        if len(self.request.body) > MESSAGE_BYTES:
            raise web.HTTPError(413)
        if self.get_body_argument("document", "") and not self.get_body_argument("choice", ""):
            await self._file()
            return
        answers, asked, t, sent = _answers(), self._asked(), self._language(), self._sent()
        answer = await self._answer(lambda: answers.take(asked, sent.choice, sent.typed, sent.batches, t))
        if sent.only_looks and not answer.refused:
            # Its address is the answer, so that Back and reloading do what they say.
            self.redirect(f"{self.request.path}?{answer.query}", status=303)
            return
        self._give(await self._whole(answer), sent.form if answer.refused else None)

    async def _file(self) -> None:
        """Make the file that a form asks for and give it in pieces; where it cannot be made, the page says why."""
        answers, asked, t, fields = _answers(), self._asked(), self._language(), self._form()
        try:
            made = await self._in_thread(lambda: answers.file_of(asked, fields, t))
        except WorkbenchError as error:
            self._give(await self._whole(replace(answers.failed(error, t), parts={})))
            return
        self.set_header("Content-Type", made.kind)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(made.name)}")
        self.set_header("Cache-Control", "no-store")
        for begin in range(0, len(made.content), _CHUNK):
            self.write(made.content[begin : begin + _CHUNK])
            await self.flush()
        self.finish()

    # -- who asks for what -----------------------------------------------------------------------------------------

    def _asked(self) -> dict[str, str]:
        """The query of the address: the first value of each key."""
        return {key: self.get_query_arguments(key)[0] for key in self.request.query_arguments}

    def _language(self) -> Language:
        return Language(language(self.get_query_argument("lang", None)))

    def _wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def _form(self) -> Form:
        """The fields that a plain form sent."""
        return {key: self.get_body_arguments(key, strip=False) for key in self.request.body_arguments if key != "_xsrf"}

    def _sent(self) -> Sent:
        """What was sent; 400 for what no page sends."""
        try:
            if self.request.headers.get("Content-Type", "").startswith("application/json"):
                content = read_json(self.request.body)
                sent = Sent(content["choice"], content.get("typed") or {}, content.get("batches") or 0)
            else:
                fields = self._form()
                text = fields.pop("choice")[-1]
                choice = read_json(text)
                sent = Sent(choice | ({"fields": fields} if fields else {}), {}, 0, (text, fields))
        except (InputError, KeyError, TypeError):
            raise web.HTTPError(400) from None
        if not (isinstance(sent.choice, dict) and isinstance(sent.typed, dict) and type(sent.batches) is int):
            raise web.HTTPError(400)
        return sent

    # -- answers ---------------------------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], _Made]) -> _Made:
        """Do something for who is signed in. Raises WorkbenchError where the account was closed meanwhile."""
        user = self.current_user
        signed_in = user if isinstance(user, SignedIn) and user.role else None
        variables = {PERSON: signed_in.header if signed_in else "", QUERY: self.request.query}
        authenticator = self.identity_provider.authenticator

        def answer() -> _Made:
            acting_user = authenticator.acting_user(signed_in.username) if signed_in else None
            with for_request(variables), acting_as(acting_user):
                return work()

        made: _Made = await IOLoop.current().run_in_executor(self.settings["request_threads"], answer)
        return made

    async def _shown(self, asked: dict[str, str], t: Language) -> Written:
        """What stands at the address, written by a process of its own where many look, else by a thread."""
        user, authenticator = self.current_user, self.identity_provider.authenticator
        signed_in = user if isinstance(user, SignedIn) and user.role else None
        account, person = (signed_in.username, signed_in.header) if signed_in else ("", "")
        look = RegisterLook(account, asked, t.code, person, self.request.query, self._wants_json(), TOKEN, self._script)
        threads = self.settings["request_threads"]

        async def by_server() -> Written:
            return await IOLoop.current().run_in_executor(threads, look.written, authenticator.acting_user)

        # A search that somebody has typed is an event of its own: made again after a process was lost, there would be two.
        if "search" in asked:
            return await by_server()
        shown: Written = await self.settings["page_writers"].written(look, by_server)
        return shown

    async def _answer(self, work: Callable[[], Any]) -> Any:
        try:
            return await self._in_thread(work)
        except WorkbenchError as error:
            return _answers().failed(error, self._language())

    async def _whole(self, answer: Any) -> Any:
        """The answer with the page as it was around what was refused, where no script has that page in sight."""
        if answer.parts or self._wants_json():
            return answer
        asked, t = self._asked(), self._language()
        shown = await self._answer(lambda: _answers().show(asked, t))
        return replace(shown, notice=answer.notice, wrong=answer.wrong)

    def _key(self, asked: dict[str, str]) -> bytes | None:
        """All that the page of an address depends on, as a key; None for a page that is made anew at each look."""
        # A search for a name is an event that counts its hits.
        if self._wants_json() or asked.get("view", "progress") not in READY_VIEWS or "search" in asked:
            return None
        return page_key(self)

    def _give(self, answer: Any, typed: tuple[str, Form] | None = None) -> None:
        """Write an answer: its parts for the script of the page, else the whole page; `typed`: a form that was refused."""
        if self._wants_json():
            self._give_parts(json.dumps(answer.for_script(), ensure_ascii=False))
            return
        from workbench.ui.pages.register.requests.whole_page import whole_page  # noqa: PLC0415 - as `_answers`

        self._give_content(whole_page(answer, self._language(), TOKEN, self._script, typed), answer.title)

    @property
    def _script(self) -> str:
        """Where the script of panes is."""
        address: str = self.settings["voila_jinja2_env"].globals["assets"]["pane.js"]
        return address

    def _give_parts(self, parts: str) -> None:
        """Write the parts of a page as JSON."""
        self._say_kind()
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(parts)

    def _give_content(self, content: Markup, title: str, key: bytes | None = None) -> None:
        """Write the whole page around its content, which `key` then has ready."""
        person = {**navbar_user(self, self._language().code), "xsrf": TOKEN}
        page = self.render_template("register.html", current=REGISTER, content=content, page_title=title, person=person)
        if key is not None:
            self.settings["ready_pages"].put(key, page)
        self._give_page(page)

    def _give_page(self, page: str) -> None:
        """Write a page, with the token of this browser."""
        self._say_kind()
        self.finish(page.replace(TOKEN, self.xsrf_token.decode()))

    def _say_kind(self) -> None:
        self.set_header("Cache-Control", "no-store")
        # The answer to one address is a page or its parts: a cache must not give one for the other.
        self.set_header("Vary", "Accept")


def _answers() -> Any:
    # Late: the server listens before the libraries of counting are loaded.
    from workbench.ui.pages.register.requests import answers  # noqa: PLC0415

    return answers
