"""The state of the intake page and its commands, without widgets: a file, what was read of it, which findings are looked at."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import traitlets

from workbench.domain.facts import KINDS
from workbench.domain.parameters import counties
from workbench.domain.rounds import next_round
from workbench.errors import ClosedRoundError, FileError, InputError, QuestionError, StoreError, Words
from workbench.intake.findings.problems import Problem
from workbench.intake.findings.result import IntakeResult
from workbench.intake.isolation.parent import read_apart
from workbench.intake.overview import FileOverview
from workbench.intake.tables.mapping import Mapping, load_mapping
from workbench.safeguards.temporary_folders import temporary_folder
from workbench.settings import register_url
from workbench.store.batches.batch import GivenFile
from workbench.store.batches.comparison import Comparison
from workbench.store.facts import FactStore
from workbench.store.files import hash_of
from workbench.store.ingest import REAL_THERE, SIMULATED_THERE, compare_results
from workbench.store.schema import Origin
from workbench.store.taking_in.examination import added_rules, examined
from workbench.store.taking_in.open_round import open_round, rounds_begun
from workbench.ui.kit.frame.place import Place
from workbench.ui.pages.intake.reading_choice import Reading, ReadingChoice

PAGE_ROWS = 25
LARGE = 2_000
"""Households of a file from which on it may be taken in by a job: less is done sooner than one looks for it."""


@dataclass(frozen=True)
class ReadRequest:
    """A file and all that decides how it is read: what was read belongs to one of these and to no other."""

    name: str
    path: Path
    round_name: str
    county: str
    kind: str
    reading: Reading
    store: FactStore

    def read(self, report: Callable[[int, int], None]) -> "Outcome":
        """Read the file; changes nothing. Where it cannot be used as a whole the outcome says why, by the file's own name."""
        seen: list[FileOverview] = []
        try:
            # Before the file: a county's rules that cannot be read are refused, and never passed over (0029).
            rules = added_rules(self.store.root)
            result = read_apart(
                self.path, round_name=self.round_name, county=self.county or None, kind=self.kind or None,
                mapping=self.reading.mapping(), place=self.reading.place, persons=self.reading.persons,
                progress=report, look=seen.append,
            )  # fmt: skip
            result = examined(self.store, self.round_name, result, rules)
            comparison = compare_results(self.store, self.round_name, [result])
        except QuestionError as error:
            return Outcome(self, trouble=error.message, question=error, overview=_last(seen))
        except FileError as error:
            return Outcome(self, trouble=error.message, overview=_last(seen))
        except InputError as error:
            return Outcome(self, trouble=error.words)
        return Outcome(self, result, comparison=comparison, overview=_last(seen))


def _last(seen: list[FileOverview]) -> FileOverview | None:
    return seen[-1] if seen else None


@dataclass(frozen=True)
class Outcome:
    """What came of reading: a result, with what it would change, or why there is none; of taking it in: the changed counties.

    `question`: what somebody must say before the file can be read. `overview`: what the file looks like.
    """

    asked: ReadRequest
    result: IntakeResult | None = None
    trouble: Words | None = None
    question: QuestionError | None = None
    comparison: Comparison | None = None
    taken: tuple[str, ...] | None = None
    overview: FileOverview | None = None


class IntakeSession(Place):
    """One file on its way in. Nothing is written before `take`; the store may still be empty."""

    chooses_county = False

    serial: int
    """Counts what was read: what a person answers to is named by it."""

    def __init__(self, store: FactStore, today: dt.date, round_name: str | None = None) -> None:
        # Not by way of `Place`, which turns to a stored round: here there may be none yet.
        traitlets.HasTraits.__init__(self)
        self.store, self.city, self.simulated = store, False, store.simulated()
        self.rounds = _rounds(store, today)
        self.given_county, self.given_kind = "", ""
        self.choice = ReadingChoice(store.root)
        self.serial = 0
        self.forget()
        self.choose(round_name if round_name in self.rounds else open_round(store, today), "")

    # -- commands --------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget the file and what was read of it."""
        self.name, self.path = "", Path()
        self._outcome: Outcome | None = None
        self.choice.forget_file()
        self.kind, self.reason, self.number = "", "", 0

    def counties_of(self, round_name: str) -> list[str]:
        """None: a file says itself of which counties it is."""
        return [""] if round_name in self.rounds else []

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round, which need not be stored yet."""
        self.check(round_name, county)
        self.round_name = round_name

    def give_county(self, code: str) -> None:
        """Set the county of files that do not say it; empty: as the file says."""
        if code and code not in counties():
            raise InputError(Words(f"没有这个县区：{code}", f"no such county: {code}", code="ui.no-such-county"))
        self.given_county = code

    def give_kind(self, kind: str) -> None:
        """Set the kind of the households of lists that do not say it; empty: as the list says."""
        if kind and kind not in KINDS:
            raise InputError(
                Words(f"没有这种户：{kind}", f"no such kind of household: {kind}", code="ui.no-such-kind-household")
            )
        self.given_kind = kind

    def give_mapping(self, name: str, content: bytes) -> None:
        """Read the file by a mapping; raises InputError for what is none. Empty content: without one."""
        self.choice.give(name, _mapping(name, content) if content else None)

    def give(self, name: str, path: Path) -> None:
        """Take a file that was dropped."""
        self.forget()
        self.name, self.path = name, path

    def put(self, outcome: Outcome) -> None:
        """Take what came of reading. It counts as long as what it was asked of is what is chosen (see `outcome`)."""
        if outcome.asked == self.asked():
            self._outcome = outcome
            self.choice.look(outcome.asked.reading, outcome.overview)
            self.serial += 1
            self.kind, self.reason, self.number = "", "", 0

    def compare_again(self) -> None:
        """Read again what was read, as the store has changed; what was taken in is no longer shown as that."""
        if self._outcome is not None and self._outcome.taken is not None:
            self.forget()
        self._outcome = None

    def look(self, kind: str, reason: str, number: int = 0) -> None:
        """Look at some of the findings: of a kind ("problem", "warning", empty: both), of a reason, on which page."""
        self.kind = kind if kind in ("problem", "warning") else ""
        self.reason = reason
        self.number = max(number, 0)

    def take(self, account: str, now: dt.datetime) -> None:
        """Take in what was read of the file as it is chosen now, whole or not at all; where there is a register, beside it."""
        # Late: a page that only checks needs no database.
        from workbench.register.unit_of_work.fact_import import take_in_here  # noqa: PLC0415

        outcome, result = self._checked()
        origin = Origin(details={"files": [self.name], "layouts": [result.layout]})
        files = [GivenFile.at(self.path, self.name, result.layout)]
        batch, (result,) = take_in_here(
            self.store, register_url(), account, now, self.round_name, [result], origin, files
        )
        self._outcome = replace(outcome, result=result, taken=batch.counties)

    def take_later(self, account: str | None, name: str, now: dt.datetime) -> None:
        """Queue that as a job of the server's own, which goes on when the page is closed; the page has no file any more.

        `account`, `name`: who asks, None and empty where nobody has an account.
        """
        from workbench.intake.isolation.transfer import hand_over  # noqa: PLC0415 - as above
        from workbench.jobs.job import TAKE_IN, JobRequest  # noqa: PLC0415
        from workbench.jobs.job_files import JobFiles  # noqa: PLC0415

        _, result = self._checked()
        codes = sorted(result.facts)
        options = {"of": self.name, "sha256": hash_of(self.path), "counties": codes}
        request = JobRequest(TAKE_IN, self.round_name, codes[0] if len(codes) == 1 else None, account, name, options)
        # What was read, not the file: it is what was looked at and agreed to, and the file goes with this page.
        JobFiles(self.store.root).add(request, now, lambda folder: hand_over(folder, result))
        self.forget()

    def _checked(self) -> tuple[Outcome, IntakeResult]:
        """What was read of the file as it is chosen now; raises StoreError where it cannot be taken in."""
        outcome, refused = self.outcome, self.refusal()
        if outcome is None or outcome.result is None or refused is not None:
            raise StoreError(refused or Words("请先检查文件", "check the file first", code="ui.check-file-first"))
        return outcome, outcome.result

    # -- what follows ----------------------------------------------------------------------------------------------

    def asked(self) -> ReadRequest:
        """Return the file as it is to be read now."""
        said = (self.given_county, self.given_kind, self.choice.reading)
        return ReadRequest(self.name, self.path, self.round_name, *said, self.store)

    @property
    def outcome(self) -> Outcome | None:
        """What came of reading the file as it is chosen now; None where another round, county, kind or mapping was read."""
        stored = self._outcome
        return stored if stored is not None and stored.asked == self.asked() else None

    @property
    def result(self) -> IntakeResult | None:
        """What was read, where the file could be used."""
        return self.outcome.result if self.outcome else None

    def listed_problems(self) -> list[tuple[str, Problem]]:
        """Every finding with its kind: problems, then warnings, each from the top of the sheet down."""
        if self.result is None:
            return []
        problems = [("problem", each) for each in self.result.problems]
        return problems + [("warning", each) for each in self.result.warnings]

    def listed(self) -> list[tuple[str, Problem]]:
        """Return the findings that are looked at."""
        return [
            (kind, each)
            for kind, each in self.listed_problems()
            if self.kind in ("", kind) and self.reason in ("", each.reason)
        ]

    def refusal(self) -> Words | None:
        """Why the store would not take this in; None where it would."""
        result, store, name = self.result, self.store, self.round_name
        if result is None or not result.facts:
            return Words("没有可以导入的户", "no household to take in")
        try:
            store.refuse_closed(name, result.facts)
        except ClosedRoundError:
            return Words(
                f"期次 {name} 已封存，不能再改；新数据请入下一期次",
                f"round {name} is closed and cannot be changed; take new data into the next round",
            )
        # Made-up households and real ones never stand in one county (0005).
        stored = {store.origin(name, code).simulated for code in result.facts if code in store.counties(name)}
        if stored <= {result.simulated}:
            return None
        return REAL_THERE if result.simulated else SIMULATED_THERE


def _mapping(name: str, content: bytes) -> Mapping:
    with temporary_folder("mapping") as folder:
        path = folder / "mapping.yaml"
        path.write_bytes(content)
        try:
            return load_mapping(path)
        except FileError as error:
            # By the name that the person knows, not by that of the temporary file.
            raise FileError(name, error.message) from None


def _rounds(store: FactStore, today: dt.date) -> list[str]:
    """The rounds of the calendar up to the one after today, whatever else is stored, and the one that is offered."""
    begun = rounds_begun(today)
    return sorted({*begun, next_round(begun[-1]), *store.rounds(), open_round(store, today)})
