"""The sheet that a leader decides upon, written beside a preview: `workbench preview --sheet`."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.documents.reports import checked_suffix
from workbench.cli.language import both
from workbench.cli.output import say
from workbench.clock import now_in_beijing
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import InputError, Words
from workbench.preview.scope import PreviewScope
from workbench.register.assistance.standings import standings
from workbench.register.standards.in_force import opened_register, standard_in_use
from workbench.reports.documents.decision_sheet import decision_sheet
from workbench.reports.gathering.standard_decision import ComparedStandard, gather_decision
from workbench.settings import register_url
from workbench.store.files import write_file
from workbench.store.round_scope import RoundScope

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


def write_sheet(sheet: Path, scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None) -> Words:
    """Write the sheet; compared with the standard given, else with the one used in the county and round. Returns what to say."""
    assert scope.county is not None
    if against is not None:
        compared = ComparedStandard(against, "所给的标准", in_force=False)
    else:
        used = standard_in_use(RoundScope(scope.store, scope.round_name, scope.county), register=register_url())
        compared = ComparedStandard(used.standard, used.name.zh, used.in_force)
    register, known = opened_register(scope.store, register_url()), None
    if register is not None:
        with register.engine.connect() as connection:
            # Counts alone come of it: whoever asks here sees no household of the register.
            known = standings(connection, scope.county, scope.round_name)
    decision = gather_decision(scope, standard, compared, now_in_beijing().date(), known)
    write_file(sheet, decision_sheet(decision))
    return Words(f"呈批表已存为 {sheet}", f"the sheet is written to {sheet}")


def say_written(written: Words | None) -> None:
    """Say where it is, if one was asked for."""
    if written is not None:
        say(written)
