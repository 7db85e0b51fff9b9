"""Pages are drawn a few at a time: as many as the cores can carry, for all at once would all be late together.

What costs is the cell that draws a page: it loads the program. A page waits for its turn with its frame already shown.
"""

import asyncio
import os
from contextvars import ContextVar
from typing import Any

PATIENCE_SECONDS = 60.0
"""So long a page waits at most: one whose cell hangs must not keep the others out."""


def at_once() -> int:
    """How many pages are drawn at the same time: two for each core that this process may use."""
    # Not cpu_count alone: a service may be pinned to fewer cores than the machine has.
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2 * (os.cpu_count() or 1)


class Turn:
    """The turn of one page; it is given back once, whether it was taken or is still waited for."""

    def __init__(self, places: asyncio.Semaphore, patience: float) -> None:
        self._places, self._patience = places, patience
        self._asked = self._held = self._over = False

    async def take(self) -> None:
        """Wait until the page may be drawn; at once for its further cells."""
        if self._asked:
            return
        self._asked = True
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        # Drawn late is better than not at all: a turn that never comes back must not keep all others waiting.
        except TimeoutError:
            return
        # The browser went away while this waited: the place goes on to the next.
        if self._over:
            self._places.release()
        self._held = not self._over

    def give_back(self) -> None:
        """Let the next page be drawn."""
        self._over = True
        if self._held:
            self._held = False
            self._places.release()


_TURN: ContextVar[Turn | None] = ContextVar("_TURN", default=None)
"""The turn of the page that this request opens."""


class Turns:
    """The turns of a server."""

    def __init__(self, count: int, patience: float = PATIENCE_SECONDS) -> None:
        self._places, self._patience = asyncio.Semaphore(count), patience

    def next(self) -> Turn:
        """Return the turn of the page that is being opened."""
        turn = Turn(self._places, self._patience)
        _TURN.set(turn)
        return turn


async def wait_for_turn(cell: Any, cell_index: int) -> None:  # noqa: ARG001 - the executor's hook
    """Wait for the page's turn before its cells are run; a page that waits for none runs at once."""
    turn = _TURN.get()
    if turn is not None:
        await turn.take()
