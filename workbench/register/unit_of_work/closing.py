"""A round closed, where there is a register: nothing is pending any more, and an event bears the hashes of its files.

What is closed takes no facts, correction, visit, proposal, review or filing; an administrator can open it again, with a reason.
"""

from datetime import datetime

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import gives_reason
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser, Register, existing_register
from workbench.register.unit_of_work.settlement import Staged, change_files, keeper
from workbench.store.facts import FactStore
from workbench.store.transaction import Transaction


def close_here(
    facts: FactStore, url: str | None, account: str, now: datetime, round_name: str, county: str | None
) -> list[str]:
    """Close a round of a county, or of all; returns the county codes closed now. Where a register was begun, it tells it."""
    register = existing_register(facts, url)
    return close(register, account, now, round_name, county) if register else facts.close(round_name, county)


def close(register: Register, account: str, now: datetime, round_name: str, county: str | None = None) -> list[str]:
    """Close a round of a store with a register, after corrections that wait; raises StoreError where they cannot be put in."""
    facts = register.facts
    user, details = keeper(register, account, now)
    codes = _counties(facts, round_name, county)

    def stage(pending: Transaction) -> Staged[list[str]]:
        changed = facts.stage_closing(pending, round_name, codes)
        return Staged(changed, details, changed)

    return change_files(user, "round_closed", round_name, codes, stage)


def reopen(user: ActingUser, round_name: str, county: str | None, reason: str) -> list[str]:
    """Open a closed round of a county, or of all, again: an administrator's act, with a reason. Returns the county codes."""
    user.check_anywhere(Right.KEEP)
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "重新开放要写明理由",
                "a reason is needed to open a closed round again",
                code="register.reason-needed-open-closed",
            )
        )
    facts = user.register.facts
    codes = _counties(facts, round_name, county)

    def stage(pending: Transaction) -> Staged[list[str]]:
        changed = facts.stage_reopening(pending, round_name, codes)
        return Staged(changed, {"reason": reason}, changed)

    return change_files(user, "round_reopened", round_name, codes, stage)


def _counties(facts: FactStore, round_name: str, county: str | None) -> list[str]:
    # For its refusal alone, which says what is stored.
    facts.files(round_name, county)
    return [county] if county else facts.counties(round_name)
