"""Files to be filled in: the template for unregistered households."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both, language
from workbench.cli.options import CountyOption, JsonOption
from workbench.cli.output import emit
from workbench.errors import InputError, Words
from workbench.intake.offered.template import LAYOUT, template
from workbench.intake.tables.places import county_code, known_counties
from workbench.store.files import write_file


def template_command(
    out: Annotated[Path, typer.Option("--out", help=both("存为（.xlsx）", "the file to write (.xlsx)"))],
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the template for unregistered households: drop-downs, a sheet that explains; it reads back without a question."""
    # Of Lu'an only, since the template offers the townships of its county.
    code = None if county is None else county_code(county)
    if county is not None and code is None:
        message = Words(
            f"没有这个县区；可用：{known_counties()}",
            f"no such county; accepted: {known_counties()}",
            code="cli.no-such-county-accepted",
        )
        raise InputError(message.after(f"--county {county!r}: "))
    write_file(out, template(language(), code))
    written = Words(
        f"已写 {out}：一户一行，填好后用 workbench intake 读入",
        f"wrote {out}: a row a household; read it with workbench intake",
    )
    emit({"file": str(out), "layout": LAYOUT, "county_code": code}, written, as_json=as_json)
