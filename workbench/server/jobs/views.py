"""Jobs as the page shows them: plain values for the template, in one language."""

import datetime as dt
from typing import Any

from workbench.clock import hour_in_words
from workbench.domain.procedure.roles import Person
from workbench.jobs.job import Job, JobRequest, State
from workbench.jobs.kinds import may_cancel, title_of
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores, read_head
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title

STATES: dict[State, tuple[str, str]] = {
    State.QUEUED: ("排队中", "queued"),
    State.RUNNING: ("进行中", "running"),
    State.DONE: ("已完成", "done"),
    State.FAILED: ("没有做成", "not done"),
    State.CANCELLED: ("已取消", "cancelled"),
    State.UNFINISHED: ("没有做完（服务器停过）", "not finished (the server ended)"),
}
_MINUTE = 60


def job_row(job: Job, person: Person | None, now: dt.datetime, t: Language) -> dict[str, Any]:
    """A job as a row of the list; `person`: who looks, None where nobody has an account."""
    request, own = job.request, person is None or person.account == job.request.account
    result = [t.words(each) for each in job.result]
    return {
        "id": job.id,
        "title": _title(request, t),
        "place": _place(job, t),
        "who": request.name or request.account or "–",
        "queued": t.words(hour_in_words(job.queued_at)),
        "ended": t.words(hour_in_words(job.ended_at)) if job.ended_at else "",
        "state": job.state.value,
        "label": t.label(STATES[job.state]),
        "doing": t.words(job.progress.text),
        "done": job.progress.done,
        "total": job.progress.total,
        "took": _took(job.seconds(now), t) if job.begun_at else "",
        "result": result[0] if result else "",
        "more": result[1:],
        "ending": bool(job.cancelled_by) and job.is_open,
        "may_cancel": job.is_open and not job.cancelled_by and not job.progress.writing and may_cancel(job, person),
        # What it made may hold names: it is handed to whoever asked for it, and was allowed to read them (0041).
        "file": job.file if own else "",
    }


def _title(request: JobRequest, t: Language) -> str:
    # Alone in its cell it begins as a sentence does; within one it does not.
    title = t.words(title_of(request))
    return title[:1].upper() + title[1:]


def _place(job: Job, t: Language) -> str:
    round_name = job.request.round_name
    return " · ".join(
        part
        for part in (county_name(job.request.county or "", t), round_title(round_name, t) if round_name else "")
        if part
    )


def _took(seconds: float, t: Language) -> str:
    minutes, rest = divmod(int(seconds), _MINUTE)
    zh = f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"
    return t.label((zh, f"{minutes} min {rest} s" if minutes else f"{rest} s"))


def rounds_to_score(store: FactStore, t: Language) -> list[tuple[str, str]]:
    """The stored rounds, the latest first, each with its name and what is to be said of its scores."""
    return [(name, f"{round_title(name, t)} – {t.label(_scored(store, name))}") for name in reversed(store.rounds())]


def _scored(store: FactStore, round_name: str) -> tuple[str, str]:
    if not has_scores(store.root, round_name):
        return ("没有评分", "not scored")
    if read_head(store.root, round_name).is_stale(store):
        return ("评分后数据有改动", "changed since it was scored")
    return ("已评分", "scored")
