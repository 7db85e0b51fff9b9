"""A part of a page made from a template, whose buttons and links tell the kernel what was chosen."""

import json
from collections.abc import Callable
from typing import Any

import traitlets

from workbench.ui.kit.frame.scripted import Scripted

Chosen = Callable[[dict[str, Any]], None]


class Pane(Scripted):
    """HTML of `templates.render` with controls in it: each element with `data-send='{"…": …}'` sends that when used.

    A button or link sends when clicked, a select or an input when changed, its value added as "value"; a form sends when
    submitted, its fields added as "fields", lists of values by name (that of the button pressed among them). What is sent
    comes from the browser: `on_choice` gets a dict, and whoever takes it checks what is in it. The control in use keeps
    the focus when the pane is drawn again; what is typed into a form with `data-draft` stays until it was taken.
    """

    script = "pane.js"

    html = traitlets.Unicode("").tag(sync=True)

    def __init__(self, on_choice: Chosen | None = None, **traits: Any) -> None:
        super().__init__(**traits)
        self._on_choice = on_choice
        self.on_msg(self._take)

    def take_guarded(self, guard: Callable[[Chosen], Chosen]) -> None:
        """Let what is raised while a choice is taken be shown on the page."""
        if self._on_choice is not None:
            self._on_choice = guard(self._on_choice)

    def _take(self, _widget: object, content: Any, _buffers: object) -> None:
        if self._on_choice is None or not isinstance(content, dict) or not isinstance(content.get("choice"), dict):
            return
        # Not checked further here: only whoever takes the choice knows what may be in it.
        self._on_choice(content["choice"])
        # An answer may draw nothing anew, and the pane would look busy for ever.
        self.send({"kind": "done"})

    def reveal(self) -> None:
        """Bring the pane into view: what was asked for elsewhere on the page is shown in it, and may lie out of sight."""
        self.send({"kind": "reveal"})


def sends(**choice: Any) -> str:
    """Return the value of `data-send`; templates escape it."""
    return json.dumps(choice, ensure_ascii=False)
