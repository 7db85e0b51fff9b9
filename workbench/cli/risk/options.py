"""What the commands of the model share: their options, and how progress is shown."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.language import both, in_language
from workbench.cli.output import console
from workbench.domain.facts import FACT
from workbench.errors import InputError, Words

ModelsOption = Annotated[
    Path | None,
    typer.Option(
        "--models",
        help=both(
            "模型所在目录（不写：WORKBENCH_MODELS，再则数据目录内）",
            "folder of the models (default: WORKBENCH_MODELS, in the store)",
        ),
    ),
]
KeepOption = Annotated[
    list[str] | None, typer.Option("--keep", help=both("口径变了也要用的事实", "a drifting fact to use all the same"))
]


@contextmanager
def steps() -> Iterator[Any]:
    """A line on the terminal that says what is being done and for how long; nothing where it is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    # Late: a run that nobody looks at draws nothing.
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda text: progress.update(task, description=in_language(text))


def facts_named(keep: list[str] | None) -> tuple[str, ...]:
    """Return the facts that --keep names, if there are such."""
    unknown = [fact for fact in keep or [] if fact not in FACT and not fact.startswith("x_")]
    if unknown:
        message = Words(
            "没有这个事实；例如 --keep water", "there is no such fact; e.g. --keep water", code="cli.no-such-fact-keep"
        )
        raise InputError(message.after(f"--keep {unknown[0]}: "))
    return tuple(keep or ())
