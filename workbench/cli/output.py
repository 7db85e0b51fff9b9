"""What commands print: one JSON object for programs, tables and sentences for people, progress beside both."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

# Text of files is printed as it is, never as markup.
console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

_MANY = 10
SIMULATED = "模拟数据 simulated data：不是真实住户 no real households"


def print_json(record: dict[str, Any]) -> None:
    """The one JSON object of a command."""
    typer.echo(json.dumps(record, ensure_ascii=False))


def say(text: str) -> None:
    """A sentence for people."""
    console.print(text)


def households(count: float) -> str:
    """A number of households for people: of weighted ones to the whole, few of them to a tenth."""
    return f"{count:,.0f}" if float(count).is_integer() or count >= _MANY else f"{count:,.1f}"


def show_table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """A table for people, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return str(value)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; call what it gives with (done, total)."""
    with Progress(
        TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=errors, transient=True
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
