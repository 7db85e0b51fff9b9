"""How commands get their names: a table of name, place in the code, and help in both languages, for each group.

A command's module is loaded when the command is called: to say what there is, or that a word is none of it, needs none of
the libraries that the commands work with.
"""

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from workbench.cli.language import in_one_language

Commands = Mapping[str, tuple[str, str]]
"""Command name → (`module:function` under `workbench.cli`, or `module:app` for a group; help as `both(zh, en)` gives it)."""


class UnloadedCommand(TyperCommand):
    """A command before its module is loaded: its name, and what `--help` says of it in a list."""

    def __init__(self, *given: Any, target: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self.target = target

    def load(self) -> Any:
        """The command itself, with its parameters; of a group, all that it holds."""
        module, name = self.target.split(":")
        named = getattr(import_module(f"workbench.cli.{module}"), name)
        # The parser builds a command only as part of a program, so it gets one of its own.
        holder = typer.Typer(add_completion=False)
        if isinstance(named, typer.Typer):
            # With the table's help: what a group is for is said once.
            holder.add_typer(named, name=self.name, help=self.help)
            return cast("TyperGroup", get_command(holder)).commands[str(self.name)]
        holder.command(self.name, help=self.help)(named)
        return get_command(holder)


class CommandGroup(TyperGroup):
    """A group that loads a command of its table when it is called."""

    def loaded(self, name: str) -> Any:
        """Return the command of this name, in the language of the run."""
        command = self.commands[name]
        if isinstance(command, UnloadedCommand):
            # Kept, so that a command is loaded and put into the language once.
            command = self.commands[name] = in_one_language(command.load())
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the words name, and the rest of them."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.loaded(name) if name and name in self.commands else command, rest


def add_commands(app: typer.Typer, commands: Commands) -> None:
    """Give a group its commands, in the order of the table."""
    for name, (target, help_text) in commands.items():
        unloaded = cast("type[TyperCommand]", partial(UnloadedCommand, target=target))
        app.command(name, help=help_text, cls=unloaded)(_nothing)


def _nothing() -> None:
    """What an unloaded command would do; it is never called."""
