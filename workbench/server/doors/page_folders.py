"""Where the files of a page lie until it ends: what is handed in, and whatever its kernel writes meanwhile.

A private folder of each for each kernel, in the folder of the running server. A kernel that ends clears nothing: a forked one
runs no exit handlers, and one may be killed.
"""

import os
import shutil
from pathlib import Path

UPLOADS_VARIABLE = "WORKBENCH_UPLOADS"
"""The folder of what was handed in, a folder for each kernel; kernels read it (`ui.kit.files.file_drop`)."""
UPLOADS, _TEMPORARY = "uploads", "temporary"


def uploads_of(kernel_id: str) -> Path | None:
    """The folder of what is handed in to a page; None where this process keeps none."""
    root = os.environ.get(UPLOADS_VARIABLE)
    return Path(root) / kernel_id if root else None


def temporary_of(kernel_id: str) -> Path | None:
    """The folder of what a page's kernel writes meanwhile (its TMPDIR); None as above."""
    root = os.environ.get(UPLOADS_VARIABLE)
    return Path(root).with_name(_TEMPORARY) / kernel_id if root else None


def forget_files(kernel_id: str) -> None:
    """Remove a page's files."""
    for folder in (uploads_of(kernel_id), temporary_of(kernel_id)):
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
