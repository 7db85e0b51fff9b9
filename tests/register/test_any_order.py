"""No sequence of steps, by whomever, reaches a state that the procedure forbids, or drops a household below the line."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.register.any_order import AnyOrder
from tests.register.conftest import COUNTY, opened_office
from tests.register.three_villages import REACHED, begin, bring_to, village_facts
from workbench.domain.procedure.cases import CASE_STEPS
from workbench.register.assessment import EDGE, RISK
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

pytestmark = pytest.mark.slow
RUNS, FEW, STEPS = 45, 4, 25
ONE_RUN = settings(max_examples=1, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def starts(city, tmp_path_factory):
    """A store with its register for each of REACHED."""
    folder, facts_of_villages = tmp_path_factory.mktemp("starts"), village_facts(city)
    for reached in REACHED:
        root = folder / reached
        for name, facts in facts_of_villages.items():
            table = facts.to_arrow(compat_level=pl.CompatLevel.oldest())
            FactStore(root).write(name, {COUNTY: table}, Origin(simulated=True))
        office = opened_office(root, f"sqlite:///{root / 'register.sqlite'}")
        begin(office)
        if reached != "begun":
            bring_to(office, reached)
        office.register.engine.dispose()
    return folder


def run(number, starts, folder, done):
    """One county's people, doing what the dice of this number say."""
    run_state_machine_as_test(lambda: AnyOrder(number, starts, folder, done), settings=ONE_RUN)


def test_of_a_few_orders_none_reaches_what_is_forbidden(starts, tmp_path):
    done = Counter()
    for number in range(FEW):
        run(number, starts, tmp_path / str(number), done)
    assert {"visit", "propose", "agree", "file", "withdraw"} <= {name for name, how in done if how == "done"}
    assert {how for _, how in done} >= {"done", "refused"}
    assert min(done["step", name] for name in ("withdraw_visit", "withdraw_proposal")) > 0


@pytest.mark.deep
def test_whatever_is_done_in_whatever_order_the_register_stays_lawful(starts, tmp_path):
    done = Counter()
    for number in range(RUNS):
        run(number, starts, tmp_path / str(number), done)
    taken, refused = ({name for name, how in done if how == which} for which in ("done", "refused"))
    steps = {"visit", "adjust", "propose", "agree", "return", "file", "standard", "withdraw", "withdraw review"}
    assert steps | {"visits", "propose all", "take in", *(f"case {name}" for name in CASE_STEPS)} <= taken
    assert steps <= refused
    assert min(done["list", kind] for kind in (RISK, EDGE)) > 1
