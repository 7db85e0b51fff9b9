"""An intake undone, where there is a register: what was decided upon it refuses, what visits corrected since stays corrected.

Decision 0025. It takes the right that an intake takes: whoever keeps the store.
"""

from datetime import datetime

from workbench.register.access.acting_user import Register, existing_register
from workbench.register.unit_of_work.decided_upon import refuse_decided_upon
from workbench.register.unit_of_work.settlement import Staged, change_files, keeper
from workbench.store.batches.batch import Batch, batch_of, stage_undoing
from workbench.store.facts import FactStore
from workbench.store.transaction import Transaction, transaction


def undo_here(facts: FactStore, url: str | None, account: str, now: datetime, number: int, reason: str = "") -> Batch:
    """Put back exactly what stood before a batch; returns it. Where a register was begun, it is asked and told.

    Raises RefusedError where something rests on the batch, or it was undone already, ClosedRoundError where its round is closed.
    """
    register = existing_register(facts, url)
    if register is not None:
        return undo_with_lock(register, account, now, number, reason)
    with transaction(facts.root) as pending:
        return stage_undoing(pending, facts, number, account, now, reason)


def undo_with_lock(register: Register, account: str, now: datetime, number: int, reason: str = "") -> Batch:
    """Undo a batch of a store with a register, and record the undoing there; returns the batch."""
    user, moment = keeper(register, account, now)
    batch = batch_of(register.facts.root, number)

    def stage(pending: Transaction) -> Staged[Batch]:
        undone = stage_undoing(pending, register.facts, number, account, user.now, reason)
        # While the files are held, so that nothing is decided upon the batch in between; refusing drops what is staged.
        with register.engine.connect() as connection:
            refuse_decided_upon(register, connection, batch)
        # A batch of before the register was begun noted nothing: then all that is there came after it.
        since = {"corrections": batch.register.get("amendment", 0), "cases": batch.register.get("case", 0)}
        details = {"batch": number, **({"reason": reason} if reason else {}), **since, **moment}
        return Staged(list(batch.counties), details, undone)

    return change_files(user, "intake_undone", batch.round, batch.counties, stage)
