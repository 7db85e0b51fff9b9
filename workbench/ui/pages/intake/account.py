"""Who takes facts in from a page: where people sign in, a county officer for the own county, or an administrator."""

import datetime as dt
import getpass
import os
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Right
from workbench.ui.kit.frame.current_user import accounts_exist, require_acting_user


def taking_in(counties: Iterable[str]) -> tuple[str, dt.datetime]:
    """The account that takes in facts of these counties, and the moment.

    Where nobody has an account, whoever runs the server. Raises RefusedError where nobody is signed in, or who is may not:
    it is asked before a file is read, of the county chosen, and again of those that the file holds.
    """
    if not accounts_exist():
        return f"pages:{getpass.getuser()}", now_in_beijing()
    # Late: a page that only checks needs no database.
    from workbench.register.access.intake_rights import check_may_take_in  # noqa: PLC0415

    user = require_acting_user()
    check_may_take_in(user, counties)
    return user.person.account, user.now


def asking() -> tuple[str | None, str]:
    """The account and the name of who asks for a job; None and empty where nobody has an account."""
    if not accounts_exist():
        return None, ""
    user = require_acting_user()
    return user.person.account, user.name


def own_county() -> str:
    """The county of whoever takes files in; empty where it may be any."""
    if not accounts_exist():
        return ""
    return require_acting_user().person.area.county or ""


@dataclass(frozen=True)
class Following:
    """Where an import leads whoever took it in: pages that open for them, and none that would refuse.

    `register`: the county's work; `facts`: the pages that preview and warn; `accounts`: those who work are added there.
    """

    register: bool
    facts: bool
    accounts: bool


def following() -> Following:
    """What follows for whoever looks: an officer works the county; an administrator sees no household and lets others in."""
    if not accounts_exist():
        # Whoever has the server's own computer to themselves: every page opens, and nobody works a register yet.
        return Following(register=False, facts=True, accounts=False)
    rights = require_acting_user().person.role.rights
    return Following(Right.READ_REGISTER in rights, Right.READ_FACTS in rights, Right.KEEP in rights)


def jobs_are_done() -> bool:
    """Whether a server stands behind this page that does jobs; in JupyterLab none does."""
    # It also takes the files of its pages, and says where it puts them.
    return bool(os.environ.get("WORKBENCH_UPLOADS"))
