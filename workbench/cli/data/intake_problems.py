"""The problems of files as a CSV, for whoever mends the lists."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from workbench.cli.language import in_language, label
from workbench.intake.findings.problems import Problem
from workbench.store.files import write_file

_COLUMNS = (
    ("文件", "file"), ("类别", "kind"), ("工作表", "sheet"), ("行", "row"), ("列", "column"), ("值", "value"), ("原因", "reason"), ("说明", "message"),
)  # fmt: skip


def save_problems(path: Path, files: Sequence[tuple[str, Sequence[Problem], Sequence[Problem]]]) -> None:
    """A CSV that office software opens with its Chinese intact: of each file its name, its problems, its warnings."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([label(pair) for pair in _COLUMNS])
    for name, problems, warnings in files:
        for kind, listed in ((("问题", "problem"), problems), (("提示", "warning"), warnings)):
            for each in listed:
                message = in_language(each.message)
                cells = [name, label(kind), each.sheet, each.row, each.column, each.value, each.reason, message]
                writer.writerow([_as_text(cell) for cell in cells])
    # With a mark at its beginning: without it Excel takes Chinese in a CSV for another encoding.
    write_file(path, written.getvalue().encode("utf-8-sig"))


def _as_text(cell: object) -> object:
    """A cell that begins like a formula is text."""
    # The cells quote what somebody wrote into a file: opened in a spreadsheet, none of them may be calculated.
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@＝＋－＠\t\r\n") else cell
