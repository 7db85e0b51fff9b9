"""The picture of what becomes of a hundred who slip, past or expected: it follows the slider in the browser."""

from collections.abc import Sequence
from operator import is_
from typing import Any

import ipywidgets as widgets
import numpy as np

from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.hindsight.curve import past_curves
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.missed import CAUGHT, MISSED, OUTCOMES
from workbench.preview.index.build import Floats
from workbench.ui.kit.charts.live_hindsight import LiveHindsight
from workbench.ui.kit.texts.language import Language


class SlipsPicture:
    """A bar of a hundred, its parts, and by round what was caught where there are rounds to tell of."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self.live = LiveHindsight(texts=texts)
        self._curve_key: Any = None
        self._curve_of: Sequence[object] = ()

    def follow(self, source: widgets.Widget) -> None:
        """Follow the slider."""
        # In the browser: a slider must not wait for the kernel to move what follows it (0006).
        widgets.jsdlink((source, "value"), (self.live, "value"))

    def show(
        self, past: Hindsight, facts: dict[str, Any], positions: Sequence[float], unit: str, exact: dict[str, Any],
        sources: Sequence[object],
    ) -> None:  # fmt: skip
        """Show what becomes of the slips; `exact`: the ceiling as given and the slider's position next to it.

        `sources`: what the slips were read from; the curve is counted anew where one is another, or any key but the ceiling.
        """
        # In one message: the curve of one choice beside the figures of another would be wrong for a moment.
        with self.live.hold_sync():
            self._show_curve(past, positions, unit, sources)
            self.live.facts = facts
            self.live.exact = {
                **exact,
                "outcomes": {name: past.of_outcome(name).households for name in OUTCOMES},
                "rounds": [
                    {
                        "inside": each.totals.inside.households,
                        "cannot_tell": each.totals.cannot_tell.households,
                        "caught": each.of(CAUGHT).households,
                    }
                    for each in past.rounds
                ],
            }

    def clear(self) -> None:
        """Show nothing: there is nothing to tell of."""
        self.live.facts = {"slips": 0}

    def stale(self, stale: bool) -> None:  # noqa: FBT001 - a state of the page
        """Dim the picture while the draft is not valid."""
        self.live.facts = {**self.live.facts, "stale": stale}

    def _show_curve(self, past: Hindsight, positions: Sequence[float], unit: str, sources: Sequence[object]) -> None:
        """The counts at every position of the slider; they change with any key but the ceiling itself."""
        key = (unit, tuple(positions), _but_ceiling(past.standard))
        # By what they are, not by a name of them: of the same place files read anew, or scored anew, hold other slips.
        # They are kept, so that no other object can come to stand where one of them stood.
        unchanged = len(sources) == len(self._curve_of) and all(map(is_, sources, self._curve_of))
        if unchanged and key == self._curve_key:
            return
        self._curve_key, self._curve_of = key, tuple(sources)

        # A ceiling in yuan may lie below the line of some round: there it lets in nobody, as one at the line does.
        def ceilings(line: float) -> list[float]:
            return [max(multiple_of(each, line) if unit == "multiple" else each, line) for each in positions]

        curves = past_curves([each.past for each in past.rounds], ceilings)
        self.live.curve = {
            "minimum": positions[0],
            "step": positions[1] - positions[0],
            "outcomes": {name: _summed([each.outcomes[name] for each in curves]) for name in OUTCOMES},
            "rounds": [
                {
                    "inside": each.inside.tolist(),
                    "cannot_tell": each.cannot_tell.tolist(),
                    "caught": each.outcomes[CAUGHT].tolist(),
                }
                for each in curves
            ],
        }


def outcome_texts(t: Language, caught: str) -> dict[str, str]:
    """What each part is called; `caught` is what those are that the standard holds."""
    return {CAUGHT: caught, **{name: t.words(words) for name, words in MISSED.items()}}


def _but_ceiling(standard: EdgeStandard) -> dict[str, Any]:
    return standard.model_dump(exclude={"income": {"ceiling"}})


def _summed(counts: list[Floats]) -> list[float]:
    return np.sum(counts, axis=0).tolist() if counts else []
