"""The jobs of a store in its folder `.jobs`: a folder for each, a file for each thing that happens to it, none of them ever changed.

`asked.json`, `begun.json`, `cancelled.json`, `ended.json`; only `progress.json` is put anew. What happens once is written
once, whichever process is first: so neither the server nor the job needs a lock to say it. The folder is hidden because
nothing rests on it: no backup holds it, no trail covers it.
"""

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from workbench.errors import InputError, Words
from workbench.jobs.job import Job, JobRequest, Progress, State, plain_words, words_of
from workbench.safeguards.plain_data import read_json
from workbench.store.files import draft_of, unwritable, write_file

FOLDER = ".jobs"
MOST_ENDED, MOST_WAITING = 100, 20
"""So many jobs that ended stay listed; so many may wait."""
FILE_DAYS = 7
"""So long the file that a job made can be fetched: it may hold names, and is made again at any time."""
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_ASKED, _BEGUN, _CANCELLED, _ENDED, _PROGRESS = (
    "asked.json",
    "begun.json",
    "cancelled.json",
    "ended.json",
    "progress.json",
)
_PAYLOAD, _TEMPORARY, _RESULTS = "payload", "temporary", "results"
_OWNER_ONLY = 0o700


class JobFiles:
    """The jobs of the store at `root`. Looking makes nothing."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    # -- asking ----------------------------------------------------------------------------------------------------

    def add(self, request: JobRequest, now: dt.datetime, payload: Callable[[Path], None] | None = None) -> Job:
        """Queue a job; `payload` writes what it works on into a folder of its own, which goes with the job's end.

        Raises InputError where the very same waits or runs already, or too many do.
        """
        waiting = self.open_jobs()
        if any(_alike(each.request, request) for each in waiting):
            raise InputError(
                Words(
                    "同样的任务已在排队或进行", "the same job is queued or running already", code="jobs.same-job-waits"
                )
            )
        if len(waiting) >= MOST_WAITING:
            raise InputError(
                Words(
                    f"已有 {MOST_WAITING} 件任务在等，请等其中几件完成",
                    f"{MOST_WAITING} jobs wait already; wait until some of them are done",
                    code="jobs.too-many-wait",
                )
            )
        name = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:12]}"
        draft = self.folder / f".{name}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
            draft.mkdir(mode=_OWNER_ONLY)
            if payload is not None:
                (draft / _PAYLOAD).mkdir(mode=_OWNER_ONLY)
                payload(draft / _PAYLOAD)
            _put(draft / _ASKED, {"request": asdict(request), "at": now.isoformat(timespec="seconds")})
            # Whole or not at all: a job is there with its name.
            draft.rename(self.folder / name)
        except BaseException as error:
            shutil.rmtree(draft, ignore_errors=True)
            if isinstance(error, OSError):
                raise unwritable(self.folder, error) from None
            raise
        self._prune(now)
        return self.job(name)

    def payload(self, job_id: str) -> Path:
        """Return the folder of what a job works on."""
        return self._folder(job_id) / _PAYLOAD

    def temporary(self, job_id: str) -> Path:
        """Return the folder of what a job writes meanwhile (its TMPDIR); it goes with the job's end, however that comes."""
        folder = self._folder(job_id) / _TEMPORARY
        folder.mkdir(exist_ok=True, mode=_OWNER_ONLY)
        return folder

    # -- looking ---------------------------------------------------------------------------------------------------

    def all(self) -> list[Job]:
        """Every job, the latest first."""
        names = sorted((each.name for each in self._named()), reverse=True)
        jobs = []
        for name in names:
            # One that was pruned while we looked is none.
            with suppress(InputError, OSError):
                jobs.append(self.job(name))
        return jobs

    def job(self, job_id: str) -> Job:
        """A job by its number; raises InputError where there is none."""
        folder = self._folder(job_id)
        asked = _read(folder / _ASKED)
        if asked is None:
            raise InputError(
                Words(
                    "没有这件任务，或已不再列出",
                    "there is no such job, or it is no longer listed",
                    code="jobs.no-such-job",
                )
            )
        begun, cancelled, ended = (_read(folder / name) or {} for name in (_BEGUN, _CANCELLED, _ENDED))
        state = State(ended["state"]) if ended else State.RUNNING if begun else State.QUEUED
        return Job(
            job_id, JobRequest(**asked["request"]), asked["at"], begun.get("at", ""), ended.get("at", ""), state,
            self._progress(folder) if state is State.RUNNING else Progress(), cancelled.get("by", ""),
            tuple(words_of(each) for each in ended.get("result", ())), next(iter(self._results(folder)), ""),
        )  # fmt: skip

    def file_of(self, job_id: str) -> Path | None:
        """The file that a job made; None where it made none, or it is no longer there."""
        folder = self._folder(job_id)
        return next((folder / _RESULTS / name for name in self._results(folder)), None)

    def open_jobs(self) -> list[Job]:
        """The jobs that wait or run, the earliest first; looks at no more of the others than that they ended."""
        names = sorted(each.name for each in self._named() if not (each / _ENDED).exists())
        return [each for each in map(self.job, names) if each.is_open]

    # -- what happens ----------------------------------------------------------------------------------------------

    def begin(self, job_id: str, now: dt.datetime) -> None:
        """Write down that a job begins."""
        _put(self._folder(job_id) / _BEGUN, _moment(now))

    def report(self, job_id: str, progress: Progress) -> None:
        """Write down how far a job is, in place of what was said before."""
        content = {
            "text": plain_words(progress.text), "done": progress.done, "total": progress.total, "writing": progress.writing,
        }  # fmt: skip
        write_file(self._folder(job_id) / _PROGRESS, json.dumps(content, ensure_ascii=False).encode())

    def cancel(self, job_id: str, by: str, now: dt.datetime) -> None:
        """Write down that somebody wants a job ended; one that has not begun ends at once."""
        if not self.job(job_id).is_open:
            return
        _put(self._folder(job_id) / _CANCELLED, {**_moment(now), "by": by})
        if self.job(job_id).state is State.QUEUED:
            self.end(job_id, State.CANCELLED, (), now)

    def save_result(self, job_id: str, name: str, content: bytes) -> None:
        """Keep a file that a job made, for whoever asked for it."""
        folder = self._folder(job_id) / _RESULTS
        folder.mkdir(exist_ok=True, mode=_OWNER_ONLY)
        write_file(folder / name, content)

    def end(self, job_id: str, state: State, result: Iterable[Words], now: dt.datetime) -> None:
        """Write down how a job ended, unless that was said already, and remove what it worked on."""
        folder = self._folder(job_id)
        _put(folder / _ENDED, {**_moment(now), "state": str(state), "result": [plain_words(each) for each in result]})
        # It may be a list of persons.
        for each in (_PAYLOAD, _TEMPORARY):
            shutil.rmtree(folder / each, ignore_errors=True)

    # -- folders ---------------------------------------------------------------------------------------------------

    def _folder(self, job_id: str) -> Path:
        # The number comes from an address: nothing else is ever made a path of.
        if not _ID.fullmatch(job_id):
            raise InputError(Words("没有这件任务", "there is no such job", code="jobs.no-such-job-number"))
        return self.folder / job_id

    def _named(self) -> list[Path]:
        try:
            return [each for each in self.folder.iterdir() if _ID.fullmatch(each.name)]
        except FileNotFoundError:
            return []

    def _results(self, folder: Path) -> list[str]:
        try:
            return sorted(each.name for each in (folder / _RESULTS).iterdir() if not each.name.startswith("."))
        except FileNotFoundError:
            return []

    def _progress(self, folder: Path) -> Progress:
        content = _read(folder / _PROGRESS)
        if content is None:
            return Progress()
        return Progress(words_of(content["text"]), content["done"], content["total"], content["writing"])

    def _prune(self, now: dt.datetime) -> None:
        """Jobs that ended long ago are forgotten, and their files sooner."""
        ended = [each for each in self.all() if not each.is_open]
        for each in ended[MOST_ENDED:]:
            shutil.rmtree(self._folder(each.id), ignore_errors=True)
        for each in ended[:MOST_ENDED]:
            if each.file and now - dt.datetime.fromisoformat(each.ended_at) > dt.timedelta(days=FILE_DAYS):
                shutil.rmtree(self._folder(each.id) / _RESULTS, ignore_errors=True)


def _alike(one: JobRequest, other: JobRequest) -> bool:
    # Of two files handed in each is its own; everything else asked twice is one click too many.
    return asdict(one) | {"name": ""} == asdict(other) | {"name": ""}


def _moment(now: dt.datetime) -> dict[str, Any]:
    return {"at": now.isoformat(timespec="seconds")}


def _put(path: Path, content: dict[str, Any]) -> None:
    """Write what happens once, unless it is there."""
    draft = draft_of(path)
    try:
        draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        # A link fails where the name is taken: of two who say different things at one moment the first is heard.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = read_json(path.read_bytes())
    except (FileNotFoundError, InputError):
        return None
    return content
