"""Filing with the county (LA2019-15 §2.1.1-b): everything is computed again, and the numbered list can be proved at any time.

Households whose facts, or what the rules say of them, changed since the proposal go back, by name; undetermined ones are held,
with the facts to collect; what is filed is kept with the facts that it was computed from (`STORE/filed/<hash>.parquet`).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import polars as pl
from sqlalchemy import Connection, func, insert, select

from workbench.domain.parameters import county_names
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import Stage
from workbench.errors import Words
from workbench.register import edge_register
from workbench.register.access.acting_user import ActingUser, digest
from workbench.register.assessment import (
    EDGE,
    RISK,
    AssessedHousehold,
    Rules,
    assess,
    assessed_households,
    facts_read,
    missing_facts,
    rule_counts,
    rules_of,
)  # fmt: skip
from workbench.register.audit.covered_files import single
from workbench.register.audit.event import Event
from workbench.register.cases.cases import open_cases
from workbench.register.db.procedure_tables import FiledRow, Filing
from workbench.register.db.rows import rows_of
from workbench.register.procedure import entries
from workbench.register.procedure.filed_facts import keep_facts, kept_path
from workbench.register.procedure.proposals import SkippedHousehold
from workbench.register.records import EntryRecord, FilingRecord, ListedFiling
from workbench.register.standards.lists import titles
from workbench.register.unit_of_work.settlement import unit_of_work
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores, read_head

KINDS: dict[str, tuple[str, str]] = {RISK: ("风险", "risk"), EDGE: ("边缘户", "edge")}
_FILING, _ROWS = Filing.__table__, FiledRow.__table__
_ROW_KEYS = ("position", "household_id", "township", "village", "result", "rule", "reason", "adjustment")


@dataclass(frozen=True)
class Filed:
    """What a filing did: its number (None: nothing to file), the households filed, sent back, and held.

    `last`: the newest list of that kind there is; where nothing new was to be filed, it holds what was filed before.
    """

    number: str | None
    filed: list[str]
    sent_back: list[SkippedHousehold]
    held: list[SkippedHousehold]
    last: str | None = None


def file_list(
    user: ActingUser, round_name: str, county: str, kind: str, households: Sequence[str] | None = None
) -> Filed:
    """File every reviewed household of a county (or those of them that are named) as a numbered list."""
    user.check(Right.FILE, Area(county))
    with unit_of_work(user, round_name, county) as connection:
        # First of all: a household found below the line by these facts has a case before the list is made.
        open_cases(user, connection, round_name, county)
        facts = facts_read(user.register.facts, round_name, county)
        facts_hash = keep_facts(user.register.facts, facts)  # before the commit: there is no filing without its facts
        sorted_out = _sort_out(user, connection, facts, _FilingRequest(round_name, county, kind, households))
        rules, going = sorted_out.rules, sorted_out.going
        back = [entries.Move(row, "send_back", why.zh) for row, why in sorted_out.changed]
        # Sent back in the same transaction as the filing: a list never stands beside households that belong on none.
        entries.move(user, connection, back)
        counts = rule_counts(sorted_out.said, kind)
        number = _file(user, connection, rules, kind, facts_hash, counts, going) if going else None
        last = number or _last_number(connection, rules, kind)
    return sorted_out.filed(number, last)


def would_file(
    user: ActingUser, round_name: str, county: str, kind: str, households: Sequence[str] | None = None
) -> tuple[Filed, dict[str, int]]:
    """What `file_list` would do now, and how many of each result it would file; nothing is changed."""
    user.check(Right.FILE, Area(county))
    facts = facts_read(user.register.facts, round_name, county)
    with user.reading() as connection:
        sorted_out = _sort_out(user, connection, facts, _FilingRequest(round_name, county, kind, households))
    return sorted_out.filed(None, None), dict(Counter(str(row["proposal"]) for row in sorted_out.going))


@dataclass(frozen=True)
class _FilingRequest:
    """What is to be filed: of a round and county the reviewed households of a procedure, or those named."""

    round_name: str
    county: str
    kind: str
    households: Sequence[str] | None


@dataclass(frozen=True)
class _SortedOut:
    """Reviewed households sorted by what becomes of them: filed, sent back with the reason, or held."""

    rules: Rules
    facts: pl.DataFrame
    said: pl.DataFrame
    going: list[EntryRecord]
    changed: list[tuple[EntryRecord, Words]]
    unsure: list[str]

    def filed(self, number: str | None, last: str | None) -> Filed:
        """What the filing comes to, with the facts to collect of those held."""
        missing = missing_facts(self.facts, self.rules, self.unsure)
        return Filed(
            number, [row["household_id"] for row in self.going],
            [SkippedHousehold(row["household_id"], why) for row, why in self.changed],
            [SkippedHousehold(name, _UNSURE, lacking, self.rules.own_groups) for name, lacking in missing.items()], last,
        )  # fmt: skip


def _sort_out(user: ActingUser, connection: Connection, facts: pl.DataFrame, request: _FilingRequest) -> _SortedOut:
    rows = entries.find(
        user, connection, request.round_name, request.kind, county=request.county, stages=[Stage.REVIEWED],
        households=request.households,
    )  # fmt: skip
    rules = rules_of(connection, request.round_name, request.county, user.today)
    said = assess(facts, rules)
    assessed = {row["household_id"]: row for row in assessed_households(said)}
    changed = [(row, why) for row in rows if (why := _changed(row, assessed, rules))]
    # Changed goes before undetermined: what was proposed upon other facts goes back in any case.
    back = {row["household_id"] for row, _ in changed}
    # Reviewed, but the rules cannot judge it: held, and not sent back, since nobody below has made a mistake.
    unsure = sorted(row["household_id"] for row in rows if row["household_id"] not in back and row["rule"] is None)
    going = [row for row in rows if row["household_id"] not in back and row["rule"] is not None]
    return _SortedOut(rules, facts, said, going, changed, unsure)


_OTHER_STANDARD = Words(
    "上报之后县定标准有变化，规则的结果因此不同",
    "the county's standard has changed since the proposal, and with it what the rules say",
    code="register.standard-changed-since-proposal",
)
_OTHER_RULES = Words("规则的结果有变化", "what the rules say has changed", code="register.rule-result-changed")
_UNSURE = Words(
    "规则不能判定，未备案；请补充事实",
    "undetermined by the rules, not filed; collect the missing facts",
    code="register.undetermined-not-filed",
)


def _changed(entry: EntryRecord, assessed: Mapping[str, AssessedHousehold], rules: Rules) -> Words | None:
    """What is no longer as it was when the household was proposed."""
    now = assessed.get(entry["household_id"])
    if now is None:
        return Words("数据中已没有此户", "no longer in the facts", code="register.no-longer-in-facts")
    if entry["facts_hash"] != now["facts_hash"]:
        return Words(
            "上报之后事实有变化",
            "its facts have changed since the proposal",
            code="register.facts-changed-since-proposal",
        )
    if entry["rule"] != now["rule"]:  # results are compared, not versions: what comes out the same stands
        why = entry["kind"] == EDGE and entry["standard_hash"] != rules.standard_hash
        return _OTHER_STANDARD if why else _OTHER_RULES
    return None


def _file(
    user: ActingUser, connection: Connection, rules: Rules, kind: str, facts_hash: str, said: Mapping[str, int],
    going: Sequence[EntryRecord],
) -> str:  # fmt: skip
    number = _next_number(connection, rules, kind)
    rows = [
        {
            "position": position, "entry_id": row["id"], "household_id": row["household_id"],
            "township": row["township"], "village": row["village"], "result": row["proposal"], "rule": row["rule"],
            "reason": row["reason"], "adjustment": row["adjustment"],
        }
        for position, row in enumerate(going, 1)
    ]  # fmt: skip
    counts = {"results": dict(sorted(Counter(row["result"] for row in rows).items())), "rules": dict(said)}
    content = list_hash(rows)
    made = connection.execute(
        insert(Filing).values(
            number=number, kind=kind, round=rules.round, county=rules.county, account=user.person.account,
            at=user.stamp, households=len(rows), counts=json.dumps(counts), list_hash=content, facts_hash=facts_hash,
            rules_hash=rules.hash, rules=json.dumps(rules.record(), ensure_ascii=False),
            # A tier rests on no county's standard.
            standard_id=rules.version.id if kind == EDGE and rules.version else None,
            standard_hash=rules.standard_hash if kind == EDGE else None, model=_model(user.register.facts, rules.round),
        )
    )  # fmt: skip
    filing_id = int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(insert(FiledRow), [{"filing_id": filing_id, **row} for row in rows])
    entries.move(user, connection, [entries.Move(row, "file", number, {"filing_id": filing_id}) for row in going])
    if kind == EDGE:
        edge_register.follow(user, connection, rules, filing_id, going)
    details = {"kind": kind, "households": len(rows), "counts": counts, "list": content, "facts": facts_hash,
            "rules": rules.hash, "standard": rules.standard_hash}  # fmt: skip
    root = user.register.facts.root
    user.record(
        connection,
        [Event("filed", number, details, (("filing", filing_id),), single(root, [kept_path(root, facts_hash)]))],
    )
    return number


def _next_number(connection: Connection, rules: Rules, kind: str) -> str:
    same = (_FILING.c.county == rules.county, _FILING.c.round == rules.round, _FILING.c.kind == kind)
    # Counted, not remembered: the writer's lock lets nobody count in between, so numbers have no gap and no twin.
    earlier = connection.execute(select(func.count()).select_from(_FILING).where(*same)).scalar_one()
    return f"{county_names(rules.county)[0]}-{rules.round}-{KINDS[kind][0]}-{earlier + 1:03d}"


def _last_number(connection: Connection, rules: Rules, kind: str) -> str | None:
    same = (_FILING.c.county == rules.county, _FILING.c.round == rules.round, _FILING.c.kind == kind)
    return connection.execute(select(_FILING.c.number).where(*same).order_by(_FILING.c.id.desc())).scalar()


def _model(facts: FactStore, round_name: str) -> str | None:
    return read_head(facts.root, round_name).model if has_scores(facts.root, round_name) else None


def list_hash(rows: Sequence[Mapping[str, Any]]) -> str:
    """The hash of a list's rows in their order."""
    return digest([[row[key] for key in _ROW_KEYS] for row in rows])


def filings(
    user: ActingUser, round_name: str | None = None, county: str | None = None, kind: str | None = None
) -> list[ListedFiling]:
    """The filings in the person's area, oldest first; `standard`: the version that one of edge households was filed under."""
    user.check_anywhere(Right.READ_REGISTER)
    query = select(_FILING).order_by(_FILING.c.id)
    if user.person.area.county:
        query = query.where(_FILING.c.county == user.person.area.county)
    if round_name:
        query = query.where(_FILING.c.round == round_name)
    if county:
        query = query.where(_FILING.c.county == county)
    if kind:
        query = query.where(_FILING.c.kind == kind)
    with user.reading() as connection:
        rows = rows_of(connection, query, FilingRecord)
        known = {
            name: title
            for county in {row["county"] for row in rows}
            for name, title in titles(connection, county).items()
        }
    return [_listed(row, known) for row in rows]


def _listed(row: FilingRecord, titles_by_id: Mapping[int, str]) -> ListedFiling:
    decoded = {"counts": json.loads(row["counts"]), "rules": json.loads(row["rules"])}
    listed = {**row, **decoded, "standard": titles_by_id.get(row["standard_id"] or 0)}
    return cast("ListedFiling", listed)
