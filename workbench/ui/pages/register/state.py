"""The state of the register page and its commands, without widgets: what is looked at, and the steps that people take.

Every command goes to the register for who is signed in; rights, areas and the order of steps are held to there.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any

import polars as pl
import traitlets

from workbench.domain.procedure.cases import CLOSED, CaseStage
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STAGES, VISIT_DOMAINS
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import cases, step
from workbench.register.edge_register import assign
from workbench.register.procedure.filing_proof import filed_rows
from workbench.register.procedure.filings import filings
from workbench.register.procedure.proposals import BatchResult, propose
from workbench.register.procedure.reviews import agree, send_all_back
from workbench.register.procedure.visits import VisitReport, adjust, visit
from workbench.register.records import ListedFiling
from workbench.register.standards.in_force import own_groups_of
from workbench.store.facts import FactStore
from workbench.ui.kit.controls.household_list import Listing, ListPage
from workbench.ui.kit.controls.pane_fields import Fields, day, number, one
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.place import Place
from workbench.ui.pages.register.frames import (
    FILED,
    NEEDS,
    TO_PROPOSE,
    by_need,
    frame_of,
    listed_cases,
    listed_edge,
    with_names,
    with_plans,
)
from workbench.ui.pages.register.lists import LISTS
from workbench.ui.pages.register.search import record_search
from workbench.ui.pages.register.shared_frames import assessment_of, assisted_in_county, entries_of
from workbench.ui.pages.register.tasks import CHANGED, WAITING
from workbench.ui.pages.register.typed_facts import TypedFacts, case_note, corrections

VIEWS = ("progress", RISK, EDGE, "managed", "plans", "cases", "documents", "round")


class RegisterSession(Place):
    """One person at work in the register. `revision` counts changes of what is shown."""

    finest = 3
    view = traitlets.Unicode("progress")
    household = traitlets.Unicode("")
    revision = traitlets.Int(0)

    def __init__(self, store: FactStore, round_name: str | None = None, county: str | None = None) -> None:
        current_user.require_acting_user().check_anywhere(Right.READ_REGISTER)
        self.filing, self.typed = "", TypedFacts()
        # Whether it lives as long as a request: what was looked up at its beginning then stands until a step of its own.
        self.of_one_request = False
        self.fingerprints: dict[Hashable, str] = {}
        self.stage, self.need, self.overdue_only, self.open_only = "", "", False, True
        # Before `super`, which turns to a place and resets their townships.
        self._lists = {name: each.listing() for name, each in LISTS.items()}
        super().__init__(store, round_name, county)

    @property
    def user(self) -> ActingUser:
        """Who is signed in, read anew: an account closed meanwhile is refused."""
        return current_user.require_acting_user()

    # -- what is looked at -----------------------------------------------------------------------------------------

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county."""
        super().choose(round_name, county)
        self.household, self.filing = "", ""
        # The township that was filtered by is of the county before.
        self._lists = {name: asked.elsewhere() for name, asked in self._lists.items()}
        self.revision += 1

    def look(self, view: str) -> None:
        """Turn to one of VIEWS."""
        if view in VIEWS:
            self.view, self.household, self.filing = view, "", ""

    def narrow(self, also: Mapping[str, Any]) -> None:
        """Narrow the list in sight as a task names it: `overdue`, or a column that it is filtered by."""
        if "overdue" in also:
            self.only(overdue=True)
        for key in self.asked.filters if self.listed in self._lists else ():
            if isinstance(also.get(key), str):
                self.ask(key, also[key])

    def at_stage(self, stage: str) -> None:
        """List the households at one stage, "" for all, those whose result has changed since it was proposed, or those to be proposed."""
        if stage in ("", CHANGED, WAITING, *map(str, STAGES)):
            self.stage = stage
            if self.view in self._lists:
                self.ask("number", 0)

    def needing(self, need: str) -> None:
        """List the households of NEEDS."""
        if need in NEEDS:
            self.need = need
            self.ask("number", 0)

    def only(self, *, overdue: bool | None = None, running: bool | None = None) -> None:
        """List overdue visits only; running cases only."""
        self.overdue_only = self.overdue_only if overdue is None else overdue
        self.open_only = self.open_only if running is None else running

    @property
    def listed(self) -> str:
        """The list in sight: that of the view, or of the filing that is open among the documents."""
        return "filed" if self.view == "documents" else self.view

    @property
    def asked(self) -> Listing:
        """What is asked of the list in sight."""
        return self._lists[self.listed]

    def ask(self, key: str, value: Any) -> None:
        """Filter, sort or page the list in sight; of a view without a list nothing can be asked."""
        if self.listed not in self._lists:
            return
        self._lists[self.listed] = self.asked.change(key, value)
        if key == "search":
            record_search(self)
        self.revision += 1

    def resume(self, listing: Listing) -> None:
        """Look at the list in sight as an address says it: a search that stands there is an event, once a day."""
        self._lists[self.listed] = listing
        if listing.search:
            record_search(self, again=False)

    def named(self, frame: pl.DataFrame, shown_in: str) -> pl.DataFrame:
        """A list with the names that the person may see (`frames.with_names`)."""
        return with_names(self.user, self.round_name, self.county, frame, shown_in)

    # -- what follows ----------------------------------------------------------------------------------------------

    def assessment(self) -> pl.DataFrame:
        """What the rules say of the households of the person's area; kept while facts and rules are the same."""
        return assessment_of(self)

    def entries(self, kind: str) -> pl.DataFrame:
        """Every household of a procedure, with the names; kept while facts, rules and the register are the same."""
        return self.named(entries_of(self, kind), kind)

    def own_groups(self) -> Mapping[str, str]:
        """The key groups that the county's standard of the round adds, each with its name."""
        return own_groups_of(self.user, self.county, self.round_name)

    def entries_in_sight(self) -> pl.DataFrame:
        """The households of the list in sight at the stage asked for."""
        return _at_stage(self.entries(self.view), self.stage)

    def standing_at(self, kind: str, stage: str) -> pl.DataFrame:
        """The households of a procedure at a stage, as its list is filtered and sorted."""
        return self._lists[kind].whole(_at_stage(self.entries(kind), stage))

    def entry_page(self) -> tuple[ListPage, dict[str, int]]:
        """The page of the list in sight, and how many households of all else that is asked stand at each stage."""
        frame = self.entries(self.view)
        here = self.asked.filtered(frame)
        counts = dict(here.group_by("stage").len().iter_rows())
        stages = {str(stage): counts.get(str(stage), 0) for stage in STAGES}
        others = {CHANGED: int(here["changed"].sum()), WAITING: here.filter(TO_PROPOSE).height}
        return self.asked.page(_at_stage(frame, self.stage)), stages | others

    def managed(self) -> pl.DataFrame:
        """The edge households of the county; those whose visit is late, where only they are asked for."""
        return self.named(listed_edge(self.user, self.county, overdue_only=self.overdue_only), "managed")

    def managed_page(self) -> tuple[ListPage, int, int]:
        """The page of the edge register; how many households it holds, and of how many the visit is overdue."""
        everybody = listed_edge(self.user, self.county, overdue_only=False)
        return self.asked.page(self.managed()), everybody.height, everybody.filter(pl.col("overdue") > 0).height

    def assisted(self) -> pl.DataFrame:
        """The lifted and edge households of the person's area: what each lacks (`gap_<check>`), and its plan, if it has one."""
        return self.named(with_plans(self.user, assisted_in_county(self)), "plans")

    def plan_page(self) -> tuple[ListPage, dict[str, int]]:
        """The page of the households to be assisted, and how many there are of each of NEEDS."""
        parts = by_need(self.assisted())
        return self.asked.page(parts[self.need]), {need: len(part) for need, part in parts.items()}

    def cases(self) -> pl.DataFrame:
        """The cases of the county, with whether each still fits the facts and whose turn it is."""
        return self.named(listed_cases(self.user, self.county, open_only=self.open_only), "cases")

    def case_counts(self) -> tuple[int, int]:
        """Return how many cases of the county run, and how many there are."""
        stages = [row["stage"] for row in cases(self.user) if row["county"] == self.county]
        return sum(CaseStage(stage) not in CLOSED for stage in stages), len(stages)

    def filed(self) -> tuple[ListedFiling, pl.DataFrame]:
        """The filed list that is open, and its households in the person's area."""
        filing = next((each for each in filings(self.user, county=self.county) if each["number"] == self.filing), None)
        rows = filed_rows(self.user, self.filing)  # refuses, in words, a number that is not of the area
        if filing is None:
            raise RefusedError(Words("请先打开一份备案清单", "open a filed list first", code="ui.no-filing-open"))
        return filing, frame_of(rows, FILED)

    def whole_list(self) -> pl.DataFrame:
        """Every row of the list in sight, as it is filtered and sorted."""
        frames: dict[str, Callable[[], pl.DataFrame]] = {
            "managed": self.managed, "plans": lambda: by_need(self.assisted())[self.need], "cases": self.cases,
            "filed": lambda: self.filed()[1],
        }  # fmt: skip
        return self.asked.whole(frames.get(self.listed, self.entries_in_sight)())

    # -- steps -----------------------------------------------------------------------------------------------------

    def visit(self, fields: Fields) -> None:
        """Record a visit to the household in sight."""
        visit(self.user, self.round_name, [self._report(fields)], confirmed=_confirmed(fields))
        self.revision += 1

    def adjust(self, fields: Fields) -> None:
        """Take the household in sight up again, out of round."""
        cause, evidence = one(fields, "cause"), one(fields, "evidence")
        adjust(self.user, self.round_name, self._report(fields), cause, evidence, confirmed=_confirmed(fields))
        self.revision += 1

    def propose(self, fields: Fields) -> None:
        """Propose for the household in sight."""
        proposal, version = one(fields, "proposal"), number(fields, "version")
        propose(self.user, self.round_name, self.household, proposal, one(fields, "reason") or None, version)
        self.revision += 1

    def agree(self, seen: Mapping[str, int]) -> BatchResult:
        """Agree to the proposals of some households, each with its version as it was seen."""
        batch = agree(self.user, self.round_name, self.procedure, marked(seen), versions=seen)
        self.revision += 1
        return batch

    def send_back(self, seen: Mapping[str, int], reason: str) -> int:
        """Return proposals to the village, with one reason; returns how many."""
        send_all_back(self.user, self.round_name, {name: seen[name] for name in marked(seen)}, reason)
        self.revision += 1
        return len(seen)

    def assign(self, seen: Mapping[str, int], fields: Fields) -> int:
        """Name the officer of edge households, each with its version as it was seen; returns how many."""
        assign(self.user, marked(seen), one(fields, "officer"), number(fields, "days"), seen)
        self.revision += 1
        return len(seen)

    def case_step(self, fields: Fields) -> None:
        """Take a step of a case."""
        case, version = number(fields, "case"), number(fields, "version")
        if case is None:
            raise InputError(Words("没有写明个案", "no case is named", code="ui.no-case-named"))
        step(self.user, case, one(fields, "step"), day(fields), case_note(fields), version)
        self.revision += 1

    @property
    def procedure(self) -> str:
        """The procedure whose list is in sight; raises RefusedError on any other list."""
        if self.view not in (RISK, EDGE):
            raise RefusedError(
                Words(
                    "请在风险等级或筛查对象名单上办理",
                    "this is done on the list of tiers or of edge households",
                    code="ui.done-list-tiers-edge",
                )
            )
        return self.view

    def _report(self, fields: Fields) -> VisitReport:
        # One tick for all that was looked at and is as before: five texts of "no change" tell nobody more (§2.1.1-a).
        unchanged = one(fields, "unchanged")
        findings = {domain: one(fields, domain) or unchanged for domain in VISIT_DOMAINS}
        return VisitReport(self.household, day(fields), one(fields, "visitors"), findings, corrections(fields))


def _confirmed(fields: Fields) -> bool:
    """Whether the tick is set that figures which raise a question are as they are (`visit_questions`)."""
    return one(fields, "confirmed") == "yes"


def _at_stage(frame: pl.DataFrame, stage: str) -> pl.DataFrame:
    """The rows of a procedure's list at a stage, "" for all."""
    wanted = {CHANGED: pl.col("changed"), WAITING: TO_PROPOSE}.get(stage, pl.col("stage") == stage)
    return frame.filter(wanted) if stage else frame


def marked(households: Collection[str]) -> list[str]:
    """The households marked in a list; raises InputError where none is."""
    if not households:
        raise InputError(Words("请先勾选户", "mark the households first", code="ui.mark-households-first"))
    return list(households)
