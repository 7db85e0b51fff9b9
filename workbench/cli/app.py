"""The program itself: commands by name, and errors turned into words."""

import sys
from collections.abc import Callable

import typer
from sqlalchemy.exc import DatabaseError

from workbench.cli import changes, coverage, data, keeping, reports, risk, rules, running, standards
from workbench.cli.audit import audit_app
from workbench.cli.output import errors
from workbench.cli.register.app import register_app
from workbench.errors import StoreError, WorkbenchError
from workbench.store.register.database import told_in_words

app = typer.Typer(
    name="workbench",
    help="六安市边缘户标准工作台 The Lu'an edge-household workbench (六政办〔2019〕15号)",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "simulate": data.simulate_command,
    "intake": data.intake_command,
    "close": data.close_command,
    "tier": rules.tier_command,
    "changes": changes.changes_command,
    "explain": rules.explain_command,
    "coverage": coverage.coverage_command,
    "preview": standards.preview_command,
    "sweep": standards.sweep_command,
    "train": risk.train_command,
    "evaluate": risk.evaluate_command,
    "score": risk.score_command,
    "models": risk.models_command,
    "visits": risk.visits_command,
    "ledger": reports.ledger_command,
    "filing": reports.filing_command,
    "backup": keeping.backup_command,
    "restore": keeping.restore_command,
    "upgrade": keeping.upgrade_command,
    "serve": running.serve_command,
    "lab": running.lab_command,
    "doctor": running.doctor_command,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)
app.add_typer(register_app, name="register")
app.add_typer(audit_app, name="audit")


def main() -> None:
    """Run a command. Exit status 0 done, 1 something refused, 2 wrong usage or input, in words and with no traceback."""
    try:
        app()
    except WorkbenchError as error:
        errors.print(str(error))
        sys.exit(error.exit_status)
    except DatabaseError as error:
        errors.print(str(told_in_words(error)))
        sys.exit(StoreError.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
