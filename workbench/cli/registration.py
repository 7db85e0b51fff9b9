"""How commands get their names: a table of name, function and help in both languages, for each group."""

from collections.abc import Callable, Mapping

import typer

Commands = Mapping[str, tuple[Callable[..., None], str]]
"""Command name → (function, help as `both(zh, en)` gives it)."""


def add_commands(app: typer.Typer, commands: Commands) -> None:
    """Give a group its commands, in the order of the table."""
    for name, (function, help_text) in commands.items():
        app.command(name, help=help_text)(function)
