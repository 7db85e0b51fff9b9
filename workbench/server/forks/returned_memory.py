"""Memory that a page no longer needs goes back to the system when the page has come to rest."""

import ctypes
import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress

LOOK_MS = 1000
"""How often a kernel looks whether it has come to rest."""
_AT_REST, _WORKED = 0.02, 0.05
"""Seconds of a core: so little is nothing, between two looks; so much is worth looking for what it left."""
_REQUESTS, _CELLS = 2000, 6000
"""Of Polars' allocator: so many, each too large for what a thread holds by itself (48 kilobytes)."""


def give_back() -> None:
    """Collect what is dead, and have the allocators hand back the pages that are free; they keep them all otherwise."""
    gc.collect()
    # Where the C library is another one, it has no such function: then nothing is handed back.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    _ask_polars()


def _ask_polars() -> None:
    """Have Polars' allocator look at what has been free for half a second, if a page has loaded Polars.

    It has no function for it, looks only once in a thousand requests or so, and a page at rest makes none: thirty of a
    hundred megabytes of the early warning were free. To hand back at once would cost each turn an eighth more.
    """
    polars = sys.modules.get("polars")
    if polars is None:
        return
    numbers = polars.Series([0.0] * _CELLS)
    for _ in range(_REQUESTS):
        # For the request alone: forty milliseconds for all of them.
        numbers + 1.0


class AtRest:
    """Calls `work` once each time that the process has come to rest after having worked; `look` is called again and again.

    `clock` gives the seconds of a core that the process has used.
    """

    def __init__(self, work: Callable[[], None] = give_back, clock: Callable[[], float] = time.process_time) -> None:
        self._work, self._clock = work, clock
        self._before = self._since = clock()

    def look(self) -> None:
        """See whether anything was done since the last look, and before that."""
        now = self._clock()
        if now - self._before < _AT_REST and now - self._since > _WORKED:
            self._work()
            # Without what that took itself: it must not count as work.
            self._since = now = self._clock()
        self._before = now
