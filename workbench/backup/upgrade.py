"""The register brought to this workbench's version, after a backup made by itself, and back to the version before."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from workbench.backup.backup import BACKUPS, Origin, back_up
from workbench.errors import InputError, NewerSchemaError, RefusedError, Words
from workbench.register.access.acting_user import Register
from workbench.register.clock import moment_of
from workbench.register.db import dump
from workbench.register.db.engine import Engine, writing
from workbench.register.db.schema_versions import change_version, move_within, newest_version, version_of, versions
from workbench.register.unit_of_work.settlement import settle_if_free
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class UpgradeResult:
    """The versions before and after; the backup made before (None: there was nothing to do); what was lost."""

    before: str
    after: str
    backup: Path | None
    lost: dict[str, int]


class _UndoneError(Exception):
    """Ends a transaction that was only to look."""


def upgrade(origin: Origin, *, at: dt.datetime, account: str, back: bool = False, lose: bool = False) -> UpgradeResult:
    """Bring the register forward to the newest version, or (`back`) to the one before its own, in one transaction.

    A backup is made first. Going back where that loses rows raises RefusedError, which says which, unless `lose`.
    """
    engine = origin.engine()
    if engine is None:
        raise InputError(
            Words(
                f"{origin.root}：没有登记库；请检查 --store 或 --register",
                f"{origin.root}: there is no register here; check --store or --register",
            )
        )
    before = str(version_of(engine))
    if before == newest_version():  # what is pending must not be lost with its table
        settle_if_free(Register(engine, FactStore(origin.root)))
    after = _target(before, back=back)
    if after == before:
        return UpgradeResult(before, after, None, {})
    lost = what_is_lost(engine, after) if back else {}
    if lost and not lose:
        raise RefusedError(_would_lose(origin.root, after, lost))
    backup = _free_name(origin.root / BACKUPS, f"{at:%Y%m%dT%H%M%S}", before)
    back_up(origin, backup, at=at, account=account)
    with writing(engine) as connection:
        moment = moment_of(connection, at, simulated=FactStore(origin.root).simulated())
        change_version(connection, after, moment=moment, account=account)
    engine.dispose()
    return UpgradeResult(before, after, backup, lost)


def _free_name(folder: Path, moment: str, version: str) -> Path:
    names = (f"{moment}{f'-{number}' if number > 1 else ''}-{version}.backup" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _target(before: str, *, back: bool) -> str:
    known = versions()
    if before not in known:
        raise NewerSchemaError(
            Words(
                f"登记库由更新版本的工作台写入（{before}）；请用那一版运行 upgrade --back",
                f"the register was written by a newer workbench ({before}); run upgrade --back with that one",
            )
        )
    if not back:
        return newest_version()
    if before == known[0]:
        raise InputError(
            Words(f"登记库已是最早的版本：{before}", f"the register has the first version already: {before}")
        )
    return known[known.index(before) - 1]


def what_is_lost(engine: Engine, version: str) -> dict[str, int]:
    """The rows that going to a version would take, by table, or by `table.column` where one has a value there."""
    gone: dict[str, int] = {}
    with suppress(_UndoneError), writing(engine) as connection:
        before = dump.filled(connection)
        move_within(connection, version)
        there = {name for table in dump.tables_of(connection) for name in (table.name, *map(str, table.columns))}
        gone = {name: rows for name, rows in before.items() if name not in there}
        raise _UndoneError
    return {name: rows for name, rows in gone.items() if "." not in name or name.partition(".")[0] not in gone}


def _would_lose(root: Path, version: str, lost: dict[str, int]) -> Words:
    listed = "、".join(f"{name} {rows:,}" for name, rows in lost.items())
    earlier = sorted(path.name for path in (root / BACKUPS).glob(f"*-{version}.backup"))
    backup_zh = f"，或恢复升级前的备份（{earlier[-1]}，此后的登记都不在其中）：workbench restore" if earlier else ""
    backup_en = f", or restore the backup made before (nothing since is in it): {earlier[-1]}" if earlier else ""
    return Words(
        f"退回版本 {version} 会丢失（表、行数）：{listed}；没有更改。确要丢弃：upgrade --back --lose（先自动备份）{backup_zh}",
        f"going back to {version} would lose (table, rows): {listed}; nothing was changed. To lose them: "
        f"upgrade --back --lose (a backup is made first){backup_en}",
    )
