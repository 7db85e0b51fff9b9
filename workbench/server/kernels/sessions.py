"""Sessions: whose each is, and those that nobody looks at any more."""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from uuid import uuid4

from workbench.clock import now_in_beijing
from workbench.server.doors.page_folders import forget_files
from workbench.server.forks.protocol import WAITING_MESSAGES
from workbench.server.forks.warm import WarmProcess
from workbench.server.kernels.memory import BoundedKernels
from workbench.server.kernels.owners import Owner

_PLACE: ContextVar[str] = ContextVar("_PLACE", default="")
"""The place that this request took for the page that it opens."""
ABANDONED = timedelta(minutes=5)
STARTING = timedelta(seconds=30)
"""So long a page may take from its kernel's start to its connection, at least, before another may take its place."""


class Sessions(BoundedKernels):
    """Ends a session soon where no page is connected to it; a page that is only idle keeps its own, longer time.

    A browser that crashed, a link that never came back, or a program that fetched the page without opening it says no
    goodbye; without this a few of them would fill the server for hours.
    """

    warm_process: WarmProcess | None = None
    """Where kernels are forked from; None: each starts by itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Of every socket made here: a burst that the loop is too busy to read must not be lost (`child.py` has the other end).
        self.context.rcvhwm = WAITING_MESSAGES
        self._owners: dict[str, Owner] = {}
        self._places: set[str] = set()
        self._shown: set[str] = set()

    # -- whose -----------------------------------------------------------------------------------------------------

    def owner(self, kernel_id: str) -> Owner | None:
        """Who opened the page of a kernel; None where there is no such kernel."""
        return self._owners.get(kernel_id) if kernel_id in self else None

    def owners(self) -> dict[str, Owner]:
        """The owner of every kernel, oldest first, and of every place taken for a kernel that is about to start."""
        self._shown.intersection_update(self._kernels)
        self._owners = {page: owner for page, owner in self._owners.items() if page in self or page in self._places}
        return dict(self._owners)

    def of_session(self, session: str) -> list[str]:
        """Return the kernels that run for a session."""
        return [page for page, owner in self.owners().items() if owner.session == session and page in self]

    # -- places ----------------------------------------------------------------------------------------------------

    def take_place(self, owner: Owner) -> str:
        """Count a page before its kernel runs, for many may ask at once; the kernel started next in this request takes it."""
        place = uuid4().hex
        self._places.add(place)
        # Between the question and the kernel lies a second or more: without this, fifty browsers at once would all be let in.
        self._owners[place] = owner
        _PLACE.set(place)
        return place

    def give_back(self, place: str) -> None:
        """Let go of a place; nothing where a kernel took it."""
        self._places.discard(place)

    def left_by_browser(self, pages: Sequence[str]) -> str | None:
        """The oldest of these kernels that no browser shows: its page was shown and is closed, or was not shown for a while."""
        return next((page for page in pages if page in self and self._is_left(page)), None)

    def _is_left(self, kernel_id: str) -> bool:
        if self._kernel_connections.get(kernel_id, 0) > 0:
            return False
        # A page that was never shown may still be on its way to its browser.
        return kernel_id in self._shown or self._unused(kernel_id) > STARTING

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a browser shows the page."""
        self._shown.add(kernel_id)
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel in the place taken for it."""
        place = _PLACE.get()
        try:
            kernel_id: str = await super().start_kernel(**options)
            if place in self._owners:
                self._owners[kernel_id] = self._owners[place]
        finally:
            self.give_back(place)
        return kernel_id

    # -- the end ---------------------------------------------------------------------------------------------------

    def _unused(self, kernel_id: str) -> timedelta:
        """How long a kernel has had nothing to do; nothing while it is busy or starts."""
        kernel = self.get_kernel(kernel_id)
        # A kernel that works is used, even where its page is gone: a long step of the register is finished.
        if getattr(kernel, "execution_state", "busy") == "busy":
            return timedelta()
        now = now_in_beijing()
        return now - getattr(kernel, "last_activity", now)  # only known once the kernel has started

    def disown(self, kernel_id: str) -> None:
        """Take a kernel that is about to end from its owner: a message that comes while it ends is refused."""
        self._owners.pop(kernel_id, None)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Remove a kernel that ended, however it did, with what was handed in to its page and what it wrote meanwhile."""
        forget_files(kernel_id)
        return super().remove_kernel(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Cull a session that nobody looks at; called at every culling interval."""
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        if not connected and self._unused(kernel_id) > ABANDONED:
            await self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
        else:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
