"""A department's list on the page: read, matched to the households of the round, confirmed row by row, added."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.domain.parameters import counties
from workbench.errors import FileError, InputError, QuestionError, StoreError, Words
from workbench.intake.department_list import LAYOUT, LISTED, department, departments
from workbench.intake.findings.result import IntakeResult
from workbench.intake.isolation.parent import read_apart
from workbench.intake.reading.sheet import ROW
from workbench.settings import register_url
from workbench.store.batches.batch import GivenFile
from workbench.store.batches.comparison import Comparison
from workbench.store.facts import FactStore
from workbench.store.ingest import compare_results
from workbench.store.schema import Origin
from workbench.store.taking_in.departments import Additions, additions, as_result

_NOT_READ = Words("请先读入名单", "read the list first", code="ui.list-not-read")
_PLACE = ["household_id", "township", "village", "persons"]


@dataclass(frozen=True)
class ListRequest:
    """A list and all that decides how it is read."""

    name: str
    path: Path
    round_name: str
    county: str
    which: str
    store: FactStore

    def read(self, report: Callable[[int, int], None]) -> "ListRead":
        """Read the list; changes nothing. Where it cannot be used it says why."""
        try:
            result = read_apart(
                self.path, round_name=self.round_name, county=self.county or None, adds=self.which, progress=report
            )
        except FileError as error:
            # A question is put for lists of households; here it means that no column matches the rows.
            return ListRead(self, trouble=_AS_COLUMNS if isinstance(error, QuestionError) else error.message)
        except InputError as error:
            return ListRead(self, trouble=error.words)
        return ListRead(self, result)


_AS_COLUMNS = Words(
    "名单里没有户编号、证件号码，也没有姓名和村，对不上已有的户；请补上其中一样的列",
    "the list has no household number, no ID number, and no name with a village: the households cannot be matched; add one of these",
    code="ui.list-matches-nothing",
)


@dataclass(frozen=True)
class ListRead:
    """What came of reading a list; `added`: how many households a batch changed, once it was taken in."""

    asked: ListRequest
    result: IntakeResult | None = None
    trouble: Words | None = None
    taken: int | None = None


@dataclass
class DepartmentSession:
    """One list on its way in. `confirmed`: the household of a row, as a person said; `refused`: rows that are of none."""

    store: FactStore
    which: str = ""
    name: str = ""
    path: Path = Path()
    confirmed: dict[int, str] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()
    replace: bool = False
    read: ListRead | None = None

    # -- commands --------------------------------------------------------------------------------------------------

    def choose(self, which: str) -> None:
        """Which department's list it is; the file that is there is read as that."""
        if which not in departments():
            raise InputError(
                Words("请选择是哪个部门的名单", "choose whose list it is", code="ui.whose-list-is-not-said")
            )
        self.which = which
        self._forget_answers()

    def give(self, name: str, path: Path) -> None:
        """Take a file that was dropped."""
        self.name, self.path = name, path
        self._forget_answers()

    def forget(self) -> None:
        """Forget the file."""
        self.give("", Path())

    def put(self, read: ListRead, asked: ListRequest) -> None:
        """Take what came of reading; it counts as long as what it was asked of is what is chosen."""
        if read.asked == asked:
            self.read = read

    def confirm(self, row: int, household: str) -> None:
        """Say of a doubtful row which household it is; empty: none of them."""
        # As if nothing were confirmed, so that an answer already given can be changed.
        doubt = next((each for each in self._additions({}).doubtful if each.row == row), None)
        if doubt is None or household not in ("", *doubt.households):
            raise InputError(
                Words(
                    "名单中没有这样要核实的行",
                    "the list has no such row to be confirmed",
                    code="ui.no-such-row-to-confirm",
                )
            )
        # Either confirmed or refused: an answer takes the other one away.
        self.confirmed = {
            **{at: one for at, one in self.confirmed.items() if at != row},
            **({row: household} if household else {}),
        }
        self.refused = self.refused - {row} if household else self.refused | {row}

    def prefer_list(self, *, on: bool) -> None:
        """Choose whether the list counts where it differs from the store."""
        # Off unless somebody says so: what is stored stays, and differences are listed one by one (0029).
        self.replace = on

    def take(self, account: str, now: dt.datetime) -> None:
        """Add what the list says, whole or not at all."""
        # Late: a page that only checks needs no database.
        from workbench.register.unit_of_work.fact_import import take_in_here  # noqa: PLC0415

        if self.read is None or self.read.result is None or self.read.taken is not None:
            raise StoreError(_NOT_READ)
        asked, taken = self.read.asked, self.to_take()
        if not taken.facts:
            raise StoreError(Words("没有要改动的户", "no household would change", code="ui.list-changes-nothing"))
        origin = Origin(details={"files": [asked.name], "layouts": [taken.layout]})
        given = [GivenFile.at(asked.path, asked.name, taken.layout)]
        take_in_here(self.store, register_url(), account, now, asked.round_name, [taken], origin, given)
        self.read = replace(self.read, taken=taken.accepted_households)

    # -- what follows ----------------------------------------------------------------------------------------------

    def asked(self, round_name: str, county: str) -> ListRequest:
        """Return the list as it is to be read now."""
        return ListRequest(self.name, self.path, round_name, county, self.which, self.store)

    def additions(self) -> Additions:
        """Return what the list adds, as far as it was confirmed."""
        return self._additions(self.confirmed)

    def waiting(self) -> int:
        """Return how many doubtful rows nobody has answered yet."""
        return sum(each.row not in self.refused for each in self.additions().doubtful)

    def to_take(self) -> IntakeResult:
        """Return what would be taken in."""
        assert self.read is not None
        asked = self.read.asked
        simulated = self.store.origin(asked.round_name, asked.county or None).simulated
        return as_result(self.additions(), f"{LAYOUT}{asked.which}", simulated=simulated)

    def comparison(self) -> Comparison:
        """Return what it would change."""
        assert self.read is not None
        return compare_results(self.store, self.read.asked.round_name, [self.to_take()])

    def row_in_words(self, row: int) -> dict[str, Any]:
        """A row of the list as it may be shown: the name masked, the place."""
        assert self.read is not None
        assert self.read.result is not None
        listed = pl.DataFrame(self.read.result.persons[LISTED]).filter(pl.col(ROW) == row).row(0, named=True)
        return {
            "name": _masked(listed["name"] or listed["head"]),
            "township": listed["township"],
            "village": listed["village"],
        }

    def households(self, numbers: Sequence[str]) -> list[dict[str, Any]]:
        """The households that a row may be, with their place and persons."""
        assert self.read is not None
        asked = self.read.asked
        frames = (self.store.frame(asked.round_name, code, households=list(numbers)) for code in self._counties(asked))
        rows = (frame.select(each for each in _PLACE if each in frame.columns) for frame in frames)
        return [row for frame in rows for row in frame.iter_rows(named=True)]

    def _additions(self, confirmed: dict[int, str]) -> Additions:
        read = self.read
        if read is None or read.result is None:
            raise StoreError(_NOT_READ)
        asked = read.asked
        return additions(
            self.store, asked.round_name, self._counties(asked), department(asked.which), read.result, confirmed,
            replace=self.replace,
        )  # fmt: skip

    def _counties(self, asked: ListRequest) -> list[str]:
        there = self.store.counties(asked.round_name) if asked.round_name in self.store.rounds() else []
        chosen = [code for code in there if asked.county in ("", code)]
        if not chosen:
            place = counties()[asked.county].zh if asked.county in counties() else ""
            raise StoreError(
                Words(
                    f"本期次{place}还没有收过户；请先收各户的名单，再加部门名单",
                    "no households were taken in for this round and county; take them in first, then a department's list",
                    code="ui.no-households-for-the-list",
                )
            )
        return chosen

    def _forget_answers(self) -> None:
        self.confirmed, self.refused, self.replace, self.read = {}, frozenset(), False, None


def _masked(name: str | None) -> str | None:
    """A name of which only the first character is shown: enough to find the row on the list at hand."""
    return name and f"{name[0]}{'*' * (len(name) - 1)}"
