"""The sheet that a leader decides upon, written beside a preview: `workbench preview --sheet`."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import checked_suffix
from workbench.errors import InputError, Words

SheetOption = Annotated[
    Path | None,
    typer.Option(
        "--sheet",
        help=both(
            "一页呈批表（docx）存为：户数、费用、回头看、与现行标准的差别；要指明县区",
            "write the one-page sheet that a leader decides upon (docx, in Chinese); of one county",
        ),
    ),
]


def checked_sheet(sheet: Path | None, county: str | None, *, here: bool) -> None:
    """Refuse a sheet of no county, counted elsewhere than here, or of another kind of file, before anything is counted."""
    if sheet is None:
        return
    checked_suffix(sheet, ".docx")
    if not here:
        raise InputError(
            Words(
                "--sheet 不与 --engine spark 同用：回头看和在管的户在本机算",
                "--sheet does not go with --engine spark: past rounds and the register are read here",
                code="cli.sheet-not-on-cluster",
            )
        )
    if county is None:
        raise InputError(
            Words(
                "--sheet：呈批表是一个县区的，请加 --county 或在标准里写明 county",
                "--sheet: the sheet is of one county; give --county, or state county in the standard",
                code="cli.sheet-needs-county",
            )
        )
