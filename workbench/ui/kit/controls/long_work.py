"""Work that takes a while: done beside the page, its progress shown, and it can be cancelled."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import ipywidgets as widgets

from workbench.errors import InputError, Words
from workbench.ui.kit.frame.frame import classed
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

Report = Callable[[int, int], None]
"""Told (done, all) as the work goes on; all is 0 while that is not known."""
Guard = Callable[[Callable[..., None]], Callable[..., None]]
Done = TypeVar("Done")
# Looked at from the page's own loop, since the work's thread touches no widget.
_LOOK_SECONDS = 0.15


class CancelledWork(Exception):  # noqa: N818 - not an error: a person asked for it
    """Raised inside the work at its next report once it is cancelled."""


@dataclass(eq=False)
class _Piece:
    """One piece of work, its progress, and whether anybody still wants it."""

    title: str
    progress: tuple[int, int] = (0, 0)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def report(self, done: int, total: int) -> None:
        """Report how far the work is; called from its thread."""
        # Only here can the thread be ended: Python has no way to stop one from outside.
        if self.cancelled.is_set():
            raise CancelledWork
        self.progress = (done, total)


class LongWork(widgets.VBox):
    """A bar with its cancel button; nothing is shown while nothing is done.

    The work runs in a thread of its own and touches no widget; the page looks after it and gets the result. One at a
    time. `guard` shows what the work raises. Once cancelled, work is out of sight at once and nothing comes of it, neither
    result nor error; its thread ends at the next report, and what is begun meanwhile waits for that.
    """

    def __init__(self, language: Language, guard: Guard, on_cancel: Callable[[], None] = lambda: None) -> None:
        self.language = t = language
        self._guard = guard
        self._on_cancel = on_cancel
        self._workers = ThreadPoolExecutor(max_workers=1)
        self._piece: _Piece | None = None
        self._text = widgets.HTML()
        self._cancel = widgets.Button(description=t("取消"))
        self._cancel.on_click(guard(lambda _button: self._cancelled()))
        super().__init__([self._text, self._cancel], layout=widgets.Layout(display="none"))
        classed(self, "wb-work")

    @property
    def busy(self) -> bool:
        """Whether work is being done that somebody waits for."""
        return self._piece is not None

    def start(self, title: str, work: Callable[[Report], Done], done: Callable[[Done], None]) -> None:
        """Begin; `done` gets the result, and is not called where the work was cancelled or failed."""
        if self.busy:
            raise InputError(
                Words(
                    "上一件还在进行，请等它完成或先取消",
                    "something is still being done: wait or cancel it",
                    code="ui.something-still-being-done",
                )
            )
        piece = self._piece = _Piece(title)
        future = self._workers.submit(_work, work, piece)
        following = asyncio.get_running_loop().create_task(self._follow(piece, future, done))
        self._following = following  # or it might be collected before its end

    def cancel(self) -> None:
        """Give up what is being done, if anything is."""
        if self._piece is not None:
            self._piece.cancelled.set()
            self._end()

    def _cancelled(self) -> None:
        """A person does not want it any more."""
        self.cancel()
        self._on_cancel()

    def _end(self) -> None:
        self._piece = None
        self.layout.display = "none"

    async def _follow(self, piece: _Piece, future: Future[Any], done: Callable[[Any], None]) -> None:
        self._show(piece)
        self.layout.display = None
        while not future.done() and not piece.cancelled.is_set():
            await asyncio.sleep(_LOOK_SECONDS)
            if not piece.cancelled.is_set():
                self._show(piece)
        if not piece.cancelled.is_set():
            self._end()
            # Here what the work raised comes up again, in the page's own loop, and the guard shows it.
            self._guard(lambda: done(future.result()))()

    def _show(self, piece: _Piece) -> None:
        done, total = piece.progress
        shown = render("work", self.language, title=piece.title, done=done, total=total)
        # Every message to the browser is drawn: an unchanged one would only take its time.
        if shown != self._text.value:
            self._text.value = shown


def _work(work: Callable[[Report], Done], piece: _Piece) -> Done:
    """The work, unless nobody waits for it any more."""
    piece.report(0, 0)
    return work(piece.report)
