"""The template of a county's filing document, from a shell: versions, hand in, choose, write to a file."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, checked_suffix
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, CountyOption, with_acting_user
from workbench.clock import hour_in_words
from workbench.errors import FileError, InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.filing_templates import DEFAULT, choose_template, template_content, template_versions
from workbench.reports.gathering.filing_paper import hand_in_template
from workbench.reports.templates.default_template import default_template
from workbench.safeguards.given_files import read_small
from workbench.safeguards.word_files import LARGEST
from workbench.store.files import write_file

templates_app = typer.Typer(no_args_is_help=True)
VersionArgument = Annotated[
    int,
    typer.Argument(
        min=0, max=LARGEST_NUMBER, help=both("第几版；0 是默认模板", "number of the version; 0 is the default template")
    ),
]


@templates_app.command(
    "list", help=both("本县区各版公文模板，在用的是哪一版", "The county's versions, and which is in use.")
)
@with_acting_user
def list_command(user: ActingUser, county: CountyOption, *, as_json: JsonOption = False) -> None:
    """The county's versions, newest first, and which is in use."""
    versions = template_versions(user, county)
    # A county that has handed in none uses the one that comes with the program.
    in_use = next((each.number for each in versions if each.in_use), DEFAULT)

    def show() -> None:
        shown = [
            # Numbers as text: they are typed back to choose one.
            [str(each.number), hour_in_words(each.at), each.by, each.file, each.note, each.in_use]
            for each in versions
        ]
        columns = [
            Words("版", "version"), Words("时间", "at"), Words("上传人", "by"), Words("文件", "file"), Words("改了什么", "what"),
            Words("在用", "in use"),
        ]  # fmt: skip
        if shown:
            show_table(Words("公文模板", "templates"), columns, shown)
        if in_use == DEFAULT:
            say(Words("在用：默认模板", "in use: the default template"))

    rows = [
        {"version": each.number, "sha256": each.sha256, "file": each.file, "note": each.note, "by": each.by, "at": each.at,
         "in_use": each.in_use}
        for each in versions
    ]  # fmt: skip
    emit({"county": county, "in_use": in_use, "versions": rows}, show, as_json=as_json)


@templates_app.command(
    "add",
    help=both(
        "上传本县区的公文模板（.docx）：检查后从现在起使用",
        "Hand in a template (.docx) of the county: checked, and in use from now on.",
    ),
)
@with_acting_user
def add_command(
    user: ActingUser,
    path: Annotated[Path, typer.Argument(help=both("模板（.docx）", "the template, a .docx file"))],
    county: CountyOption,
    note: Annotated[str, typer.Option("--note", help=both("改了什么", "what was changed"))] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a template and use it from now on."""
    content = read_small(path, LARGEST)
    try:
        number = hand_in_template(user, county, content, path.name, note)
    except InputError as error:
        # The page says these words beside the file chosen; a shell has to name it.
        raise FileError(path, error.words) from None
    emit(
        {"county": county, "version": number},
        lambda: say(Words(f"已上传，从现在起使用第 {number} 版", f"version {number} is in use from now on")),
        as_json=as_json,
    )


@templates_app.command(
    "choose", help=both("改用另一版，或默认模板（0）", "Use another version again, or the default template (0).")
)
@with_acting_user
def choose_command(
    user: ActingUser, number: VersionArgument, county: CountyOption, *, as_json: JsonOption = False
) -> None:
    """Use another version again, or the default template."""
    choose_template(user, county, number)
    name = (
        Words("默认模板", "the default template")
        if number == DEFAULT
        else Words(f"第 {number} 版", f"version {number}")
    )
    emit(
        {"county": county, "in_use": number},
        lambda: say(Words("从现在起使用", "in use from now on: ") + name),
        as_json=as_json,
    )


@templates_app.command(
    "write",
    help=both(
        "把一版模板存为文件，用 WPS 或 Word 修改", "Write a version to a file, to be edited in a word processor."
    ),
)
@with_acting_user
def write_command(
    user: ActingUser,
    number: VersionArgument,
    county: CountyOption,
    out: Annotated[Path, typer.Option("--out", help=both("存为（.docx）", "the file to write (.docx)"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Write a version to a file."""
    checked_suffix(out, ".docx")
    # The default is no version of the register, and has nobody who handed it in.
    content = default_template() if number == DEFAULT else template_content(user, county, number)[1]
    write_file(out, content)
    emit(
        {"county": county, "version": number, "out": str(out)},
        lambda: say(Words(f"已存为 {out}", f"saved as {out}")),
        as_json=as_json,
    )
