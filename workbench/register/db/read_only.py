"""A register's database opened so that nothing of it is written: to verify a copy, to look before a command that might refuse."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from workbench.register.db.engine import checked_url, open_engine
from workbench.safeguards.temporary_folders import temporary_folder

_BUSY_SECONDS = 30


@contextmanager
def opened_to_read(url: str) -> Iterator[Engine]:
    """A register's database opened so that not a byte of it, nor a file beside it, is written; on read-only media too.

    What a process that was killed left in SQLite's write-ahead log is read from a copy elsewhere, where it cannot be read here.
    """
    parsed = checked_url(url)
    if parsed.drivername != "sqlite" or not parsed.database:
        engine = open_engine(url)
        yield engine
        engine.dispose()
        return
    path = Path(parsed.database)
    with _with_its_log(path) as place:
        mode = "mode=ro" if _log_of(place) else "mode=ro&immutable=1"  # without a log nobody is writing
        engine = create_engine(
            "sqlite://", creator=lambda: _opened_to_read(f"{place.absolute().as_uri()}?{mode}"), poolclass=NullPool
        )
        event.listen(engine, "begin", _begin)
        yield engine
        engine.dispose()


def _begin(connection: Connection) -> None:
    """The driver begins no transaction by itself."""
    connection.exec_driver_sql("BEGIN")


def _opened_to_read(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)


def _log_of(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


@contextmanager
def _with_its_log(path: Path) -> Iterator[Path]:
    """The database itself, or a copy where it has a log that can be read only by writing beside it."""
    # SQLite reads a log by an index beside it (-shm), and makes one where there is none.
    if not _log_of(path) or (path.with_name(f"{path.name}-shm").exists() and _writable(path)):
        yield path
        return
    with temporary_folder("register") as folder:
        for name in (path.name, f"{path.name}-wal"):
            shutil.copyfile(path.with_name(name), folder / name)
        yield folder / path.name


def _writable(path: Path) -> bool:
    """Whether a file and its folder are meant to be written, by their permissions, whoever asks (root may write anything)."""
    return all(os.access(each, os.W_OK) and each.stat().st_mode & 0o222 for each in (path, path.parent))
