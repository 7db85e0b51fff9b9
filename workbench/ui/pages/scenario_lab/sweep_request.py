"""A sweep asked for in the scenario lab: what was typed for it, read in the words of the page, and what is to be counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import InputError, StandardError, Words
from workbench.preview.counts.comparison import Report, swept
from workbench.preview.counts.sweep import Axis, check_axes, parse_range, refuse_fine_steps
from workbench.preview.scope import PreviewScope
from workbench.ui.pages.scenario_lab.keys import in_words, label_words, variable


@dataclass(frozen=True)
class SweepRequest:
    """A sweep to be counted: its figures belong to this place, standard and range, and to no other."""

    scope: PreviewScope
    standard: EdgeStandard
    axes: tuple[Axis, ...]

    def count(self, report: Report | None = None) -> list[dict[str, Any]]:
        """One record a point."""
        return swept(self.scope, self.standard, self.axes, report)


def typed_axes(standard: EdgeStandard, axes: Sequence[str]) -> list[str]:
    """Axes `key=start:stop:step` as a scenario keeps them; raises InputError, in the page's words, for what cannot vary so."""
    # As a telephone types it: the full-width colon is read by nobody else.
    pairs = [
        (keys.typed_key(key), values.strip().replace("：", ":"))
        for key, _, values in (text.partition("=") for text in axes)
    ]
    chosen = {key for key, _ in pairs}
    if not chosen <= set(variable(standard)) or not 1 <= len(chosen) == len(pairs):
        raise InputError(
            Words(
                "请选一项，或两项不同的", "choose one item, or two different ones", code="ui.choose-two-different-keys"
            )
        )
    try:
        check_axes(standard, [_typed_axis(key, values, standard.own_groups) for key, values in pairs])
    except StandardError as error:
        raise in_words(error, standard.own_groups) from None
    return [f"{key}={values}" for key, values in pairs]


def _typed_axis(key: keys.Key, text: str, own: Mapping[str, str]) -> Axis:
    try:
        axis = Axis(key, parse_range(text))
        refuse_fine_steps(axis)
    except InputError as error:
        raise InputError(label_words(key, own) + error.words.after(f"“{text}” ")) from None
    return axis
