"""Sessions: which sign-in each belongs to, and those that nobody looks at any more."""

from datetime import timedelta
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from workbench.clock import now_in_beijing

SESSION_VARIABLE = "HTTP_X_WORKBENCH_SESSION"
"""Where Voilà puts the header that names the sign-in (`identity.SESSION_HEADER`)."""
ABANDONED = timedelta(minutes=5)


class Sessions(AsyncMappingKernelManager):
    """Ends a session soon where no page is connected to it; a page that is only idle keeps its own, longer time.

    A browser that crashed, a link that never came back, or a program that fetched the page without opening it says no
    goodbye; without this a few of them would fill the server for hours.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._sign_ins: dict[str, str] = {}

    def of_session(self, session: str) -> list[str]:
        """The kernels that run for a sign-in."""
        self._sign_ins = {kernel: owner for kernel, owner in self._sign_ins.items() if kernel in self}
        return [kernel for kernel, owner in self._sign_ins.items() if owner == session]

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel and remember for which sign-in, which its environment says."""
        kernel_id: str = await super().start_kernel(**options)
        session = (options.get("env") or {}).get(SESSION_VARIABLE)
        if session:
            self._sign_ins[kernel_id] = session
        return kernel_id

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Called at every culling interval for each session."""
        kernel = self.get_kernel(kernel_id)
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        busy = getattr(kernel, "execution_state", "busy") == "busy"
        # Only known once the kernel has started.
        last_activity = getattr(kernel, "last_activity", now_in_beijing())
        if not connected and not busy and now_in_beijing() - last_activity > ABANDONED:
            await self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
        else:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
