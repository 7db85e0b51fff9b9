"""What the register decided upon an intake: how far it stood before, and what came after it that an undoing would pull away."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from workbench.domain.procedure.cases import CaseStage
from workbench.domain.procedure.workflow import STEPS
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import Register
from workbench.register.db.follow_up_tables import Case
from workbench.register.db.procedure_tables import Correction, Entry, EntryStep, Filing, Visit
from workbench.store.batches.batch import Batch, households_before

_RECORDS = {"entry_step": EntryStep, "amendment": Correction, "filing": Filing, "case": Case}
_RESTS_ON_FACTS = ("propose", "agree", "file")


def last_records(connection: Connection) -> dict[str, int]:
    """The last record of each kind that may come to rest on an intake, by its id; 0 where there is none."""
    return {
        name: connection.execute(select(func.max(record.__table__.c.id))).scalar_one() or 0
        for name, record in _RECORDS.items()
    }


def refuse_decided_upon(register: Register, connection: Connection, batch: Batch) -> None:
    """Raise RefusedError where something was proposed, reviewed or filed upon a batch, or a household that it brought visited.

    A county's next round rests on it as well: its rules look at the round before.
    """
    counts: Counter[str] = Counter()
    for county in batch.counties:
        counts += _steps(connection, batch, county, _rounds_upon(register, batch, county))
        counts += _of_households(connection, batch, county, _brought(register, batch, county))
    if not counts:
        return
    zh = "、".join(f"{_NAMES[name][0]} {count:,}" for name, count in counts.items())
    en = ", ".join(f"{_NAMES[name][1]} {count:,}" for name, count in counts.items())
    raise RefusedError(
        Words(
            f"第 {batch.number} 批不能撤销：其后已据此办理（{zh}）；没有更改。数据有误的，请走访更正，或收入更正后的文件",
            f"batch {batch.number} cannot be undone: the procedure has gone on upon it ({en}); nothing was changed. Where its "
            "data are wrong, have them corrected on a visit, or take in a corrected file",
            code="register.batch-cannot-undone-procedure",
        )
    )


_NAMES = {
    **{name: (STEPS[name].zh, STEPS[name].en) for name in _RESTS_ON_FACTS},
    "filing": ("备案名单", "filed lists"),
    "visit": ("对该批新增户的走访", "visits to households that it brought"),
    "case": ("该批新增户已推进的个案", "cases of households that it brought"),
}


def _rounds_upon(register: Register, batch: Batch, county: str) -> list[str]:
    # The next round's rules look at this one (growth of expenditure, drop of income), a later one's do not.
    later = [name for name in register.facts.rounds_of(county) if name > batch.round]
    return [batch.round, *later[:1]]


def _steps(connection: Connection, batch: Batch, county: str, rounds: Collection[str]) -> Counter[str]:
    """The steps, and the lists filed, since the batch."""
    steps = (
        select(EntryStep.step, func.count())
        .join(Entry, Entry.id == EntryStep.entry_id)
        .where(Entry.county == county, Entry.round.in_(rounds), EntryStep.step.in_(_RESTS_ON_FACTS))
        .where(EntryStep.id > batch.register.get("entry_step", 0))
        .group_by(EntryStep.step)
    )
    lists = select(func.count()).where(
        Filing.county == county, Filing.round.in_(rounds), Filing.id > batch.register.get("filing", 0)
    )
    counts = Counter({row[0]: int(row[1]) for row in connection.execute(steps)})
    return counts + Counter({"filing": connection.execute(lists).scalar_one()})


def _brought(register: Register, batch: Batch, county: str) -> set[str]:
    """The households of a county that were not there before the batch."""
    facts = register.facts
    if county not in (facts.counties(batch.round) if batch.round in facts.rounds() else []):
        return set()
    now = facts.frame(batch.round, county, ["household_id"])["household_id"]
    return set(now.to_list()) - households_before(facts.root, batch, county)


def _of_households(connection: Connection, batch: Batch, county: str, brought: Collection[str]) -> Counter[str]:
    """Visits to such households, and their cases that somebody moved on."""
    if not brought:
        return Counter()
    visits = select(Visit.household_id).where(Visit.county == county, Visit.round == batch.round)
    cases = select(Case.household_id).where(
        Case.county == county, Case.round == batch.round, Case.stage != str(CaseStage.OPENED)
    )
    # The plus drops counts of 0, so that an empty counter says that nothing stands in the way.
    return +Counter(
        {
            name: sum(household in brought for household in connection.execute(query).scalars())
            for name, query in (("visit", visits), ("case", cases))
        }
    )
