"""Backups made night after night: how each is named, which are removed, and when the last one was made."""

import datetime as dt
import hashlib
import os
import re
from pathlib import Path

from workbench.backup.backup import Origin
from workbench.clock import BEIJING
from workbench.register.audit.event import Event
from workbench.register.audit.latest import last_done
from workbench.register.audit.log import record
from workbench.register.clock import moment_of
from workbench.register.db.engine import readable, writing
from workbench.register.db.read_only import opened_to_read
from workbench.register.location import register_exists, register_path
from workbench.register.marker import remembered
from workbench.store.facts import FactStore

CHECKED = "backup_checked"
"""The event of a backup that was written and read again; `backup_made` comes before it is begun."""
_NAMED = re.compile(r"(?P<series>workbench(?:-[0-9a-f]{8})?)-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}\.backup")


def name_at(at: dt.datetime, root: Path) -> str:
    """The name of a store's backup of a moment; names in order are backups in order.

    It bears the register's identity, or without a register that of the store's place, so that several stores may have
    their series in one folder: of a common one, each would remove the other's backups.
    """
    identity = remembered(root) or hashlib.sha256(os.fsencode(root.resolve())).hexdigest()
    return f"workbench-{identity[:8]}-{at.astimezone(BEIJING):%Y-%m-%dT%H%M%S}.backup"


def remove_older(made: Path, keep: int) -> list[Path]:
    """Remove what is older in the series of a backup that was just made, but the last `keep` with it.

    Whatever else is in its folder stays: other names, other series, folders, and what a clock that was ahead has named.
    """
    older = sorted(path for path in made.parent.iterdir() if path.name < made.name and _series(path) == _series(made))
    # One of the series is the backup just made, which is not among the older ones.
    removed = older[: max(len(older) + 1 - keep, 0)]
    for path in removed:
        path.unlink()
    return removed


def _series(path: Path) -> str | None:
    match = _NAMED.fullmatch(path.name)
    return match["series"] if match and path.is_file() and not path.is_symlink() else None


def confirm(origin: Origin, made: Path, *, at: dt.datetime, account: str) -> None:
    """Have the register tell that a backup was written and checked: one that failed must not pass for the last."""
    engine = origin.engine()
    if engine is None:
        return
    with writing(engine) as connection:
        moment = moment_of(connection, at, simulated=FactStore(origin.root).simulated())
        record(connection, at=moment.at, account=account, events=[Event(CHECKED, made.name[:200], moment.details)])
    engine.dispose()


def last_backup(origin: Origin) -> dt.datetime | None:
    """When a backup was last written and checked, by the register's trail; None: never, or no register. Changes nothing."""
    if not register_exists(origin.root, origin.url):
        return None
    with (
        readable(),
        opened_to_read(origin.url or f"sqlite:///{register_path(origin.root)}") as engine,
        engine.connect() as connection,
    ):
        return last_done(connection, CHECKED)
