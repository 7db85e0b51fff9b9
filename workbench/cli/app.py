"""The program itself: commands by name, and errors turned into words."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError
from typer.main import get_command

from workbench.cli import reports
from workbench.cli.audit.commands import audit_app
from workbench.cli.data import closing, facts, keeping
from workbench.cli.language import both, in_language, in_one_language, take_language
from workbench.cli.output import errors
from workbench.cli.register.app import register_app
from workbench.cli.risk import models
from workbench.cli.rules import coverage, tiers, transitions
from workbench.cli.serving import serve
from workbench.cli.standards import preview
from workbench.cli.usage import UsageError, usage_error
from workbench.errors import StoreError, Words, WorkbenchError
from workbench.register.db.engine import told_in_words
from workbench.safeguards.private_files import private_by_default

app = typer.Typer(
    name="workbench",
    help=both(
        "六安市边缘户标准工作台（六政办〔2019〕15号）", "The Lu'an edge-household workbench (六政办〔2019〕15号)"
    ),
    no_args_is_help=True,
    add_completion=False,
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


_COMMANDS: dict[str, Callable[..., None]] = {
    "simulate": facts.simulate_command,
    "intake": facts.intake_command,
    "close": facts.close_command,
    "reopen": closing.reopen_command,
    "tier": tiers.tier_command,
    "changes": transitions.changes_command,
    "explain": tiers.explain_command,
    "coverage": coverage.coverage_command,
    "preview": preview.preview_command,
    "sweep": preview.sweep_command,
    "train": models.train_command,
    "evaluate": models.evaluate_command,
    "score": models.score_command,
    "models": models.models_command,
    "visits": models.visits_command,
    "ledger": reports.ledger_command,
    "filing": reports.filing_command,
    "backup": keeping.backup_command,
    "restore": keeping.restore_command,
    "upgrade": keeping.upgrade_command,
    "serve": serve.serve_command,
    "lab": serve.lab_command,
    "doctor": serve.doctor_command,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)
app.add_typer(register_app, name="register")
app.add_typer(audit_app, name="audit")


def main() -> None:
    """Run a command. Exit status 0 done, 1 something refused, 2 wrong usage or input, in words and with no traceback."""
    private_by_default()
    try:
        arguments = take_language(sys.argv[1:])
        status = in_one_language(get_command(app)).main(arguments, prog_name="workbench", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except (KeyboardInterrupt, typer.Abort):
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
    if isinstance(error, DBAPIError):
        return told_in_words(error)
    if isinstance(error, OSError):
        why = error.strerror or error
        found = Words(
            f"系统不允许，或没有这个文件（{why}）；请检查路径、权限和磁盘空间",
            f"the system does not allow it, or there is no such file ({why}); check the path, permissions and free space",
        )
        return StoreError(found.after(f"{error.filename}: ") if error.filename else found)
    kind = type(error).__name__
    return StoreError(
        Words(
            f"程序出错（{kind}），这是程序的缺陷；没有完成。请把命令和这一行告诉维护者（WORKBENCH_TRACEBACK=1 显示详情）",
            f"the program failed ({kind}), which is a defect of it; it is not done. Tell its maintainers the command and this "
            "line (WORKBENCH_TRACEBACK=1 shows more)",
        )
    )


def _fail(error: WorkbenchError) -> None:
    errors.print(in_language(error.words))
    sys.exit(error.exit_status)
