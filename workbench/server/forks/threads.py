"""The threads of a process by name: which may run beside the one that forks."""

import os
from pathlib import Path

QUIET = {
    "polars-ooc-clea": "Polars' thread that removes its spilled files; waits, and holds no lock that a child would want",
}
"""Threads that importing starts and nothing can keep from starting, each with the reason why a fork beside it is safe."""
ALLOCATORS = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "_RJEM_MALLOC_CONF": "background_thread:false,narenas:1,muzzy_decay_ms:0",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}
"""Keeps the allocators of Arrow and Polars from running threads of their own, and from holding what a page let go of.

Each would keep the most that it ever held, in an arena for each thread: two thirds of a session's memory (0041).
"""
SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Linear algebra with threads starts them when it is imported, and is slower for the small products of a page."""


def other_threads(pid: int | str = "self") -> list[str]:
    """Return the names of a process's threads but its first."""
    tasks = Path(f"/proc/{pid}/task")
    # The first thread of a process bears the number of the process.
    own = str(os.getpid() if pid == "self" else pid)
    return sorted((task / "comm").read_text(encoding="utf-8").strip() for task in tasks.iterdir() if task.name != own)


def unexpected_threads() -> list[str]:
    """The names of this process's other threads beside which it must not fork."""
    return [name for name in other_threads() if name not in QUIET]
