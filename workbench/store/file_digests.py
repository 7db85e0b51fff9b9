"""The SHA-256 of a file's content, read once for as long as nobody touches the file."""

import hashlib
from functools import lru_cache
from pathlib import Path

_MOST = 4096


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. Raises OSError where it cannot be read.

    Size and time alone do not tell a file from another that a copied store brings in its place: a page remembers what
    it read by these and by what no copy keeps (the file's number on the disk, the time of its last change of any kind).
    """
    status = path.stat()
    return _read(path, (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))


@lru_cache(_MOST)
def _read(path: Path, _status: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
