"""A forked kernel, from the server's side: another process's child, held by its handle instead of its number."""

import os
import select
import signal
from contextlib import suppress


class ForkedProcess:
    """Has what Jupyter asks of `subprocess.Popen`. The handle means this process for ever; a number is used again."""

    # Jupyter closes each of them at the end, where there is one.
    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self._handle: int | None = handle

    def poll(self) -> int | None:
        """None while it runs; then 0, for how it ended only its parent knows."""
        if self._handle is None:
            return 0
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        # The handle of a process becomes readable when the process ends.
        return 0 if ended.poll(0) else None

    def wait(self) -> int:
        """Wait for its end, and let go of it."""
        if self._handle is not None:
            ended = select.poll()
            ended.register(self._handle, select.POLLIN)
            ended.poll()
            os.close(self._handle)
            self._handle = None
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing where it has ended."""
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
