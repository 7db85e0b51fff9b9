"""The trace: `workbench audit verify`."""

from pathlib import Path

import typer

from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import errors, print_json, say
from workbench.cli.register.options import RegisterOption, the_register
from workbench.errors import DamagedError
from workbench.store.register.seals import RECORD_NAMES
from workbench.store.register.verifying import Verified, verify_register

_SHOWN = 20

audit_app = typer.Typer(help="留痕 the trace of every change", no_args_is_help=True)


@audit_app.callback()
def audit() -> None:
    """留痕 The trace of every change and of every reading of personal data."""


@audit_app.command("verify")
def verify_command(store: StoreOption = None, register: RegisterOption = None, *, as_json: JsonOption = False) -> None:
    """核对留痕 Follow the chain of events, and hold every record to what its last event told; names what does not hold."""
    found = _verified(store, register)
    if as_json:
        print_json({"events": found.events, "broken": found.broken, "changed": [vars(each) | {"key": str(each.key)} for each in found.changed],
                    "unreadable": None if found.unreadable is None else str(found.unreadable)})  # fmt: skip
    elif found.broken is None:
        say(f"{found.events:,} 条留痕，链条完整，记录与留痕一致 events, the chain holds, every record is as told")
    else:
        _show_broken(found)
    if found.broken is not None:
        raise typer.Exit(1)


def _verified(store: Path | None, register: str | None) -> Verified:
    try:
        return verify_register(the_register(store, register).engine)
    except DamagedError as error:
        return Verified(0, 1, unreadable=error.words)


def _show_broken(found: Verified) -> None:
    if found.unreadable is not None:
        errors.print(str(found.unreadable))
        return
    errors.print(
        f"第 {found.broken} 条留痕不符：该条或它所写的记录被改动、缺失 "
        f"event {found.broken} does not hold: it, or a record that it wrote, was changed or is missing"
    )
    for each in found.changed[:_SHOWN]:
        zh, en = RECORD_NAMES[each.kind]
        last = f"第 {each.event} 条 event {each.event}" if each.event else "没有留痕提到它 no event tells of it"
        errors.print(f"  ✗ {zh} {en} {each.key}: 与最后一次留痕不同 not what its last event told ({last})")
    if len(found.changed) > _SHOWN:
        errors.print(f"  … 其余用 the rest with --json ({len(found.changed):,})")
