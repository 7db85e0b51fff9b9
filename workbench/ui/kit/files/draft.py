"""What a person is working on, kept in the browser's tab: a lost connection, a server that restarts, a reload lose nothing."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import traitlets

from workbench.errors import WorkbenchError
from workbench.ui.kit.frame.current_user import person
from workbench.ui.kit.frame.frame import classed
from workbench.ui.kit.frame.scripted import Scripted
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

# As many characters as the one reader of YAML and JSON takes in all (0015).
LONGEST = 200_000
_LONGEST_FIELD = 1_000


class Draft(Scripted):
    """What is kept stands under who is signed in and a key: the place that it is of. `on_kept(text)` gets what an earlier session of this tab left.

    What comes back is the browser's: whoever takes it parses it again. One that cannot be used any more is dropped, and
    what `on_kept` raises is shown through `guard`. Not seen on the page.

    What is typed into a control of the classes `wb-typed` and `wb-key-NAME` is kept by the browser until the kernel says in `take` that
    it has it; `on_typed` gets what was left before that, by name.
    """

    script = "draft.js"

    owner = traitlets.Unicode("").tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    taken = traitlets.Dict().tag(sync=True)

    def __init__(
        self, on_kept: Callable[[str], None], guard: Callable[..., Any],
        on_typed: Callable[[Mapping[str, str]], None] = lambda _typed: None, **traits: Any,
    ) -> None:  # fmt: skip
        super().__init__(**traits)
        self.layout.display = "none"
        who = person()
        # On a shared computer the next person must not be offered what this one was working on.
        self.owner = who.account if who else ""
        self._on_kept, self._on_typed = on_kept, on_typed
        self.on_msg(guard(self._take))

    def turn(self, key: str, *, anew: bool = False) -> None:
        """Turn to another key, where nothing has been done yet: what is kept there is offered, or dropped (`anew`). An empty key keeps nothing."""
        self.text, self.key = "", key
        # After the key: the browser answers with what is kept under the present one.
        self.send({"kind": "forget" if anew else "offer"})

    def keep(self, text: str) -> None:
        """Keep a text under the present key; an empty one: there is nothing any more to keep."""
        if text:
            self.text = text
        elif self.text:
            self.forget()

    def take(self, name: str, text: str) -> None:
        """Say that what was typed into a control is here, in the characters of the browser."""
        self.taken = {**self.taken, name: text}

    def forget(self) -> None:
        """Keep nothing under the present key."""
        self.text = ""
        self.send({"kind": "forget"})

    def _take(self, _widget: object, content: Any, _buffers: object) -> None:
        match content:
            # Of the present key only: an answer that comes after another turn is of another county.
            case {"kind": "kept", "key": self.key, "text": str(text)} if len(text) <= LONGEST:
                typed = _typed(content.get("typed"))
                try:
                    if text not in ("", self.text):
                        self._on_kept(text)
                    if typed:
                        self._on_typed(typed)
                except WorkbenchError:
                    self.forget()
                    raise


def _typed(given: object) -> dict[str, str]:
    """What was typed by the name of its control; of what the browser sends only texts that a field may hold."""
    entries = given.items() if isinstance(given, dict) else ()
    return {
        name: text
        for name, text in entries
        if isinstance(name, str) and isinstance(text, str) and len(text) <= _LONGEST_FIELD
    }


class Restored(widgets.HBox):
    """Says that a draft was taken up again, with the way back to the beginning; not seen otherwise."""

    def __init__(self, language: Language, on_restart: Callable[[], None], guard: Callable[..., Any]) -> None:
        t = language
        message = render("message", t, text=t("已接着上次没有保存的内容。"), alert=False)
        again = widgets.Button(description=t("从头开始"))
        again.on_click(guard(lambda _button: on_restart()))
        super().__init__([widgets.HTML(message), again])
        classed(self, "wb-restored")
        self.show(shown=False)

    def show(self, *, shown: bool) -> None:
        """Say it, or no longer."""
        self.layout.display = None if shown else "none"
