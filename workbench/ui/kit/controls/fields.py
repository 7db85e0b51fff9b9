"""Controls of single keys: each shows its label, its hint, and beside it in words what is wrong with its value."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules.standard_keys import Key, parts
from workbench.errors import Words
from workbench.ui.kit.controls.written_numbers import number_or_text
from workbench.ui.kit.frame.frame import draw_also
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

Put = Callable[[Key, Any], None]
"""Sets one key of the draft; None takes it away."""
_WRONG = "wb-field-wrong"


class Field(widgets.VBox):
    """Controls for some keys of a standard, and the place for messages about them.

    `paths`: the keys whose messages belong here. Subclasses fill their controls from a draft in `fill`, and put what a
    person sets through `put`. While filling, nothing is put.
    """

    def __init__(
        self, language: Language, put: Put, paths: Iterable[Key], children: Iterable[Any], hint: str = ""
    ) -> None:
        self.language = language
        self.paths = tuple(paths)
        self._put = put
        self._filling = False
        self.wrong = False
        self.typing: tuple[str, Any, Callable[[Any], str]] | None = None
        self._message = widgets.HTML()
        hints = [widgets.HTML(render("hint", language, text=hint))] if hint else []
        super().__init__([*children, *hints])
        self.add_class("wb-field")

    def typed_into(self, box: Any, name: str, text_of: Callable[[Any], str] = str) -> None:
        """Let the browser keep what is typed into a box under a name, until it is here (`kit.files.draft`); `text_of` its value."""
        self.typing = (name, box, text_of)
        for each in ("wb-typed", f"wb-key-{name}"):
            box.add_class(each)

    def type_again(self, text: str) -> None:
        """Type what a person had typed when the page was left; raises ValueError for what the box cannot hold."""
        if self.typing is not None:
            self.typing[1].value = text

    def put(self, path: Key, value: Any) -> None:
        """Pass on what a person set."""
        if not self._filling:
            self._put(path, value)

    def show(self, draft: Mapping[str, Any]) -> None:
        """Set the controls to a draft, without putting it back."""
        self._filling = True
        try:
            self.fill(draft)
        finally:
            self._filling = False

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Set the controls to a draft."""
        raise NotImplementedError

    def complain(self, problems: Mapping[str, Words]) -> None:
        """Show the messages about this field's keys, and no others."""
        mine = [words for key, words in problems.items() if self.answers_for(key)]
        self.wrong = bool(mine)
        marked(self, wrong=self.wrong)
        self._message.value = render("problems", self.language, messages=[self.language.words(words) for words in mine])
        # Hardly any field is ever wrong: its message is drawn from then on, at the end, where it moves no control.
        if mine:
            draw_also(self, self._message)

    def answers_for(self, key: str) -> bool:
        """Whether a message about a key belongs here."""
        # With the dot: `income` must not answer for `income_drop`.
        return any(key == own or key.startswith(f"{own}.") for own in self.paths)


def marked(field: widgets.DOMWidget, *, wrong: bool) -> None:
    """Draw the controls of a field, or of a part of one, as wrong or no longer so."""
    if wrong:
        field.add_class(_WRONG)
    else:
        field.remove_class(_WRONG)


def value_at(draft: Mapping[str, Any], path: Key) -> Any:
    """Return what a draft holds at a key, or None."""
    part: Any = draft
    for name in parts(path):
        part = part.get(name) if isinstance(part, Mapping) else None
    return part


class TextField(Field):
    """A line of text; empty takes the key away."""

    def __init__(self, language: Language, put: Put, path: Key, label: str) -> None:
        self.path = path
        self.box = widgets.Text(description=label, continuous_update=False)
        super().__init__(language, put, [path], [self.box])
        self.box.observe(lambda change: self.put(self.path, change["new"] or None), "value")
        self.typed_into(self.box, path)

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the text."""
        self.box.value = str(value_at(draft, self.path) or "")


class AmountField(Field):
    """An amount that may be left empty; what is no number is put as it is, so that the rules say what is wrong."""

    def __init__(self, language: Language, put: Put, path: Key, label: str, hint: str = "") -> None:
        self.path = path
        # Put when the field is left: half of a number is another number.
        self.box = widgets.Text(description=label, continuous_update=False)
        super().__init__(language, put, [path], [self.box], hint)
        self.box.observe(self._typed, "value")
        self.typed_into(self.box, path)

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the amount."""
        self.box.value = plain_number(value_at(draft, self.path))

    def _typed(self, change: Mapping[str, Any]) -> None:
        if self._filling:
            return
        amount = number_or_text(change["new"], unit="元")
        self.put(self.path, amount)
        if isinstance(amount, float) and not self.wrong:
            # As it was understood: 八万 is seen to be 80000 before anybody relies on it.
            self._filling = True
            self.box.value = plain_number(amount)
            self._filling = False


class CheckField(Field):
    """Yes or no."""

    def __init__(self, language: Language, put: Put, path: Key, label: str, *, default: bool) -> None:
        self.path = path
        self.default = default
        # Without the indent that ipywidgets leaves for a label on the left.
        self.box = widgets.Checkbox(description=label, indent=False)
        super().__init__(language, put, [path], [self.box])
        self.box.observe(lambda change: self.put(self.path, bool(change["new"])), "value")

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the choice."""
        value = value_at(draft, self.path)
        self.box.value = self.default if value is None else bool(value)


def plain_number(value: Any) -> str:
    """Return a number as a person would type it."""
    if value is None:
        return ""
    # Ten digits: neither the tail of a binary fraction nor the “.0” of a whole amount is shown.
    return f"{value:.10g}" if isinstance(value, (int, float)) else str(value)
