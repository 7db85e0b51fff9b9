"""The language of the shell: one at a time, said by --lang, else by the environment (contract §5)."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import Any

import typer

from workbench.errors import InputError, Words

LANGUAGES = ("zh", "en")
_OPTION = "--lang"
# A separator of units, which no text of a help holds.
_BOTH = "\x1f"
_HELP_WORDS = {
    "ARGUMENTS_PANEL_TITLE": ("参数", "Arguments"),
    "OPTIONS_PANEL_TITLE": ("选项", "Options"),
    "COMMANDS_PANEL_TITLE": ("命令", "Commands"),
    "DEFAULT_STRING": ("[默认：{}]", "[default: {}]"),
    "REQUIRED_LONG_STRING": ("[必填]", "[required]"),
}
"""The parser's own words in a help text."""
_RICH_TEXT = "_make_rich_text"
_language: ContextVar[str] = ContextVar("language", default="zh")


def both(zh: str, en: str) -> str:
    """A help text in both languages, of which `in_one_language` shows one."""
    return f"{zh}{_BOTH}{en}"


def language() -> str:
    """Return the language that this run speaks."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while: a worker of a cluster answers in that of whoever asked."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def in_language(words: Words | str) -> str:
    """Return a message as this run speaks it."""
    if isinstance(words, str):
        return words
    return words.en if _language.get() == "en" else words.zh


def label(pair: Sequence[str]) -> str:
    """A (Chinese, English) pair of the vocabulary as this run speaks it."""
    return pair[1] if _language.get() == "en" else pair[0]


def take_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> list[str]:
    """Set the language of this run; returns the arguments without `--lang`, which may stand anywhere before `--`."""
    _language.set(_of_environment(environment))
    rest: list[str] = []
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            # What stands behind -- are names, a file called --lang among them.
            return [*rest, argument, *given]
        if argument == _OPTION:
            _set(next(given, ""))
        elif argument.startswith(f"{_OPTION}="):
            _set(argument.partition("=")[2])
        else:
            rest.append(argument)
    return rest


def _of_environment(environment: Mapping[str, str]) -> str:
    """English where the environment speaks it; Chinese for anything else, C and nothing at all included."""
    # In the order in which a system asks them.
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "en" if locale.lower().startswith("en") else "zh"


def _set(code: str) -> None:
    if code not in LANGUAGES:
        raise InputError(
            Words(
                f"--lang {code!r}：没有这种语言；可用 zh 或 en",
                f"--lang {code!r}: no such language; use zh or en",
                code="cli.lang-no-such-language",
            )
        )
    _language.set(code)


def in_one_language(command: Any) -> Any:
    """A command and all below it, with every help text in the language of this run."""
    command.format_help = partial(_written_help, command)
    command.help, command.short_help = _one(command.help), _one(command.short_help)
    option = command.get_help_option(typer.Context(command))
    if option is not None:
        option.help = label(("显示帮助", "Show this message and exit."))
    for parameter in command.params:
        parameter.help = _one(getattr(parameter, "help", None))
    for each in getattr(command, "commands", {}).values():
        in_one_language(each)
    return command


def _written_help(command: Any, context: Any, formatter: Any) -> None:
    """Write the help text of a command, the parser's own words too in the language of this run."""
    for name, pair in _HELP_WORDS.items():
        # The parser has no other place for them: they are read from its module when a help text is made.
        setattr(_help_texts(), name, label(pair))
    type(command).format_help(command, context, formatter)


@cache
def _help_texts() -> Any:
    """The parser's module of help texts; once, so that what is folded is not folded again."""
    # Late: with all that draws tables and Markdown it takes a tenth of a second, and few commands ask for help.
    from typer import rich_utils  # noqa: PLC0415

    setattr(rich_utils, _RICH_TEXT, _folding(getattr(rich_utils, _RICH_TEXT)))
    return rich_utils


def _folding(make: Callable[..., Any]) -> Callable[..., Any]:
    """Help texts that go on in the next line: Chinese has no blanks to break at, and would be cut off at the margin."""

    def folded(**given: Any) -> Any:
        text = make(**given)
        text.overflow = "fold"
        return text

    return folded


def _one(text: str | None) -> str | None:
    if text is None or _BOTH not in text:
        return text
    return label(text.split(_BOTH, 1))
