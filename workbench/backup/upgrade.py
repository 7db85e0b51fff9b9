"""The register brought to this workbench's version, after a backup made by itself."""

import datetime as dt
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from workbench.backup.backup import BACKUPS, Origin, back_up
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import Register
from workbench.register.clock import moment_of
from workbench.register.db.engine import writing
from workbench.register.db.schema_versions import change_version, newest_version, refuse_newer, version_of
from workbench.register.unit_of_work.settlement import settle_if_free
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class UpgradeResult:
    """The versions before and after, and the backup made before; None where the register had the newest version."""

    before: str
    after: str
    backup: Path | None


def upgrade(origin: Origin, *, at: dt.datetime, account: str) -> UpgradeResult:
    """Bring the register forward to the newest version in one transaction, after a backup.

    The backup is the way back: an older workbench restores it as it was. Raises InputError where there is no register, and
    NewerSchemaError for one that a newer workbench wrote.
    """
    engine = origin.engine()
    if engine is None:
        raise InputError(
            Words(
                f"{origin.root}：没有登记库；请检查 --store 或 --register",
                f"{origin.root}: there is no register here; check --store or --register",
                code="backup.no-register-here-check",
            )
        )
    before, after = str(version_of(engine)), newest_version()
    refuse_newer(before)
    if before == after:  # what is pending must not be lost with its table
        settle_if_free(Register(engine, FactStore(origin.root)))
        return UpgradeResult(before, after, None)
    backup = _free_name(origin.root / BACKUPS, f"{at:%Y%m%dT%H%M%S}", before)
    # Before the tables move: it is the only way back (decision 0030).
    back_up(origin, backup, at=at, account=account)
    # One transaction: a migration that fails halfway leaves the older version whole.
    with writing(engine) as connection:
        moment = moment_of(connection, at, simulated=FactStore(origin.root).simulated())
        change_version(connection, after, moment=moment, account=account)
    engine.dispose()
    return UpgradeResult(before, after, backup)


def _free_name(folder: Path, moment: str, version: str) -> Path:
    names = (f"{moment}{f'-{number}' if number > 1 else ''}-{version}.backup" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())
