"""The facts of a simulated city are not replaced under a register whose decisions rest on them."""

import shutil

import pytest

from tests.register.changes import fill
from tests.register.conftest import opened_office
from workbench.errors import StoreError
from workbench.register.location import register_path
from workbench.register.unit_of_work.replacement import replace_city
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.schema import Origin


def again(store, url=None):
    """Simulate another city into a store."""
    city = simulate(400, 1, 3, divisions=DIVISIONS)
    return replace_city(FactStore(store), url, city, Origin(simulated=True))


def contents(store):
    return {path: path.read_bytes() for path in (store / "facts").rglob("*.parquet")}


@pytest.mark.parametrize("kind", ["embedded", "postgresql"])
def test_a_city_that_decisions_rest_on_stays(city, tmp_path, request, kind):
    store = shutil.copytree(city, tmp_path / "store")
    url = None if kind == "embedded" else request.getfixturevalue("postgresql").new_database()
    office = opened_office(store, url or f"sqlite:///{register_path(store)}")
    one = office.households(rule="3")[0]
    office.visit(one)
    office.register.engine.dispose()
    before = contents(store)
    with pytest.raises(StoreError, match=r"visit 1.*Use another store \(--store\).*remove the whole store first"):
        again(store, url)
    assert contents(store) == before


def test_every_kind_of_decision_is_named(city, tmp_path):
    store = shutil.copytree(city, tmp_path / "store")
    office = opened_office(store, f"sqlite:///{register_path(store)}")
    fill(office)
    office.register.engine.dispose()
    with pytest.raises(StoreError) as raised:
        again(store)
    for zh in ("走访", "登记条目", "备案清单", "县定标准", "个案"):
        assert zh in raised.value.words.zh


def test_accounts_alone_keep_no_city_from_being_made_anew(city, tmp_path):
    store = shutil.copytree(city, tmp_path / "store")
    opened_office(store, f"sqlite:///{register_path(store)}").register.engine.dispose()
    before = contents(store)
    assert again(store)
    assert contents(store) != before
