"""What became of those who slipped in past rounds, following a slider in the browser itself."""

import traitlets

from workbench.ui.kit.frame.scripted import Scripted


class LiveHindsight(Scripted):
    """A bar, its parts, and a table of rounds. `value` is the slider's position; link it in the browser.

    `curve`: minimum, step, `outcomes` (a list a name, a value a position), `rounds` (lists `inside`, `cannot_tell`, `caught` each); `exact`:
    the same of the kernel's count, plain numbers, with its `value` and the slider's `position`; `facts`: slips, stale,
    help_cost, rounds (name, slips, note: what must be known of it, "" for nothing). `chosen` is the outcome picked, "" for none: it comes from the browser.
    """

    script = "live_hindsight.js"

    # Follows the slider in the browser alone, as the figures do: the kernel sets it nowhere (0006).
    value = traitlets.Float(0.0).tag(sync=True)
    # One number a ceiling, part and round: two evaluations and a running sum give them all (0033).
    curve = traitlets.Dict().tag(sync=True)
    exact = traitlets.Dict().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
