"""The answer to one request for the register page: what is shown at an address, a choice taken there, a file made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from workbench.errors import WorkbenchError
from workbench.settings import store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.controls.pane_fields import Fields
from workbench.ui.kit.files.download import File
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.files import made_file
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.requests.address import query_of, resume
from workbench.ui.pages.register.requests.parts import empty_parts, look_fields, parts, title_of
from workbench.ui.pages.register.search import find
from workbench.ui.pages.register.state import RegisterSession


@dataclass(frozen=True)
class Answer:
    """What a request is answered with.

    `parts`: HTML by name, empty where a choice was refused and everything stays as it is; `notice`: what was refused, as
    HTML; `query`: of the address that shows this again; `look`: what a list sends along where no script runs; `batches`:
    how many batches the browser has seen done; `wrong`: what was refused, by the name of a fact or of a form's field.
    """

    parts: dict[str, Markup]
    title: str
    query: str = ""
    notice: Markup = field(default_factory=Markup)
    look: Mapping[str, str] = field(default_factory=dict)
    batches: int = 0
    wrong: str = ""

    def for_script(self) -> dict[str, Any]:
        """Return what the script of the page is given."""
        parts = {"parts": self.parts} if self.parts else {}
        said = {"notice": self.notice, "wrong": self.wrong}
        return {**parts, **said, "title": self.title, "query": self.query, "batches": self.batches}

    @property
    def refused(self) -> bool:
        """Whether something was refused."""
        return bool(self.notice)


def show(asked: Mapping[str, str], t: Language) -> Answer:
    """What stands at an address; of a household that is not there the lists, and a message above them."""
    try:
        session = _session(asked)
        if "search" in asked and "view" not in asked:
            find(session, asked["search"])
    except WorkbenchError as error:
        return failed(error, t)
    actions = RegisterActions(session, t)
    try:
        return _answer(actions, parts(actions))
    except WorkbenchError as error:
        session.household = session.filing = ""
        try:
            return _answer(actions, parts(actions), _notice(error, t))
        except WorkbenchError:
            return failed(error, t)


def take(
    asked: Mapping[str, str], choice: Mapping[str, Any], typed: Mapping[str, Any], batches: int, t: Language
) -> Answer:
    """Take a choice at an address. Where it is refused there are no parts: what somebody typed stands as it is."""
    try:
        session = _session(asked)
        actions = RegisterActions(session, t, batches)
        actions.take(choice, typed)
        return _answer(actions, parts(actions))
    except WorkbenchError as error:
        address = urlencode(dict(asked))
        return Answer({}, title_of(t), address, _notice(error, t), batches=batches, wrong=error.field)


def file_of(asked: Mapping[str, str], fields: Fields, t: Language) -> File:
    """A file of what stands at an address, as a form asks for it; raises WorkbenchError in words."""
    return made_file(_session(asked), fields, t)


def failed(error: WorkbenchError, t: Language) -> Answer:
    """The page of somebody for whom there is nothing to show, with why."""
    return Answer(empty_parts(t), title_of(t), notice=_notice(error, t))


def _session(asked: Mapping[str, str]) -> RegisterSession:
    session = RegisterSession(FactStore(store_path()), asked.get("round"), asked.get("county"))
    session.of_one_request = True
    # A search from the bar names no view: it finds its own.
    resume(session, {key: value for key, value in asked.items() if key != "search" or "view" in asked})
    return session


def _answer(actions: RegisterActions, shown: dict[str, Markup], notice: Markup | None = None) -> Answer:
    session, t = actions.session, actions.language
    return Answer(
        shown, f"{title_of(t)} · {county_name(session.county, t)}", urlencode(query_of(session, t)), notice or Markup(),
        look_fields(session, t), actions.batches.number,
    )  # fmt: skip


def _notice(error: WorkbenchError, t: Language) -> Markup:
    return render("message", t, text=t.error(error), alert=True)
