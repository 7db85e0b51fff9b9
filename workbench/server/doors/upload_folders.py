"""Where files handed in lie until their page ends: a private folder for each kernel, in the folder of the running server.

A server that was killed clears nothing; the next one does.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

UPLOADS_VARIABLE = "WORKBENCH_UPLOADS"
"""The folder of what was handed in, a folder for each kernel; kernels read it (`ui.kit.files.file_drop`)."""
_PREFIX = "workbench-server-"


def uploads_of(kernel_id: str) -> Path | None:
    """The folder of a page's files; None where this process keeps none."""
    root = os.environ.get(UPLOADS_VARIABLE)
    return Path(root) / kernel_id if root else None


def forget_uploads(kernel_id: str) -> None:
    """Remove a page's files."""
    folder = uploads_of(kernel_id)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def running_folder() -> Path:
    """A new private folder for all that this server writes while it runs; those of servers that run no more are removed."""
    # Here, since a server that was killed can clear nothing itself (0015).
    for leftovers in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if not _runs(leftovers.name.removeprefix(_PREFIX)):
            shutil.rmtree(leftovers, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{_this_process()}-"))


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
