"""An office with a register over a simulated county: on SQLite and on PostgreSQL alike."""

import datetime as dt
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.postgres import cluster
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.domain.rules.standard import parse_standard
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import ActingUser, Register, open_register
from workbench.register.access.passwords import set_password
from workbench.register.assessment import assess, facts_read, rules_of
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.standards.versions import approve, draft, submit
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

ROUND, COUNTY = "2019-10", "341524"
NOW = dt.datetime(2019, 10, 8, 9, 0, tzinfo=BEIJING)
STANDARD = {
    "county": COUNTY, "title": "金寨县边缘户标准", "effective": "2019-10-01",
    "income": {"ceiling": {"multiple": 1.5}}, "help_cost": 3000,
}  # fmt: skip
SECRET = "一段够长的密码 2019"  # noqa: S105 - nobody's
SEEN = dict.fromkeys(VISIT_DOMAINS, "已看，情况属实")


OF_DATABASES = {
    "test_backup", "test_crashes", "test_lost_connection", "test_procedure", "test_round_by_requests", "test_upgrade", "test_writers_at_once",
}  # fmt: skip
"""What the two databases may do differently; whatever else is tried on both is tried on PostgreSQL in the long runs only."""
MAIN_WAYS = {
    "test_a_round_goes_from_the_visit_to_the_filed_list_by_requests",
    "test_a_household_goes_through_every_step_and_the_list_proves_itself",
    "test_edge_households_enter_by_the_same_steps_under_the_standard_in_force",
    "test_a_filing_is_equal_to_the_preview_and_the_tiers_of_its_moment_whatever_happens_later",
    "test_every_version_up_and_down_leaves_the_tables_that_the_code_means",
    "test_an_older_register_is_brought_forward_with_all_that_it_holds_after_a_backup",
    "test_a_migration_that_fails_halfway_leaves_the_old_version_whole",
    "test_a_later_version_that_alters_rows_seals_them_anew",
}
"""Of the procedure, from the shell and by requests, and of an upgrade, the main ways: what they write and read back is what a database may do differently, refusals are Python's."""


def pytest_collection_modifyitems(items):
    for item in items:
        of_postgresql = getattr(getattr(item, "callspec", None), "params", {}).get("url") == "postgresql"
        module, name = item.module.__name__.rpartition(".")[2], item.name.partition("[")[0]
        if of_postgresql and (
            module not in OF_DATABASES
            or (module in ("test_procedure", "test_round_by_requests", "test_upgrade") and name not in MAIN_WAYS)
        ):
            item.add_marker(pytest.mark.deep)


@pytest.fixture(scope="session")
def postgresql():
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """A simulated city of 1,500 households and two rounds. Not to be changed."""
    root = tmp_path_factory.mktemp("register-city")
    made = simulate(1500, 2, 5, divisions=DIVISIONS)
    write_city(FactStore(root), made, Origin(simulated=True))
    before = sorted(root.rglob("*"))
    yield root
    assert sorted(root.rglob("*")) == before, "a test wrote into the city that all of them share"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.sqlite'}"
    return request.getfixturevalue("postgresql").new_database()


@dataclass
class Office:
    """A register with its people: `worker(village)`, `reviewer(township)`, `officer`, `second`, `admin`, `reader`, `analyst`."""

    register: Register
    now: dt.datetime = NOW
    _made: set = field(default_factory=set)

    def acting_user(self, account, now=None) -> ActingUser:
        return self.register.acting_user(account, now or self.now)

    @property
    def admin(self):
        return self.acting_user("admin")

    @property
    def officer(self):
        return self.acting_user("officer")

    @property
    def second(self):
        return self.acting_user("second")

    def worker(self, household):
        """The worker of a household's village."""
        township, village = household["township"], household["village"]
        return self._person("village_worker", f"w-{township}-{village}", Area(COUNTY, township, village))

    def reviewer(self, household):
        """The reviewer of a household's township."""
        return self._person("township_reviewer", f"r-{household['township']}", Area(COUNTY, household["township"]))

    def _person(self, role, account, area):
        if account not in self._made:
            place = "".join(part for part in area.parts[1:] if part)
            add_accounts(self.admin, [NewAccount(account, f"{place}办事员", role, area)])
            self._made.add(account)
        return self.acting_user(account)

    def assessed(self, kind="lifted"):
        """The households of a kind in the county, as the rules judge them now."""
        with self.register.engine.connect() as connection:
            rules = rules_of(connection, ROUND, COUNTY, self.now.date())
        return assess(facts_read(self.register.facts, ROUND, COUNTY), rules).filter(kind=kind)

    def households(self, kind="lifted", rule=None):
        """The households whose rule is as asked (None: any that is known)."""
        return (
            self.assessed(kind)
            .filter(pl.col("rule").is_not_null() if rule is None else pl.col("rule") == rule)
            .to_dicts()
        )

    def undetermined(self, kind="lifted"):
        return self.assessed(kind).filter(pl.col("rule").is_null()).to_dicts()

    def set_standard(self, **changes):
        """Draft, submit and approve a standard; returns its id."""
        number = draft(self.officer, parse_standard(STANDARD | changes))
        submit(self.officer, number, "按本县财力测算", {"in": 1})
        approve(self.second, number, "金扶组〔2019〕1号")
        return number

    def visit(self, household, **corrections):
        """A plain visit by the village's worker."""
        report = VisitReport(household["household_id"], NOW.date(), "王某、李某", SEEN, corrections)
        return visit(self.worker(household), ROUND, [report])


def opened_office(store, url):
    """An office over a store, with its first accounts."""
    register = open_register(FactStore(store), url)
    first_account(register, NewAccount("admin", "管理员", "administrator"), NOW)
    opened = Office(register)
    add_accounts(
        opened.admin,
        [
            NewAccount("officer", "县办甲", "county_officer", Area(COUNTY)),
            NewAccount("second", "县办乙", "county_officer", Area(COUNTY)),
            NewAccount("reader", "市级", "city_reader"),
            NewAccount("analyst", "分析", "analyst"),
        ],
    )
    return opened


@cache  # its tables, its chain and its first accounts are what most of opening an office takes
def prepared_office(city: Path) -> Path:
    """A folder with a store and the register of its office, made once for all that is tried on a file. Not to be changed."""
    folder = city.with_name(f"{city.name}-office")
    folder.mkdir()
    opened = opened_office(shutil.copytree(city, folder / "store"), f"sqlite:///{folder / 'register.sqlite'}")
    opened.register.engine.dispose()
    return folder


def copied_office(city: Path, url: str | None, root: Path) -> Office:
    """As `opened_office` over a copy of the city at `root`; a register on a file is copied too."""
    if url is None or not url.startswith("sqlite:///"):
        return opened_office(shutil.copytree(city, root), url)
    prepared = prepared_office(city)
    shutil.copy(prepared / "register.sqlite", url.removeprefix("sqlite:///"))
    return Office(open_register(FactStore(shutil.copytree(prepared / "store", root)), url))


@pytest.fixture
def office(city, url, tmp_path):
    opened = copied_office(city, url, tmp_path / "store")
    yield opened
    opened.register.engine.dispose()


@pytest.fixture(scope="session")
def real_city(tmp_path_factory):
    """A few households that do not say they are simulated. Not to be changed."""
    root = tmp_path_factory.mktemp("real-city")
    write_city(FactStore(root), simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    return root


def register_of_real_facts(store: Path, url: str) -> Register:
    """A register over a store, with an administrator who has a password, and a city reader without one."""
    opened = open_register(FactStore(store), url)
    first_account(opened, NewAccount("admin", "管理员", "administrator"), NOW)
    set_password(opened.acting_user("admin", NOW), "admin", SECRET)
    add_accounts(opened.acting_user("admin", NOW), [NewAccount("city", "市级", "city_reader")])
    return opened


@cache
def prepared_register(real_city: Path) -> Path:
    """As `prepared_office`. Not to be changed."""
    folder = real_city.with_name(f"{real_city.name}-register")
    folder.mkdir()
    opened = register_of_real_facts(
        shutil.copytree(real_city, folder / "store"), f"sqlite:///{folder / 'register.sqlite'}"
    )
    opened.engine.dispose()
    return folder


@pytest.fixture
def register(real_city, url, tmp_path):
    """A register over real facts, to be changed: on a file a copy of one that is made once."""
    root = tmp_path / "real"
    if url.startswith("sqlite:///"):
        prepared = prepared_register(real_city)
        shutil.copy(prepared / "register.sqlite", url.removeprefix("sqlite:///"))
        opened = open_register(FactStore(shutil.copytree(prepared / "store", root)), url)
    else:
        opened = register_of_real_facts(shutil.copytree(real_city, root), url)
    yield opened
    opened.engine.dispose()
