"""A folder of a person's own to work in with notebooks: the program's notebooks lie in it as copies, to read and to change."""

import json
import re
from pathlib import Path
from typing import Any

from workbench.errors import InputError, Words
from workbench.safeguards.system_errors import said_by_system
from workbench.settings import NOTEBOOKS, PROJECT

EXAMPLES = "examples"
FIRST_HOUR = PROJECT / "docs" / "analysts.md"
"""What an analyst does in the first hour."""
FIRST_NOTEBOOK = "first_hour.ipynb"
_PART = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def default_work_folder() -> Path:
    """Where a person works who names no folder."""
    return Path.home() / "workbench-notebooks"


def prepare_work_folder(folder: Path) -> Path:
    """The folder, made where it is missing, with copies of the program's notebooks below `examples`, and an analyst's first hour as one more.

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
            _put(source.read_bytes(), folder / EXAMPLES / source.relative_to(notebooks))
        # Beside them, or whoever opens the folder for the first time sees notebooks and nothing that says where to begin.
        if FIRST_HOUR.exists():
            _put(_first_hour(FIRST_HOUR.read_text(encoding="utf-8")), folder / EXAMPLES / FIRST_NOTEBOOK)
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


def _put(content: bytes, copy: Path) -> None:
    """A copy where there is none: no link, so that nothing written to it reaches the program."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists():
        copy.write_bytes(content)


def _first_hour(text: str) -> bytes:
    """The page as a notebook: a part of code is a cell to be run where it stands, and not to be copied from beside it."""
    cells: list[dict[str, Any]] = []
    for place, part in enumerate(_PART.split(text)):
        # Every other part is what stood between the marks of code.
        code: dict[str, Any] = {"execution_count": None, "outputs": []} if place % 2 else {}
        kind = "code" if place % 2 else "markdown"
        if part.strip():
            cells.append({"cell_type": kind, "id": f"part-{place}", "metadata": {}, "source": part.strip(), **code})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()
