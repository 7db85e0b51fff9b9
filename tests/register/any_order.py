"""A county's people who do anything in any order, rightly and wrongly: a state machine over a register."""

import datetime as dt
import shutil
from collections import Counter
from itertools import count
from random import Random

import polars as pl
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.register import laws
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, STANDARD
from tests.register.three_villages import REACHED, VILLAGES
from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import EDGE_PROPOSALS
from workbench.domain.rules.standard import parse_standard
from workbench.errors import WorkbenchError
from workbench.intake.findings.result import IntakeResult
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import cases, step
from workbench.register.edge_register import edge_households
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filing_proof import filed_rows
from workbench.register.procedure.filings import file_list, filings
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, adjust, visit, visits_of
from workbench.register.procedure.withdrawals import withdraw_own_step, withdraw_reviews
from workbench.register.standards.versions import approve, draft, submit
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

CHANGES = {
    "income_pc": (1000.0, 3217.99, 3300.0, 4800.0, 20_000.0), "medical": (0, 1, 2), "work_months": (0.0, 3.0, 11.0),
    "has_car": (True, False), "illness": (True, False),
}  # fmt: skip
OUTSIDERS = ("other-worker", "other-officer", "reader", "analyst", "admin")

KINDS = (RISK, EDGE)
REASONS = (*["情况有变化"] * 6, "", " ")
WHO = (*["own"] * 12, "neighbour", "other township", *OUTSIDERS)
"""Who takes a step: mostly somebody whose it is, sometimes somebody whose it is not."""
FITTING = (*[True] * 6, False)
"""Whether a step is tried on a household that it can be taken for, if there is one."""
STEPS = (
    "visit_one", "adjust_one", "visit_a_village", "propose_one", "propose_one", "propose_a_village", "agree", "agree",
    "send_back", "file", "file", "a_day_passes", "take_in", "facts_change_before_filing", "set_standard", "take_a_case_on", "take_any_step_of_a_case",
    "a_fact_was_wrong", "look_around", "village_withdraws", "village_withdraws", "township_withdraws",
)  # fmt: skip
"""What is done, some of it more often."""
casts = st.integers(0, 2**24 - 1)


def changed(dice):
    """A fact and another value of it."""
    name = dice.choice([*CHANGES, "income_pc"])
    return name, dice.choice(CHANGES[name])


class AnyOrder(RuleBasedStateMachine):
    """`starts`: stores with their registers to begin from, each copied for a run; `done`: what came about, over all runs.

    What is done is thrown with dice, others in every run (`number`): what hypothesis draws by itself comes in rows of the same.
    """

    def __init__(self, number, starts, folder, done: Counter) -> None:
        super().__init__()
        self.number, self.starts, self.folder, self.done, self.thrown = number, starts, folder, done, count()
        self.now, self.days_of_standards, self.filed = NOW, count(2), {}

    @initialize(cast=casts)
    def begin(self, cast):
        reached = self.dice(cast).choice(REACHED)
        note(f"a round that is {reached}")
        root = shutil.copytree(self.starts / reached, self.folder)
        self.register = open_register(FactStore(root))
        facts = pl.DataFrame(self.register.facts.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]))
        self.households = facts.sort("household_id").to_dicts()

    def teardown(self):
        if self.filed:
            laws.check_proofs(self.register.acting_user("officer", self.now))
        self.register.engine.dispose()
        shutil.rmtree(self.folder)

    def dice(self, cast):
        return Random(f"{self.number} {next(self.thrown)} {cast}")  # noqa: S311 - which step to take

    @rule(cast=casts)
    def take_a_step(self, cast):
        dice = self.dice(cast)
        name = dice.choice(STEPS)
        note(f"{self.now.date()} {name}")
        getattr(self, name)(dice)

    # -- who ---------------------------------------------------------------------------------------------------------

    def acting_user(self, account):
        return self.register.acting_user(account, self.now)

    def worker(self, household, who="own"):
        own = VILLAGES.index((household["township"], household["village"]))
        moved = {"own": 0, "neighbour": 1, "other township": 2}
        return self.acting_user(f"w{(own + moved[who]) % len(VILLAGES)}" if who in moved else who)

    def reviewer(self, household, who="own"):
        other = "乙乡" if household["township"] == "甲镇" else "甲镇"
        accounts = {"own": f"r{household['township']}", "neighbour": self.worker(household).person.account,
                    "other township": f"r{other}"}  # fmt: skip
        return self.acting_user(accounts.get(who, who))

    def officer(self, who="own"):
        return self.acting_user({"own": "officer", "neighbour": "second", "other township": "r甲镇"}.get(who, who))

    def attempt(self, name, work, *, theirs=True):
        """A step that may be refused, in words; one that is not this person's must be."""
        try:
            result = work()
        except WorkbenchError as refused:
            self.done[name, "refused"] += 1
            note(f"{name}: {refused.words.en}")
            return None
        note(f"{name}: done")
        assert theirs, name
        self.done[name, "done"] += 1
        return result

    # -- the round -----------------------------------------------------------------------------------------------------

    def household(self, dice, *stages):
        """A household, mostly one whose entry is at such a stage, if there is any."""
        wanted = {row["household_id"] for row in listed(self.officer(), ROUND) if row["stage"] in stages}
        fitting = [each for each in self.households if each["household_id"] in wanted]
        return dice.choice(fitting if fitting and dice.choice(FITTING) else self.households)

    def visit_one(self, dice):
        household, who = self.household(dice, "visited", "returned"), dice.choice(WHO)
        report, user = self.report(household, dice.choice([None, changed(dice)])), self.worker(household, who)
        self.attempt("visit", lambda: visit(user, ROUND, [report]), theirs=who == "own")

    def adjust_one(self, dice):
        household, who, reason = self.household(dice, "filed"), dice.choice(WHO), dice.choice(REASONS)
        report, user = self.report(household, dice.choice([None, changed(dice)])), self.worker(household, who)
        self.attempt("adjust", lambda: adjust(user, ROUND, report, reason, "证明"), theirs=who == "own")

    def visit_a_village(self, dice):
        village = dice.randrange(len(VILLAGES))
        here = [each for each in self.households if (each["township"], each["village"]) == VILLAGES[village]]
        self.attempt(
            "visits", lambda: visit(self.acting_user(f"w{village}"), ROUND, [self.report(each) for each in here])
        )

    def report(self, household, correction=None):
        return VisitReport(
            household["household_id"], self.now.date(), "王某", SEEN, dict([correction] if correction else [])
        )

    def propose_one(self, dice):
        household, who, reason = self.household(dice, "visited", "returned"), dice.choice(WHO), dice.choice(REASONS)
        proposal = dice.choice("1234" if household["kind"] == "lifted" else [*["enter", "keep"] * 3, *EDGE_PROPOSALS])
        user, version = self.worker(household, who), dice.choice([*[None] * 6, 1, 2, 3])
        name = household["household_id"]
        self.attempt("propose", lambda: propose(user, ROUND, name, proposal, reason, version), theirs=who == "own")

    def propose_a_village(self, dice):
        user, kind = self.acting_user(f"w{dice.randrange(len(VILLAGES))}"), dice.choice(KINDS)
        self.attempt("propose all", lambda: propose_all(user, ROUND, kind))

    def agree(self, dice):
        household, who, one = self.household(dice, "proposed"), dice.choice(WHO), dice.choice([True, False])
        user, named = self.reviewer(household, who), [household["household_id"]] if one else None
        kind = RISK if household["kind"] == "lifted" else EDGE
        theirs = who == "own" or (who == "other township" and not one)
        self.attempt("agree", lambda: agree(user, ROUND, kind, named), theirs=theirs)

    def send_back(self, dice):
        who, reason, county = dice.choice(WHO), dice.choice(REASONS), dice.choice([True, False])
        household = self.household(dice, "reviewed" if county else "proposed")
        user = self.officer(who) if county else self.reviewer(household, who)
        theirs = who == "own" or (county and who in {"neighbour", "other township"})
        self.attempt("return", lambda: send_back(user, ROUND, household["household_id"], reason), theirs=theirs)

    def village_withdraws(self, dice):
        household, who = self.household(dice, "visited", "proposed"), dice.choice(WHO)
        user, version = self.worker(household, who), dice.choice([*[None] * 6, 1, 2, 3])
        name = household["household_id"]
        done = self.attempt("withdraw", lambda: withdraw_own_step(user, ROUND, name, version), theirs=who == "own")
        if done:
            self.done["step", done] += 1

    def township_withdraws(self, dice):
        household, who = self.household(dice, "reviewed", "returned"), dice.choice(WHO)
        user, name = self.reviewer(household, who), household["household_id"]
        seen = {row["household_id"]: row["version"] for row in listed(self.officer(), ROUND)}.get(name, 1)
        version = dice.choice([*[seen] * 6, 1, 2])
        self.attempt("withdraw review", lambda: withdraw_reviews(user, ROUND, {name: version}), theirs=who == "own")

    def file(self, dice):
        kind, who = dice.choice(KINDS), dice.choice(WHO)
        theirs = who in {"own", "neighbour"}
        filed = self.attempt("file", lambda: file_list(self.officer(who), ROUND, COUNTY, kind), theirs=theirs)
        if filed and filed.number:
            self.done["list", kind] += 1
            laws.check_filed_upon(self.register, kind, set(filed.filed), self.now.date())
            laws.check_proofs(self.officer())

    # -- what changes under it -------------------------------------------------------------------------------------------

    def a_day_passes(self, dice):
        self.now += dt.timedelta(days=dice.randint(1, 3))

    def take_in(self, dice):
        name, value = changed(dice)
        facts = pl.DataFrame(self.register.facts.read(ROUND, COUNTY))
        one = facts.filter(household_id=self.household(dice, "proposed", "reviewed")["household_id"])
        new = one.with_columns(pl.lit(value, facts.schema[name]).alias(name)).drop("round", "county_code")
        table = new.to_arrow(compat_level=pl.CompatLevel.oldest())
        result = IntakeResult("x", {COUNTY: table}, {}, 1, None, 0, (), (), (), simulated=True)
        work = (self.register, "shell:x", self.now, ROUND, [result], Origin(simulated=True))
        self.attempt("take in", lambda: take_in_with_lock(*work))

    def facts_change_before_filing(self, dice):
        for township in ("甲镇", "乙乡"):
            for kind in KINDS:
                agree(self.acting_user(f"r{township}"), ROUND, kind)
        self.take_in(dice)
        self.file(dice)

    def set_standard(self, dice):
        content = STANDARD | {
            "income": {"ceiling": {"multiple": dice.choice([1.0, 1.5, 2.0])}, "deduct_out_of_pocket": dice.choice([True, False])},
            "budget": dice.choice([1, 2_000_000]), "require_group": dice.choice([True, False]), "exclusions": ["has_car"],
            "effective": f"2019-10-{next(self.days_of_standards):02d}",
        }  # fmt: skip
        number = draft(self.officer(), parse_standard(content))
        submit(self.officer(), number, "按财力", {"in": 1})
        who = dice.choice(["second", "second", "officer", "other-officer", "w0"])
        self.attempt("standard", lambda: approve(self.acting_user(who), number, "文号"), theirs=who == "second")

    # -- cases -----------------------------------------------------------------------------------------------------------

    def take_a_case_on(self, dice):
        """As far as it goes, by those whose it is, some days after one another."""
        number = self.case(dice)["id"]
        for _ in range(dice.randint(1, len(laws.CASE_WAY))):
            case = next(each for each in cases(self.officer()) if each["id"] == number)
            following = [each.name for each in CASE_STEPS.values() if case["stage"] in each.sources]
            if following:
                self.take_step(case, following[0], "own", "情况属实")
                self.now += dt.timedelta(days=5)

    def take_any_step_of_a_case(self, dice):
        self.take_step(self.case(dice), dice.choice([*CASE_STEPS]), dice.choice(WHO), dice.choice(REASONS))

    def a_fact_was_wrong(self, dice):
        case = self.case(dice)
        report = self.report(case, ("income_pc", 20_000.0))
        self.attempt("visit", lambda: visit(self.worker(case), ROUND, [report]))
        self.take_step(case, "dismiss", "own", "收入登记有误，已更正")

    def case(self, dice):
        return dice.choice(cases(self.officer()))

    def take_step(self, case, name, who, words):
        right = CASE_STEPS[name].right
        taker = {"visit": self.worker, "propose": self.worker, "review": self.reviewer}.get(right)
        user = taker(case, who) if taker else self.officer(who)
        theirs = who == "own" or (taker is None and who == "neighbour")
        below = case["household_id"] in laws.below_line(self.register)
        taken = self.attempt(
            f"case {name}", lambda: step(user, case["id"], name, self.now.date(), words), theirs=theirs
        )
        assert taken != "dismissed" or not below

    # -- what must hold --------------------------------------------------------------------------------------------------

    def look_around(self, dice):
        user = self.acting_user(dice.choice(["w0", "w1", "w2", "r甲镇", "r乙乡", "other-worker", "other-officer"]))
        seen = [*listed(user, ROUND), *cases(user), *edge_households(user, state=None)]
        seen += [each for household in self.households for each in visits_of(user, household["household_id"])]
        lists = [row | {"county": COUNTY} for each in filings(user) for row in filed_rows(user, each["number"])]
        for row in [*seen, *lists]:
            assert user.person.area.holds(Area(row["county"], row["township"], row["village"])), row

    @invariant()
    def holds(self):
        laws.check_entries(self.register)
        laws.check_cases(self.register)
        self.filed = laws.check_filed(self.register, self.filed)
        laws.check_kept(self.register)
