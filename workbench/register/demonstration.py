"""A register for demonstrations: a simulated city's people, and a round of one county under way. Simulated data only.

Accounts: `admin`; for each county `officer-<code>` and `second-<code>`; for the county shown also a reviewer in each township
(`r1`, …) and a worker in each village (`w1-1`, …). Of its townships, in order, two are filed, one is reviewed, one proposed,
one visited; the others are not begun. A filing takes all that is reviewed, so the township that is to stay reviewed is so only
after it. Nothing here is a shortcut: every step is taken by the user whose step it is.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import polars as pl

from workbench.clock import BEIJING
from workbench.domain.parameters import county_names, load_yaml
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.domain.rounds import deadline
from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.errors import RefusedError, Words
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.assessment import EDGE, KIND_OF, RISK
from workbench.register.assistance.plans import make_plan
from workbench.register.cases.cases import cases, step
from workbench.register.edge_register import assign, edge_households
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.standards.versions import approve, draft, submit

Progress = Callable[[int, int], None]
Figures = Callable[[ActingUser, str, str, EdgeStandard], Mapping[str, Any]]
"""What a standard does over a round of a county, as its submitter sees it (`preview.submission`, a layer above this one)."""
_FINDING = "（演示）情况属实"
_REASON = "（演示）按参照标准"
_BEFORE_DEADLINE = dt.timedelta(days=20)
_PLANS = 20
_APART, _OFFICE_HOURS = 3, 8 * 60
"""Minutes between two people's steps of a day, and from the first of them to the last at most."""


def demonstrate(
    register: Register, round_name: str, county: str, figures: Figures, progress: Progress = lambda _done, _all: None
) -> None:
    """Fill an empty register; raises RefusedError for facts that are not simulated, and where there are accounts already."""
    if not register.simulated:
        raise RefusedError(
            Words(
                "演示登记只用于模拟数据",
                "a demonstration register is for simulated data only",
                code="register.demonstration-register-simulated-data",
            )
        )
    now = dt.datetime.combine(deadline(round_name) - _BEFORE_DEADLINE, dt.time(9), BEIJING)
    first_account(register, NewAccount("admin", "演示管理员", "administrator"), now)
    Demonstration(register, round_name, county, now, figures).run(progress)


class Demonstration:
    """The people of a county and what they do; later steps are taken on later days."""

    def __init__(self, register: Register, round_name: str, county: str, now: dt.datetime, figures: Figures) -> None:
        self.register, self.round, self.county, self.now = register, round_name, county, now
        self._figures = figures
        self._calls: Counter[int] = Counter()
        read = register.facts.frame(round_name, county, ["household_id", "kind", "township", "village"])
        self.households = read.filter(pl.col("kind").is_in(list(KIND_OF)))
        self.townships = sorted(name for name in self.households["township"].unique() if name)

    def run(self, progress: Progress) -> None:
        """Take every step of the demonstration, in order."""
        self._people()
        self._standard()
        reached = dict(zip(self.townships, _spread(len(self.townships)), strict=True))
        days = (self._visit, self._propose, self._agree)  # a day each: later steps of one township follow those of all
        for done, (step_of_day, township) in enumerate(((each, one) for each in days for one in self.townships), 1):
            step_of_day(township, reached[township])
            progress(done, len(days) * len(self.townships))
        for kind in (RISK, EDGE):
            file_list(self.officer(3), self.round, self.county, kind)
        self._review_later(reached)
        self._afterwards()

    # -- people ----------------------------------------------------------------------------------------------------

    def officer(self, days: int) -> ActingUser:
        """The county's officer, some days later."""
        return self.acting_user(f"officer-{self.county}", days)

    def acting_user(self, account: str, days: int = 0) -> ActingUser:
        """Somebody, some days later: of one day each a few minutes after the one before, within office hours."""
        minutes = min(_APART * self._calls[days], _OFFICE_HOURS)
        self._calls[days] += 1
        return self.register.acting_user(account, self.now + dt.timedelta(days=days, minutes=minutes))

    def _people(self) -> None:
        new = []
        for code in self.register.facts.counties(self.round):
            new += [
                NewAccount(f"{each}-{code}", f"{county_names(code)[0]}经办{label}", "county_officer", Area(code))
                for each, label in (("officer", "甲"), ("second", "乙"))
            ]
        new += [NewAccount("reader", "市级查阅", "city_reader"), NewAccount("analyst", "分析人员", "analyst"),
                NewAccount("trainer", "培训人员", "trainer")]  # fmt: skip
        for number, township in zip(count(1), self.townships, strict=False):
            new.append(NewAccount(f"r{number}", f"{township}审核人", "township_reviewer", Area(self.county, township)))
            for serial, village in zip(count(1), self._villages(township), strict=False):
                area = Area(self.county, township, village)
                new.append(NewAccount(f"w{number}-{serial}", f"{village}走访人", "village_worker", area))
        add_accounts(self.register.acting_user("admin", self.now), new)

    def _villages(self, township: str) -> list[str]:
        here = self.households.filter(pl.col("township") == township)
        return sorted(name for name in here["village"].unique() if name)

    def _standard(self) -> None:
        # From the first of the month, so that it is in force before the first proposal.
        content = {**load_yaml("edge_standard"), "county": self.county, "title": "（演示）边缘户标准",
                   "effective": self.now.date().replace(day=1).isoformat()}  # fmt: skip
        standard = parse_standard(content)
        number = draft(self.acting_user(f"officer-{self.county}"), standard)
        officer = self.acting_user(f"officer-{self.county}")
        # As every submission has them: whoever approves, and whoever looks back, sees what it was approved upon.
        submit(officer, number, _REASON, self._figures(officer, self.round, self.county, standard))
        # Another officer: who submits does not approve.
        approve(self.acting_user(f"second-{self.county}"), number, "（演示）文号")

    # -- a township ------------------------------------------------------------------------------------------------

    def _visit(self, township: str, reached: str | None) -> None:
        if reached is None:
            return
        day = self.now.date()
        findings = dict.fromkeys(VISIT_DOMAINS, _FINDING)
        for village in self._villages(township):
            here = self.households.filter((pl.col("township") == township) & (pl.col("village") == village))
            # By whoever records it, as the register shows them beside it.
            worker = self.acting_user(self._worker_of(township, village))
            reports = [VisitReport(name, day, worker.name, findings) for name in here["household_id"] if name]
            visit(worker, self.round, reports)

    def _propose(self, township: str, reached: str | None) -> None:
        if reached in {None, "visited"}:
            return
        for village in self._villages(township):
            for kind in (RISK, EDGE):
                propose_all(self.acting_user(self._worker_of(township, village), 1), self.round, kind)

    def _agree(self, township: str, reached: str | None) -> None:
        if reached == "filed":
            self._review(township, 2)

    def _review(self, township: str, days: int) -> None:
        for kind in (RISK, EDGE):
            agree(self.acting_user(f"r{self.townships.index(township) + 1}", days), self.round, kind)

    def _review_later(self, reached: dict[str, str | None]) -> None:
        """Go on after the filing: some townships are reviewed and not filed yet; in each other proposed one a household goes back."""
        for number, township in enumerate(self.townships, 1):
            if reached[township] == "reviewed":
                self._review(township, 4)
            elif reached[township] == "proposed":
                self._return_one(number, township)

    def _return_one(self, number: int, township: str) -> None:
        reviewer = self.acting_user(f"r{number}", 4)
        proposed = [row for row in listed(reviewer, self.round, RISK) if row["stage"] == "proposed"]
        if proposed:
            send_back(reviewer, self.round, proposed[0]["household_id"], f"（演示）{township}：请核实务工月数")

    # -- afterwards ------------------------------------------------------------------------------------------------

    def _afterwards(self) -> None:
        """Officers for the edge households, plans for some, cases on their way."""
        for row in edge_households(self.officer(4))[:_PLANS]:
            if row["township"] is None or row["village"] is None:
                continue
            worker = self._worker_of(row["township"], row["village"])
            assign(self.officer(4), [row["household_id"]], worker, 60)
            acting = self.acting_user(worker, 4)
            make_plan(acting, self.round, row["household_id"], "（演示）稳定增收", acting.name)
        for moved, case in enumerate(cases(self.officer(5))[: 2 * _PLANS]):
            if case["township"] is None or case["village"] is None:
                continue
            worker = self._worker_of(case["township"], case["village"])
            later = self.acting_user(worker, 5)
            for name in ("verify", "appraise", "publicise")[: moved % 4]:
                step(later, case["id"], name, later.today, "（演示）情况属实")

    def _worker_of(self, township: str, village: str) -> str:
        return f"w{self.townships.index(township) + 1}-{self._villages(township).index(village) + 1}"


def _spread(townships: int) -> list[str | None]:
    """How far each township has come: one at each stage, two of them filed, the rest not begun."""
    reached: list[str | None] = ["filed", "filed", "reviewed", "proposed", "visited"]
    return (reached + [None] * townships)[:townships]
