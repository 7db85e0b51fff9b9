"""Work on several parts at once in threads that end with it, so that none of them runs in a process that forks later."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def map_in_threads(work: Callable[[_Part], _Result], parts: Iterable[_Part], threads: int) -> list[_Result]:
    """What `work` makes of each part, in their order, at most `threads` of them at once; of one part or thread, without any.

    Where work fails, the error of the first such part is raised, as one after another would raise it; parts that have not
    been begun by then are not begun.
    """
    listed = list(parts)
    workers = min(threads, len(listed))
    if workers <= 1:
        return [work(part) for part in listed]
    # Not kept for the next time: a fork while such a thread holds a lock leaves a child that waits for ever.
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, listed))
