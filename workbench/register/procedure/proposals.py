"""Proposals of the village (LA2019-15 §2.1.1-b), one by one or as a batch that follows the rules; the answers are `procedure.reviews`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Connection, select

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import Stage, check_edge_proposal, check_proposal
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import (
    BELOW_LINE,
    EDGE,
    RISK,
    AssessedHousehold,
    Rules,
    assess,
    assessed_households,
    facts_read,
    missing_facts,
    rules_of,
)
from workbench.register.cases.cases import open_cases
from workbench.register.cases.precedence import CASE_FIRST, next_words, running_cases
from workbench.register.db.follow_up_tables import EdgeHousehold
from workbench.register.procedure import entries
from workbench.register.procedure.repeated_steps import entry_step_again
from workbench.register.records import EntryRecord
from workbench.register.unit_of_work.settlement import unit_of_work

_TO_PROPOSE = (Stage.VISITED, Stage.RETURNED)
_MOST_LISTED = 200


@dataclass(frozen=True)
class SkippedHousehold:
    """A household that a batch left alone: why, and for an undetermined one the facts to collect.

    `own_groups`: what the county calls the key groups of its own among them.
    """

    household_id: str
    why: Words
    missing: list[str] = field(default_factory=list)
    own_groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchResult:
    """What a batch did: the households that moved on, and those left alone."""

    done: list[str]
    skipped: list[SkippedHousehold]


def propose(
    user: ActingUser,
    round_name: str,
    household: str,
    proposal: str,
    reason: str | None = None,
    version: int | None = None,
) -> str | None:
    """Propose a tier ("1", "2", "3"), or for the edge register one of EDGE_PROPOSALS; returns what the rules say beside it."""
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        entry = entries.one(user, connection, round_name, household)
        said = {"proposal": proposal, "reason": reason}
        if entry_step_again(connection, user.person.account, entry, {"propose"}, version, **said):
            return entry["rule"]
        entries.check_version(connection, entry, version)
        rules = rules_of(connection, round_name, entry["county"], user.today)
        assessed = assess(facts_read(user.register.facts, round_name, entry["county"], [household]), rules)
        # A number that stands twice is nobody's in particular, and a proposal would be about either.
        if len(assessed) != 1:
            raise RefusedError(
                Words(
                    f"户 {household}：{round_name} 的数据中{'有多行' if len(assessed) else '已没有'}，请核对数据",
                    f"household {household}: {len(assessed)} rows in {round_name}; check the facts",
                    code="register.household-rows-check-facts",
                )
            )
        (row,) = assessed_households(assessed)
        # By the facts as they are now, not as the page showed them: what the rules say may have changed since.
        _check(connection, entry["kind"], row, proposal, reason, rules)
        entries.move(user, connection, [_move(entry, row, proposal, reason, rules)])
        open_cases(user, connection, round_name, entry["county"], [household])
    return row["rule"]


def propose_all(
    user: ActingUser, round_name: str, kind: str, village: str | None = None, households: Collection[str] | None = None
) -> BatchResult:
    """Propose what the rules say for every household of the area (or of those named) that was visited and is not proposed yet.

    Those that the rules cannot judge, and those of the edge register whom the rules no longer bring in, are left to people.
    """
    user.check_anywhere(Right.PROPOSE)
    county = str(user.person.area.county)  # whoever proposes is of a village
    with unit_of_work(user, round_name, county) as connection:
        waiting = _waiting(user, connection, round_name, kind, village, households)
        if not waiting:
            return BatchResult([], [])
        results = _rule_results(user, connection, round_name, kind, waiting)
        moves = [
            _move(results.rows[name], results.assessed[name], proposal, None, results.rules)
            for name, proposal in results.following.items()
        ]
        entries.move(user, connection, moves)
        open_cases(user, connection, round_name, county, results.rows)
    return BatchResult(list(results.following), results.skipped())


def rule_proposals(
    user: ActingUser, round_name: str, kind: str, households: Collection[str] | None = None
) -> tuple[dict[str, str], list[SkippedHousehold]]:
    """What `propose_all` would propose now, by household, and whom it would leave to people; nothing is changed."""
    user.check_anywhere(Right.PROPOSE)
    with user.reading() as connection:
        waiting = _waiting(user, connection, round_name, kind, None, households)
        if not waiting:
            return {}, []
        results = _rule_results(user, connection, round_name, kind, waiting)
    return results.following, results.skipped()


def _waiting(
    user: ActingUser, connection: Connection, round_name: str, kind: str, village: str | None,
    households: Collection[str] | None,
) -> list[EntryRecord]:  # fmt: skip
    named = None if households is None else list(households)
    return entries.find(user, connection, round_name, kind, stages=_TO_PROPOSE, village=village, households=named)


@dataclass(frozen=True)
class _RuleResults:
    """Households that wait for their proposal, with what the rules say: a proposal each, or why there is none."""

    rows: Mapping[str, EntryRecord]
    assessed: Mapping[str, AssessedHousehold]
    rules: Rules
    facts: pl.DataFrame
    said: Mapping[str, str | Words]

    @property
    def following(self) -> dict[str, str]:
        """The proposals that follow the rules."""
        return {name: proposal for name, proposal in self.said.items() if isinstance(proposal, str)}

    def skipped(self) -> list[SkippedHousehold]:
        """The households that are for people to decide, with the facts to collect."""
        why = {name: words for name, words in self.said.items() if isinstance(words, Words)}
        # A limit: beyond it nobody reads the list, and each of them costs a judgement of all that is missing.
        missing = missing_facts(self.facts, self.rules, list(why)[:_MOST_LISTED])
        own = self.rules.own_groups
        return [SkippedHousehold(name, words, missing.get(name, []), own) for name, words in why.items()]


def _rule_results(
    user: ActingUser, connection: Connection, round_name: str, kind: str, waiting: Sequence[EntryRecord]
) -> _RuleResults:
    county = str(user.person.area.county)
    rows = {row["household_id"]: row for row in waiting}
    rules = rules_of(connection, round_name, county, user.today)
    facts = facts_read(user.register.facts, round_name, county, rows)
    assessed = {row["household_id"]: row for row in assessed_households(assess(facts, rules))}
    active = active_households(connection, county) if kind == EDGE else set()
    said = {name: _as_rule(assessed.get(name), kind, active=name in active) for name in rows}
    # A case, or an income below the line, goes before the standard (LA2019-15 §2.2-d): no proposal by the rules.
    said |= _with_cases(connection, county, assessed, rows) if kind == EDGE else {}
    return _RuleResults(rows, assessed, rules, facts, said)


def active_households(connection: Connection, county: str) -> set[str]:
    """The households in a county's edge register."""
    query = select(EdgeHousehold.household_id).where(EdgeHousehold.county == county, EdgeHousehold.state == "active")
    return set(connection.execute(query).scalars())


def _check(
    connection: Connection, kind: str, row: AssessedHousehold, proposal: str, reason: str | None, rules: Rules
) -> None:
    if kind == RISK:
        tier = whole_number(proposal)
        if tier is None:
            raise InputError(
                Words(
                    f"等级“{proposal}”：应为 1、2、3",
                    f"tier {proposal!r}: 1, 2 or 3 is expected",
                    code="register.tier-expected",
                )
            )
        rule = row["rule"]
        check_proposal(None if rule is None else int(rule), tier, reason)
        return
    # Who is below the line needs no standard: such a household is shown its own way further down.
    if rules.version is None and row["rule"] != BELOW_LINE:
        raise RefusedError(
            Words(
                f"{rules.county} 在 {rules.round} 没有现行边缘户标准，不能上报；请县级先批准标准",
                f"{rules.county} has no standard in force in {rules.round}: the county approves one first",
                code="register.no-standard-in-force",
            )
        )
    case = running_cases(connection, rules.county).get(row["household_id"])
    if proposal in CASE_FIRST and (case is not None or row["rule"] == BELOW_LINE):
        raise RefusedError(next_words(connection, case, below_line=row["below_line"]))
    active = row["household_id"] in active_households(connection, rules.county)
    check_edge_proposal(row["rule"], proposal, reason, active=active)


def _with_cases(
    connection: Connection, county: str, assessed: Mapping[str, AssessedHousehold], households: Collection[str]
) -> dict[str, str | Words]:
    """Skip households whose case runs, or that are below the line, naming the right next step, which is no proposal."""
    running = running_cases(connection, county)
    below = {name: row["below_line"] for name, row in assessed.items()}
    chosen = [
        name for name in households if name in running or (name in assessed and assessed[name]["rule"] == BELOW_LINE)
    ]
    return {name: next_words(connection, running.get(name), below_line=below.get(name)) for name in chosen}


def _as_rule(row: AssessedHousehold | None, kind: str, *, active: bool) -> str | Words:
    """The proposal that follows the rules, or why there is none."""
    rule: str | None = row["rule"] if row else None
    if rule is None:
        return Words(
            "规则暂不能判定，缺少事实（或没有现行标准）",
            "undetermined: facts are missing (or no standard is in force)",
            code="register.undetermined-facts-missing",
        )
    if kind == RISK:
        return rule
    if rule == "in":
        return "keep" if active else "enter"
    if active:
        return Words(
            "按标准已不再纳入，是否退出由人上报并说明理由",
            "no longer in by the standard: people propose whether it leaves, and why",
            code="register.no-longer-in-by-standard",
        )
    return "stay_out"


def _move(entry: EntryRecord, row: AssessedHousehold, proposal: str, reason: str | None, rules: Rules) -> entries.Move:
    values = {
        "rule": row["rule"], "proposal": proposal, "reason": reason, "facts_hash": row["facts_hash"],
        "rules_hash": rules.hash, "standard_hash": rules.standard_hash if entry["kind"] == EDGE else None,
    }  # fmt: skip
    return entries.Move(entry, "propose", reason, values)
