"""The server looks after the jobs of its store, in a thread of its own, for as long as it runs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tornado.ioloop import IOLoop, PeriodicCallback

from workbench.jobs.runner import LOOK_MS, JobRunner


class JobService:
    """A runner of jobs on the server's loop."""

    def __init__(self, root: Path) -> None:
        self._runner = JobRunner(root)
        # One thread: the runner is never asked twice at once, and the loop, on which all pages wait, reads no files.
        self._thread = ThreadPoolExecutor(1, "jobs")
        self._look: PeriodicCallback | None = None

    def start(self) -> None:
        """Begin to look; needs the loop."""
        loop = IOLoop.current()
        self._look = PeriodicCallback(lambda: loop.run_in_executor(self._thread, self._runner.look), LOOK_MS)
        self._look.start()

    def close(self) -> None:
        """End what runs, unless it is putting its results in place."""
        if self._look is not None:
            self._look.stop()
        self._thread.submit(self._runner.close)
        self._thread.shutdown()
