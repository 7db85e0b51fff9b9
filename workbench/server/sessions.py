"""Sessions that nobody looks at any more."""

from datetime import UTC, datetime, timedelta

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

ABANDONED = timedelta(minutes=5)


class Sessions(AsyncMappingKernelManager):
    """Ends a session soon where no page is connected to it; a page that is only idle keeps its own, longer time.

    A browser that crashed, a link that never came back, or a program that fetched the page without opening it says no
    goodbye; without this a few of them would fill the server for hours.
    """

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Called at every culling interval for each session."""
        kernel = self.get_kernel(kernel_id)
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        busy = getattr(kernel, "execution_state", "busy") == "busy"
        # Only known once the kernel has started.
        last_activity = getattr(kernel, "last_activity", datetime.now(UTC))
        if not connected and not busy and datetime.now(UTC) - last_activity > ABANDONED:
            await self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
        else:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
