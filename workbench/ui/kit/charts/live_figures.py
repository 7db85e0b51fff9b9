"""Large figures that follow a slider in the browser itself: the counts of every position are sent once."""

from collections.abc import Iterator
from contextlib import contextmanager

import traitlets

from workbench.ui.kit.frame.scripted import Scripted


class LiveFigures(Scripted):
    """The counts of a choice. `value` is the slider's position; link it in the browser (`ipywidgets.jslink`).

    `curve`: minimum, step, and one list a count (inside, cannot_tell, newly_in, leaving), a value a position, exact.
    `exact`: the kernel's count of the present choice, with its `value` and the slider's `position` (the nearest).
    `facts`: below_line, households, help_cost, budget, stale. `texts`: the words of the page's language. While the kernel is `working`,
    or has not answered for where the slider stands, what is not live in the `wb-results` around is dimmed and said to be computed.
    """

    script = "live_figures.js"

    # Never set by the kernel: while a slider is dragged that would move it back (0006).
    value = traitlets.Float(0.0).tag(sync=True)
    curve = traitlets.Dict().tag(sync=True)
    # A typed ceiling may lie between two positions: its own count is shown, not that of the nearest (0006).
    exact = traitlets.Dict().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    working = traitlets.Bool(default_value=False).tag(sync=True)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the results around are counted: they come one after another, and some are still those of the choice before."""
        self.working = True
        try:
            yield
        finally:
            self.working = False
