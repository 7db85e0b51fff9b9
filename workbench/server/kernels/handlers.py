"""A page's connection to its kernel: for the sign-in that opened the page, in the one protocol that pages speak."""

import time
from typing import Any

from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from workbench.server.doors.guard import FAILURES
from workbench.server.kernels.owners import OfOwner
from workbench.server.kernels.websocket_frames import PROTOCOL, FrameError, check_frame

_BAD_MESSAGE, _NOT_ALLOWED = 1003, 1008
_LOOK_SECONDS = 1.0


class OwnKernelHandler(OfOwner, KernelHandler):
    """Serve what a kernel is, and its end, to its owner only."""


class OwnShutdownHandler(OfOwner, VoilaShutdownKernelHandler):
    """A tab that closes ends its kernel."""


class KernelSocket(OfOwner, VoilaKernelWebsocketHandler):
    """The messages between a page and its kernel."""

    connection: Any = None
    _holds_until = float("-inf")

    async def get(self, kernel_id: str) -> None:
        """Connect; a browser that does not offer the protocol is refused before anything is opened for it."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        # Without this protocol Voilà takes a frame's first eight bytes for a number of parts, and makes a list of so many:
        # one frame would end the server for everybody.
        if PROTOCOL not in [each.strip() for each in offered.split(",")]:
            raise HTTPError(400)
        await super().get(kernel_id)

    def select_subprotocol(self, _subprotocols: list[str]) -> str:
        """Return the only subprotocol that is spoken."""
        return PROTOCOL

    async def open(self, kernel_id: str) -> None:
        """Begin, unless the browser went away meanwhile."""
        if self.connection is not None:
            await super().open(kernel_id)

    def on_message(self, frame: Any) -> None:
        """Pass a message on that is one, while its owner's sign-in holds."""
        if self.connection is None:
            return
        try:
            check_frame(frame)
        except FrameError as error:
            self.log.warning("a message that no page sends was refused: %s", error)
            self.close(_BAD_MESSAGE)
            return
        if self._holds():
            super().on_message(frame)
        else:
            self.close(_NOT_ALLOWED)

    def _holds(self) -> bool:
        """Asked again after a second, unless the kernel is gone; where the register does not answer, nothing holds."""
        owner = self.kernel_manager.owner(self.kernel_id)
        if owner is None:
            return False
        # A slider sends dozens of messages a second; an account closed meanwhile is noticed within the second.
        if time.monotonic() > self._holds_until:
            try:
                if not owner.holds(self.identity_provider.authenticator):
                    return False
            # Nothing fails open: where the register cannot say that the sign-in holds, it does not.
            except FAILURES:
                return False
            self._holds_until = time.monotonic() + _LOOK_SECONDS
        return True

    def write_message(self, message: Any, binary: bool = False) -> Any:  # noqa: FBT001, FBT002 - tornado's
        """Send to a browser that may have gone away."""
        try:
            sent = super().write_message(message, binary)
        except WebSocketClosedError:
            return None
        if sent is not None:
            # The outcome is fetched, or asyncio would log an error for every tab that was closed while a message was under way.
            sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        return sent

    def on_close(self) -> None:
        """Let go of the kernel's channels, where they were taken."""
        if self.connection is not None:
            super().on_close()
