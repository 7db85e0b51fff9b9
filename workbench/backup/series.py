"""Backups made night after night: how each is named, which are removed, and when the last one was made."""

import datetime as dt
import re
from pathlib import Path

from workbench.backup.backup import MADE, Origin
from workbench.clock import BEIJING
from workbench.register.audit.latest import last_done
from workbench.register.db.engine import readable
from workbench.register.db.read_only import opened_to_read
from workbench.register.location import register_exists, register_path

_NAMED = re.compile(r"workbench-\d{4}-\d{2}-\d{2}T\d{6}\.backup")


def name_at(at: dt.datetime) -> str:
    """The name of the backup of a moment; names in order are backups in order."""
    return f"workbench-{at.astimezone(BEIJING):%Y-%m-%dT%H%M%S}.backup"


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the last `keep` backups of a series; other files of the folder stay, whatever they are."""
    series = sorted(path for path in folder.iterdir() if _NAMED.fullmatch(path.name))
    older = series[:-keep]
    for path in older:
        path.unlink()
    return older


def last_backup(origin: Origin) -> dt.datetime | None:
    """When a register was last backed up, by its own trail; None: never, or there is no register. Changes nothing."""
    if not register_exists(origin.root, origin.url):
        return None
    with (
        readable(),
        opened_to_read(origin.url or f"sqlite:///{register_path(origin.root)}") as engine,
        engine.connect() as connection,
    ):
        return last_done(connection, MADE)
