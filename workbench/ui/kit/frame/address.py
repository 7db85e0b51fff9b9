"""The address of a page: what it asks for when it opens, and what it keeps as a person goes on choosing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from workbench.ui.kit.frame.scripted import Scripted


class Address(Scripted):
    """Keeps a page's choice in the browser's address, so that a link, a bookmark or a reload leads back to it.

    `parameters`: keys and values; an empty value takes its key away. Not seen on the page; without effect in JupyterLab.
    """

    script = "address.js"

    parameters = traitlets.Dict().tag(sync=True)
    steps = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The keys whose change is a step that the browser's Back takes back: what is opened, not what is typed."""
    opened = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the page has shown what its address asked for: until then the address is only completed."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.layout.display = "none"
        self.on_went: Callable[[Mapping[str, str]], None] = lambda _went: None
        self.on_msg(self._take)

    def follow(self, steps: Sequence[str], went: Callable[[Mapping[str, str]], None]) -> None:
        """Make changes of these keys steps of the browser's history; `went` shows what they say after Back or Forward."""
        self.steps, self.on_went = list(steps), went

    def _take(self, _widget: object, content: Any, _buffers: object) -> None:
        if not isinstance(content, dict) or content.get("kind") != "went" or not isinstance(content.get("went"), dict):
            return
        try:
            # Only what can be a step: whatever else a browser sends is left aside.
            self.on_went({key: str(content["went"].get(key, "")) for key in self.steps})
        finally:
            # Whatever became of it: until then the browser writes no address.
            self.send({"kind": "followed"})

    def keep(self, values: Mapping[str, str]) -> None:
        """Put some keys, leaving the others as they are."""
        # A new dict: traitlets sends nothing for what changes within one.
        self.parameters = {**self.parameters, **values}
