"""What the commands of the model share: their options, how progress is shown, how the register is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from workbench.cli.language import both, in_language
from workbench.cli.output import errors
from workbench.clock import now_in_beijing
from workbench.domain.facts import FACT
from workbench.errors import InputError, Words
from workbench.register.audit.event import Event
from workbench.register.audit.file_events import tell_of_files
from workbench.settings import register_url, who_acts
from workbench.store.facts import FactStore

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
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda text: progress.update(task, description=in_language(text))


def facts_named(keep: list[str] | None) -> tuple[str, ...]:
    """The facts that --keep names, if there are such."""
    unknown = [fact for fact in keep or [] if fact not in FACT and not fact.startswith("x_")]
    if unknown:
        message = Words(
            "没有这个事实；例如 --keep water", "there is no such fact; e.g. --keep water", code="cli.no-such-fact-keep"
        )
        raise InputError(message.after(f"--keep {unknown[0]}: "))
    return tuple(keep or ())


def record_event(facts: FactStore, event: Callable[[], Event]) -> None:
    """A register, where somebody has begun one, tells of the model or the scores that pages and lists rest on."""
    tell_of_files(facts, register_url(), who_acts(), now_in_beijing(), lambda: [event()])
