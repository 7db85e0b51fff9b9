"""The database of the register: SQLite (WAL) as the embedded default, PostgreSQL by a URL. One writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NoSuchColumnError,
    OperationalError,
)
from sqlalchemy.orm import DeclarativeBase

from workbench.domain.procedure.text_limits import LIMITS, check_text
from workbench.errors import DamagedError, InputError, RefusedError, StoreError, Words
from workbench.register.location import MISSING

__all__ = ["Connection", "DBAPIError", "Engine"]
"""What is above the register names these by way of it, so that only the register knows the library."""

_BUSY_SECONDS, _CONNECT_SECONDS = 30, 5
_ACCEPTED = ("sqlite", "postgresql+psycopg")
_OF_THE_MOMENT = tuple(f"SQLITE_{name}" for name in ("BUSY", "LOCKED", "CANTOPEN", "PERM", "READONLY", "FULL", "IOERR"))
_WRITER = 20190520
"""The advisory lock of the register on PostgreSQL: any number that all its writers agree on."""


class Base(DeclarativeBase):
    """Every table of the register."""


def open_engine(url: str) -> Engine:
    """An engine for a register's URL; raises InputError for a database that is not supported."""
    parsed = checked_url(url)
    engine = _engine(parsed)
    event.listen(engine, "before_cursor_execute", _refuse_long_texts)
    return engine


def _refuse_long_texts(
    _connection: Connection,
    _cursor: Any,
    _statement: str,
    _parameters: Any,
    context: Any,
    _many: bool,  # noqa: FBT001
) -> None:
    """Whoever writes, a page, a command or a program: what a person typed is no longer than its field may be."""
    if getattr(context, "isinsert", False) or getattr(context, "isupdate", False):
        for row in context.compiled_parameters or ():
            for name, value in row.items():
                if isinstance(value, str) and name in LIMITS:
                    check_text(name, value)


def _engine(parsed: URL) -> Engine:
    if parsed.drivername != "sqlite":
        # A connection that a restart of the database broke is made anew; one that cannot be made is not waited for.
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    # A file put in another's place while the server runs: open connections would go on with the one that is gone.
    event.listen(engine, "checkout", _refuse_moved)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def checked_url(url: str) -> URL:
    """A register's URL, read; raises InputError for a database that is not supported."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number; the address itself may hold a password
        raise InputError(
            _not_accepted(Words("不是数据库地址", "that is not a database URL", code="register.not-database-url"))
        ) from None
    if parsed.drivername not in _ACCEPTED:
        name = parsed.drivername
        raise InputError(
            _not_accepted(Words(f"不支持 {name}", f"{name} is not supported", code="register.not-supported"))
        )
    return parsed


def _not_accepted(why: Words) -> Words:
    accepted = ", ".join(_ACCEPTED)
    return Words(
        f"登记库地址（--register）：{why.zh}；可用：{accepted}",
        f"register (--register): {why.en}; accepted: {accepted}",
        code="register.register-register-accepted",
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes: all of it or nothing; other writers wait.

    Raises StoreError where one is too long at it or the connection is lost, RefusedError where two made the same new record
    at once.
    """
    committing = False
    try:
        with engine.connect().execution_options(register_writes=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                # Waiting has an end: a writer that hangs must not hang every page behind it.
                connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY_SECONDS}s'"))
                # The chain of events has one end, so writers take turns; the lock goes with the transaction, even when it is cut off.
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER})"))
            yield connection
            # From here on a lost connection leaves open whether the database has committed: the message says so.
            committing = True
    except IntegrityError as error:
        if not _is_there_already(error):
            raise database_error(error) from None
        raise RefusedError(
            Words(
                "另一人刚刚登记了同一条记录，没有覆盖；请重新查看",
                "somebody has just made the same record; nothing was overwritten: look again",
                code="register.made-by-somebody-else",
            )
        ) from None
    except (OperationalError, InterfaceError, InternalError) as error:
        raise StoreError(_not_written(error, committing=committing)) from None


def _is_there_already(error: IntegrityError) -> bool:
    """Whether what was broken is that a record is there once; any other constraint is no matter of two people at once."""
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    # 23505 is PostgreSQL's code for a unique constraint, whatever the language of its messages.
    return name in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}


def _not_written(error: DBAPIError, *, committing: bool) -> Words:
    if not error.connection_invalidated:
        why = _first_line(error)
        return Words(
            f"登记库无法写入（{why}）；没有登记任何内容，请稍后再试",
            f"the register cannot be written ({why}); nothing was recorded, try again later",
            code="register.cannot-be-written",
        )
    if committing:
        return Words(
            "与数据库的连接在提交时断开，不能确定这一次是否已登记；请重新查看，没有的再办一次",
            "the connection to the database was lost while committing, it is not certain whether this was recorded; look again, "
            "and repeat it where it is not there",
            code="register.connection-lost-at-commit",
        )
    return Words(
        "与数据库的连接断开，没有登记任何内容；请再办一次",
        "the connection to the database was lost, nothing was recorded; please do it again",
        code="register.connection-lost",
    )


@contextmanager
def readable() -> Iterator[None]:
    """Say in words why a database cannot be read."""
    try:
        yield
    except (DBAPIError, UnicodeDecodeError) as error:
        raise database_error(error) from None
    except NoSuchColumnError as error:  # the name of a column is in the file too
        raise DamagedError(damaged(str(error))) from None


def database_error(error: DBAPIError | UnicodeDecodeError) -> StoreError:
    """DamagedError for a damaged file (even a name that SQLite's own message repeats may be), else StoreError."""
    if isinstance(error, UnicodeDecodeError):
        return DamagedError(damaged(str(error)))
    why = _first_line(error)
    if isinstance(error, IntegrityError | DataError):
        return StoreError(
            Words(
                f"登记库不接受这条记录（{why}）；没有登记任何内容",
                f"the register does not take this record ({why}); nothing was recorded",
                code="register.record-not-taken",
            )
        )
    if isinstance(error.orig, sqlite3.Error) and not _is_of_the_moment(error.orig):
        return DamagedError(damaged(why))
    return StoreError(
        Words(
            f"登记库打不开（{why}）；请检查地址、权限，或稍后再试",
            f"the register cannot be opened ({why}); check its URL and permissions, or try again later",
            code="register.cannot-be-opened",
        )
    )


def _is_of_the_moment(error: sqlite3.Error) -> bool:
    """A file that is locked, missing, closed to us or on a full disk; everything else is in the file itself."""
    return getattr(error, "sqlite_errorname", "").startswith(_OF_THE_MOMENT)


def damaged(said: str) -> Words:
    """What to do about a damaged register."""
    return Words(
        f"登记库文件已损坏，读不完整（{said}）；请停止使用，从备份恢复（workbench restore）",
        f"the register's file is damaged and cannot be read whole ({said}); stop using it and restore a backup (workbench restore)",
        code="register.file-damaged",
    )


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0]


def _file_of(connection: Any) -> tuple[int, int] | None:
    """Which file is at the path of a connection now; None where there is none, or it is in memory."""
    path = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    try:
        stat = Path(path).stat() if path else None
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino) if stat else None


def _refuse_moved(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that is kept goes on with its file wherever that was moved to: another file at its path is opened anew."""
    now = _file_of(connection)
    if record.info.setdefault("file", now) == now:
        return
    if now is None:  # connecting anew would make an empty one
        raise StoreError(MISSING)
    record.info.clear()
    raise DisconnectionError


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    # WAL: readers go on while somebody writes. FULL: a step that was confirmed survives a power cut, which WAL with NORMAL
    # does not promise.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: a reader that turns writer later may find that the data moved under it."""
    writes = connection.get_execution_options().get("register_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
