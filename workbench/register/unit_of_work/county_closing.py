"""A county's round closed by its officer: what is unfinished is said first, and a round closed long before its day is asked twice.

LA2019-15 §4.3-a. What is closed takes no facts and no step any more; an administrator can open it again, with a reason.
"""

from dataclasses import dataclass

from workbench.domain.procedure.cases import CLOSED, CaseStage
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import Stage
from workbench.domain.rounds import deadline
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE
from workbench.register.cases.cases import cases
from workbench.register.unit_of_work.settlement import Staged, change_files
from workbench.register.worklists.progress import case_households_by_stage, progress
from workbench.store.transaction import Transaction

EARLY_DAYS = 15
"""Closed so many days before the last day for filing, or more, a round is asked about twice."""


@dataclass(frozen=True)
class Unfinished:
    """What a county's round lacks: by procedure the households at each stage before the filing, and the cases that run.

    `with_case`: the households screened that are in none of the counts since their case decides, though their list shows them.
    """

    by_kind: dict[str, dict[str, int]]
    cases: int
    days_left: int
    closed: bool
    with_case: int = 0

    @property
    def households(self) -> int:
        """Households that are not filed."""
        return sum(sum(stages.values()) for stages in self.by_kind.values())

    @property
    def early(self) -> bool:
        """Whether the last day for filing is still far."""
        return self.days_left >= EARLY_DAYS


def unfinished(user: ActingUser, round_name: str, county: str) -> Unfinished:
    """What is unfinished of a county's round, in the person's area."""
    by_kind: dict[str, dict[str, int]] = {}
    for row in progress(user, round_name):
        if row.county != county:
            continue
        stages = by_kind.setdefault(row.kind, {})
        # By the facts, not by entries alone: a household without an entry is not filed either.
        new = {str(Stage.NEW): row.not_visited}
        before = {name: count for name, count in row.stages.items() if name not in (Stage.NEW, Stage.FILED)}
        for name, count in (new | before).items():
            stages[name] = stages.get(name, 0) + count
    # Whose case decides is filed by no list: it is unfinished as a case, and not once more as a household (§2.2-d).
    with_case = case_households_by_stage(user, round_name, county)
    for name, count in with_case.items():
        by_kind[EDGE][name] -= count
    running = sum(
        case["county"] == county and case["round"] == round_name and CaseStage(case["stage"]) not in CLOSED
        for case in cases(user)
    )
    days_left = (deadline(round_name) - user.today).days
    return Unfinished(
        by_kind, running, days_left, user.register.facts.is_closed(round_name, county), sum(with_case.values())
    )


def close_county(
    user: ActingUser, round_name: str, county: str, unfinished_seen: int, *, early_confirmed: bool = False
) -> bool:
    """Close a county's round; returns whether it was open until now.

    `unfinished_seen`: the households not filed as the person saw them; raises RefusedError where there are others by now,
    and long before the last day for filing unless that is confirmed too.
    """
    user.check(Right.FILE, Area(county))
    facts = user.register.facts

    def stage(pending: Transaction) -> Staged[bool]:
        # Counted while the files are held: nothing is taken in between what was seen and what is closed.
        lacking = _as_seen(user, round_name, county, unfinished_seen, early_confirmed=early_confirmed)
        closed = facts.stage_closing(pending, round_name, [county])
        return Staged(closed, {"unfinished": lacking.households}, bool(closed))

    return change_files(user, "round_closed", round_name, [county], stage)


def _as_seen(
    user: ActingUser, round_name: str, county: str, unfinished_seen: int, *, early_confirmed: bool
) -> Unfinished:
    """What is unfinished; raises RefusedError where it is not what the person saw, or early and not confirmed."""
    lacking = unfinished(user, round_name, county)
    # What was confirmed is the number seen: with others unfinished by now it has to be asked again.
    if lacking.households != unfinished_seen:
        raise RefusedError(
            Words(
                f"未备案的户现在是 {lacking.households} 户，与刚才看到的 {unfinished_seen} 户不同，没有封存；请重新查看",
                f"{lacking.households} households are not filed, not {unfinished_seen} as you saw: nothing was closed; look again",
                code="register.unfinished-changed",
            )
        )
    if lacking.early and not early_confirmed:
        raise RefusedError(
            Words(
                f"距备案截止还有 {lacking.days_left} 天（早于 {EARLY_DAYS} 天），封存要再确认一次",
                f"{lacking.days_left} days are left until the last day for filing (more than {EARLY_DAYS}): confirm again",
                code="register.closing-early",
            )
        )
    return lacking
