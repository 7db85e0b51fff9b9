"""Steps withdrawn until somebody takes the next one: a village's visit or proposal, a township's review or return.

LA2019-15 §2.1.1-b. A withdrawal is a step of its own: what was done stays on the trail, and the household is proposed again.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STAGES, STEPS, VILLAGE_WITHDRAWALS, WITHDRAWALS, Stage, standing_steps
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.db.procedure_tables import EntryStep, Visit
from workbench.register.procedure import entries, fact_corrections
from workbench.register.procedure.repeated_steps import entry_step_again
from workbench.register.records import EntryRecord
from workbench.register.unit_of_work import pending_work
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
    entries.check_version(connection, row, seen)
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


def withdraw_last_step(user: ActingUser, round_name: str, household: str, version: int | None = None) -> str:
    """Withdraw the person's own last step of a household, whether of a village or of a township; returns the name of the step."""
    if Right.REVIEW not in user.person.role.rights:
        return withdraw_own_step(user, round_name, household, version)
    with user.reading() as connection:
        seen = entries.one(user, connection, round_name, household)["version"] if version is None else version
    withdraw_reviews(user, round_name, {household: seen})
    with user.reading() as connection:
        row = entries.one(user, connection, round_name, household)
        return str(list(connection.execute(_STEPS.where(EntryStep.entry_id == row["id"])))[-1].step)


def withdraw_own_step(user: ActingUser, round_name: str, household: str, version: int | None = None) -> str:
    """Withdraw the village's last step of a household, its proposal or its visit; returns the name of the step that did it.

    What a visit corrected goes back to what it was, where the fact still says what the visit made of it. Raises RefusedError
    where the last step was another, such as the township's review, or where the household has moved on since `version`; and
    without a version where the last step is a withdrawal: whether it is this one sent again, or the step before it is to be
    withdrawn too, only the version says.
    """
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        return _withdraw_own(user, connection, round_name, household, version)


def withdraw_proposals(user: ActingUser, round_name: str, versions: Mapping[str, int]) -> list[str]:
    """Withdraw the village's proposals of households, all or none; `versions`: as each was seen. Returns the households.

    Raises RefusedError as `withdraw_own_step` does, by name, and nothing is withdrawn then.
    """
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        for household, version in versions.items():
            _withdraw_own(user, connection, round_name, household, version)
    return list(versions)


def _withdraw_own(
    user: ActingUser, connection: Connection, round_name: str, household: str, version: int | None
) -> str:
    """Withdraw as `withdraw_own_step` does, within a unit of work."""
    row = entries.one(user, connection, round_name, household)
    taken = set(VILLAGE_WITHDRAWALS.values())
    steps = list(connection.execute(_STEPS.where(EntryStep.entry_id == row["id"])))
    if entry_step_again(connection, user.person.account, row, taken, version):
        if version is None:
            raise _withdrawn_already(row, str(steps[-1].step))
        # An entry's version counts its steps: the one that this was, whatever was done since.
        return str(steps[version].step)
    entries.check_version(connection, row, version)
    standing = [steps[position] for position in standing_steps([each.step for each in steps])]
    step = VILLAGE_WITHDRAWALS.get(standing[-1].step) if standing else None
    if step is None:
        raise _not_the_village_s(row)
    # Back to where the step was taken from: a household proposed after it was sent back is a returned one again.
    before = Stage(standing[-2].stage) if len(standing) > 1 else Stage.NEW
    nothing = dict.fromkeys(("proposal", "rule", "reason", "facts_hash", "rules_hash", "standard_hash"))
    values = nothing if step == "withdraw_proposal" else {}
    entries.move(user, connection, [entries.Move(row, step, values=values, back_to=before)])
    if step == "withdraw_visit":
        _withdraw_visit(user, connection, round_name, household)
    return step


_STEPS = select(EntryStep.step, EntryStep.stage).order_by(EntryStep.id)


def _withdraw_visit(user: ActingUser, connection: Connection, round_name: str, household: str) -> None:
    """The last visit that stands counts no more, its corrections are put back, and who is below the line then has a case."""
    standing = (
        Visit.household_id == household,
        Visit.round == round_name,
        Visit.withdrawn_at.is_(None),
        *user.inside(Visit),
    )
    number = connection.execute(select(Visit.id).where(*standing).order_by(Visit.id.desc()).limit(1)).scalar_one()
    # Marked, not deleted: the visit's own event told of this row, and a row that is gone breaks the trail (0016).
    connection.execute(update(Visit).where(Visit.id == number).values(withdrawn_at=user.stamp))
    county = str(user.person.area.county)
    facts = user.register.facts.household(round_name, household, county)
    fact_corrections.put_back(connection, number, facts)
    # Before cases are asked for anew: that which the visit alone opened ends with it.
    pending_work.add(
        connection, "case_of_withdrawn_visit", round_name, [county], {"household": household, "visit": number},
        account=user.person.account, at=user.now,
    )  # fmt: skip
    # As after a visit: what was corrected may have been all that held somebody above the line (LA2019-15 §2.1.3, §2.2-d).
    pending_work.add(
        connection, "open_cases", round_name, [county], {"households": [household]},
        account=user.person.account, at=user.now,
    )  # fmt: skip
    user.record(
        connection, [Event("visit_withdrawn", f"{round_name} {household}", {"visit": number}, (("visit", number),))]
    )


def _withdrawn_already(row: EntryRecord, step: str) -> RefusedError:
    name, version, done = row["household_id"], row["version"], STEPS[step]
    return RefusedError(
        Words(
            f"户 {name}：最后一步已是“{done.zh}”（现为第 {version} 版），这次没有再撤回；还要撤回它之前的一步，请写明看到的版本（--version {version}）",
            f"household {name}: its last step is already to {done.en} (now version {version}); nothing more was withdrawn now. To "
            f"withdraw the step before it too, say the version that you see (--version {version})",
            code="register.withdrawn-already",
        )
    )


def _not_the_village_s(row: EntryRecord) -> RefusedError:
    zh, en = STAGES[Stage(row["stage"])]
    return RefusedError(
        Words(
            f"户 {row['household_id']}：{zh}，最后一步不是本村的走访或上报，不能撤回；乡镇已经办理的，请乡镇退回",
            f"household {row['household_id']} is {en}: its last step was no visit or proposal of the village; what the township "
            "has taken up, the township returns",
            code="register.nothing-of-village-to-withdraw",
        )
    )
