"""The state of the intake page and its commands, without widgets: a file, what was read of it, which findings are looked at."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import traitlets

from workbench.domain.parameters import counties
from workbench.domain.rounds import next_round
from workbench.errors import InputError, StoreError, Words
from workbench.intake.export import read_export
from workbench.intake.mapping import Mapping, load_mapping
from workbench.intake.problems import Problem
from workbench.intake.result import IntakeResult
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.store.taking_in import take_in
from workbench.ui.place import Place

PAGE_ROWS = 25
_FIRST_ROUND = "2019-05"


class IntakeSession(Place):
    """One file on its way in. Nothing is written before `take`; the store may still be empty."""

    chooses_county = False

    def __init__(self, store: FactStore, today: dt.date, round_name: str | None = None) -> None:
        traitlets.HasTraits.__init__(self)
        self.store, self.city, self.simulated = store, False, False
        self.rounds = _rounds(store, today)
        self.given_county = ""
        self.mapping: Mapping | None = None
        self.mapping_name = ""
        self.forget()
        begun = [name for name in self.rounds if name <= f"{today:%Y-%m}"]
        self.choose(round_name if round_name in self.rounds else begun[-1], "")

    def forget(self) -> None:
        """No file, and nothing read."""
        self.name, self.path = "", Path()
        self.result: IntakeResult | None = None
        self.taken: list[str] | None = None
        self.kind, self.reason, self.number = "", "", 0

    def counties_of(self, round_name: str) -> list[str]:
        """None: a file says itself of which counties it is."""
        return [""] if round_name in self.rounds else []

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round, which need not be stored yet; what was read for another one is read again."""
        self.check(round_name, county)
        self.round_name = round_name
        self.result = self.taken = None

    def give_county(self, code: str) -> None:
        """The county of files that do not say it; empty: as the file says."""
        if code and code not in counties():
            raise InputError(Words(f"没有这个县区：{code}", f"no such county: {code}"))
        self.given_county, self.result, self.taken = code, None, None

    def give_mapping(self, name: str, content: bytes) -> None:
        """Read the file by a mapping; raises InputError for what is none. Empty content: without one."""
        if content:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "mapping.yaml"
                path.write_bytes(content)
                self.mapping = load_mapping(path)
        else:
            self.mapping = None
        self.mapping_name = name if content else ""
        self.result = self.taken = None

    def give(self, name: str, path: Path) -> None:
        """A file has come."""
        self.forget()
        self.name, self.path = name, path

    def read(self, report: Callable[[int, int], None]) -> IntakeResult:
        """Read the file; changes nothing. Raises InputError where it cannot be used as a whole."""
        return read_export(
            self.path, round_name=self.round_name, county=self.given_county or None, mapping=self.mapping,
            progress=report,
        )  # fmt: skip

    def look(self, kind: str, reason: str, number: int = 0) -> None:
        """Which findings are looked at: of a kind ("problem", "warning", empty: both), of a reason, on which page."""
        self.kind = kind if kind in ("problem", "warning") else ""
        self.reason = reason
        self.number = max(number, 0)

    def found(self) -> list[tuple[str, Problem]]:
        """Every finding with its kind: problems, then warnings, each from the top of the sheet down."""
        if self.result is None:
            return []
        problems = [("problem", each) for each in self.result.problems]
        return problems + [("warning", each) for each in self.result.warnings]

    def listed(self) -> list[tuple[str, Problem]]:
        """The findings that are looked at."""
        return [
            (kind, each) for kind, each in self.found() if self.kind in ("", kind) and self.reason in ("", each.reason)
        ]

    def refusal(self) -> Words | None:
        """Why the store would not take this in; None where it would."""
        if self.result is None or not self.result.facts:
            return Words("没有可以收下的户", "no household to take in")
        try:
            self.store.refuse_closed(self.round_name, self.result.facts)
        except StoreError:
            return Words(
                f"轮次 {self.round_name} 已封存，不能再改；新数据请入下一轮次",
                f"round {self.round_name} is closed and cannot be changed; take new data into the next round",
            )
        stored = self.store.counties(self.round_name)
        if any(code in stored and self.store.origin(self.round_name, code).simulated for code in self.result.facts):
            return Words(
                "这里存的是模拟数据，真实的户不能混进来；请用另一个数据目录（--store）",
                "this store holds simulated households, and real ones do not mix with them; use another store (--store)",
            )
        return None

    def take(self) -> list[str]:
        """Take the file in, whole or not at all; gives the codes of counties whose facts changed."""
        refused = self.refusal()
        if refused is not None or self.result is None:
            raise StoreError(refused or Words("请先检查文件", "check the file first"))
        origin = Origin(details={"files": [self.name], "layouts": [self.result.layout]})
        self.taken = take_in(self.store, self.round_name, [self.result], origin)
        return self.taken


def _rounds(store: FactStore, today: dt.date) -> list[str]:
    """The rounds of the calendar up to the one after today, and whatever else is stored."""
    found = [_FIRST_ROUND]
    while found[-1] <= f"{today:%Y-%m}":
        found.append(next_round(found[-1]))
    return sorted({*found, *store.rounds()})
