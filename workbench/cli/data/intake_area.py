"""Whether who acts in a shell may take in facts of a county: asked before a file is read, and again of what it holds."""

from collections.abc import Callable, Iterable

from workbench.clock import now_in_beijing
from workbench.errors import RefusedError
from workbench.register.access.acting_user import existing_register
from workbench.register.access.intake_rights import check_may_take_in
from workbench.settings import acting_account, register_url
from workbench.store.facts import FactStore


def area_check(facts: FactStore, account: str | None) -> Callable[[Iterable[str]], None]:
    """A check of counties for the account that `--as` or WORKBENCH_ACCOUNT names, where the register knows it.

    Whoever works in the shell under no account looks after the store itself and is not bound. Raises RefusedError for an
    account given by `--as` that there is not.
    """
    register = existing_register(facts, register_url())
    chosen = acting_account(account)
    if register is None or chosen is None:
        return _anywhere
    try:
        user = register.acting_user(chosen, now_in_beijing())
    except RefusedError:
        # Somebody meant it, while WORKBENCH_ACCOUNT stands in the environment of every command.
        if account is not None:
            raise
        return _anywhere

    def check(counties: Iterable[str]) -> None:
        check_may_take_in(user, counties)

    return check


def _anywhere(counties: Iterable[str]) -> None:
    del counties
