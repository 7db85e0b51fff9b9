"""A folder of a person's own to work in with notebooks: the program's notebooks lie in it as copies, to read and to change."""

from pathlib import Path

from workbench.errors import InputError, Words
from workbench.safeguards.system_errors import said_by_system
from workbench.settings import NOTEBOOKS, PROJECT

EXAMPLES = "examples"
FIRST_HOUR = PROJECT / "docs" / "analysts.md"
"""What an analyst does in the first hour."""


def default_work_folder() -> Path:
    """Where a person works who names no folder."""
    return Path.home() / "workbench-notebooks"


def prepare_work_folder(folder: Path) -> Path:
    """The folder, made where it is missing, with copies of the program's notebooks and of an analyst's first hour below `examples`.

    A copy that is there stays as it is: what a person changed in it is theirs. Raises InputError where the folder is one of
    the program's own, or cannot be written.
    """
    folder, notebooks = folder.expanduser().resolve(), NOTEBOOKS.resolve()
    # A folder above them as well: whoever works there has the program's own before them.
    if folder.is_relative_to(notebooks) or notebooks.is_relative_to(folder):
        raise InputError(
            Words(
                f"{folder}：程序自己的笔记本在这里，在其中工作会改动它们；请另选一个文件夹（--work）",
                f"{folder}: the program's own notebooks are here, and working here would change them; choose another folder (--work)",
                code="server.work-folder-of-the-program",
            )
        )
    try:
        for source in sorted(notebooks.rglob("*.ipynb")):
            _copy(source, folder / EXAMPLES / source.relative_to(notebooks))
        # Beside them, or whoever opens the folder for the first time sees notebooks and nothing that says where to begin.
        if FIRST_HOUR.exists():
            _copy(FIRST_HOUR, folder / EXAMPLES / FIRST_HOUR.name)
    except OSError as error:
        why = said_by_system(error)
        raise InputError(
            Words(
                f"{folder}：写不了（{why.zh}）；请另选一个文件夹（--work）",
                f"{folder} cannot be written ({why.en}); choose another folder (--work)",
                code="server.work-folder-not-writable",
            )
        ) from None
    return folder


def _copy(source: Path, copy: Path) -> None:
    """A copy where there is none: no link, so that nothing written to it reaches the program."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists():
        copy.write_bytes(source.read_bytes())
