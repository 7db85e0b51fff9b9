"""Folders for what is written meanwhile: gone when they are left, and, where their process was killed, with the next one made.

What is handed in, and what is read of it, holds names: a process that is killed can clear nothing itself (0015).
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_OURS = "workbench-"
"""What the names of all of them begin with; a purpose, the number of the process and its beginning follow."""


def new_folder(purpose: str) -> Path:
    """Make a private folder for `purpose` (a word), and remove those for the same of processes that run no more."""
    prefix = f"{_OURS}{purpose}-"
    for leftovers in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if not _runs(leftovers.name.removeprefix(prefix)):
            shutil.rmtree(leftovers, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{_this_process()}-"))


def longest_folder(purpose: str) -> str:
    """The longest path that a folder for `purpose` may have here: a socket's is a hundred characters at most."""
    # Linux counts processes to 4194304; milliseconds since 1970 have thirteen digits until the year 2286.
    return f"{tempfile.gettempdir()}/{_OURS}{purpose}-{'0' * 7}-{'0' * 13}-{'0' * 8}"


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Make a folder as `new_folder` does, for as long as the block lasts."""
    folder = new_folder(purpose)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _this_process() -> str:
    process = psutil.Process()
    return f"{process.pid}-{int(process.create_time() * 1000)}"


def _runs(name: str) -> bool:
    """Whether the process that a folder is named after still runs; after a restart another one may have its number."""
    pid, _, rest = name.partition("-")
    try:
        return rest.startswith(f"{int(psutil.Process(int(pid)).create_time() * 1000)}-")
    except (ValueError, psutil.Error):
        return False
