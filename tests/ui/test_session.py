"""The state of the county-standard page: commands, refusals, and counts that are those of the rules."""

import pyarrow as pa
import pytest

from tests.ui.stores import simulated_store
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import read_standard
from workbench.errors import InputError, StoreError
from workbench.preview.request import preview
from workbench.preview.scope import scope
from workbench.register.standards.in_force import Source
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY, ROUND = "341522", "2019-10"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def session(store):
    return StandardSession(store, ROUND, COUNTY)


def counted(store, text):
    standard = read_standard(text)
    return preview(scope(store, ROUND, COUNTY, None, standard), standard)


def test_begins_with_the_reference_of_the_county_asked_for(session):
    assert (session.county, session.round_name, session.problems) == (COUNTY, ROUND, {})
    assert session.standard.county == COUNTY
    assert not session.in_force.in_force
    assert session.simulated


def test_counts_are_those_of_its_own_yaml(session, store):
    session.put("income.ceiling", {"multiple": 1.8})
    session.put("routes.rigid_expenditure", {"share": 0.3, "ceiling": {"multiple": 2.0}})
    session.put("groups", ["illness", "disability"])
    counts = session.breakdown().totals
    expected = counted(store, session.yaml())
    assert counts.inside.households == expected["in"] > 0
    assert counts.cannot_tell.households == expected["cannot_tell"]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("income.ceiling", {"multiple": 0.8}, "income.ceiling.multiple"),
        ("income.ceiling", {"yuan": 3000.0}, "income.ceiling"),
        ("income.ceiling", {"multiple": float("nan")}, "income.ceiling.multiple"),
        ("help_cost", "很多", "help_cost"),
        ("budget", -5.0, "budget"),
        ("groups", ["yacht"], "groups.0"),
        ("income.group_ceilings.dibao", "abc", "income.group_ceilings.dibao"),
        ("routes.income_drop", {"share": 2, "ceiling": {"multiple": 2}}, "routes.income_drop.share"),
        ("line", 9000.0, "income.ceiling"),
    ],
)
def test_what_breaks_the_contract_is_refused_and_loses_nothing(session, path, value, key):
    session.put("income.ceiling", {"yuan": 5000.0})
    before, revision = session.standard, session.revision
    session.put(path, value)
    assert list(session.problems) == [key]
    assert (session.standard, session.revision) == (before, revision)


def test_a_draft_can_be_mended(session):
    session.put("budget", "一万")
    session.put("budget", 10_000.0)
    assert session.problems == {}
    assert session.standard.budget == 10_000


def test_load_takes_over_a_standard_and_refuses_another_countys(session):
    session.load(b"income: {ceiling: {multiple: 1.2}}\nhelp_cost: 1000\n")
    assert session.standard.income.ceiling.multiple == 1.2
    with pytest.raises(InputError, match="341524"):
        session.load(b'county: "341524"\nincome: {ceiling: {multiple: 1.3}}\n')
    with pytest.raises(InputError, match="below the poverty line"):
        session.load(b"income: {ceiling: {yuan: 100}}")
    assert session.standard.income.ceiling.multiple == 1.2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title: 金寨县边缘户标准\nincome: {ceiling: {multiple: 1.2}}\n".encode("gb18030"), "UTF-8"),
        (b"income: {ceiling: {multiple: 1.2}}\n#" + b"x" * 200_000, "too many"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused(session, content, words):
    before = session.standard
    with pytest.raises(InputError, match=words):
        session.load(content)
    assert session.standard == before


def test_a_county_that_cannot_be_opened_leaves_all_as_it_was(store, session):
    folder = store.root / "standards"
    folder.mkdir()
    (folder / "341524.yaml").write_text("income: {", encoding="utf-8")
    try:
        before = session.breakdown().totals
        with pytest.raises(InputError, match=r"341524\.yaml"):
            session.choose("2019-05", "341524")
        assert (session.round_name, session.county) == (ROUND, COUNTY)
        assert session.breakdown().totals == before
    finally:
        (folder / "341524.yaml").unlink()
        folder.rmdir()


def test_compares_with_the_draft_in_the_countys_file_where_it_has_one(store):
    folder = store.root / "standards"
    folder.mkdir()
    (folder / f"{COUNTY}.yaml").write_text("income: {ceiling: {multiple: 1.2}}\n", encoding="utf-8")
    try:
        session = StandardSession(store, ROUND, COUNTY)
        assert (session.in_force.source, session.in_force.in_force) == (Source.FILE, False)  # nobody approved it
        assert session.breakdown().totals.newly_in.rows == 0
        session.put("income.ceiling", {"multiple": 2.0})
        assert session.breakdown().totals.newly_in.rows > 0
    finally:
        (folder / f"{COUNTY}.yaml").unlink()
        folder.rmdir()


def test_an_empty_store_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="workbench simulate"):
        StandardSession(FactStore(tmp_path))


def test_an_unknown_county_or_round_of_an_address_falls_back(store):
    session = StandardSession(store, "1999-01", "<script>")
    assert session.round_name == "2019-10"
    assert session.county in store.counties("2019-10")


@pytest.fixture
def with_own_facts(store, tmp_path):
    """A store whose county added facts of its own: one yes or no, one a number."""
    added = FactStore(tmp_path / "own")
    table = store.read(ROUND, COUNTY)
    remote = pa.array([row % 3 == 0 if row % 5 else None for row in range(len(table))])
    rooms = pa.array([float(row % 4) for row in range(len(table))])
    added.write(
        ROUND, {COUNTY: table.append_column("x_remote", remote).append_column("x_rooms", rooms)}, Origin(simulated=True)
    )
    return added


def test_a_fact_of_the_county_becomes_a_group_and_goes_again(with_own_facts):
    session = StandardSession(with_own_facts, ROUND, COUNTY)
    before = session.breakdown().totals.inside.households
    assert "x_remote" in session.own_facts()
    session.declare_group("x_remote", "偏远户")
    assert session.problems == {}
    assert session.standard.groups[-1] == "x_remote"
    broken = session.breakdown()
    assert broken.totals.inside.households > before
    assert broken.totals.newly_in.households == broken.totals.inside.households - before
    assert broken.by_group()["x_remote"].households > 0
    assert counted(with_own_facts, session.yaml())["by_group"]["x_remote"] == broken.by_group()["x_remote"].households
    session.put(keys.group_ceiling("x_remote"), 1.8)
    assert session.problems == {}
    session.withdraw_group("x_remote")
    assert (session.problems, session.standard) == ({}, session.begun)


def test_a_number_is_no_group(with_own_facts):
    session = StandardSession(with_own_facts, ROUND, COUNTY)
    session.declare_group("x_rooms", "房间")
    with pytest.raises(InputError, match=r"own_groups\.x_rooms"):
        session.breakdown()


def test_a_group_without_a_name_is_refused_beside_its_key(with_own_facts):
    session = StandardSession(with_own_facts, ROUND, COUNTY)
    session.declare_group("x_remote", "")
    assert list(session.problems) == ["own_groups.x_remote"]
