"""Works of a small office that are killed and continued: how each begins, what it does, and what the office holds then.

Each work runs in a process of its own and takes the store's folder and the register's URL.
"""

import datetime as dt
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import polars as pl
from sqlalchemy import text

from tests.preview.scored import score_store
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, Office
from tests.register.killed import EXPORT, opened
from tests.register.three_villages import VILLAGES, begin
from workbench.backup.backup import Origin as Origin_of_backup
from workbench.backup.backup import back_up
from workbench.backup.restore import Target, restore
from workbench.backup.upgrade import upgrade
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult
from workbench.register.access.acting_user import Register
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.clock import Moment
from workbench.register.db import schema_versions
from workbench.register.db.engine import open_engine, writing
from workbench.register.db.refill import finish_restore
from workbench.register.db.schema_versions import version_of
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.unit_of_work.closing import close, reopen
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.register.unit_of_work.intake_undoing import undo_with_lock
from workbench.store.archive.reading import open_archive
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.ui.kit.frame import current_user
from workbench.ui.pages.intake.state import IntakeSession, Outcome
from workbench.ui.pages.register.state import RegisterSession

LATER = NOW + dt.timedelta(days=2)
_COMPARED = {
    "visit": "household_id, day",
    "amendment": "household_id, fact, before, after, applied",
    "entry": "household_id, kind, stage, proposal, rule",
    "filing": "number, households, list_hash, facts_hash",
    "filed_row": "household_id, result",
    "poverty_case": "household_id, round, stage",
    "alembic_version": "version_num",
}
"""What the register holds, without who did it and when."""


# -- how the works begin -----------------------------------------------------------------------------------------------


def reviewed(office: Office) -> None:
    """Everybody but one household visited, one of them corrected; what the rules can judge is proposed and reviewed."""
    begin(office)
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    last = _last(facts)
    for number, (township, village) in enumerate(VILLAGES):
        here = facts.filter(township=township, village=village)["household_id"].to_list()
        reports = [
            VisitReport(name, NOW.date(), "王某", SEEN, {"land_mu": 12.5} if name == here[0] else {})
            for name in here
            if name != last
        ]
        visit(office.acting_user(f"w{number}"), ROUND, reports)
        propose_all(office.acting_user(f"w{number}"), ROUND, RISK)
    for township in ("甲镇", "乙乡"):
        agree(office.acting_user(f"r{township}"), ROUND, RISK)


def taken_in(office: Office) -> None:
    """A round as far as visited, facts taken in upon it, and a household that is corrected after that."""
    begin(office)
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    changed = facts.with_columns(land_mu=pl.lit(77.0))
    _take_in(office.register, changed, NOW)
    first = facts.filter(kind="lifted").row(0, named=True)
    report = VisitReport(first["household_id"], NOW.date(), "王某", SEEN, {"land_mu": 12.5})
    visit(office.acting_user(f"w{VILLAGES.index((first['township'], first['village']))}"), ROUND, [report])


def closed(office: Office) -> None:
    reviewed(office)
    close(office.register, "shell:x", NOW, ROUND)


def of_an_older_version(office: Office) -> None:
    reviewed(office)
    older = schema_versions.migration_versions()[-2]
    with writing(office.register.engine) as connection:
        schema_versions.change_version(connection, older, moment=Moment(NOW), account="admin")


# -- the works ---------------------------------------------------------------------------------------------------------


def take_in(root: str, url: str) -> None:
    """A county's facts as they were before the correction, with one household at 1,000 yuan."""
    with opened(root, url) as register:
        first = pl.DataFrame(FactStore(Path(root).parent / "before").read(ROUND, COUNTY))
        poor = pl.col("household_id") == first.filter(kind="lifted")["household_id"].max()
        table = first.with_columns(income_pc=pl.when(poor).then(1000.0).otherwise("income_pc"))
        _take_in(register, table, LATER)


def _take_in(register: Register, table: pl.DataFrame, at: dt.datetime) -> None:
    facts = {COUNTY: table.to_arrow(compat_level=pl.CompatLevel.oldest())}
    result = IntakeResult("made", facts, {}, len(table), None, 0, (), (), (), simulated=True)
    take_in_with_lock(register, "shell:x", at, ROUND, [result], Origin(simulated=True))


def undo(root: str, url: str) -> None:
    """The facts taken in are undone, with a correction made upon them."""
    with opened(root, url) as register:
        undo_with_lock(register, "shell:x", LATER, 1)


def file_on_the_page(root: str, url: str) -> None:
    """What the button of the register page calls."""
    with on_a_page(root, url, "officer", "county_officer", COUNTY):
        session = RegisterSession(FactStore(Path(root)), ROUND, COUNTY)
        session.look(RISK)
        session.file()


def take_in_on_the_page(root: str, url: str) -> None:
    """What the button of the intake page calls, with a file given and checked."""
    with on_a_page(root, url, "officer", "county_officer", COUNTY):
        session = IntakeSession(FactStore(Path(root)), LATER.date(), ROUND)
        session.give(EXPORT.name, EXPORT)
        result = read_export(EXPORT, round_name=ROUND)
        session.put(Outcome(session.asked(), replace(result, simulated=True)))
        session.take("officer", LATER)


@contextmanager
def on_a_page(root: str, url: str, account: str, *person: str) -> Iterator[None]:
    """What the server tells the kernel of a page: the store, the register, and who is signed in."""
    header = json.dumps([account, *person])
    named = {"WORKBENCH_STORE": root, "WORKBENCH_REGISTER": url, current_user.VARIABLE: quote(header)}
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    current_user._opened.cache_clear()
    try:
        yield
    finally:
        current_user._opened.cache_clear()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def correct(root: str, url: str) -> None:
    """A visit that finds a household at 900 yuan."""
    with opened(root, url) as register:
        facts = pl.DataFrame(register.facts.read(ROUND, COUNTY))
        name = _last(facts)
        village = facts.filter(household_id=name).select("township", "village").row(0)
        report = VisitReport(name, LATER.date(), "王某", SEEN, {"income_pc": 900.0})
        visit(register.acting_user(f"w{VILLAGES.index(village)}", LATER), ROUND, [report])


def file(root: str, url: str) -> None:
    with opened(root, url) as register:
        file_list(register.acting_user("officer", LATER), ROUND, COUNTY, RISK)


def close_round(root: str, url: str) -> None:
    with opened(root, url) as register:
        close(register, "shell:x", LATER, ROUND)


def open_again(root: str, url: str) -> None:
    with opened(root, url) as register:
        reopen(register.acting_user("admin", LATER), ROUND, None, "漏报一户")


def score(root: str, _url: str) -> None:
    score_store(FactStore(Path(root)), ROUND)


def put_back(root: str, url: str) -> None:
    restore(Path(root).parent / "kept.backup", Target(Path(root), url), at=LATER, account="admin")


def bring_forward(root: str, url: str) -> None:
    upgrade(Origin_of_backup(Path(root), url), at=LATER, account="admin")


def keep(root: str, url: str) -> None:
    out = Path(root).parent / "made.backup"
    if not out.exists():
        back_up(Origin_of_backup(Path(root), url), out, at=LATER, account="admin")


# -- what the office holds ---------------------------------------------------------------------------------------------


def state(root: str, url: str):
    """What the office holds, looked at by opening it; everything in it verifies, and nothing is left half done.

    A register that is not there, or of an older version, is looked at as it is.
    """
    FactStore(Path(root))
    finish_restore(Path(root), url)
    engine = open_engine(url)
    if version_of(engine) == schema_versions.newest_version():
        with opened(root, url):
            pass
    try:
        register, files = _register(engine), _files(Path(root))
    finally:
        engine.dispose()
    # Facts kept of a filing that never came about are harmless; a filing without its facts is not.
    filed = {name for name in files if name.startswith("filed/")}
    needed = {f"filed/{name}.parquet" for name in register["facts of filings"]} if register else set()
    assert needed <= filed
    return (
        register,
        {name: content for name, content in files.items() if name not in filed - needed},
        _backup(Path(root)),
    )


def _backup(root: Path) -> bool:
    """Whether a backup was made; it is whole then."""
    out = root.parent / "made.backup"
    if out.exists():
        with open_archive(out):
            pass
    return out.exists()


def _register(engine):
    if version_of(engine) is None:
        return None
    verified = verify_register(engine)
    assert (verified.broken, verified.changed) == (None, [])
    with engine.connect() as connection:

        def rows(query):
            return sorted(map(str, connection.execute(text(query)).all()))

        assert rows("SELECT * FROM pending_work") == []
        assert rows("SELECT * FROM amendment WHERE NOT applied") == []
        stored = {table: rows(f"SELECT {columns} FROM {table}") for table, columns in _COMPARED.items()}  # noqa: S608
        recorded = Counter(rows("SELECT action, subject FROM audit_event WHERE action <> 'backup_made'"))
        needed = set(connection.execute(text("SELECT facts_hash FROM filing")).scalars())
    return {**stored, "events": recorded, "facts of filings": needed}


def _files(root: Path) -> dict[str, str]:
    leftovers = [path for folder in (".staging", "pending") for path in (root / folder).glob("*")]
    assert leftovers == []
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("facts", "personal", "filed", "scores", "standards", "batches")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def _last(facts: pl.DataFrame) -> str:
    return str(facts.filter(kind="unregistered")["household_id"].max())
