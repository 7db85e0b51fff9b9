"""No sequence of steps, by whomever, reaches a state that the procedure forbids, or drops a household below the line."""

from collections import Counter
from itertools import count

import polars as pl
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.store.register.any_order import HOUSEHOLDS, REACHED, VILLAGES, AnyOrder, begin, bring_to
from tests.store.register.conftest import COUNTY, opened_office
from workbench.domain.case import CASE_STEPS
from workbench.store.facts import FactStore
from workbench.store.register.judged import EDGE, RISK
from workbench.store.schema import Origin

pytestmark = pytest.mark.slow
RUNS, STEPS = 120, 10
SURE = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def village_facts(city):
    """Eight households that the rules judge in every way, put into three villages, by round."""
    everybody = opened_office(city, "sqlite://")
    everybody.set_standard()
    judged = pl.concat([everybody.judged("lifted"), everybody.judged("unregistered")])
    chosen = judged.unique(["kind", "rule", "below_line"], keep="first", maintain_order=True)["household_id"]
    assert len(chosen) == HOUSEHOLDS
    places = pl.DataFrame(
        [VILLAGES[number % len(VILLAGES)] for number in range(HOUSEHOLDS)], ["township", "village"], orient="row"
    )
    store, moved = FactStore(city), places.with_columns(household_id=chosen)
    return {
        name: pl.DataFrame(store.read(name, COUNTY)).drop("township", "village").join(moved, on="household_id")
        for name in store.rounds()
    }


@pytest.fixture(scope="module")
def starts(village_facts, tmp_path_factory):
    """A store with its register for each of REACHED."""
    folder = tmp_path_factory.mktemp("starts")
    for reached in REACHED:
        root = folder / reached
        for name, facts in village_facts.items():
            table = facts.to_arrow(compat_level=pl.CompatLevel.oldest())
            FactStore(root).write(name, {COUNTY: table}, Origin(simulated=True))
        office = opened_office(root, f"sqlite:///{root / 'register.sqlite'}")
        begin(office)
        if reached != "begun":
            bring_to(office, reached)
        office.register.engine.dispose()
    return folder


def test_whatever_is_done_in_whatever_order_the_register_stays_lawful(starts, tmp_path):
    done, runs = Counter(), count()
    run_state_machine_as_test(lambda: AnyOrder(starts, tmp_path / str(next(runs)), done), settings=SURE)
    taken, refused = ({name for name, how in done if how == which} for which in ("done", "refused"))
    steps = {"visit", "adjust", "propose", "return", "file", "standard"}
    assert steps | {"visits", "propose all", "agree", "take in", *(f"case {name}" for name in CASE_STEPS)} <= taken
    assert steps <= refused
    assert min(done["list", kind] for kind in (RISK, EDGE)) > 1
