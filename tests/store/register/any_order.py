"""A county's people who do anything in any order, rightly and wrongly: the rules of a state machine over a register."""

import datetime as dt
import shutil
from collections import Counter
from itertools import count
from random import Random

import polars as pl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.store.register import laws
from tests.store.register.conftest import COUNTY, FOUND, NOW, ROUND, STANDARD
from workbench.domain.case import CASE_STEPS
from workbench.domain.people import Area
from workbench.domain.standard import parse_standard
from workbench.domain.workflow import EDGE_PROPOSALS
from workbench.errors import WorkbenchError
from workbench.intake.result import IntakeResult
from workbench.store.facts import FactStore
from workbench.store.register.accounts import NewAccount, add_accounts
from workbench.store.register.cases import add_window, cases, open_cases, step
from workbench.store.register.desk import open_register
from workbench.store.register.edge import edge_households
from workbench.store.register.entries import listed
from workbench.store.register.filings import file_list
from workbench.store.register.intake import take_in_beside
from workbench.store.register.judged import EDGE, RISK
from workbench.store.register.proposals import agree, propose, propose_all, send_back
from workbench.store.register.proving import filed_rows, filings
from workbench.store.register.standards import approve, draft, submit
from workbench.store.register.visits import VisitReport, adjust, visit, visits_of
from workbench.store.schema import Origin

VILLAGES = (("甲镇", "东村"), ("甲镇", "西村"), ("乙乡", "南村"))
HOUSEHOLDS = 8
REACHED = ("begun", "proposed", "reviewed", "filed")
"""How far a round is when a run begins."""
CHANGES = {
    "income_pc": (1000.0, 3217.99, 3300.0, 4800.0, 20_000.0), "medical": (0, 1, 2), "work_months": (0.0, 3.0, 11.0),
    "has_car": (True, False), "illness": (True, False),
}  # fmt: skip
OUTSIDERS = ("other-worker", "other-officer", "reader", "analyst", "admin")


def chance(*among):
    """One of several as a die would have it: what hypothesis draws by itself comes in runs of the same."""
    return st.integers(0, 2**30).map(lambda number: Random(number).choice(among))  # noqa: S311 - which step to take


numbers = chance(*range(HOUSEHOLDS))
kinds = st.sampled_from([RISK, EDGE])
reasons = chance(*["情况有变化"] * 6, "", " ")
fits = chance(*[True] * 6, False)
"""Whether a step is tried on a household that it can be taken for, if there is one."""
changes = st.sampled_from([(name, value) for name, values in CHANGES.items() for value in values])
whose = chance(*["own"] * 12, "neighbour", "other township", *OUTSIDERS)
"""Who takes a step: mostly somebody whose it is, sometimes somebody whose it is not."""


def people():
    """Everybody: workers, reviewers, two county officers, and those who have nothing to do here."""
    return [
        *(NewAccount(f"w{number}", village, "village_worker", Area(COUNTY, township, village))
          for number, (township, village) in enumerate(VILLAGES)),
        NewAccount("r甲镇", "甲镇审核", "township_reviewer", Area(COUNTY, "甲镇")),
        NewAccount("r乙乡", "乙乡审核", "township_reviewer", Area(COUNTY, "乙乡")),
        NewAccount("other-worker", "外县", "village_worker", Area("341522", "甲镇", "东村")),
        NewAccount("other-officer", "外县", "county_officer", Area("341522")),
    ]  # fmt: skip


def begin(office):
    """What every run begins with: everybody's account, a standard in force, a window, and the cases that the facts open."""
    add_accounts(office.admin, people())
    office.set_standard()
    add_window(office.admin, "秋季", NOW.date(), NOW.date() + dt.timedelta(days=60))
    open_cases(office.officer, ROUND, COUNTY)


def bring_to(office, reached):
    """The round brought so far for everybody whom the rules can judge."""
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    for number, (township, village) in enumerate(VILLAGES):
        here = facts.filter(township=township, village=village)["household_id"].to_list()
        reports = [VisitReport(name, NOW.date(), "王某", FOUND) for name in here]
        visit(office.desk(f"w{number}"), ROUND, reports)
        for kind in (RISK, EDGE):
            propose_all(office.desk(f"w{number}"), ROUND, kind)
    for kind in (RISK, EDGE) if reached != "proposed" else ():
        for township in ("甲镇", "乙乡"):
            agree(office.desk(f"r{township}"), ROUND, kind)
        if reached == "filed":
            file_list(office.officer, ROUND, COUNTY, kind)


class AnyOrder(RuleBasedStateMachine):
    """`starts`: stores with their registers to begin from, each copied for a run; `done`: what came about, over all runs."""

    def __init__(self, starts, folder, done: Counter) -> None:
        super().__init__()
        self.starts, self.folder, self.done = starts, folder, done
        self.now, self.days_of_standards, self.filed = NOW, count(2), {}

    @initialize(reached=st.sampled_from(REACHED))
    def begin(self, reached):
        root = shutil.copytree(self.starts / reached, self.folder)
        self.register = open_register(FactStore(root))
        facts = pl.DataFrame(self.register.facts.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]))
        self.households = facts.sort("household_id").to_dicts()

    def teardown(self):
        if self.filed:
            laws.check_proofs(self.register.desk("officer", self.now))
        self.register.engine.dispose()
        shutil.rmtree(self.folder)

    # -- who ---------------------------------------------------------------------------------------------------------

    def desk(self, account):
        return self.register.desk(account, self.now)

    def worker(self, household, who="own"):
        own = VILLAGES.index((household["township"], household["village"]))
        moved = {"own": 0, "neighbour": 1, "other township": 2}
        return self.desk(f"w{(own + moved[who]) % len(VILLAGES)}" if who in moved else who)

    def reviewer(self, household, who="own"):
        other = "乙乡" if household["township"] == "甲镇" else "甲镇"
        accounts = {"own": f"r{household['township']}", "neighbour": self.worker(household).person.account,
                    "other township": f"r{other}"}  # fmt: skip
        return self.desk(accounts.get(who, who))

    def officer(self, who="own"):
        return self.desk({"own": "officer", "neighbour": "second", "other township": "r甲镇"}.get(who, who))

    def attempt(self, name, work, *, theirs=True):
        """A step that may be refused, in words; one that is not this person's must be."""
        try:
            found = work()
        except WorkbenchError:
            self.done[name, "refused"] += 1
            return None
        assert theirs, name
        self.done[name, "done"] += 1
        return found

    # -- the round -----------------------------------------------------------------------------------------------------

    def fitting(self, number, fit, *stages):
        """A household: where it shall fit one whose entry is at such a stage, if there is any; else any."""
        entries = listed(self.officer(), ROUND) if fit else []
        wanted = {row["household_id"] for row in entries if row["stage"] in stages}
        chosen = [each for each in self.households if each["household_id"] in wanted] or self.households
        return chosen[number % len(chosen)]

    @rule(number=numbers, who=whose, change=st.none() | changes, fit=fits)
    def visit_one(self, number, who, change, fit):
        household = self.fitting(number, fit, "visited", "returned")
        report, desk = self.report(household, [change] if change else []), self.worker(household, who)
        self.attempt("visit", lambda: visit(desk, ROUND, [report]), theirs=who == "own")

    @rule(number=numbers, who=whose, change=st.none() | changes, fit=fits, reason=reasons)
    def adjust_one(self, number, who, change, fit, reason):
        household = self.fitting(number, fit, "filed")
        report, desk = self.report(household, [change] if change else []), self.worker(household, who)
        self.attempt("adjust", lambda: adjust(desk, ROUND, report, reason, "证明"), theirs=who == "own")

    @rule(village=st.integers(0, len(VILLAGES) - 1))
    def visit_a_village(self, village):
        here = [each for each in self.households if (each["township"], each["village"]) == VILLAGES[village]]
        self.attempt("visits", lambda: visit(self.desk(f"w{village}"), ROUND, [self.report(each) for each in here]))

    def report(self, household, amendments=()):
        return VisitReport(household["household_id"], self.now.date(), "王某", FOUND, dict(amendments))

    @rule(number=numbers, who=whose, tier=chance("1", "2", "3", "4"), edge=chance(*["enter", "stay_out", "keep"] * 3, *EDGE_PROPOSALS),
          reason=reasons, version=chance(*[None] * 8, 1, 2, 3), fit=fits)  # fmt: skip
    def propose_one(self, number, who, tier, edge, reason, version, fit):
        household = self.fitting(number, fit, "visited", "returned")
        proposal = tier if household["kind"] == "lifted" else edge
        desk, name = self.worker(household, who), household["household_id"]
        self.attempt("propose", lambda: propose(desk, ROUND, name, proposal, reason, version), theirs=who == "own")

    @rule(village=st.integers(0, len(VILLAGES) - 1), kind=kinds)
    def propose_a_village(self, village, kind):
        self.attempt("propose all", lambda: propose_all(self.desk(f"w{village}"), ROUND, kind))

    @rule(number=numbers, who=whose, one=st.booleans(), fit=fits)
    def agree(self, number, who, one, fit):
        household = self.fitting(number, fit, "proposed")
        desk, named = self.reviewer(household, who), [household["household_id"]] if one else None
        kind = RISK if household["kind"] == "lifted" else EDGE
        theirs = who == "own" or (who == "other township" and not one)
        self.attempt("agree", lambda: agree(desk, ROUND, kind, named), theirs=theirs)

    @rule(number=numbers, who=whose, reason=reasons, county=st.booleans(), fit=fits)
    def send_back(self, number, who, reason, county, fit):
        household = self.fitting(number, fit, "reviewed" if county else "proposed")
        desk = self.officer(who) if county else self.reviewer(household, who)
        theirs = who == "own" or (county and who in {"neighbour", "other township"})
        self.attempt("return", lambda: send_back(desk, ROUND, household["household_id"], reason), theirs=theirs)

    @rule(kind=kinds, who=whose)
    def file(self, kind, who):
        theirs = who in {"own", "neighbour"}
        filed = self.attempt("file", lambda: file_list(self.officer(who), ROUND, COUNTY, kind), theirs=theirs)
        if filed and filed.number:
            self.done["list", kind] += 1
            laws.check_proofs(self.officer())

    # -- what changes under it -------------------------------------------------------------------------------------------

    @rule(number=numbers, change=changes)
    def take_in(self, number, change):
        name, value = change
        facts = pl.DataFrame(self.register.facts.read(ROUND, COUNTY)).filter(
            household_id=self.households[number]["household_id"]
        )
        new = facts.with_columns(pl.lit(value, facts.schema[name]).alias(name)).drop("round", "county_code")
        table = new.to_arrow(compat_level=pl.CompatLevel.oldest())
        result = IntakeResult("x", {COUNTY: table}, {}, 1, None, 0, (), (), (), simulated=True)
        self.attempt(
            "take in",
            lambda: take_in_beside(self.register, "shell:x", self.now, ROUND, [result], Origin(simulated=True)),
        )

    @rule(ceiling=st.sampled_from([1.0, 1.5, 2.0]), budget=st.sampled_from([1, 2_000_000]), require=st.booleans(),
          who=st.sampled_from(["second", "officer", "other-officer", "w0"]))  # fmt: skip
    def set_standard(self, ceiling, budget, require, who):
        content = STANDARD | {
            "income": {"ceiling": {"multiple": ceiling}}, "budget": budget, "require_group": require,
            "exclusions": ["has_car"], "effective": f"2019-10-{next(self.days_of_standards):02d}",
        }  # fmt: skip
        number = draft(self.officer(), parse_standard(content))
        submit(self.officer(), number, "按财力", {"in": 1})
        self.attempt("standard", lambda: approve(self.desk(who), number, "文号"), theirs=who == "second")

    @rule(days=st.integers(1, 6))
    def days_pass(self, days):
        self.now += dt.timedelta(days=days)

    # -- cases -----------------------------------------------------------------------------------------------------------

    @rule(number=numbers, steps=st.integers(1, len(laws.CASE_WAY)))
    def take_a_case_on(self, number, steps):
        """As far as it goes, by those whose it is, some days after one another."""
        for _ in range(steps):
            case = self.case(number)
            following = [each.name for each in CASE_STEPS.values() if case["stage"] in each.sources]
            if following:
                self.take_step(case, following[0], "own", "情况属实")
                self.now += dt.timedelta(days=5)

    @rule(number=numbers, who=whose, name=st.sampled_from(list(CASE_STEPS)), note=reasons)
    def take_any_step_of_a_case(self, number, who, name, note):
        self.take_step(self.case(number), name, who, note)

    @rule(number=numbers)
    def a_fact_was_wrong(self, number):
        case = self.case(number)
        report = self.report(case, [("income_pc", 20_000.0)])
        self.attempt("visit", lambda: visit(self.worker(case), ROUND, [report]))
        self.take_step(case, "dismiss", "own", "收入登记有误，已更正")

    def case(self, number):
        found = cases(self.officer())
        return found[number % len(found)]

    def take_step(self, case, name, who, note):
        right = CASE_STEPS[name].right
        taker = {"visit": self.worker, "propose": self.worker, "review": self.reviewer}.get(right)
        desk = taker(case, who) if taker else self.officer(who)
        theirs = who == "own" or (taker is None and who == "neighbour")
        below = case["household_id"] in laws.below_line(self.register)
        taken = self.attempt(f"case {name}", lambda: step(desk, case["id"], name, self.now.date(), note), theirs=theirs)
        assert taken != "dismissed" or not below

    # -- what must hold --------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(["w0", "w1", "w2", "r甲镇", "r乙乡", "other-worker", "other-officer"]))
    def look_around(self, who):
        desk = self.desk(who)
        seen = [*listed(desk, ROUND), *cases(desk), *edge_households(desk, state=None)]
        seen += [each for household in self.households for each in visits_of(desk, household["household_id"])]
        lists = [row | {"county": COUNTY} for each in filings(desk) for row in filed_rows(desk, each["number"])]
        for row in [*seen, *lists]:
            assert desk.person.area.holds(Area(row["county"], row["township"], row["village"])), row

    @invariant()
    def holds(self):
        laws.check_entries(self.register)
        laws.check_cases(self.register)
        self.filed = laws.check_filed(self.register, self.filed)
        laws.check_kept(self.register)
