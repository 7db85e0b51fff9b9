"""Pages' kernels looked at from outside: how much memory each fills, which one that is busy filling it cannot hide, and whether it runs."""

from collections import deque
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import PeriodicCallback
from traitlets import Int

from workbench.safeguards.private_memory import private_memory

MEMORY = 1500 * 2**20
_LOOK_MS = 1000
# The page asks within seconds why it ended; without a bound the list would grow as long as the server runs.
_REMEMBERED = 1000


class BoundedKernels(AsyncMappingKernelManager):
    """Ends a kernel that fills more memory of its own than `memory_limit`, and remembers that this was why.

    One that ended unasked (the system needed its memory) is none any more: it would keep its place among the sessions, and
    what was handed in to it, for as long as no browser asks for it.
    """

    memory_limit = Int(MEMORY, config=True, help="Bytes of private memory at which a kernel ends; 0: never.")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._too_large: deque[str] = deque(maxlen=_REMEMBERED)
        self._watch: PeriodicCallback | None = None

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel; with the first one begins the looking."""
        kernel_id: str = await super().start_kernel(**options)
        # With the first kernel, since the callback needs the loop, which does not run yet when the manager is made.
        if self._watch is None:
            self._watch = PeriodicCallback(self._look, _LOOK_MS)
            self._watch.start()
        return kernel_id

    def was_too_large(self, kernel_id: str) -> bool:
        """Whether a kernel was ended for the memory that it filled."""
        return kernel_id in self._too_large

    async def _look(self) -> None:
        for kernel_id in self.list_kernel_ids():
            kernel = self.get_kernel(kernel_id)
            # One that is being ended is seen to by whoever ends it.
            if not kernel.shutting_down and (
                not await ensure_async(kernel.is_alive()) or self._is_too_large(kernel_id, kernel)
            ):
                await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    def _is_too_large(self, kernel_id: str, kernel: Any) -> bool:
        pid = getattr(kernel.provisioner, "pid", None)
        # Private memory only: pages of libraries and of mapped facts are shared by all kernels, and belong to none.
        if not self.memory_limit or not pid or private_memory(pid, self.memory_limit) <= self.memory_limit:
            return False
        self._too_large.append(kernel_id)
        self.log.warning("session %s ended: more than %d bytes of memory", kernel_id, self.memory_limit)
        return True
