"""Files put in place whole or not at all, readable by their owner only; drafts of processes that were killed are removed."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil

from workbench.errors import InputError, Words
from workbench.safeguards.system_errors import said_by_system

_OWNER_FILE = 0o600
_MOST_OF_NAME = 40
"""Characters of a file's name in that of its draft, which may then be as long as a name can be."""
_DRAFT = re.compile(r"\..+\.(?P<process>\d+)-(?P<started>\d+)\.[0-9a-f]{32}\.draft")


def write_file(path: Path, content: bytes) -> None:
    """Put content at a path in one move; raises InputError, in words, where the system refuses.

    The file is readable by its owner only: it may hold names.
    """
    try:
        with drafting(path) as draft:
            draft.write_bytes(content)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it is none
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError | ValueError) -> InputError:
    """What to say of a file that the system does not let us write."""
    why = said_by_system(error)
    message = Words(
        f"{path}：无法写入（{why.zh}）；请换一个位置，检查权限与磁盘空间，或关闭已打开的同名文件",
        f"{path} cannot be written ({why.en}); choose another place, check permissions and free space, "
        "or close the file if it is open",
        code="store.cannot-written-choose-another",
    )
    return InputError(message)


def check_writable(folder: Path) -> None:
    """Raise OSError where no file could be put in a folder, or in one that would have to be made for it. Makes nothing."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    # By trying: permissions alone tell nothing of a disk that is read-only or full.
    with tempfile.TemporaryFile(dir=there):
        pass


@contextmanager
def drafting(target: Path) -> Iterator[Path]:
    """An empty file beside `target`, closed to others, to write its content to; put in its place on leaving without an error.

    Drafts in the same folder that nobody writes to any more are removed. Raises InputError where something other than a
    file stands there.
    """
    _refuse_device(target)
    remove_abandoned_drafts(target.parent)
    draft = draft_of(target)
    try:
        # Made here with its rights, before whoever writes to it opens it by its name.
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_FILE))
        yield draft
        # Content before name: after a power cut the name might otherwise lead to an empty file.
        sync(draft)
        draft.replace(target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _refuse_device(target: Path) -> None:
    """A move would put a file in the place of a device, for all programs: of /dev/null, say, where an administrator names it."""
    if target.exists() and not target.is_file() and not target.is_dir():
        raise InputError(
            Words(
                f"{target}：这是设备或管道，不是文件；请写入一个文件",
                f"{target} is a device or a pipe, not a file; name a file to write",
                code="store.device-pipe-not-file",
            )
        )


def draft_of(target: Path) -> Path:
    """A free name beside `target`, with the number of this process and the moment at which it began."""
    return target.with_name(f".{target.name[:_MOST_OF_NAME]}.{_process(os.getpid())}.{uuid4().hex}.draft")


def remove_abandoned_drafts(folder: Path) -> None:
    """Remove the drafts in a folder whose process runs no more."""
    for path in folder.glob(".*.draft"):
        match = _DRAFT.fullmatch(path.name)
        if match and _process(int(match["process"])) != f"{match['process']}-{match['started']}":
            path.unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have the system write a file to the disk, or of a folder the names in it: a rename is not kept before that."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _process(number: int) -> str:
    """A process by its number and start: after a restart another one may have the number. Empty where none runs."""
    with suppress(psutil.NoSuchProcess):
        return f"{number}-{int(psutil.Process(number).create_time() * 1000)}"
    return ""
