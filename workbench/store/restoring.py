"""A backup put back into an empty store and an empty register, of either kind: all of it, or nothing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from workbench.errors import DamagedError, InputError, NewerSchemaError, StoreError
from workbench.store.archive import Archive, open_archive
from workbench.store.backup import BACKUPS, POINTER_MEMBER
from workbench.store.models import SUFFIX, pointer_to, read_pointer
from workbench.store.register import dumping
from workbench.store.register.audit import Told, head_of, record
from workbench.store.register.clock import moment_of
from workbench.store.register.database import open_engine, writing
from workbench.store.register.paths import register_path
from workbench.store.register.upgrading import change_version, move_within, newest_version, version_of, versions
from workbench.store.register.verifying import verify_all
from workbench.store.schema import read_origin, read_schema
from workbench.store.transaction import Transaction, transaction

_OWNER_ONLY, _OWNER_FILE = 0o700, 0o600
_FOLDERS = ("store", "models")
"""Of the members that are files of the store; until models lived in their stores, they had a folder of their own."""


@dataclass(frozen=True)
class Target:
    """Where a backup goes: the store's folder, the register's URL (None: embedded in the store)."""

    root: Path
    url: str | None = None


def restore(path: Path, target: Target, *, at: dt.datetime, account: str) -> Mapping[str, Any]:
    """Put a backup back; returns its manifest. Every byte of it is checked before anything is touched.

    Raises InputError for a target that is not empty, StoreError for a register that does not verify.
    """
    with open_archive(path) as archive:
        _refuse_newer(path, archive)
        _refuse_full(target)
        with transaction(target.root) as pending:
            _refuse_full_store(target.root)  # nobody came before us
            _stage_files(archive, pending, target)
            if archive.manifest["register"] is not None:
                _fill_register(
                    archive, pending, target, Told("restored", path.name[:200], _about(archive)), at, account
                )
        return archive.manifest


def _about(archive: Archive) -> dict[str, Any]:
    known = archive.manifest
    return {"made_at": known["made_at"], "head": known["register"]["head"], "events": known["register"]["events"]}


def _refuse_newer(path: Path, archive: Archive) -> None:
    register = archive.manifest["register"]
    if register is not None and register["version"] not in versions():
        raise NewerSchemaError(
            f"{path}: 登记库由更新版本的工作台写出（{register['version']}，本版本支持到 {newest_version()}） its register is of a "
            f"newer workbench ({register['version']}, this one reads up to {newest_version()}); 请升级工作台 upgrade"
        )


def _refuse_full(target: Target) -> None:
    _refuse_full_store(target.root)
    embedded = register_path(target.root)
    if target.url is None and not embedded.exists():
        return
    engine = open_engine(target.url or f"sqlite:///{embedded}")
    if version_of(engine) is not None and (rows := _rows(engine)):
        raise InputError(
            f"登记库 register: 已有 {rows:,} 行，不能恢复到其上 holds rows, a backup is not put over them; "
            "请用空的 --register 或另一个 --store  take an empty one"
        )
    engine.dispose()


def _rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return dumping.rows_there(connection)


def _refuse_full_store(root: Path) -> None:
    embedded = register_path(root).name
    for path in root.rglob("*"):
        first = path.relative_to(root).parts[0]
        if path.is_file() and first != BACKUPS and not first.startswith((".", embedded)):
            raise InputError(
                f"{root}: 不是空目录（有 {path.relative_to(root)}），不能恢复到其上 is not empty, a backup is not put over it; "
                "请用另一个 --store  take another --store"
            )


def _stage_files(archive: Archive, pending: Transaction, target: Target) -> None:
    for name in (name for folder in _FOLDERS for name in archive.names(folder)):
        staged = pending.stage(target.root / name.removeprefix("store/"))
        archive.copy(name, staged)
        staged.chmod(_OWNER_FILE)
        if name == POINTER_MEMBER:
            _point_inside(archive, staged)
    if any(name.startswith("store/personal/") for name in archive.names("store")):
        folder = target.root / "personal"
        folder.mkdir(exist_ok=True)
        folder.chmod(_OWNER_ONLY)


def _point_inside(archive: Archive, staged: Path) -> None:
    """A pointer of an older version names a folder elsewhere: the model that came in the backup is in the store now."""
    with suppress(StoreError):  # one that says nothing comes back as it was
        name = read_pointer(staged).name
        if f"models/{name}{SUFFIX}" in archive.names("models"):
            staged.write_text(pointer_to(name), encoding="utf-8")


def _fill_register(
    archive: Archive, pending: Transaction, target: Target, told: Told, at: dt.datetime, account: str
) -> None:
    """Into a database by its URL, or into a file that is put in place with all the others."""
    if target.url is not None:
        engine = open_engine(target.url)
    else:
        place = register_path(target.root)
        for beside in ("-wal", "-shm"):  # of an empty register that was there
            pending.remove(place.with_name(place.name + beside))
        staged = pending.stage(place)
        staged.touch(_OWNER_FILE)
        engine = open_engine(f"sqlite:///{staged}")
    with writing(engine) as connection:
        if dumping.rows_there(connection):
            raise InputError(
                "登记库刚刚有人写入 somebody has just written to the register; 没有恢复 nothing was restored"
            )
        _load(connection, archive)
        _check(connection, archive.manifest["register"])
        moment = moment_of(connection, at, simulated=_simulated(pending))
        if archive.manifest["register"]["version"] != newest_version():
            change_version(connection, newest_version(), moment=moment, account=account)
        told = replace(told, details={**told.details, **moment.details})
        record(connection, at=moment.at, account=account, told=[told])
    engine.dispose()


def _simulated(pending: Transaction) -> bool:
    """Whether there are facts among the files to put in place, and all of them are of a simulated city."""
    facts = [
        staged for staged, place in pending.moves.items() if place.startswith("facts/") and place.endswith(".parquet")
    ]
    return bool(facts) and all(read_origin(read_schema(pending.folder / each), each).simulated for each in facts)


def _load(connection: Connection, archive: Archive) -> None:
    move_within(connection, archive.manifest["register"]["version"])
    for table in reversed(dumping.tables_of(connection)):
        connection.execute(table.delete())  # the head of an empty chain
    there = set(archive.names("register"))

    def rows_of(table: str) -> Iterator[dict[str, Any]]:
        name = f"register/{table}.jsonl"
        return archive.rows(name) if name in there else iter(())

    dumping.fill(connection, rows_of)


def _check(connection: Connection, told: Mapping[str, Any]) -> None:
    found = verify_all(connection)
    if found.broken is not None or head_of(connection) != (told["events"], told["head"]):
        raise DamagedError(
            "备份中的登记库核对不通过，没有恢复 the register in the backup does not verify, nothing was restored; "
            "请用另一份备份 take another backup"
        )
