"""What stands in the project's folder: no test leaves anything there, which might be somebody's store."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
OF_TOOLS = frozenset(
    {".git", ".venv", ".cache", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", "__pycache__"}
)  # fmt: skip
"""Folders that tests, tools and Python keep for themselves."""
BY_HAND = frozenset({".py", ".md", ".po", ".html", ".js", ".css", ".j2", ".toml", ".ipynb"})
"""What somebody may write while the tests run, and no test does."""


def files_in(folder: Path, leave_out: Collection[str] = ()) -> Iterator[Path]:
    """Every file of a folder; folders of the names that are left out are not even opened."""
    for place, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in leave_out]
        for name in files:
            yield Path(place, name)


def listing(folder: Path, leave_out: Collection[str] = ("__pycache__",)) -> dict[Path, tuple[int, int]]:
    """Every file of a folder with its size in bytes and when it was changed, in nanoseconds."""
    seen = {path: path.stat() for path in files_in(folder, leave_out)}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in seen.items()}


def standing(project: Path) -> frozenset[str]:
    """The files of a project by their paths in it, but for those of tools; a store that is in use there counts as one."""
    stores = {each for each in ("data/store", "data/demo", "data/try") if (project / each).exists()}
    paths = (path.relative_to(project).as_posix() for path in files_in(project, OF_TOOLS))
    return frozenset(stores | {path for path in paths if not any(path.startswith(f"{each}/") for each in stores)})


def came(before: frozenset[str], after: frozenset[str]) -> list[str]:
    """What stands there since, in the order of names, but for what somebody wrote by hand meanwhile."""
    return sorted(path for path in after - before if Path(path).suffix not in BY_HAND)
