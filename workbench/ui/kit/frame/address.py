"""The address of a page: what it asks for when it opens, and what it keeps as a person goes on choosing."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import anywidget
import traitlets

from workbench.ui.kit.charts.echarts import STATIC


def query() -> dict[str, str]:
    """What the address of this page asks for (`?county=341524&round=2019-10`): the first value of each key."""
    # An empty value is left out by `parse_qs`: `county=` asks for nothing, as no county does.
    return {key: values[0] for key, values in parse_qs(os.environ.get("QUERY_STRING", "")).items()}


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
