"""A job: what is to be done, who asked for it, where and when, and what became of it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workbench.domain.procedure.roles import Area
from workbench.errors import Words

SCORE, TRAIN, LEDGER, FILE, TAKE_IN = "score", "train", "ledger", "file", "take_in"
"""The kinds of jobs by name (`kinds.KINDS`)."""


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"
    """It ran when the server ended, and nobody knows of an outcome."""


OPEN = frozenset({State.QUEUED, State.RUNNING})


@dataclass(frozen=True)
class JobRequest:
    """What is asked for: a kind of work (`kinds.KINDS`), in a round and of a county (None: the whole city), and its options.

    `account`: who asks, None where nobody has an account; `name`: that person's name at the time.
    """

    kind: str
    round_name: str
    county: str | None = None
    account: str | None = None
    name: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def area(self) -> Area:
        """The part of the city that it is about."""
        return Area(self.county)


@dataclass(frozen=True)
class Progress:
    """How far a job is: what it does in words, and where it can be counted so many of so many (`total` 0: not known).

    `writing`: it puts its results in place, and is not to be ended any more.
    """

    text: Words = field(default_factory=lambda: Words("", ""))
    done: int = 0
    total: int = 0
    writing: bool = False


@dataclass(frozen=True)
class Job:
    """A job as it is now. Times are ISO 8601 in Beijing's zone, empty where the moment has not come.

    `cancelled_by`: who asked for its end; `result`: what came of it, in words, the first sentence first; `file`: the name of
    a file that it made and that is still there.
    """

    id: str
    request: JobRequest
    queued_at: str
    begun_at: str = ""
    ended_at: str = ""
    state: State = State.QUEUED
    progress: Progress = field(default_factory=Progress)
    cancelled_by: str = ""
    result: tuple[Words, ...] = ()
    file: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    def seconds(self, now: dt.datetime) -> float:
        """Return how long it has run, or ran; 0 where it never began."""
        if not self.begun_at:
            return 0.0
        end = dt.datetime.fromisoformat(self.ended_at) if self.ended_at else now
        return max((end - dt.datetime.fromisoformat(self.begun_at)).total_seconds(), 0.0)


def plain_words(words: Words) -> dict[str, str]:
    """Return a message as its file holds it."""
    return {"zh": words.zh, "en": words.en, "code": words.code}


def words_of(plain: dict[str, str]) -> Words:
    """Return the message of a file."""
    return Words(plain["zh"], plain["en"], code=plain.get("code", ""))
