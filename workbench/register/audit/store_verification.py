"""A store verified from outside: the chain, the records, the files; nothing of it is written, so that a copy on read-only media does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from workbench.errors import DamagedError, StoreError, Words
from workbench.register.audit.checksums import RECORDS, WITHOUT_CHECKSUM
from workbench.register.audit.verification import Verified, verify_register
from workbench.register.db.engine import damaged, readable
from workbench.register.db.read_only import opened_to_read
from workbench.register.db.schema_versions import newest_version, refuse_newer
from workbench.register.location import MISSING, register_path
from workbench.register.marker import identity, remembered

_LOOKS = 3
"""How often a store is looked at that somebody writes to meanwhile."""


@contextmanager
def register_to_read(root: Path, url: str | None) -> Iterator[Engine]:
    """A store's register as it is, to read: nothing is made, moved or recovered.

    Raises StoreError where there is none, NewerSchemaError for one of a newer workbench, DamagedError for what is no register.
    """
    path = register_path(root)
    if url is None and not path.exists():
        raise StoreError(
            Words(
                f"{root}：没有登记库，什么也没有核对；请检查 --store 和 --register",
                f"{root}: there is no register and nothing was verified; check --store and --register",
                code="register.no-register-nothing-verified",
            )
        )
    with opened_to_read(url or f"sqlite:///{path}") as engine:
        with readable(), engine.connect() as connection:
            _refuse_unknown(connection)
        yield engine


def _refuse_unknown(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    known = "alembic_version" in there
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    refuse_newer(version)
    expected = {table for parts in RECORDS.values() for table, _ in parts} | WITHOUT_CHECKSUM
    # An older version lacks tables that this one has; the chain is in all of them.
    needed = expected if version == newest_version() else {"audit_event", "audit_head"}
    missing = ", ".join(sorted(needed - there)) or ("" if version else "alembic_version")
    if missing:
        raise DamagedError(damaged(f"no table {missing}"))


def verify_store(root: Path, url: str | None) -> Verified:
    """Verify a store's register and files; what cannot be read is told in `unreadable`."""
    for _ in range(_LOOKS):
        before = _log_and_file(root)
        verified = _verified_once(root, url)
        # What does not hold while nobody writes does not hold; otherwise it may have been a half-written moment.
        if verified.broken is None or _log_and_file(root) == before:
            break
    return verified


def _verified_once(root: Path, url: str | None) -> Verified:
    try:
        with register_to_read(root, url) as engine:
            verified = verify_register(engine, root)
            if verified.broken is None and remembered(root) not in {None, identity(engine)}:
                return replace(verified, broken=1, unreadable=MISSING)  # whole in itself, but another one
            return verified
    except DamagedError as error:
        return Verified(0, 1, unreadable=error.words)


def _log_and_file(root: Path) -> list[tuple[int, int] | None]:
    """What tells that somebody has begun to write meanwhile."""
    path = register_path(root)
    places = (path, path.with_name(f"{path.name}-wal"))
    stats = [each.stat() if each.exists() else None for each in places]
    return [None if each is None else (each.st_size, each.st_mtime_ns) for each in stats]


def unfinished(root: Path) -> int:
    """How many steps were interrupted and are not carried out yet: any command of the workbench does that."""
    return sum(1 for pattern in (".staging/*/journal.json", "pending/*.json") for _ in root.glob(pattern))
