"""Which code a process has loaded: compared before a kernel is forked from it, since a fork runs what its parent loaded."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import workbench

_ROOT = Path(workbench.__file__).parent
_LOADED = {".py", ".yaml", ".yml", ".html", ".jinja", ".j2", ".po", ".mo", ".css", ".js"}


def code_version(root: Path = _ROOT) -> str:
    """A digest of the names, sizes and times of the program's files: it changes whenever one of them does."""
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        # Not the contents: this is asked every five seconds (0038).
        status = os.stat(path)  # noqa: PTH116 - a path that is text takes half of the time
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[str]:
    """Every file that may be loaded. Each folder is opened once, where a pattern of paths opens it twice; what is compiled stays shut."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{folder}/{name}" for name in names if os.path.splitext(name)[1] in _LOADED)  # noqa: PTH122 - as above
