"""The register's commands by name."""

from collections.abc import Callable

import typer

from workbench.cli.register import keeping, lists, steps
from workbench.cli.register.accounts import accounts_app
from workbench.cli.register.cases import cases_app
from workbench.cli.register.keeping import settings_app
from workbench.cli.register.plans import plans_app
from workbench.cli.register.standards import standards_app

register_app = typer.Typer(
    help="登记程序 the notice's own procedure: 走访 visit, 提出 propose, 审核 review, 备案 file", no_args_is_help=True
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "visit": steps.visit_command,
    "propose": steps.propose_command,
    "review": steps.review_command,
    "return": steps.return_command,
    "file": steps.file_command,
    "adjust": steps.adjust_command,
    "prove": steps.prove_command,
    "list": lists.list_command,
    "show": lists.show_command,
    "filings": lists.filings_command,
    "progress": lists.progress_command,
    "screening": lists.screening_command,
    "officers": lists.officers_command,
    "demonstrate": keeping.demonstrate_command,
}
for name, command in _COMMANDS.items():
    register_app.command(name)(command)
for name, group in (
    ("standards", standards_app),
    ("cases", cases_app),
    ("plans", plans_app),
    ("accounts", accounts_app),
    ("settings", settings_app),
):
    register_app.add_typer(group, name=name)
