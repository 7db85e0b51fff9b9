"""Which code a process has loaded: compared before a kernel is forked from it, since a fork runs what its parent loaded."""

import hashlib
from pathlib import Path

import workbench

_ROOT = Path(workbench.__file__).parent
_LOADED = {".py", ".yaml", ".yml", ".html", ".jinja", ".j2", ".po", ".mo", ".css", ".js"}


def code_version(root: Path = _ROOT) -> str:
    """A digest of the names, sizes and times of the program's files: it changes whenever one of them does."""
    digest = hashlib.sha256()
    for path in sorted(each for each in root.rglob("*") if each.suffix in _LOADED):
        # Not the contents: this is asked every five seconds (0038).
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
