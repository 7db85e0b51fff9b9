"""A panel that works out what it shows only once a person opens it."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workbench.ui.kit.frame.frame import classed, draw_also
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render


class Expandable(widgets.VBox):
    """A title, a note, a button that opens it; `fill` is called when it opens and, while open, at each `refresh`; links lead to `anchor`."""

    def __init__(
        self, language: Language, title: str, note: str, content: widgets.Widget, fill: Callable[[], None],
        guard: Callable[[Callable[..., None]], Callable[..., None]], anchor: str | None = None,
    ) -> None:  # fmt: skip
        t = language
        self._texts = (t("展开"), t("收起"))
        self._fill = fill
        self._content = content
        # All panels have the same word on their button; the title tells a screen reader which one it opens.
        self.button = widgets.ToggleButton(description=self._texts[0], tooltip=title)
        self.button.observe(guard(self._turn), "value")
        heading = widgets.HTML(render("section", t, title=title, note=note, anchor=anchor))
        # Without what it opens: a browser need not draw what hardly anybody looks at.
        super().__init__([classed(widgets.HBox([heading, self.button]), "wb-expandable")])
        classed(self, "wb-panel")

    def refresh(self) -> None:
        """Show anew what rests on something that has changed, where the panel is open."""
        # What nobody looks at is not worked out: a slider moves it dozens of times a second.
        if self.button.value:
            self._fill()

    def _turn(self, change: dict[str, Any]) -> None:
        self.button.description = self._texts[bool(change["new"])]
        # Filled before it is seen, so that no figures of an earlier choice show for a moment.
        if change["new"]:
            self._fill()
        if change["new"]:
            draw_also(self, self._content)
        self._content.layout.display = None if change["new"] else "none"
