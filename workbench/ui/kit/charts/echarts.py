"""Charts: an ECharts option kept in a trait and drawn in the browser, with nothing from outside."""

from typing import Any

import traitlets

from workbench.ui.kit.frame.scripted import STATIC, Scripted

LIBRARY = STATIC / "vendor" / "echarts.esm.min.js"


class EChart(Scripted):
    """A chart. Change `option` as a whole (a new dict) to redraw it; nothing is drawn by writing output.

    `option` is a plain ECharts option (https://echarts.apache.org/en/option.html): numbers, text, lists and dicts, no
    functions. `height` is a CSS length. `aria_label` says in one sentence what the chart shows. `selected` is the datum
    clicked last: name, value, dataIndex, seriesIndex, seriesName; empty before any click. It comes from the browser:
    check it before use. `download` is the name, without an ending, of the PNG and SVG that a person may take along;
    empty: none.
    """

    script = "echarts.js"

    option = traitlets.Dict().tag(sync=True)
    height = traitlets.Unicode("320px").tag(sync=True)
    aria_label = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Dict().tag(sync=True)
    download = traitlets.Unicode("").tag(sync=True)

    def __init__(self, option: dict[str, Any] | None = None, **traits: Any) -> None:
        super().__init__(option=option or {}, **traits)
        # Under the workbench's own server the browser loads the library from there and never asks.
        self.on_msg(self._send_library)

    def _send_library(self, _widget: object, content: Any, _buffers: object) -> None:
        """Hand the library to a page whose server does not have it (JupyterLab)."""
        # The first chart of a page asks for the library; others share it, so that a megabyte is sent once.
        if isinstance(content, dict) and content.get("kind") == "library":
            self.send({"kind": "library"}, buffers=[LIBRARY.read_bytes()])
