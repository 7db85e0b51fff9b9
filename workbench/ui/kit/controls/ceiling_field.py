"""The field of the general income ceiling: a slider with a number box, in multiples of the line or in yuan."""

import math
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.exact import DECIMALS, multiple_of
from workbench.domain.rules.standard import Ceiling
from workbench.ui.kit.controls.fields import Field, Put, plain_number, value_at
from workbench.ui.kit.controls.written_numbers import number_or_text
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

MULTIPLES = (1.0, 3.0, 0.01)
"""Lowest, highest, step of the ceiling as a multiple of the line."""
_YUAN_STEP = 10.0
_HIGHEST_LINES = 3
_MOST_LINES = 10
"""However high a ceiling is typed, the slider ends here: every position has its counts sent to the browser."""


class CeilingField(Field):
    """The general income ceiling: a slider with a number box, in multiples of the line or in yuan."""

    def __init__(self, language: Language, put: Put) -> None:
        t = language
        self.line = 0.0
        self._label = t("收入上限")
        self._filling = False
        self.unit = widgets.ToggleButtons(options=[(t("按标准倍数"), "multiple"), (t("按元"), "yuan")])
        # Kept, because another scale is another slider and the link has to be made again.
        self._follower: tuple[widgets.Widget, str] | None = None
        self._link: widgets.Widget | None = None
        self.slider = self._new_slider(MULTIPLES, MULTIPLES[0])
        # Of text: a box of numbers that is emptied goes back to the number before, be it one that was refused.
        self.box = widgets.Text(description=t("收入上限（输入）"), continuous_update=False)
        self._value = MULTIPLES[0]
        self.equal = widgets.HTML()
        hint = t(
            "测算收入在扶贫标准以上、低于（不含）上限的户，可按收入途径纳入；测算收入即人均纯收入，勾选下一项的先扣除自付支出。"
        )
        # The slider first: on a small screen it has to stand in one view with the figures that it moves.
        super().__init__(t, put, [keys.CEILING, keys.INCOME], [self.slider, self.equal, self.unit, self.box], hint)
        self.box.observe(self._typed, "value")
        self.typed_into(self.box, "ceiling")
        self.unit.observe(self._turned, "value")

    def answers_for(self, key: str) -> bool:
        """Whether a message is one of the ceiling's, or about the income part as a whole."""
        return key == keys.INCOME or keys.is_ceiling(key)

    def positions(self) -> list[float]:
        """Every value that the slider can take."""
        count = round((self.slider.max - self.slider.min) / self.slider.step) + 1
        return [round(self.slider.min + number * self.slider.step, DECIMALS) for number in range(count)]

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the ceiling in the unit that the draft has it in."""
        ceiling = value_at(draft, keys.CEILING) or {}
        unit = "yuan" if "yuan" in ceiling else "multiple"
        value = ceiling.get(unit)
        self.unit.value = unit
        if isinstance(value, (int, float)):
            self._stand(unit, value)
            self._write(value)
        else:
            self.box.value = plain_number(value)

    def stand_at(self, ceiling: Ceiling) -> None:
        """Stand where a valid ceiling is. To be called before `positions` are counted: one beyond the slider has another slider."""
        unit, value = ("yuan", ceiling.yuan) if ceiling.yuan is not None else ("multiple", ceiling.multiple)
        # One that a slider was moved to stands there already: its range must not change under the hand.
        if value is None or (unit == self.unit.value and math.isclose(self.slider.value, value)):
            return
        self.show({keys.INCOME: {"ceiling": {unit: value}}})

    def use_line(self, line: float) -> None:
        """Use another poverty line: the same choice in both units, and the slider's range, follow it."""
        if line == self.line:
            return
        self.line = line
        self._filling = True
        self._stand(self.unit.value, self._value)
        self._filling = False
        self._say(self._value)

    def _say(self, value: float) -> None:
        """The ceiling in both units."""
        if not math.isfinite(value):
            return
        in_yuan = self.unit.value == "yuan"
        yuan = value if in_yuan else multiple_of(value, self.line)
        multiple = round(yuan / self.line, DECIMALS) if in_yuan else value
        shown = {"yuan": self.language.number(yuan, 2)}
        # A sum in yuan may be no multiple that can be written: what is rounded is not said to equal it.
        if multiple_of(multiple, self.line) == yuan:
            text = self.language(
                "{multiple} 倍 = {yuan} 元/人·年", multiple=self.language.number(multiple, DECIMALS), **shown
            )
        else:
            text = self.language(
                "约 {multiple} 倍，{yuan} 元/人·年", multiple=self.language.number(multiple, 2), **shown
            )
        self.equal.value = render("equal", self.language, text=text)

    def _stand(self, unit: str, value: float) -> None:
        """Give the slider the range of a unit and put it next to a value."""
        lowest, highest, step = MULTIPLES
        if unit == "yuan":
            step = _YUAN_STEP
            lowest = math.ceil(self.line / step) * step
            highest = math.ceil(_HIGHEST_LINES * self.line / step) * step
        most = _MOST_LINES * (self.line if unit == "yuan" else 1.0)
        highest = max(highest, math.ceil(min(value, most) / step) * step)
        scale = (float(lowest), float(highest), step)
        # A slider told of a new step moves itself in the browser and sends that back: for another scale there is another slider.
        if scale == (self.slider.min, self.slider.max, self.slider.step):
            self.slider.value = self.nearest(value)
        else:
            self._replace_slider(scale, value)

    def _write(self, value: float) -> None:
        """Write a ceiling into the box, and what it is in both units."""
        self._value = value
        self.box.value = plain_number(value)
        self._say(value)

    def follow(self, target: widgets.Widget, name: str) -> None:
        """Let a trait of another widget follow the slider, in the browser and one way.

        A value from the kernel would fall behind a slider that still moves.
        """
        self._follower = (target, name)
        if self._link is not None:
            self._link.unlink()
        # Linked in the browser: the figures follow there without a word to the kernel.
        self._link = widgets.jsdlink((self.slider, "value"), self._follower)

    def _new_slider(self, scale: tuple[float, float, float], value: float) -> widgets.FloatSlider:
        slider = widgets.FloatSlider(
            description=self._label, readout=False, continuous_update=True,
            min=scale[0], max=scale[1], step=scale[2], value=value,
        )  # fmt: skip
        slider.observe(self._moved, "value")
        return slider

    def _replace_slider(self, scale: tuple[float, float, float], value: float) -> None:
        """Make another slider for another range: a browser would move the old value into the new range, and send that back."""
        old = self.slider
        self.slider = self._new_slider(scale, _position(scale, value))
        present: tuple[widgets.Widget, ...] = self.children  # type: ignore[has-type]
        self.children = tuple(self.slider if child is old else child for child in present)
        if self._follower is not None:
            self.follow(*self._follower)
        # Or its model, with its listeners, would stay in the browser for as long as the page.
        old.close()

    def _moved(self, change: Mapping[str, Any]) -> None:
        self._set(round(change["new"], DECIMALS), moved=True)

    def _typed(self, change: Mapping[str, Any]) -> None:
        """Take what is written in the box; an emptied one is no ceiling, and not the one before."""
        self._set(number_or_text(change["new"], unit="元" if self.unit.value == "yuan" else "倍"))

    def _set(self, value: float | str | None, *, moved: bool = False) -> None:
        """Put the value once; if it is valid, the box and (unless `moved`) the slider stand at it, and with the slider the figures."""
        if self._filling:
            return
        self.put(keys.CEILING, None if value is None else {self.unit.value: value})
        # A value that is refused stays in its box, to be mended; the slider keeps the last valid one.
        if self.wrong or not isinstance(value, float):
            return
        self._filling = True
        # The range of a slider must not change under the hand that moves it.
        if not moved:
            self._stand(self.unit.value, value)
        # As it was understood: 五千 is seen to be 5000 before anybody relies on it.
        self._write(value)
        self._filling = False

    def nearest(self, value: float) -> float:
        """The position of the slider nearest to a value: the browser would move it there, and send that back."""
        return _position((self.slider.min, self.slider.max, self.slider.step), value)

    def _turned(self, change: Mapping[str, Any]) -> None:
        """Write the ceiling in the other unit: that moves no household in or out, but for what four decimals cannot say."""
        if self._filling or not self.line:
            return
        unit, value = change["new"], self._value
        if self.wrong:
            # 1.5 typed as yuan is refused, and whoever turns to multiples then means 1.5 of them: 0.0003 means nothing.
            self._set(number_or_text(self.box.value, unit="元" if unit == "yuan" else "倍"))
            return
        turned = multiple_of(value, self.line) if unit == "yuan" else _multiple(value, self.line)
        self._filling = True
        self._stand(unit, turned)
        self._write(turned)
        self._filling = False
        self.put(keys.CEILING, {unit: turned})


def _multiple(yuan: float, line: float) -> float:
    """The multiple of a line that is as many yuan, down to the last decimal it may have: never a ceiling that lets one more in."""
    # To the thousandth of that decimal first: 6,300 of 4,000 is 1.575, and in floats a little less.
    scale = float(10**DECIMALS)
    return math.floor(round(yuan / line * scale, 3)) / scale


def _position(scale: tuple[float, float, float], value: float) -> float:
    """The position nearest to a value on a slider from `scale[0]` to `scale[1]` in steps of `scale[2]`."""
    lowest, highest, step = scale
    return float(round(lowest + round((min(max(value, lowest), highest) - lowest) / step) * step, DECIMALS))
