"""Channels of a page's widgets, on which nothing is said before a browser asks: its first answer holds the state of each, shortly."""

from collections.abc import Callable
from typing import Any

import comm
import ipywidgets
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


class _StatesOnce(ipywidgets.Widget):
    """Answers who asks for the states of all widgets."""

    @staticmethod
    def get_manager_state(*_arguments: Any, **_options: Any) -> dict[str, Any]:
        """Make nothing: the library asks for all states before it answers, and throws them away."""
        return {}


class _Layout(ipywidgets.Layout):
    """A layout that says only what it lays out: of its forty properties hardly any is ever set, and a page has hundreds."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - ipywidgets'
        """The properties named, else those that are set; a browser takes all others for unset."""
        state: dict[str, Any] = ipywidgets.Widget.get_state(self, key, drop_defaults)
        if key is not None:
            return state
        return {name: value for name, value in state.items() if value is not None or name.startswith("_")}


def answer_shortly(targets: Any) -> None:
    """Have the states of a page's widgets asked for once, and said as shortly as they can be."""
    targets.register_target("jupyter.widget.control", _StatesOnce.handle_control_comm_opened)
    # Not another class for new ones: whatever makes a widget makes its layout by itself.
    ipywidgets.Layout.get_state = _Layout.get_state


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
