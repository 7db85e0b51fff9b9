"""Files that a person hands in, before a byte of them is believed: ordinary files only, of a size that is looked at first."""

import os
import stat
from pathlib import Path
from typing import IO, Any

from workbench.errors import FileError, InputError, Words
from workbench.safeguards.plain_data import decode_utf8, read_yaml
from workbench.safeguards.system_errors import said_by_system

SMALL = 200_000
"""Bytes of a file that a person writes by hand (a standard, a mapping); the largest known has 12,000."""
_ONLY_LOOK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""Opening a pipe that nobody writes to would otherwise wait for ever."""


def open_given(path: Path) -> IO[bytes]:
    """Open a file for reading; raises FileError for what is no ordinary file (a folder, a pipe, a device) or cannot be read."""
    try:
        number = os.open(path, _ONLY_LOOK)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = said_by_system(error)
        message = Words(
            f"读不到文件（{why.zh}）；请检查路径",
            f"cannot be read ({why.en}); check the path",
            code="safeguards.file-not-readable",
        )
        raise FileError(path, message) from None
    # Asked of what was opened, not of its path, where another thing may stand by now.
    opened = os.fdopen(number, "rb", closefd=True) if stat.S_ISREG(os.fstat(number).st_mode) else None
    if opened is None:
        os.close(number)
        message = Words(
            "不是普通文件（是文件夹、管道或设备）；请给出一个文件",
            "is no ordinary file (a folder, a pipe, a device); name a file",
            code="safeguards.no-ordinary-file",
        )
        raise FileError(path, message)
    return opened


def read_small(path: Path, most: int = SMALL) -> bytes:
    """The content of a file of at most `most` bytes; raises FileError, and reads nothing of a larger one."""
    with open_given(path) as opened:
        # One byte more is enough to know that there is more.
        content = opened.read(most + 1)
        if len(content) > most:
            size = os.fstat(opened.fileno()).st_size
            message = Words(
                f"文件有 {size:,} 字节，超过这类文件的上限 {most:,}；请检查是否选错了文件",
                f"has {size:,} bytes, more than such a file may have ({most:,}); check that it is the right one",
                code="safeguards.bytes-more-such-file",
            )
            raise FileError(path, message)
    return content


def read_small_yaml(path: Path) -> Any:
    """The plain data of a YAML file that a person wrote; raises FileError for what is none, or too large."""
    content = read_small(path)
    try:
        return read_yaml(decode_utf8(content))
    except InputError as error:
        raise FileError(path, error.words) from None
