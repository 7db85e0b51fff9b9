"""The trainer's page: sets of cases of one's own. Written by the server: forms and lists."""

import json
from typing import Any
from urllib.parse import quote

from jupyter_server.utils import url_path_join
from tornado import web

from workbench.clock import now_in_beijing
from workbench.domain.parameters import poverty_line
from workbench.domain.procedure.roles import ROLES, Right
from workbench.domain.rules.clauses import clauses
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, RefusedError, Words, WorkbenchError
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.passwords import Admission
from workbench.safeguards.plain_data import decode_utf8, read_json
from workbench.server.catalogue import address
from workbench.server.plain_pages import PageHandler
from workbench.server.sign_in.authenticator import SignedIn
from workbench.settings import store_path
from workbench.store.scenarios import (
    TRAINING_SETS,
    Saved,
    delete_scenario,
    list_scenarios,
    read_scenario,
    save_scenario,
)
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.pages.training.own_sets import LONGEST, OwnCase, TrainingSet, case_typed, document, set_of
from workbench.ui.pages.training.sheets import own_cases
from workbench.ui.pages.training.state import ROUNDS
from workbench.ui.pages.training.teaching import first_round, plain_household
from workbench.ui.pages.training.views import form_sections


class TrainingHandler(PageHandler):
    """What the pages of sets share: who asks, in which language and round."""

    @property
    def t(self) -> Language:
        """The language of the page."""
        return Language(self.common()["lang"])

    @property
    def round_name(self) -> str:
        """The round that gives the line; the first of training where another is asked for."""
        asked = str(self.get_query_argument("round", ""))
        return asked if asked in ROUNDS else first_round()

    @property
    def account(self) -> str:
        """Who asks, empty where nobody signs in."""
        user = self.current_user
        return user.username if isinstance(user, SignedIn) and user.role else ""

    @property
    def writes(self) -> bool:
        """Whether who asks may write sets: a trainer, and where nobody has an account whoever is at this computer."""
        if self.identity_provider.authenticator.admission is Admission.OPEN:
            return True
        user = self.current_user
        role = ROLES.get(user.role or "") if isinstance(user, SignedIn) else None
        return role is not None and Right.TEACH in role.rights

    def check_writes(self) -> None:
        """Raise RefusedError unless who asks may write sets; a trainer may on simulated data only."""
        authenticator = self.identity_provider.authenticator
        acting_user = authenticator.acting_user(self.account) if self.account else None
        if acting_user is not None:
            acting_user.check_anywhere(Right.TEACH)
        elif authenticator.admission is not Admission.OPEN:
            raise RefusedError(Words("请先登录", "sign in first", code="server.training-sign-in"))

    def to(self, *parts: str, **query: str) -> str:
        """An address of these pages, in the language and round of this one."""
        carried = {"round": self.round_name} if self.get_query_argument("round", "") else {}
        lang = {"lang": "en"} if self.t.code == "en" else {}
        return address(url_path_join(self.base_url, "training", *parts), {**carried, **lang, **query})

    def saved(self, identity: str) -> tuple[Saved, TrainingSet]:
        """Return a set that is there; 404 where it is none."""
        try:
            saved = read_scenario(store_path(), identity, TRAINING_SETS)
            return saved, set_of(saved.data)
        except WorkbenchError:
            raise web.HTTPError(404) from None

    def show(self, template: str, trouble: WorkbenchError | None = None, **values: Any) -> None:
        """Write a page; `trouble` is what was refused."""
        self.set_status(400 if trouble else 200)
        rounds = [(name, round_title(name, self.t)) for name in ROUNDS]
        self.write(
            self.render_template(
                template, trouble=self.t.error(trouble) if trouble else "", rounds=rounds, round_name=self.round_name,
                line=self.t.number(poverty_line(self.round_name).value), writes=self.writes, to=self.to, **values,
            )
        )  # fmt: skip

    def keep(self, training_set: TrainingSet, over: Saved | None = None) -> Saved:
        """Save a set, anew or over the one that was read."""
        acting_user = self.identity_provider.authenticator.acting_user(self.account) if self.account else None
        # The list says who wrote it by name: few people know each other by their accounts.
        content = {**document(training_set), "author": acting_user.name if acting_user else ""}
        return save_scenario(store_path(), content, self.stamp(acting_user), over, self.account, TRAINING_SETS)

    def stamp(self, acting_user: ActingUser | None) -> str:
        """The moment of what is saved, by the clock that the other pages show: a demonstration has a day of its own."""
        return (acting_user.now if acting_user else now_in_beijing()).isoformat(timespec="seconds")


class TrainingSetsHandler(TrainingHandler):
    """All sets; a new one, or one from a file."""

    @web.authenticated
    def get(self) -> None:
        """Write the list."""
        self._list()

    @web.authenticated
    def post(self) -> None:
        """Begin a set, or take one in from a file: nothing is written of a file in which one case is wrong."""
        try:
            self.check_writes()
            files = self.request.files.get("file")
            if self.get_body_argument("action", "") == "import":
                made = set_of(read_json(decode_utf8(files[0]["body"]))) if files else set_of(None)
            else:
                made = set_of({**document(TrainingSet("")), "name": self.get_body_argument("title", "")})
            saved = self.keep(made)
        except WorkbenchError as error:
            self._list(error)
            return
        self.redirect(self.to("sets", saved.identity))

    def _list(self, trouble: WorkbenchError | None = None) -> None:
        there = list_scenarios(store_path(), TRAINING_SETS)
        self.show("training_sets.html", trouble, sets=there, longest=LONGEST)


class TrainingSetHandler(TrainingHandler):
    """One set: its cases with what the rules answer, and the form of a case."""

    @web.authenticated
    def get(self, identity: str) -> None:
        """Write the set, and the case that is asked for."""
        saved, training_set = self.saved(identity)
        if self.get_query_argument("file", ""):
            self._file(training_set)
            return
        self._set(saved, training_set)

    @web.authenticated
    def post(self, identity: str) -> None:
        """Do what a form says, and show the set as it is then."""
        saved, training_set = self.saved(identity)
        typed = {name: str(values[-1], "utf-8") for name, values in self.request.body_arguments.items()}
        try:
            self.check_writes()
            if str(saved.revision) != typed.get("revision"):
                raise RefusedError(
                    Words(
                        "这一套已有更新的内容，没有保存；请刷新后再改",
                        "this set has changed since; nothing was saved: reload it first",
                        code="server.training-set-changed",
                    )
                )
            if typed.get("action") == "delete":
                delete_scenario(store_path(), saved, self.account, TRAINING_SETS)
                self.redirect(self.to("sets"))
                return
            self.keep(self._changed(saved, training_set, typed), saved)
        except WorkbenchError as error:
            self._set(saved, training_set, error, typed)
            return
        self.redirect(self.to("sets", identity))

    def _changed(self, saved: Saved, training_set: TrainingSet, typed: dict[str, str]) -> TrainingSet:
        number = whole_number(typed.get("number", ""))
        match typed.get("action"):
            case "case":
                # A form has what it began with: of a case that is written anew its own facts, else a plain household's.
                changes = number is not None and number < len(training_set.cases)
                shown = training_set.cases[number].facts if changes and number is not None else {}
                return training_set.with_case(case_typed(typed, shown, self.round_name), number if changes else None)
            case "remove" if number is not None:
                return training_set.without(number)
            case "up" if number is not None:
                return training_set.moved_up(number)
            case "restore":
                return set_of(saved.version(whole_number(typed.get("earlier", "")) or 0).data)
        raise InputError(Words("没有这一步", "no such step", code="server.training-no-such-step"))

    def _set(
        self, saved: Saved, training_set: TrainingSet, trouble: WorkbenchError | None = None, typed: dict[str, str] | None = None
    ) -> None:  # fmt: skip
        asked = whole_number(self.get_query_argument("case", ""))
        number = asked if asked is not None and asked < len(training_set.cases) else None
        case = training_set.cases[number] if number is not None else None
        kind = (
            case.kind if case else "unregistered" if self.get_query_argument("kind", "") == "unregistered" else "lifted"
        )
        self.show(
            "training_set.html", trouble, saved=saved, training_set=training_set,
            cases=own_cases(training_set.cases, self.round_name, self.t), number=number, kind=kind,
            sections=form_sections(case.facts if case else plain_household(kind), kind, self.t),
            written=typed or _texts(case), typed=typed or {}, longest=LONGEST,
            clauses=[(each.id, f"{each.place[self.t.code]} · {each.beginning(self.t.code)}") for each in clauses().values()],
            own=self.writes and (not saved.owner or saved.owner == self.account),
        )  # fmt: skip

    def _file(self, training_set: TrainingSet) -> None:
        name = quote(f"{training_set.title}.json")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Content-Disposition", f"attachment; filename=training-set.json; filename*=UTF-8''{name}")
        self.write(json.dumps(document(training_set), ensure_ascii=False, indent=1))


def _texts(case: OwnCase | None) -> dict[str, str]:
    if case is None:
        return {}
    return {"title": case.title, "ask": case.ask, "explain": case.explain, "clause": case.clause}
