"""What jobs do is what commands and pages do, for whoever asked, with the rights of the moment in which they are done."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.jobs.runners import look_until, runner
from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, opened_office
from tests.variants import often
from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import ROLES, Area
from workbench.errors import InputError, RefusedError
from workbench.intake.isolation.parent import read_apart
from workbench.intake.isolation.transfer import hand_over
from workbench.jobs.job import FILE, LEDGER, SCORE, TAKE_IN, TRAIN, JobRequest, State
from workbench.jobs.job_files import JobFiles
from workbench.jobs.kinds import KINDS, check_may_ask, may_ask
from workbench.register.access.accounts import NewAccount, add_accounts, close_account
from workbench.register.audit.log import AuditEvent
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.filings import filings
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.store.batches.batch import batches
from workbench.store.facts import FactStore

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
WHO_MAY = {
    SCORE: {"county_officer", "analyst", "administrator"},
    TRAIN: {"analyst", "administrator"},
    LEDGER: {"village_worker", "township_reviewer", "county_officer", "city_reader", "trainer"},
    FILE: {"county_officer"},
    TAKE_IN: {"county_officer", "administrator"},
}
"""As the commands are: docs/roles.md, and of scoring and training decision 0041."""
AREAS = (Area(), Area(COUNTY), Area(COUNTY, "梅山镇"), Area(COUNTY, "梅山镇", "小南京村"))


@pytest.fixture
def office(city, tmp_path):
    opened = opened_office(shutil.copytree(city, tmp_path / "store"), None)
    yield opened
    opened.register.engine.dispose()


def done(root, request, payload=None):
    """A job from its queueing to its end."""
    files = JobFiles(root)
    job = files.add(request, now_in_beijing(), payload)
    running = runner(root, waiting=False)
    look_until(running, lambda: not files.job(job.id).is_open)
    running.close()
    return files.job(job.id)


def actions(office):
    """What the trail tells of, with who did it."""
    with office.register.engine.connect() as connection:
        rows = connection.execute(select(AuditEvent.action, AuditEvent.account).order_by(AuditEvent.number)).all()
    return [tuple(row) for row in rows]


def test_a_ledger_is_made_for_whoever_asked(office):
    root = office.register.facts.root
    job = done(root, JobRequest(LEDGER, ROUND, COUNTY, "officer", "县办甲", {"of": "risk"}))
    assert job.state is State.DONE, job.result
    rows = len(gather_risk_ledger(CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date())).rows)
    assert f"{rows:,} 行" in job.result[0].zh
    assert job.file == "金寨县-2019年下半年-返贫风险台账.xlsx"
    assert JobFiles(root).file_of(job.id).read_bytes()[:2] == b"PK"


def test_a_list_is_filed_as_the_officer_would(office):
    household = office.households("lifted", "2")[0]
    take_through(office, household, "2")
    job = done(office.register.facts.root, JobRequest(FILE, ROUND, COUNTY, "officer", "县办甲", {"of": "risk"}))
    assert job.state is State.DONE, job.result
    (filed,) = filings(office.officer)
    assert f"{filed['number']}：1 户" in job.result[0].zh
    assert actions(office)[-1][1] == "officer"
    assert verify_register(office.register.engine).broken is None


# What changes something in every run; who may ask for each kind is tried below.
@pytest.mark.parametrize("kind", often((FILE, TAKE_IN), KINDS))
def test_rights_are_asked_again_when_it_is_done(office, kind):
    root, account = office.register.facts.root, f"leaving-{kind}"
    add_accounts(office.admin, [NewAccount(account, "某人", "county_officer", Area(COUNTY))])
    close_account(office.admin, account)
    options = {"counties": [COUNTY]} if kind == TAKE_IN else {"of": "risk"}
    job = done(root, JobRequest(kind, ROUND, COUNTY, account, "某人", options))
    assert (job.state, job.file) == (State.FAILED, "")
    assert job.result[0].code == "register.account-not-there"


def test_a_file_that_was_checked_is_taken_in_as_it_was_read(tmp_path):
    root = tmp_path / "store"
    result = read_apart(EXPORT, round_name=ROUND)
    options = {"of": EXPORT.name, "sha256": "0" * 64, "counties": sorted(result.facts)}
    job = done(root, JobRequest(TAKE_IN, ROUND, options=options), lambda folder: hand_over(folder, result))
    assert job.state is State.DONE, job.result
    assert f"{result.accepted_households:,} 户" in job.result[0].zh
    store = FactStore(root)
    assert store.read(ROUND, "341522").num_rows == result.accepted_households
    (batch,) = batches(root)
    assert [each.name for each in batch.files] == [EXPORT.name]
    assert not JobFiles(root).payload(job.id).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_ask_is_who_may_do_it(office, kind):
    people = [NewAccount(name, name, name, AREAS[role.level]) for name, role in ROLES.items() if name != "analyst"]
    add_accounts(office.admin, people)
    options = {LEDGER: {"of": "risk"}, FILE: {"of": "risk"}, TAKE_IN: {"counties": [COUNTY]}}.get(kind, {})
    request, allowed, offered = (
        JobRequest(kind, ROUND, COUNTY if KINDS[kind].of_county else None, options=options),
        set(),
        set(),
    )
    for name in ROLES:
        user = office.acting_user(name)
        try:
            check_may_ask(request, user)
            allowed.add(name)
        except RefusedError:
            pass
        offered |= {name} if may_ask(user.person, kind, simulated=True) else set()
    assert allowed == offered == WHO_MAY[kind]


def test_another_county_is_refused(office):
    add_accounts(office.admin, [NewAccount("other", "某人", "county_officer", Area("341522"))])
    for kind in (LEDGER, FILE):
        with pytest.raises(RefusedError):
            check_may_ask(JobRequest(kind, ROUND, COUNTY, options={"of": "risk"}), office.acting_user("other"))
    with pytest.raises(RefusedError):
        check_may_ask(JobRequest(TAKE_IN, ROUND, options={"counties": [COUNTY]}), office.acting_user("other"))


@pytest.mark.parametrize(
    "request_",
    [JobRequest("nothing", ROUND), JobRequest(LEDGER, ROUND), JobRequest(LEDGER, ROUND, COUNTY, options={"of": "x"})],
)
def test_what_is_no_job_is_refused_in_words(office, request_):
    with pytest.raises(InputError):
        check_may_ask(request_, office.officer)


def test_without_accounts_only_what_needs_none():
    check_may_ask(JobRequest(SCORE, ROUND), None)
    with pytest.raises(RefusedError):
        check_may_ask(JobRequest(LEDGER, ROUND, COUNTY, options={"of": "risk"}), None)
