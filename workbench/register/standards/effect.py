"""What it brings about to approve a standard for a round under way (LA2019-15 §2.2-a): whose result changes goes back, by name."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import Stage
from workbench.errors import Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import BELOW_LINE, EDGE, facts_read, results, rules_of
from workbench.register.procedure import entries
from workbench.register.records import EntryRecord
from workbench.register.standards.in_force import Version

_OF_APPROVAL = re.compile(r"(县定标准第\d+版适用于本期.*) / (version \d+ of the county's standard .*)", re.DOTALL)
_ON_THEIR_WAY = (Stage.PROPOSED, Stage.REVIEWED)
RESULTS: dict[str | None, tuple[str, str]] = {
    "in": ("纳入", "in"),
    "out": ("不纳入", "out"),
    BELOW_LINE: ("低于扶贫标准", "below the line"),
    None: ("不能判定", "cannot be told"),
}
"""What the rules say of an unregistered household: Chinese and English label."""


@dataclass(frozen=True)
class ChangedResult:
    """A household proposed or reviewed (`entry`) of whom the rules say something else under another standard."""

    entry: EntryRecord
    before: str | None
    after: str | None

    @property
    def household_id(self) -> str:
        """Number of the household."""
        return str(self.entry["household_id"])

    def reason(self, version: Version) -> Words:
        """Why it goes back."""
        old, new = RESULTS[self.before], RESULTS[self.after]
        return Words(
            f"县定标准第{version.version}版适用于本期，规则的结果由“{old[0]}”变为“{new[0]}”，请重新上报",
            f"version {version.version} of the county's standard applies to this round: the result changes from "
            f"{old[1]!r} to {new[1]!r}; propose it anew",
        )


def reason_in_words(text: str) -> Words:
    """A reason as it is kept with a step, in words: that of an approval was written down in both languages."""
    match = _OF_APPROVAL.fullmatch(text)
    return Words(*match.groups()) if match else Words(text, text)


@dataclass(frozen=True)
class Effect:
    """What a version would change in a round: `standing` keep their result, `changed` go back; filed lists stay as filed."""

    round: str
    standing: int
    changed: Sequence[ChangedResult]

    def by_village(self) -> list[tuple[str | None, str | None, int]]:
        """How many go back, by township and village."""
        counted = Counter((each.entry["township"], each.entry["village"]) for each in self.changed)
        # As text: a township or a village may be missing, and None does not sort among names.
        return [(*place, number) for place, number in sorted(counted.items(), key=lambda item: str(item[0]))]


def effect(user: ActingUser, version: Version, round_name: str) -> Effect:
    """What approving a version for a round would change there; changes nothing."""
    user.check(Right.READ_REGISTER, Area(version.county))
    with user.reading() as connection:
        return effect_within(user, connection, version, round_name)


def effect_within(user: ActingUser, connection: Connection, version: Version, round_name: str) -> Effect:
    """What a version of a standard would change of a round, read in a transaction that is open."""
    county = version.county
    rows = entries.find(user, connection, round_name, EDGE, county=county, stages=_ON_THEIR_WAY)
    if not rows:
        return Effect(round_name, 0, [])
    # Before the approval is written: these are still the rules of the round so far.
    rules = rules_of(connection, round_name, county, user.today)
    facts = facts_read(user.register.facts, round_name, county, [row["household_id"] for row in rows])
    before = dict(results(facts, rules).select("household_id", "rule").iter_rows())
    after = dict(results(facts, replace(rules, version=version)).select("household_id", "rule").iter_rows())
    changed = []
    for row in rows:
        name = row["household_id"]
        new = after.get(name)
        # A household taken back to the result that it was proposed upon has nothing to be proposed anew.
        if before.get(name) != new and row["rule"] != new:
            changed.append(ChangedResult(row, row["rule"], new))
    return Effect(round_name, len(rows) - len(changed), changed)


def send_changed_back(user: ActingUser, connection: Connection, version: Version, round_name: str) -> Effect:
    """Send back, by name and with the reason, those whose result a version changes; the others stand."""
    changed = effect_within(user, connection, version, round_name)
    moves = [entries.Move(each.entry, "standard_changed", str(each.reason(version))) for each in changed.changed]
    entries.move(user, connection, moves)
    return changed
