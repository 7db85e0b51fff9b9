"""A register in which every kind of record was written, so that tests can look at all of them."""

import shutil
from functools import cache
from pathlib import Path

from tests.register.conftest import COUNTY, ROUND, opened_office
from workbench.register.access.passwords import set_password
from workbench.register.assessment import EDGE, RISK
from workbench.register.assistance.plans import make_plan
from workbench.register.cases.cases import add_window, cases, step
from workbench.register.county_settings import set_figure
from workbench.register.edge_register import assign
from workbench.register.location import register_path
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree


def take_through(office, household, proposal=None, kind=RISK):
    """Everything up to the review."""
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], proposal or household["rule"])
    agree(office.reviewer(household), ROUND, kind, [household["household_id"]])


def fill(office, *, filed=True):
    """Households visited, corrected, proposed, reviewed and (if `filed`) filed; a standard, cases, an officer, a figure."""
    set_password(office.admin, "second", "一段够长的密码 2019")
    office.set_standard()
    one, two = office.households(rule="3")[:2]
    office.visit(one, work_months=7.0)
    take_through(office, two)
    edge = office.households("unregistered", "in")[0]
    take_through(office, edge, "enter", EDGE)
    set_figure(office.officer, COUNTY, "publicity_days", "7", office.now.date(), "县里规定")
    add_window(office.admin, "秋季", office.now.date(), office.now.date())
    if not filed:
        return
    file_list(office.officer, ROUND, COUNTY, RISK)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    assign(office.officer, [edge["household_id"]], "officer", 30)
    opened = cases(office.officer)[0]
    make_plan(office.worker(two), ROUND, two["household_id"], "稳定增收", "王某")
    step(office.worker(opened), opened["id"], "verify", office.now.date(), "入户核实")


@cache  # most of what looks for changes looks at the very same register
def register_at_work(city: Path) -> Path:
    """A store with its register at work (`fill`) in its own place, made once for a process. To be copied, not to be changed."""
    root = shutil.copytree(city, city.with_name(f"{city.name}-at-work"))
    office = opened_office(root, f"sqlite:///{register_path(root)}")
    fill(office)
    office.register.engine.dispose()
    return root
