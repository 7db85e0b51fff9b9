"""A place to drop a file, however large, with its progress, and cancelled at will.

Where the pages' server runs, the browser sends the file to it (`server.doors.uploads`), which refuses before it reads, and the
kernel gets its name. In JupyterLab there is no such way: there the file comes piece by piece.
"""

import os
import re
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from workbench.errors import InputError, Words
from workbench.safeguards.temporary_folders import new_folder
from workbench.ui.kit.frame.scripted import Scripted

LARGEST_FILE = 2 * 2**30
_UPLOADS_VARIABLE = "WORKBENCH_UPLOADS"
"""The folder of what was handed in, a folder for each kernel (`server.doors.page_folders`)."""
_CONNECTION = re.compile(r"kernel-([\w-]+)\.json")
_UPLOAD = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 120


class FileDrop(Scripted):
    """`on_file(name, path)` once a file is whole; through `guard`. The file lies in a folder only this user may read.

    Each piece says where it begins; one that comes twice is dropped, and the browser sends the next when it is told how
    far the file is. Each file has a path of its own, so that one that comes changes nothing under whoever still reads
    the one before. `texts`: the words of the page's language.
    """

    script = "file_drop.js"

    texts = traitlets.Dict().tag(sync=True)
    accept = traitlets.Unicode("").tag(sync=True)
    kernel = traitlets.Unicode("").tag(sync=True)

    def __init__(self, on_file: Callable[[str, Path], None], guard: Callable[..., Any], **traits: Any) -> None:
        super().__init__(**traits)
        self._uploads = _uploads()
        self.kernel = self._uploads.name if self._uploads else ""
        # Among the temporary files of the kernel, which the server removes with the page (0015).
        self._folder = new_folder("given")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._on_file = on_file
        self._name, self._size = "", 0
        # In the name of each file: what still reads the one before keeps its own path.
        self._count = 0
        self._whole: Path | None = None
        self.on_msg(guard(self._take))

    @property
    def path(self) -> Path:
        """Where the file is put together."""
        # Never under the name that the browser gave, which could lead out of the folder.
        return self._folder / f"given-{self._count}"

    def clear(self) -> None:
        """Let the browser name no file any more."""
        self.send({"kind": "stop"})

    def forget(self) -> None:
        """Remove the file that came last, and what has come of another."""
        for each in self._folder.iterdir():
            each.unlink(missing_ok=True)
        self._whole = None

    def _take(self, _widget: object, content: Any, buffers: list[Any]) -> None:
        match content:
            case {"kind": "whole", "name": str(name), "upload": str(upload)}:
                self._take_upload(name, upload)
            case _ if self._uploads is not None:
                pass  # here a file comes by the server's way only
            case {"kind": "begin", "name": str(name), "size": int(size)}:
                self._begin(name, size)
            case {"kind": "piece", "start": int(start)} if buffers:
                self._add(start, bytes(buffers[0]))

    def _take_upload(self, name: str, upload: str) -> None:
        """The server has the whole file."""
        if self._uploads is None or not _UPLOAD.fullmatch(upload) or not (self._uploads / upload).is_file():
            raise InputError(
                Words(
                    "文件没有传完整，请再传一次",
                    "the file did not come whole; send it again",
                    code="ui.file-not-come-whole",
                )
            )
        self._name, self._count = Path(name).name[:_LONGEST_NAME], self._count + 1
        # Out of the server's folder, from which the oldest is removed when further files come.
        (self._uploads / upload).replace(self.path)
        self._give()

    def _begin(self, name: str, size: int) -> None:
        self._name, self._size = Path(name).name[:_LONGEST_NAME], size
        if not 0 <= size <= LARGEST_FILE:
            self.send({"kind": "stop"})
            raise InputError(
                Words(
                    f"文件超过 {LARGEST_FILE // 2**30} GB；请分成几份，或请管理员读入（workbench intake）",
                    f"the file is larger than {LARGEST_FILE // 2**30} GB; cut it up, or have the administrator read it (workbench intake)",
                    code="ui.file-larger-gb-cut",
                )
            )
        if self.path != self._whole:
            self.path.unlink(missing_ok=True)  # what had come of one that was cancelled
        self._count += 1
        self.path.write_bytes(b"")
        self.send({"kind": "have", "bytes": 0})
        # Of an empty file no piece comes, and nobody would say that it is whole.
        if size == 0:
            self._give()

    def _add(self, start: int, piece: bytes) -> None:
        have = self.path.stat().st_size if self.path.exists() else 0
        # No more than was announced, or the limit of the whole would say nothing.
        fits = start == have and 0 < len(piece) <= self._size - have
        if fits:
            with self.path.open("ab") as opened:
                opened.write(piece)
            have += len(piece)
        self.send({"kind": "have", "bytes": have})
        # A browser that waited too long sends a piece again: the last one coming twice must not give the file twice.
        if fits and have == self._size:
            self._give()

    def _give(self) -> None:
        """The file is whole: the one before is no longer needed."""
        before, self._whole = self._whole, self.path
        if before is not None:
            before.unlink(missing_ok=True)
        self._on_file(self._name, self.path)


def _uploads() -> Path | None:
    """Where the server puts what is handed in to this kernel; None where no server of the pages runs."""
    from ipykernel.connect import get_connection_file  # noqa: PLC0415 - only a kernel has one

    root = os.environ.get(_UPLOADS_VARIABLE)
    try:
        match = _CONNECTION.search(get_connection_file()) if root else None
    except RuntimeError:  # no kernel
        return None
    return Path(str(root)) / match[1] if match else None
