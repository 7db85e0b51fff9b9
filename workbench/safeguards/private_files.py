"""What the workbench writes holds names and money of households: on disk it is its owner's alone."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = 0o077
_A_STORE_HAS = ("facts", "register.sqlite", "personal")


def private_by_default() -> None:
    """Make whatever this process, and those that it starts, create from now on readable by its owner only."""
    os.umask(_OTHERS)


def is_open_to_others(path: Path) -> bool:
    """Whether somebody else on this computer may look into a folder or a file; what is not there is open to nobody."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)
    except OSError:
        return False


def is_ours(path: Path) -> bool:
    """Whether this process may change who may look into it. (Where systems have no owners it is.)"""
    return not hasattr(os, "geteuid") or os.geteuid() in (0, path.stat().st_uid)


def close_to_others(root: Path) -> bool:
    """Close a store that an earlier version left open to others, with all that lies in it; whether anything was changed.

    Only a folder that is a store, and only by its owner: any other is left as it is (`doctor` tells of it).
    """
    if not is_open_to_others(root) or not is_ours(root) or not any((root / name).exists() for name in _A_STORE_HAS):
        return False
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            _close(path)
    return not is_open_to_others(root)


def _close(path: Path) -> None:
    with suppress(OSError):  # a file that just went, a disk that cannot be written: the folder above is what counts
        # Through a link the rights of a file would be changed that is none of the store's.
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
