"""What commands print: one JSON object for programs, tables and sentences for people, progress beside both."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.language import in_language, label
from workbench.errors import Words

if TYPE_CHECKING:
    from rich.console import Console

_MANY = 10
SIMULATED = Words("模拟数据：不是真实住户", "simulated data: no real households")


@cache
def console(*, stderr: bool = False) -> "Console":
    """Where sentences and tables are printed: standard output, or standard error."""
    # Late, here and below: a command that prints JSON draws nothing.
    from rich.console import Console  # noqa: PLC0415

    # Text of files is printed as it is, never as markup.
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)


def print_json(record: Mapping[str, Any]) -> None:
    """Print the one JSON object of a command."""
    typer.echo(json_text(record))


def json_text(record: Mapping[str, Any]) -> str:
    """A record as JSON, its messages in the language of the run, with their codes."""
    return json.dumps(with_codes(record), ensure_ascii=False, default=_spoken)


def with_codes(value: Any) -> Any:
    """A record in which the code of each message stands beside it, for programs go by codes and words change.

    Of a message under `note` under `note_code`; of a list of them under `notes_codes`, in their order. Nothing else changes.
    """
    if isinstance(value, Mapping):
        record: dict[Any, Any] = {}
        for key, content in value.items():
            record[key] = with_codes(content)
            if isinstance(content, Words) and content.code:
                record[f"{key}_code"] = content.code
            elif isinstance(content, (list, tuple)) and content and all(isinstance(each, Words) for each in content):
                record[f"{key}_codes"] = [each.code or None for each in content]
        return record
    return [with_codes(each) for each in value] if isinstance(value, (list, tuple)) else value


def emit(record: Mapping[str, Any], shown: Words | str | Callable[[], None], *, as_json: bool) -> None:
    """Print the result of a command once: the record for a program, or for a person a sentence, or what `shown` prints."""
    if as_json:
        print_json(record)
    elif callable(shown):
        shown()
    else:
        say(shown)


def _spoken(value: Any) -> str:
    """A message inside a record, in the language of the run."""
    if isinstance(value, Words):
        return in_language(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def say(text: Words | str) -> None:
    """Print a sentence for people, in the language of the run."""
    console().print(in_language(text))


def warn(text: Words | str) -> None:
    """Print a sentence beside the results, on standard error."""
    console(stderr=True).print(in_language(text))


def households(count: float) -> str:
    """A number of households for people: of weighted ones to the whole, few of them to a tenth."""
    return f"{count:,.0f}" if float(count).is_integer() or count >= _MANY else f"{count:,.1f}"


def show_table(title: Words | str, columns: Sequence[Words | str], rows: list[list[Any]]) -> None:
    """A table for people, in the language of the run, numbers to the right."""
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=in_language(title), title_justify="left")
    for number, column in enumerate(columns):
        # Folded, not cut off: a household's number without its end is another's.
        table.add_column(in_language(column), justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    # Before numbers: to Python a truth is one.
    if isinstance(value, bool):
        return label(("是", "yes") if value else ("否", "no"))
    if isinstance(value, Words):
        return in_language(value)
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return str(value)


@contextmanager
def progress_bar(title: Words | str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; call what it gives with (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    text = in_language(title)
    with Progress(
        TextColumn(text),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    ) as bar:
        # Without a total until one is told: while a file is read nobody knows how many rows it has.
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
