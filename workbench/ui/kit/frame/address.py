"""The address of a page: what it asks for when it opens, and what it keeps as a person goes on choosing."""

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from workbench.ui.kit.charts.echarts import STATIC


class Address(anywidget.AnyWidget):
    """Keeps a page's choice in the browser's address, so that a link, a bookmark or a reload leads back to it.

    `parameters`: keys and values; an empty value takes its key away. Not seen on the page; without effect in JupyterLab.
    """

    _esm = STATIC / "address.js"

    parameters = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.layout.display = "none"

    def keep(self, values: Mapping[str, str]) -> None:
        """Put some keys, leaving the others as they are."""
        # A new dict: traitlets sends nothing for what changes within one.
        self.parameters = {**self.parameters, **values}
