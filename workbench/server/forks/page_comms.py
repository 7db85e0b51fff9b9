"""Channels of a page's widgets, on which nothing is said before a browser asks: its first answer holds the state of each."""

from collections.abc import Callable
from typing import Any

import comm
from ipykernel.comm.comm import BaseComm
from ipykernel.kernelbase import Kernel

_ASKS = ("comm_open", "comm_msg", "comm_info_request")
"""Messages that only a browser sends; who runs the page's cell sends others."""


class PageComm(BaseComm):
    """A channel of a widget; `heard`: whether a browser has asked for anything yet, of this process."""

    heard = False

    def publish_msg(self, *arguments: Any, **options: Any) -> None:
        """Say something, where there is somebody to hear it."""
        # Hundreds of widgets are opened while the cell runs: whoever runs it would read each message to throw it away.
        if PageComm.heard:
            super().publish_msg(*arguments, **options)  # type: ignore[no-untyped-call]
        else:
            # A widget asks whether its channel has a kernel before it says anything: one that never spoke would stay silent.
            self.kernel = self.kernel or Kernel.instance()


def say_nothing_until_asked(kernel: Any) -> None:
    """Have the widgets of a page's kernel be silent until a browser is there."""
    comm.create_comm = PageComm
    for kind in _ASKS:
        kernel.shell_handlers[kind] = _heard(kernel.shell_handlers[kind])


def _heard(answer: Callable[..., Any]) -> Callable[..., Any]:
    def hear(*arguments: Any) -> Any:
        PageComm.heard = True
        return answer(*arguments)

    return hear
