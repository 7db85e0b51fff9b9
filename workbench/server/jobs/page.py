"""The page of the jobs: what waits, runs and was done, for whoever may see it; jobs are asked for and called off here."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import IOLoop

from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Person, Right
from workbench.errors import InputError, RefusedError, Words, WorkbenchError
from workbench.jobs.job import FILE, TAKE_IN, JobRequest
from workbench.jobs.job_files import JobFiles
from workbench.jobs.kinds import KINDS, LEDGERS, PROCEDURES, check_may_ask, may_ask, may_cancel, may_see
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.passwords import Admission
from workbench.server.catalogue import address
from workbench.server.jobs.views import job_row, rounds_to_score
from workbench.server.plain_pages import PageHandler, in_language
from workbench.server.sign_in.authenticator import FINEST_OF_JOBS, SignedIn
from workbench.settings import store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STARTED = Words("已排队；可以关掉本页，任务会继续。", "Queued. You may close this page, the job goes on.")
_CALLED_OFF = Words("正在取消。", "Being cancelled.")


@dataclass(frozen=True)
class Viewer:
    """Who looks: the acting user, None where nobody has an account and whoever looks sits at the server."""

    user: ActingUser | None = None

    @property
    def person(self) -> Person | None:
        """Account, role and area."""
        return self.user.person if self.user else None

    def asks(self, kind: str, *, simulated: bool) -> bool:
        """Whether the page offers this kind."""
        if self.person is None:
            return not KINDS[kind].needs_account
        return may_ask(self.person, kind, simulated=simulated)


class _OfJobs(PageHandler):
    """Lets in who has to do with jobs."""

    async def viewer(self) -> Viewer | None:
        """Who looks; None where the answer is given already. Raises 403 for who has no jobs."""
        authenticator = self.identity_provider.authenticator
        user = self.current_user
        if authenticator.admission is Admission.OPEN:
            return Viewer()
        if not isinstance(user, SignedIn) or not user.role:
            self.redirect(url_path_join(self.base_url, "login"))
            return None
        acting_user = await IOLoop.current().run_in_executor(None, authenticator.acting_user, user.username)
        if acting_user is None or acting_user.person.role.level > FINEST_OF_JOBS:
            raise web.HTTPError(403)
        role = acting_user.person.role
        # Who works with made-up households sees nothing of real ones, and not who works on them either.
        if role.simulated_only and not await IOLoop.current().run_in_executor(
            None, lambda: acting_user.register.simulated
        ):
            raise web.HTTPError(403)
        return Viewer(acting_user)

    @property
    def files(self) -> JobFiles:
        """The jobs of the store that is served."""
        return JobFiles(store_path())


class JobsHandler(_OfJobs):
    """The list, and the forms that ask for a job."""

    @web.authenticated
    async def get(self) -> None:
        """Write the list as it is now; reading the token sets its cookie."""
        _ = self.xsrf_token
        viewer = await self.viewer()
        if viewer is not None:
            await self._page(viewer)

    @web.authenticated
    async def post(self) -> None:
        """Do what a form says."""
        viewer = await self.viewer()
        if viewer is None:
            return
        work = {"start": self._start, "ask": self._ask, "cancel": self._cancel}.get(
            self.get_body_argument("action", "")
        )
        if work is None:
            raise web.HTTPError(400)
        try:
            shown = await IOLoop.current().run_in_executor(None, work, viewer)
        except WorkbenchError as error:
            await self._page(viewer, trouble=error.words)
            return
        if shown:
            await self._page(viewer, **shown)
            return
        # Asked for by its address again: reloading the list must not ask for the job once more.
        here = address(
            url_path_join(self.base_url, "jobs"), {**self._carried(), "done": self.get_body_argument("action")}
        )
        self.redirect(here)

    # -- what a form does, in a thread -----------------------------------------------------------------------------

    def _asked(self, viewer: Viewer) -> JobRequest:
        """The job that a form asks for."""
        kind = self.get_body_argument("kind", "")
        if kind not in KINDS or kind == TAKE_IN:  # a file comes from its own page, where it was checked
            raise InputError(Words("没有这种任务", "there is no such kind of job", code="server.no-such-kind-of-job"))
        facts, round_name = FactStore(store_path()), self.get_body_argument("round", "")
        county = self.get_body_argument("county", "") or None if KINDS[kind].of_county else None
        # Only stored ones: a job that must fail is not to wait for its turn first.
        if round_name or kind != "train":
            facts.files(round_name, county)
        options = {"of": self.get_body_argument("of", "")} if KINDS[kind].of_county else {}
        person = viewer.person
        return JobRequest(
            kind,
            round_name,
            county,
            person.account if person else None,
            viewer.user.name if viewer.user else "",
            options,
        )

    def _start(self, viewer: Viewer) -> dict[str, Any]:
        request = self._asked(viewer)
        check_may_ask(request, viewer.user)
        self.files.add(request, now_in_beijing())
        return {}

    def _ask(self, viewer: Viewer) -> dict[str, Any]:
        """What a filing would do, before it does it: the list is a record of the county's."""
        from workbench.register.procedure.filings import would_file  # noqa: PLC0415 - it computes, and loads what that needs

        request = self._asked(viewer)
        check_may_ask(request, viewer.user)
        if request.kind != FILE or viewer.user is None:
            raise InputError(Words("没有这种任务", "there is no such kind of job", code="server.no-such-kind-to-ask"))
        would, _ = would_file(viewer.user, request.round_name, str(request.county), request.options["of"])
        t = Language(self.common()["lang"])
        return {
            "question": {
                "round": request.round_name, "county": request.county, "of": request.options["of"],
                "what": t.words(PROCEDURES[request.options["of"]]), "round_title": round_title(request.round_name, t),
                "county_title": county_name(str(request.county), t),
                "files": len(would.filed), "back": len(would.sent_back), "held": len(would.held),
            }
        }  # fmt: skip

    def _cancel(self, viewer: Viewer) -> dict[str, Any]:
        job = self.files.job(self.get_body_argument("job", ""))
        if not may_see(job, viewer.person):
            raise web.HTTPError(404)
        if not may_cancel(job, viewer.person):
            raise RefusedError(
                Words(
                    "只有要求做这件任务的人和管理员可以取消",
                    "only whoever asked for a job, and the administrator, may cancel it",
                    code="server.job-of-another",
                )
            )
        self.files.cancel(job.id, viewer.person.account if viewer.person else "", now_in_beijing())
        return {}

    # -- the page --------------------------------------------------------------------------------------------------

    def _carried(self) -> dict[str, str]:
        return {name: value for name in ("county", "round", "lang") if (value := self.get_query_argument(name, ""))}

    async def _page(
        self, viewer: Viewer, *, trouble: Words | None = None, question: dict[str, Any] | None = None
    ) -> None:
        self.set_status(400 if trouble else 200)
        self.set_header("Cache-Control", "no-store")
        lang = self.common()["lang"]
        asked = partial(self._values, viewer, lang, now_in_beijing())
        values = await IOLoop.current().run_in_executor(None, asked)
        done = {"start": _STARTED, "cancel": _CALLED_OFF}.get(self.get_query_argument("done", ""))
        self.write(
            self.render_template(
                "jobs.html", **values, question=question, done=in_language(done, lang) if done and not trouble else "",
                trouble=Language(lang).words(trouble) if trouble else "",
            )
        )  # fmt: skip

    def _values(self, viewer: Viewer, lang: str, now: dt.datetime) -> dict[str, Any]:
        """What the template shows, read from the store: in a thread."""
        t, facts, person = Language(lang), FactStore(store_path()), viewer.person
        jobs = [each for each in self.files.all() if may_see(each, person)]
        rounds = facts.rounds()
        simulated = bool(rounds) and facts.simulated()
        offered = {name for name in KINDS if name != TAKE_IN and rounds and viewer.asks(name, simulated=simulated)}
        own = person.area.county if person else None
        counties = [own] if own else facts.counties(rounds[-1]) if rounds else []
        return {
            "jobs": [job_row(each, person, now, t) for each in jobs],
            "waiting": any(each.is_open for each in jobs),
            "simulated": simulated,
            "offered": offered,
            "scored": rounds_to_score(facts, t) if "score" in offered else [],
            "rounds": [(name, round_title(name, t)) for name in reversed(rounds)],
            "counties": [(code, county_name(code, t)) for code in counties],
            "ledgers": [(name, t.words(words)) for name, words in LEDGERS.items()],
            "procedures": [(name, t.words(words)) for name, words in PROCEDURES.items()],
            "asked": self._carried(),
            "keeps": person is None or Right.KEEP in person.role.rights,
        }


class JobFileHandler(_OfJobs):
    """A file that a job made, for whoever asked for it."""

    @web.authenticated
    async def get(self, job_id: str) -> None:
        """Hand it over."""
        viewer = await self.viewer()
        if viewer is None:
            return
        try:
            job, path = self.files.job(job_id), self.files.file_of(job_id)
        except InputError:
            raise web.HTTPError(404) from None
        # To everybody else there is none, the administrator too: it may hold what only the asker may read (0041).
        if path is None or (viewer.person is not None and viewer.person.account != job.request.account):
            raise web.HTTPError(404)
        content = await IOLoop.current().run_in_executor(None, path.read_bytes)
        self.set_header("Content-Type", _XLSX)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(path.name)}")
        self.set_header("Cache-Control", "no-store")
        self.finish(content)
