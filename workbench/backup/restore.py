"""A backup put back into an empty store and an empty register, of either kind: all of it, or nothing."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.backup.backup import BACKUPS, POINTER_MEMBER
from workbench.errors import InputError, NewerSchemaError, StoreError, Words
from workbench.register.db import dump
from workbench.register.db.engine import Engine, open_engine
from workbench.register.db.refill import (
    Restored,
    drop_note,
    filled,
    finish_restore,
    holds_restored,
    stage_note,
)
from workbench.register.db.schema_versions import migration_versions, newest_version, version_of
from workbench.register.location import register_path
from workbench.store.archive.reading import Archive, open_archive
from workbench.store.models import SUFFIX, pointer_to, read_pointer
from workbench.store.schema import read_origin, read_schema
from workbench.store.transaction import Transaction, holding, transaction

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
        with holding(target.root):
            finish_restore(target.root, target.url)  # one that was killed
            if _is_restored(archive, target):
                return archive.manifest
            _refuse_full(target)
            event = Restored(path.name[:200], at, account)
            # A database of its own commits last, when the files are there.
            # Entered first, the stack is left last: that is what the order of commits rests on.
            with ExitStack() as register, transaction(target.root) as pending:
                _stage_files(archive, pending, target)
                if archive.manifest["register"] is not None:
                    _stage_register(path, archive, pending, target, event, register)
            drop_note(target.root)
        return archive.manifest


def _stage_register(
    path: Path, archive: Archive, pending: Transaction, target: Target, event: Restored, register: ExitStack
) -> None:
    """Fill a register in the staged file, or in a database by its URL, whose transaction `register` keeps open."""
    simulated = _simulated(pending)
    if target.url is not None:
        stage_note(pending, path, event)
        register.enter_context(filled(open_engine(target.url), archive, event, simulated=simulated))
        return
    place = register_path(target.root)
    for suffix in ("-wal", "-shm"):  # of an empty register that was there
        pending.remove(place.with_name(place.name + suffix))
    staged = pending.stage(place)
    staged.touch(_OWNER_FILE)
    with filled(open_engine(f"sqlite:///{staged}"), archive, event, simulated=simulated):
        pass


def _refuse_newer(path: Path, archive: Archive) -> None:
    register = archive.manifest["register"]
    if register is not None and register["version"] not in migration_versions():
        raise NewerSchemaError(
            Words(
                f"{path}：登记库由更新版本的工作台写出（{register['version']}，本版本支持到 {newest_version()}）；请升级工作台",
                f"{path}: its register is of a newer workbench ({register['version']}, this one reads up to "
                f"{newest_version()}); upgrade the workbench",
                code="backup.register-newer-workbench-reads",
            )
        )


def _refuse_full(target: Target) -> None:
    _refuse_full_store(target.root)
    embedded = register_path(target.root)
    if target.url is None and not embedded.exists():
        return
    engine = open_engine(target.url or f"sqlite:///{embedded}")
    if version_of(engine) is not None and (rows := _rows(engine)):
        raise InputError(
            Words(
                f"登记库已有 {rows:,} 行，不能恢复到其上；请用空的 --register 或另一个 --store",
                f"the register holds {rows:,} rows, and a backup is not put over them; take an empty --register or another "
                "--store",
                code="backup.register-holds-rows-backup",
            )
        )
    engine.dispose()


def _rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return dump.rows_there(connection)


def _refuse_full_store(root: Path) -> None:
    embedded = register_path(root).name
    for path in root.rglob("*"):
        first = path.relative_to(root).parts[0]
        if path.is_file() and first != BACKUPS and not first.startswith((".", embedded)):
            raise InputError(
                Words(
                    f"{root}：不是空目录（有 {path.relative_to(root)}），不能恢复到其上；请用另一个 --store",
                    f"{root} is not empty (it has {path.relative_to(root)}), and a backup is not put over it; take another --store",
                    code="backup.store-not-empty",
                )
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


def _simulated(pending: Transaction) -> bool:
    """Whether there are facts among the files to put in place, and all of them are of a simulated city."""
    facts = [
        staged for staged, place in pending.moves.items() if place.startswith("facts/") and place.endswith(".parquet")
    ]
    return bool(facts) and all(read_origin(read_schema(pending.folder / each), each).simulated for each in facts)


def _is_restored(archive: Archive, target: Target) -> bool:
    """Whether this very backup was put back here, and nothing was changed since: whoever was killed at the end runs it again."""
    register = archive.manifest["register"]
    url = target.url or f"sqlite:///{register_path(target.root)}"
    if target.url is None and register is not None and not register_path(target.root).exists():
        return False
    same = all(
        _digest(target.root / name.removeprefix("store/")) == archive.manifest["members"][name]["sha256"]
        for folder in _FOLDERS
        for name in archive.names(folder)
        # A pointer of an older version was written anew on the way (`_point_inside`).
        if name != POINTER_MEMBER
    )
    return same and (holds_restored(archive, url) if register is not None else bool(archive.names("store")))


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
