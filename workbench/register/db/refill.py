"""A register filled from a backup; and a restore into a database by a URL finished, when it was killed between files and database.

The store's files are committed first, with a copy of the backup and a note (`STORE/pending/restore.*`), while the database's
transaction is filled and checked but open; then the database commits, then copy and note go. Where they are found, whoever opens the
register fills it from them.
"""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from workbench.errors import DamagedError, InputError, StoreError, Words
from workbench.register.audit.event import Event
from workbench.register.audit.log import AuditEvent, beijing, head_of, record
from workbench.register.audit.verification import verify_all
from workbench.register.clock import moment_of
from workbench.register.db import dump
from workbench.register.db.engine import open_engine, readable, writing
from workbench.register.db.schema_versions import change_version, move_within, newest_version, version_of
from workbench.register.location import restore_note
from workbench.store.archive.reading import Archive, open_archive
from workbench.store.facts import FactStore
from workbench.store.transaction import Transaction, holding

_COPY = "pending/restore.backup"
_OWNER_FILE = 0o600


@dataclass(frozen=True)
class Restored:
    """What the event of a restore tells: the backup's name; who restored it, and when."""

    name: str
    at: dt.datetime
    account: str


@contextmanager
def filled(engine: Engine, archive: Archive, event: Restored, *, simulated: bool) -> Iterator[None]:
    """Fill an empty register and check it, in a transaction that is committed on leaving without an exception."""
    try:
        with writing(engine) as connection:
            if dump.rows_there(connection):
                raise InputError(
                    Words(
                        "登记库刚刚有人写入，没有恢复",
                        "somebody has just written to the register; nothing was restored",
                        code="register.somebody-just-written-register",
                    )
                )
            _fill(connection, archive, event, simulated=simulated)
            yield
    finally:
        engine.dispose()


def stage_note(pending: Transaction, backup: Path, event: Restored) -> None:
    """Keep with the files what the database is to be filled from, until it is."""
    copy = pending.stage(pending.root / _COPY)
    shutil.copyfile(backup, copy)
    copy.chmod(_OWNER_FILE)
    details = {"name": event.name, "at": beijing(event.at), "account": event.account}
    pending.stage(restore_note(pending.root)).write_text(json.dumps(details, ensure_ascii=False), encoding="utf-8")


def drop_note(root: Path) -> None:
    """Remove what was noted of a restore, the database being filled: the copy first, so that a note without one says that nothing else is left to do."""
    for path in (root / _COPY, restore_note(root)):
        path.unlink(missing_ok=True)
    folder = restore_note(root).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def finish_restore(root: Path, url: str | None) -> None:
    """Fill the database of a restore that was killed when the files were there; nothing where none was.

    Raises StoreError without the database's URL.
    """
    if not restore_note(root).exists():
        return
    if url is None:
        raise StoreError(
            Words(
                f"{root}: 恢复到数据库时中断，尚未完成；请写明数据库地址（--register 或 WORKBENCH_REGISTER），即自动完成",
                f"{root}: a restore into a database was interrupted and is not finished; give the database's URL "
                "(--register or WORKBENCH_REGISTER), and it is finished by itself",
                code="register.restore-into-database-interrupted",
            )
        )
    with holding(root):
        if not restore_note(root).exists():  # somebody else finished it meanwhile
            return
        content = json.loads(restore_note(root).read_text(encoding="utf-8"))
        event = Restored(content["name"], dt.datetime.fromisoformat(content["at"]), content["account"])
        if (root / _COPY).exists():
            _fill_from_copy(root, url, event)
        drop_note(root)


def _fill_from_copy(root: Path, url: str, event: Restored) -> None:
    with open_archive(root / _COPY) as archive:
        # Killed after the database had committed: it is filled, and only copy and note are left to go.
        if not holds_restored(archive, url):
            with filled(open_engine(url), archive, event, simulated=FactStore(root).simulated()):
                pass


def holds_restored(archive: Archive, url: str) -> bool:
    """Whether a register was restored from this backup, and nothing happened in it since."""
    engine = open_engine(url)
    try:
        with readable():
            if version_of(engine) is None:
                return False
        with engine.connect() as connection:
            last = connection.execute(
                select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.number.desc()).limit(1)
            ).one_or_none()
            return (
                last is not None
                and last.action == "restored"
                # Of this very backup, and the last event: whatever was done since would stand after it.
                and _about(archive).items() <= json.loads(last.details).items()
            )
    finally:
        engine.dispose()


def _about(archive: Archive) -> dict[str, Any]:
    known = archive.manifest
    return {"made_at": known["made_at"], "head": known["register"]["head"], "events": known["register"]["events"]}


def _fill(connection: Connection, archive: Archive, event: Restored, *, simulated: bool) -> None:
    _load(connection, archive)
    _check(connection, archive.manifest["register"])
    moment = moment_of(connection, event.at, simulated=simulated)
    # Brought forward only now: what was checked is the register as it was backed up.
    if archive.manifest["register"]["version"] != newest_version():
        change_version(connection, newest_version(), moment=moment, account=event.account)
    restored = Event("restored", event.name, {**_about(archive), **moment.details})
    record(connection, at=moment.at, account=event.account, events=[restored])


def _load(connection: Connection, archive: Archive) -> None:
    move_within(connection, archive.manifest["register"]["version"])
    for table in reversed(dump.tables_of(connection)):
        connection.execute(table.delete())  # the head of an empty chain
    there = set(archive.names("register"))

    def rows_of(table: str) -> Iterator[dict[str, Any]]:
        name = f"register/{table}.jsonl"
        return archive.rows(name) if name in there else iter(())

    dump.fill(connection, rows_of)


def _check(connection: Connection, manifest: Mapping[str, Any]) -> None:
    verified = verify_all(connection)
    # Whole is not enough: a chain with another head is another register than the manifest's.
    if verified.broken is not None or head_of(connection) != (manifest["events"], manifest["head"]):
        raise DamagedError(
            Words(
                "备份中的登记库核对不通过，没有恢复；请用另一份备份",
                "the register in the backup does not verify, and nothing was restored; take another backup",
                code="register.register-backup-not-verify",
            )
        )
