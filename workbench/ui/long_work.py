"""Work that takes a while: done beside the page, its progress shown, and it can be cancelled."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import ipywidgets as widgets

from workbench.errors import InputError, Words
from workbench.ui.frame import classed
from workbench.ui.language import Language
from workbench.ui.templates import render

Report = Callable[[int, int], None]
"""Told (done, all) as the work goes on; all is 0 while that is not known."""
Guard = Callable[[Callable[..., None]], Callable[..., None]]
Done = TypeVar("Done")
_LOOK_SECONDS = 0.15


class CancelledWork(Exception):  # noqa: N818 - not an error: a person asked for it
    """Raised inside the work at its next report once it is cancelled."""


class LongWork(widgets.VBox):
    """A bar with its cancel button; nothing is shown while nothing is done.

    The work runs in a thread of its own and touches no widget; the page looks after it and gets the result. One at a
    time. `guard` shows what the work raises.
    """

    def __init__(self, language: Language, guard: Guard) -> None:
        self.language = t = language
        self._guard = guard
        self._workers = ThreadPoolExecutor(max_workers=1)
        self._cancelled = threading.Event()
        self._progress = (0, 0)
        self._following: asyncio.Task[None] | None = None
        self._text = widgets.HTML()
        self._cancel = widgets.Button(description=t("取消"))
        self._cancel.on_click(lambda _button: self.cancel())
        super().__init__([self._text, self._cancel], layout=widgets.Layout(display="none"))
        classed(self, "wb-work")

    @property
    def busy(self) -> bool:
        """Whether work is being done."""
        return self._following is not None

    def start(self, title: str, work: Callable[[Report], Done], done: Callable[[Done], None]) -> None:
        """Begin; `done` gets the result, and is not called where the work was cancelled or failed."""
        if self.busy:
            raise InputError(
                Words("上一件还在进行，请等它完成或先取消", "something is still being done: wait or cancel it")
            )
        self._cancelled.clear()
        self._progress = (0, 0)
        self._cancel.disabled = False
        future = self._workers.submit(work, self._report)
        self._following = asyncio.get_running_loop().create_task(self._follow(title, future, done))

    def cancel(self) -> None:
        """Let the work end at its next report."""
        self._cancelled.set()
        self._cancel.disabled = True

    def _report(self, done: int, total: int) -> None:
        """Called from the work's thread."""
        if self._cancelled.is_set():
            raise CancelledWork
        self._progress = (done, total)

    async def _follow(self, title: str, future: Future[Any], done: Callable[[Any], None]) -> None:
        self._show(title)
        self.layout.display = None
        try:
            while not future.done():
                await asyncio.sleep(_LOOK_SECONDS)
                self._show(title)
        finally:
            self._following = None
            self.layout.display = "none"
        self._guard(self._finish)(future, done)

    def _finish(self, future: Future[Any], done: Callable[[Any], None]) -> None:
        try:
            result = future.result()
        except CancelledWork:
            return
        if not self._cancelled.is_set():
            done(result)

    def _show(self, title: str) -> None:
        done, total = self._progress
        shown = render("work", self.language, title=title, done=done, total=total, cancelled=self._cancelled.is_set())
        if shown != self._text.value:
            self._text.value = shown
