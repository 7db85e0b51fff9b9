"""Keeping it: backup, restore, upgrade."""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.backup.backup import Origin, back_up
from workbench.backup.restore import Target, restore
from workbench.backup.series import confirm, name_at, remove_older
from workbench.backup.upgrade import upgrade
from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import emit, say
from workbench.cli.register.options import AsOption, RegisterOption
from workbench.clock import now_in_beijing
from workbench.errors import InputError, Words
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, store_path, who_acts
from workbench.store.models import SUFFIX

IntoOption = Annotated[
    Path | None,
    typer.Option(
        "--into",
        help=both(
            "备份存入这个目录，按时间取名（供定时任务用）",
            "the folder to write it into, named by the time (for timers)",
        ),
    ),
]
KeepOption = Annotated[
    int | None,
    typer.Option(
        "--keep",
        min=1,
        help=both(
            "与 --into 同用：只保留最近几份（不写：都保留）", "with --into: how many of the latest stay (default: all)"
        ),
    ),
]


def backup_command(
    out: Annotated[Path | None, typer.Option("--out", help=both("备份存为", "the file to write"))] = None,
    into: IntoOption = None,
    keep: KeepOption = None,
    account: AsOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    _with_models: Annotated[bool, typer.Option("--with-models", hidden=True)] = False,  # once asked for, now always so
    as_json: JsonOption = False,
) -> None:
    """Put register, facts, persons, scores, models and all else of the store into one file, checked; it holds personal data."""
    at = now_in_beijing()
    origin = Origin(store_path(store), register_url(register))
    out = _file_of(out, into, keep, name_at(at, origin.root))
    made = back_up(origin, out, at=at, account=who_acts(account))
    # At the moment when it is done: by it people are warned that there is no recent backup.
    confirm(origin, out, at=now_in_beijing(), account=who_acts(account))
    # Only now: what is older goes when the new one was written and read again.
    older = remove_older(out, keep) if keep else []
    record = {
        "file": str(out), "bytes": out.stat().st_size, "removed": [str(path) for path in older], **_summary(made),
    }  # fmt: skip

    def show() -> None:
        size = f"{record['bytes'] / 1e6:,.1f} MB"
        say(Words(f"已备份并核对：{out}（{size}）", f"backed up and checked: {out} ({size})"))
        _show(record)
        if older:
            say(Words(f"删去了更早的备份 {len(older)} 份", f"older backups removed: {len(older)}"))
        say(
            Words(
                "含个人信息，仅本用户可读，请妥善保管",
                "it holds personal data, readable by its owner only: keep it safe",
            )
        )

    emit(record, show, as_json=as_json)


def _file_of(out: Path | None, into: Path | None, keep: int | None, name: str) -> Path:
    """The file to write; raises InputError unless it is named in exactly one way."""
    if (out is None) == (into is None) or (keep is not None and into is None):
        # --keep goes with --into alone: only files that are named by the time are counted and removed.
        raise InputError(
            Words(
                "请写 --out 文件，或 --into 目录（每次另取名，可加 --keep 份数），两者只写其一",
                "give --out FILE, or --into FOLDER (each backup gets a name of its own; --keep NUMBER goes with it), not both",
                code="cli.backup-out-or-into",
            )
        )
    return out or Path(into or ".") / name


def restore_command(
    file: Annotated[Path, typer.Argument(help=both("备份文件", "the backup"))],
    account: AsOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Put a backup into an empty store and an empty register: all of it or nothing, every byte checked first."""
    target = Target(store_path(store), register_url(register))
    known = restore(file, target, at=now_in_beijing(), account=who_acts(account))
    record = {"store": str(target.root), **_summary(known)}

    def show() -> None:
        made_at = known["made_at"]
        say(Words(f"已恢复：{target.root}（备份于 {made_at}）", f"restored: {target.root} (backed up at {made_at})"))
        _show(record)

    emit(record, show, as_json=as_json)


def upgrade_command(
    account: AsOption = None, register: RegisterOption = None, store: StoreOption = None, *, as_json: JsonOption = False
) -> None:
    """Bring the register to this workbench's version in one step; a backup is made first by itself."""
    done = upgrade(Origin(store_path(store), register_url(register)), at=now_in_beijing(), account=who_acts(account))
    record = {"before": done.before, "after": done.after, "backup": None if done.backup is None else str(done.backup)}
    # Nothing was brought forward, hence nothing backed up before.
    if done.backup is None:
        shown = Words(f"登记库已是版本 {done.after}", f"the register has version {done.after} already")
    else:
        versions = f"{done.before} → {done.after}"
        shown = Words(
            f"登记库：{versions}；之前的备份：{done.backup}",
            f"register: {versions}; the backup made before: {done.backup}",
        )
    emit(record, shown, as_json=as_json)


def _summary(known: Any) -> Json:
    """The counts of a manifest."""
    register = known["register"]
    members = known["members"]
    return {
        "made_at": known["made_at"],
        # Tables of the register are members of a backup too, and no files of the store.
        "files": len(members) - sum(name.startswith("register/") for name in members),
        # The second is where older backups put models that lay outside of the store (0012).
        "models": sum(name.startswith(("store/models/", "models/")) and name.endswith(SUFFIX) for name in members),
        "register": register and {key: register[key] for key in ("version", "events", "head")},
    }


def _show(record: Json) -> None:
    files, models = record["files"], record["models"]
    counts = Words(f"  数据文件 {files:,} 个；模型 {models:,} 个；", f"  files: {files:,}; models: {models:,}; ")
    say(counts + _register(record["register"]))


def _register(register: Json | None) -> Words:
    if register is None:
        return Words("没有登记库", "no register")
    events, head = f"{register['events']:,}", f"{register['head'][:16]}…"
    return Words(f"登记库有 {events} 条留痕，末条摘要 {head}", f"register: {events} events, head {head}")
