"""Eight households in three villages of two townships, and a round there brought to a stage: small, so that much can be done."""

import datetime as dt
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, opened_office
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import add_window, open_cases
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.unit_of_work.settlement import unit_of_work
from workbench.store.facts import FactStore

VILLAGES = (("甲镇", "东村"), ("甲镇", "西村"), ("乙乡", "南村"))
HOUSEHOLDS = 8
REACHED = ("begun", "proposed", "reviewed", "filed")
"""How far a round is when a run begins."""


def village_facts(city):
    """Eight households that the rules judge in every way, put into three villages, by round."""
    with TemporaryDirectory() as folder:  # a register says in its store that it is there
        store = FactStore(shutil.copytree(city, Path(folder) / "store"))
        everybody = opened_office(store.root, "sqlite://")
        everybody.set_standard()
        assessed = pl.concat([everybody.assessed("lifted"), everybody.assessed("unregistered")])
        everybody.register.engine.dispose()
        chosen = assessed.unique(["kind", "rule", "below_line"], keep="first", maintain_order=True)["household_id"]
        assert len(chosen) == HOUSEHOLDS
        places = pl.DataFrame(
            [VILLAGES[number % len(VILLAGES)] for number in range(HOUSEHOLDS)], ["township", "village"], orient="row"
        )
        moved = places.with_columns(household_id=chosen)
        return {
            name: pl.DataFrame(store.read(name, COUNTY)).drop("township", "village").join(moved, on="household_id")
            for name in store.rounds()
        }


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
    with unit_of_work(office.officer, ROUND, COUNTY) as connection:
        open_cases(office.officer, connection, ROUND, COUNTY)


def bring_to(office, reached):
    """The round brought so far for everybody whom the rules can judge."""
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    for number, (township, village) in enumerate(VILLAGES):
        here = facts.filter(township=township, village=village)["household_id"].to_list()
        reports = [VisitReport(name, NOW.date(), "王某", SEEN) for name in here]
        visit(office.acting_user(f"w{number}"), ROUND, reports)
        for kind in (RISK, EDGE):
            propose_all(office.acting_user(f"w{number}"), ROUND, kind)
    for kind in (RISK, EDGE) if reached != "proposed" else ():
        for township in ("甲镇", "乙乡"):
            agree(office.acting_user(f"r{township}"), ROUND, kind)
        if reached == "filed":
            file_list(office.officer, ROUND, COUNTY, kind)
