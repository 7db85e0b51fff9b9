"""Memory that a page no longer needs goes back to the system when the page has come to rest."""

import time
from collections.abc import Callable

from workbench.safeguards.free_memory import give_back

LOOK_MS = 1000
"""How often a kernel looks whether it has come to rest."""
_AT_REST, _WORKED = 0.02, 0.05
"""Seconds of a core: so little is nothing, between two looks; so much is worth looking for what it left."""


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
