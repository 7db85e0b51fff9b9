"""Memory that is free goes back to the system; the allocators keep it all otherwise."""

import ctypes
import gc
import sys
from contextlib import suppress

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
