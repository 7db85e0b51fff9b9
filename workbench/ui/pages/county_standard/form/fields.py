"""The fields of a county standard that need more than a line: exclusions, routes, dates."""

import math
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
import traitlets

from workbench.domain.facts import CROSS_CHECKS, LABELS
from workbench.domain.procedure.typed_days import typed_day
from workbench.domain.rules import standard_keys as keys
from workbench.ui.kit.controls.fields import Field, Put, value_at
from workbench.ui.kit.texts.language import Language


class ExclusionsField(Field):
    """The cross-check findings that exclude a household."""

    def __init__(self, language: Language, put: Put) -> None:
        self.boxes = {
            name: widgets.Checkbox(description=language.label(LABELS[name]), indent=False) for name in CROSS_CHECKS
        }
        hint = language("比对结果未知的户不会被排除，也不会被纳入，列为“不能判定”。")
        super().__init__(language, put, [keys.EXCLUSIONS], list(self.boxes.values()), hint)
        for box in self.boxes.values():
            box.observe(lambda _change: self._put_exclusions(), "value")

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show which findings exclude."""
        chosen = value_at(draft, keys.EXCLUSIONS) or []
        for name, box in self.boxes.items():
            box.value = name in chosen

    def _put_exclusions(self) -> None:
        self.put(keys.EXCLUSIONS, [name for name in CROSS_CHECKS if self.boxes[name].value])


class ExactSlider(widgets.VBox):
    """A slider that can hold any value: one between two of its steps gets a slider of finer steps, or of a wider range.

    Another range is another slider: told of a new step, a browser moves the old slider's value to it and sends that back.
    """

    value = traitlets.Float()

    def __init__(self, label: str, scale: tuple[float, float, float], value: float, readout_format: str) -> None:
        super().__init__()
        self._scale, self._label, self._format = scale, label, readout_format
        self._stand(scale, value)

    def place(self, value: float) -> None:
        """Stand at a value."""
        lowest, highest, step = self._scale
        # Down to the four decimals that a standard may have (0021); the coarsest that meets the value is taken.
        steps = (step, 0.01, 0.001, 0.0001)
        fine = next(
            (each for each in steps if math.isclose(value / each, round(value / each), abs_tol=1e-6)), steps[-1]
        )
        scale = (lowest, max(highest, value), fine)
        if scale == (self.slider.min, self.slider.max, self.slider.step):
            self.slider.value = value
        else:
            self.slider.close()
            self._stand(scale, value)

    def _stand(self, scale: tuple[float, float, float], value: float) -> None:
        """A new slider of a scale (lowest, highest, step), at a value."""
        lowest, highest, step = scale
        self.slider = widgets.FloatSlider(
            description=self._label, readout_format=self._format, min=lowest, max=highest, step=step, value=value
        )
        self.slider.observe(lambda change: self.set_trait("value", change["new"]), "value")
        self.children = (self.slider,)
        self.value = value


_ROUTE_SHARE, _ROUTE_MULTIPLE = 0.5, 2.0
"""What a route begins with when it is opened."""


class RouteField(Field):
    """A further way in: open or not, its share and its ceiling."""

    def __init__(self, language: Language, put: Put, name: str, label: str, share_label: str, hint: str) -> None:
        self.path = keys.route(name)
        self.taken = widgets.Checkbox(description=label, indent=False)
        self.share = ExactSlider(share_label, (0.0, 1.0, 0.01), _ROUTE_SHARE, readout_format=".0%")
        self.ceiling = ExactSlider(
            language("收入上限（倍数）"), (1.0, 4.0, 0.05), _ROUTE_MULTIPLE, readout_format=".2f"
        )
        # Empty until the route is open: a slider that nobody sees has to be drawn and measured, too.
        self.details = widgets.VBox()
        super().__init__(language, put, [self.path], [self.taken, self.details], hint)
        self._ceiling: dict[str, float] = {"multiple": self.ceiling.value}
        self.ceiling.observe(self._raised, "value")
        for control in (self.taken, self.share):
            control.observe(lambda _change: self._put_route(), "value")

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the route."""
        route = value_at(draft, self.path)
        self.taken.value = route is not None
        self._open(shown=route is not None)
        if route is None:  # or what another county's route had would be put as soon as this one is opened
            route = {"share": _ROUTE_SHARE, "ceiling": {"multiple": _ROUTE_MULTIPLE}}
        share = route.get("share")
        if isinstance(share, (int, float)):
            self.share.place(share)
        self._ceiling = dict(route.get("ceiling") or {})
        multiple = self._ceiling.get("multiple")
        if isinstance(multiple, (int, float)):
            self.ceiling.place(multiple)

    def _raised(self, change: Mapping[str, Any]) -> None:
        """A ceiling loaded in yuan stays so until the slider of multiples is moved."""
        if not self._filling:
            # A slider adds up its steps in binary; a standard takes four decimals at most (0021).
            self._ceiling = {"multiple": round(change["new"], 4)}
            self._put_route()

    def _open(self, *, shown: bool) -> None:
        """Show share and ceiling, or no longer."""
        if shown and not self.details.children:
            self.details.children = (self.share, self.ceiling)
        self.details.layout.display = "" if shown else "none"

    def _put_route(self) -> None:
        self._open(shown=self.taken.value)
        route = {"share": round(self.share.value, 4), "ceiling": self._ceiling}
        self.put(self.path, route if self.taken.value else None)


class DateField(Field):
    """A day, typed as in every other form (`typed_days.typed_day`); empty takes the key away.

    Not the browser's own field, which writes a day as the browser's language does, whatever the page's is.
    """

    def __init__(self, language: Language, put: Put, path: keys.Key, label: str) -> None:
        self.path = path
        # Put when the field is left: half of a day is another day, or none.
        self.box = widgets.Text(description=label, placeholder=language("如 2021-10-31"), continuous_update=False)
        super().__init__(language, put, [path], [self.box])
        self.box.observe(self._typed, "value")
        self.typed_into(self.box, path)

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the day, or the text that the rules have refused as none."""
        self.box.value = str(value_at(draft, self.path) or "")

    def _typed(self, change: Mapping[str, Any]) -> None:
        text = change["new"].strip()
        day = typed_day(text)
        # What is no day is put as it is, so that the rules say what is wrong with it.
        self.put(self.path, day.isoformat() if day else text or None)
        if day and not self._filling:
            # As it was understood: 2021.10.31 is seen to be 2021-10-31 before anybody relies on it.
            self.box.value = day.isoformat()
