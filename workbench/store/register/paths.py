"""Where the embedded register of a store is; knows no database, so that looking costs nothing."""

from pathlib import Path


def register_path(root: Path) -> Path:
    """The embedded register's file."""
    return root / "register.sqlite"


def register_exists(root: Path, url: str | None = None) -> bool:
    """Whether anybody has begun a register: a URL says so, else the file."""
    return url is not None or register_path(root).exists()
