"""A store in one file: register, facts, persons, scores, truth, filed facts, standards, models; checked.

What is there at one moment: no file of the store changes meanwhile, and the register is read in one transaction.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

from workbench.clock import BEIJING
from workbench.errors import InputError, StoreError, Words
from workbench.register.audit.event import Event
from workbench.register.audit.log import head_of, record
from workbench.register.audit.verification import looking
from workbench.register.clock import moment_of
from workbench.register.db import dump
from workbench.register.db.engine import Connection, Engine, open_engine, readable, writing
from workbench.register.db.read_only import opened_to_read
from workbench.register.db.refill import finish_restore
from workbench.register.db.schema_versions import refuse_broken, refuse_newer, version_of
from workbench.register.location import register_exists, register_path
from workbench.register.marker import check_identity
from workbench.safeguards.plain_data import Json
from workbench.store.archive.writing import ArchiveWriter, writing_archive
from workbench.store.facts import FactStore
from workbench.store.models import POINTER, files_of, left_outside, models_of, pointer_to
from workbench.store.transaction import holding

BACKUPS = "backups"
"""The folder of a store for backups that the workbench makes by itself."""
POINTER_MEMBER = f"store/{POINTER}"
"""The member of a backup that names the model in use."""
_REMADE = frozenset({BACKUPS, "index", "keys"})
"""Folders of a store that no backup holds: backups, what is computed from the facts, and the key that signs (0062)."""


@dataclass(frozen=True)
class Origin:
    """What is backed up: the store's folder, the register's URL (None: the one embedded)."""

    root: Path
    url: str | None = None

    def engine(self) -> Engine | None:
        """The register; None where nobody has begun one."""
        # Half of a restore that was killed must not be what is backed up.
        finish_restore(self.root, self.url)
        if not register_exists(self.root, self.url):
            return None
        url = self.url or f"sqlite:///{register_path(self.root)}"
        with readable(), opened_to_read(url) as seen:  # connecting to write leaves its marks already
            refuse_newer(version_of(seen))
        engine = open_engine(url)
        check_identity(engine, self.root)
        with readable():
            return engine if version_of(engine) else None


def back_up(origin: Origin, out: Path, *, at: dt.datetime, account: str) -> Json:
    """Write a backup, checked when it is written; returns its manifest. The register tells who took it, and when.

    Raises StoreError where the register does not verify, or there is nothing to back up, InputError for a file inside of
    the store, which would be part of itself; then nothing is written.
    """
    _refuse_inside(origin, out)
    engine = origin.engine()
    files = dict(_files(origin))
    if engine is None and not files:
        raise StoreError(
            Words(
                f"{origin.root}：没有可备份的内容；请检查 --store",
                f"{origin.root}: nothing to back up; check --store",
                code="backup.nothing-back-up-check",
            )
        )
    about: Json = {
        "made_at": at.astimezone(BEIJING).isoformat(timespec="seconds"), "workbench": installed("luan-workbench"),
        "register": None,
    }  # fmt: skip
    if engine is not None:
        _record(engine, out, at, account, simulated=FactStore(origin.root).simulated())
    # Held until both are read, so that files and register are of one moment.
    with holding(origin.root), writing_archive(out, about) as writer:
        _add_files(writer, origin)
        if engine is not None:
            about["register"] = _add_register(writer, engine)
    if engine is not None:
        engine.dispose()
    return {**about, "members": writer.members}


def _refuse_inside(origin: Origin, out: Path) -> None:
    root, place = origin.root.resolve(), out.resolve()
    if place.is_relative_to(root) and place.relative_to(root).parts[:1] != (BACKUPS,):
        raise InputError(
            Words(
                f"{out}：在数据目录之内，备份会把自己也备进去；请存到数据目录之外，或存入 {origin.root / BACKUPS}",
                f"{out} lies inside of the store and would be part of itself; put it outside, or into {origin.root / BACKUPS}",
                code="backup.inside-store",
            )
        )


def _record(engine: Engine, out: Path, at: dt.datetime, account: str, *, simulated: bool) -> None:
    """A backup carries personal data: taking one is an event, and the backup holds it."""
    with writing(engine) as connection:
        refuse_broken(connection)
        moment = moment_of(connection, at, simulated=simulated)
        record(connection, at=moment.at, account=account, events=[Event("backup_made", out.name[:200], moment.details)])


def _add_files(writer: ArchiveWriter, origin: Origin) -> None:
    """The files as they are; a model that an older version left outside of the store goes in as if it were inside."""
    files = dict(_files(origin))
    outside = left_outside(origin.root)
    if outside is not None:
        files |= {f"store/{models_of(Path()).as_posix()}/{path.name}": path for path in files_of(outside)}
        del files[POINTER_MEMBER]
        writer.add_lines(POINTER_MEMBER, [pointer_to(outside.stem)])
    for name, path in sorted(files.items()):
        writer.add_file(name, path)


def _add_register(writer: ArchiveWriter, engine: Engine) -> Json:
    with looking(engine) as connection:
        return _dumped(writer, connection, str(version_of(engine)))


def _dumped(writer: ArchiveWriter, connection: Connection, version: str) -> Json:
    rows = {
        table.name: writer.add_lines(f"register/{table.name}.jsonl", dump.lines(connection, table))
        for table in dump.tables_of(connection)
    }
    events, head = head_of(connection)
    return {"version": version, "events": events, "head": head, "rows": rows}


def _files(origin: Origin) -> Iterator[tuple[str, Path]]:
    """Every file to keep, by its name in the backup."""
    embedded = register_path(origin.root).name
    for path in origin.root.rglob("*"):
        relative = path.relative_to(origin.root)
        first = relative.parts[0]
        # Hidden files are locks and staging; the register goes in by its rows, whichever database it is in.
        if path.is_file() and first not in _REMADE and not first.startswith((".", embedded)):
            yield f"store/{relative.as_posix()}", path
