"""`workbench intake history`, `undo`, `template`: words in the place of a file, each a command of its own.

A file really named so is given as `./history`, or after `--`.
"""

from collections.abc import Sequence
from typing import Any

from workbench.cli.registration import CommandGroup

_AFTER = "intake"


class Program(CommandGroup):
    """The program: a command's name may be two words, the second in the place of the first argument."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the words name, and the rest of them."""
        name, command, rest = super().resolve_command(ctx, args)
        place = _first_argument(command, rest) if name == _AFTER else None
        if place is None or f"{name} {rest[place]}" not in self.commands:
            return name, command, rest
        # Options may stand before the word, so that it is not simply the first.
        named = f"{name} {rest[place]}"
        return named, self.loaded(named), [*rest[:place], *rest[place + 1 :]]


def _first_argument(command: Any, words: Sequence[str]) -> int | None:
    """Where the first word stands that is neither an option nor the value of one; None after `--`."""
    flags = {name for each in command.params if getattr(each, "is_flag", False) for name in (*each.opts, "--help")}
    place = 0
    while place < len(words) and words[place].startswith("-"):
        if words[place] == "--":
            return None
        # --round=2019-10 brings its value along.
        takes_value = words[place] not in flags and "=" not in words[place]
        place += 2 if takes_value else 1
    return place if place < len(words) else None
