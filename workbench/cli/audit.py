"""The trace: `workbench audit verify`."""

import typer

from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import errors, print_json, say
from workbench.cli.register.options import RegisterOption, the_register
from workbench.store.register.audit import verify

audit_app = typer.Typer(help="留痕 the trace of every change", no_args_is_help=True)


@audit_app.callback()
def audit() -> None:
    """留痕 The trace of every change and of every reading of personal data."""


@audit_app.command("verify")
def verify_command(store: StoreOption = None, register: RegisterOption = None, *, as_json: JsonOption = False) -> None:
    """核对留痕 Follow the chain of events from its start; names the first one that does not hold."""
    opened = the_register(store, register)
    with opened.engine.connect() as connection:
        found = verify(connection)
    if as_json:
        print_json({"events": found.events, "broken": found.broken})
    elif found.broken is None:
        say(f"{found.events:,} 条留痕，链条完整 events, the chain holds")
    else:
        errors.print(
            f"第 {found.broken} 条留痕不符：之后的内容可能被改动 event {found.broken} does not hold: changed or missing from there on"
        )
    if found.broken is not None:
        raise typer.Exit(1)
