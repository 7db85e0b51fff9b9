"""The program itself: commands by name, and errors turned into words."""

import json
import os
import sys
import traceback
from typing import Annotated

import typer
from typer.main import get_command

from workbench.cli.intake_words import Program
from workbench.cli.language import both, in_language, in_one_language, take_language
from workbench.cli.output import warn
from workbench.cli.program_commands import COMMANDS
from workbench.cli.registration import add_commands
from workbench.cli.usage import UsageError, usage_error
from workbench.errors import StoreError, Words, WorkbenchError
from workbench.safeguards.private_files import private_by_default
from workbench.safeguards.system_errors import said_by_system

app = typer.Typer(
    cls=Program,
    name="workbench",
    help=both(
        "六安市边缘户标准工作台（六政办〔2019〕15号）",
        "The Lu'an edge-household workbench (LA2019-15, the city's notice of 2019)",
    ),
    no_args_is_help=True,
    add_completion=False,
    # Tracebacks of that kind may show local variables, persons among them.
    pretty_exceptions_enable=False,
)


@app.callback()
def program(
    *,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            help=both(
                "语言：zh 或 en，可写在命令的任何位置（不写：系统为英文则英文，否则中文）",
                "zh or en, anywhere in a command (else English where the system speaks it, Chinese for anything else)",
            ),
        ),
    ] = None,
) -> None:
    """The option is taken before the command is parsed (`take_language`); here it is only shown."""
    del lang


add_commands(app, COMMANDS)


def main() -> None:
    """Run a command. Exit status 0 done, 1 something refused, 2 wrong usage or input, in words and with no traceback."""
    # Before anything is written: whatever a command leaves on disk is its owner's (0015).
    private_by_default()
    try:
        arguments = take_language(sys.argv[1:])
        # Not standalone: the parser would print its own words and end the process before anything is translated.
        status = in_one_language(get_command(app)).main(arguments, prog_name="workbench", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except (KeyboardInterrupt, typer.Abort):
        # What a shell gives a process that was interrupted: 128 and the number of SIGINT.
        sys.exit(130)
    except UsageError as error:
        _fail(usage_error(error))
    except WorkbenchError as error:
        _fail(error)
    except Exception as error:  # noqa: BLE001 - the border: nobody sees a traceback
        _fail(_in_words(error))


def _in_words(error: Exception) -> WorkbenchError:
    """What nobody foresaw; the traceback for whoever maintains it, where it is asked for."""
    if os.environ.get("WORKBENCH_TRACEBACK"):
        traceback.print_exception(error)
    if type(error).__module__.startswith("sqlalchemy"):
        # Only now, when it is loaded anyway: no command waits for the database's library that does not use it.
        from workbench.register.db.engine import DBAPIError, database_error  # noqa: PLC0415

        if isinstance(error, DBAPIError):
            return database_error(error)
    if isinstance(error, OSError):
        why = said_by_system(error)
        message = Words(
            f"系统不允许，或没有这个文件（{why.zh}）；请检查路径、权限和磁盘空间",
            f"the system does not allow it, or there is no such file ({why.en}); check the path, permissions and free space",
            code="cli.system-refuses",
        )
        return StoreError(message.after(f"{error.filename}: ") if error.filename else message)
    kind = type(error).__name__
    return StoreError(
        Words(
            f"程序出错（{kind}），这是程序的缺陷；没有完成。请把命令和这一行告诉维护者（WORKBENCH_TRACEBACK=1 显示详情）",
            f"the program failed ({kind}), which is a defect of it; it is not done. Tell its maintainers the command and this "
            "line (WORKBENCH_TRACEBACK=1 shows more)",
            code="cli.program-failed",
        )
    )


def _fail(error: WorkbenchError) -> None:
    """Say what is wrong to whoever asked: to a person in words, to a program by the code, in a last line of its own.

    Both on standard error: standard output holds a result, or nothing.
    """
    warn(error.words)
    # From the arguments as given, for the command may have failed before its options were read.
    if "--json" in sys.argv[1:]:
        warn(json.dumps({"error": {"code": error.code, "message": in_language(error.words)}}, ensure_ascii=False))
    sys.exit(error.exit_status)
