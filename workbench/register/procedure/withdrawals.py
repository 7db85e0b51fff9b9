"""Steps of a township withdrawn until somebody takes the next one: a review before the filing, a return before the village acts.

LA2019-15 §2.1.1-b. A withdrawal is a step of its own: what was done stays on the trail, and the household is proposed again.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STAGES, WITHDRAWALS, Stage
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.procedure_tables import EntryStep
from workbench.register.procedure import entries
from workbench.register.procedure.repeated_steps import entry_step_again
from workbench.register.records import EntryRecord
from workbench.register.unit_of_work.settlement import unit_of_work


def withdraw_reviews(user: ActingUser, round_name: str, versions: Mapping[str, int]) -> list[str]:
    """Withdraw the township's last step of households, all or none; `versions`: as each was seen. Returns the households.

    Raises RefusedError where one has moved on since, or where its last step was not the township's.
    """
    user.check_anywhere(Right.REVIEW)
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        rows = [entries.one(user, connection, round_name, name) for name in versions]
        moves = [entries.Move(row, step) for row in rows if (step := _step(user, connection, row, versions))]
        entries.move(user, connection, moves)
    return list(versions)


def _step(user: ActingUser, connection: Connection, row: EntryRecord, versions: Mapping[str, int]) -> str | None:
    """The step that withdraws a household's last one; None where this very withdrawal was taken already."""
    seen = versions[row["household_id"]]
    # Before the version is compared: a withdrawal sent twice is done already, not overtaken.
    if entry_step_again(connection, user.person.account, row, set(WITHDRAWALS.values()), seen):
        return None
    entries.check_version(row, seen)
    # By its last step: what the county sent back is not the township's to withdraw.
    last = select(EntryStep.step).where(EntryStep.entry_id == row["id"]).order_by(EntryStep.id.desc()).limit(1)
    step = WITHDRAWALS.get(connection.execute(last).scalar_one())
    if step is None:
        zh, en = STAGES[Stage(row["stage"])]
        raise RefusedError(
            Words(
                f"户 {row['household_id']}：{zh}，最后一步不是乡镇的审核或退回，不能撤回；请重新查看",
                f"household {row['household_id']} is {en}: its last step was no review or return of the township; look again",
                code="register.nothing-to-withdraw",
            )
        )
    return step
