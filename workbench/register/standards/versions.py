"""A county's edge-household standard through its life: draft, submitted, approved, in force from a day (LA2019-15 §2.2-a).

Who submits does not approve. Which version is in force is asked in `standard_in_force`.
"""

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import gives_reason
from workbench.domain.rounds import check_round
from workbench.domain.rules.standard import EdgeStandard, standard_data, write_standard
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser, digest
from workbench.register.audit.event import Event
from workbench.register.db.procedure_tables import CountyStandard
from workbench.register.db.rows import row_of
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import StandardRecord
from workbench.register.standards.checks import check_approval, check_line
from workbench.register.standards.effect import Effect, send_changed_back
from workbench.register.standards.free_days import approved_days, check_free
from workbench.register.standards.in_force import (
    last_round_begun,
    version_of,
)
from workbench.register.standards.lists import RETURNED, version
from workbench.register.unit_of_work.settlement import unit_of_work

STATES: dict[str, tuple[str, str]] = {
    "draft": ("草案", "draft"),
    "submitted": ("已提交", "submitted"),
    "approved": ("已批准", "approved"),
    RETURNED: ("已退回", "sent back"),
    "withdrawn": ("已撤回", "withdrawn"),
}
_TABLE = CountyStandard.__table__


def draft(user: ActingUser, standard: EdgeStandard, county: str | None = None) -> int:
    """Keep a standard as a new draft of its county; returns its id."""
    chosen = standard.county or county or user.person.area.county
    if chosen is None:
        raise InputError(
            Words(
                "标准要写明县区（county）",
                "a standard needs its county (county)",
                code="register.standard-needs-county-county",
            )
        )
    user.check(Right.SET_STANDARD, Area(chosen))
    # The county goes into what is hashed: the same figures of two counties are two standards.
    whole = standard.model_copy(update={"county": chosen})
    content = standard_data(whole)
    with user.writing() as connection:
        newest = _newest(connection, chosen)
        same = newest is not None and (newest["hash"], newest["drafted_by"]) == (digest(content), user.person.account)
        if newest is not None and same and newest["state"] == "draft":
            return int(newest["id"])  # sent twice, it is kept already
        _check_free(user, connection, chosen, content.get("effective"))
        last = newest["version"] if newest else 0
        made = connection.execute(
            insert(CountyStandard).values(
                county=chosen, version=last + 1, state="draft", title=whole.title or "", text=write_standard(whole),
                hash=digest(content), effective=content.get("effective"), drafted_by=user.person.account,
                drafted_at=user.stamp,
            )
        )  # fmt: skip
        number = int(made.inserted_primary_key[0])  # type: ignore[index]
        _record(user, connection, "drafted", number, f"{chosen} v{last + 1}", {"hash": digest(content)})
    return number


def submit(user: ActingUser, number: int, reason: str, figures: Mapping[str, Any]) -> None:
    """Submit a draft with a reason and the figures of its preview at this moment."""
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "提交标准要写明理由",
                "a reason is needed to submit a standard",
                code="register.reason-needed-submit-standard",
            )
        )
    with user.writing() as connection:
        if _again(user, connection, number, "submitted", reason=reason):
            return
        row = _moved(user, connection, number, "draft")
        if row["effective"] is None:
            raise RefusedError(
                Words(
                    "标准未写明施行日期（effective），不能提交",
                    "the standard has no day of effect (effective)",
                    code="register.standard-no-day-effect",
                )
            )
        check_day("standard_effective", dt.date.fromisoformat(row["effective"]), user.today)
        check_line(row)
        # Here and not only at the approval: by then somebody else has read it, and it has to be drafted anew.
        _check_free(user, connection, row["county"], row["effective"])
        # As they are at this moment: who approves is to see what the submitter saw.
        preview = json.dumps(dict(figures), ensure_ascii=False, sort_keys=True)
        _change(connection, number, state="submitted", reason=reason, preview=preview,
                submitted_by=user.person.account, submitted_at=user.stamp)  # fmt: skip
        details = {"reason": reason, "preview": digest(preview)}
        _record(user, connection, "submitted", number, _subject(row), details)


def approve(user: ActingUser, number: int, document: str, for_round: str | None = None) -> Effect | None:
    """Approve a submitted standard under a document's number; not by who submitted it, and one only per day of effect.

    It applies after the round under way; with `for_round` to that round: whose result it changes goes back, and is told.
    """
    if not document.strip():
        raise RefusedError(
            Words(
                "批准标准要写明文号",
                "the number of the approving document is needed",
                code="register.number-approving-document-needed",
            )
        )
    with user.writing() if for_round is None else _within(user, number, for_round) as connection:
        if _again(user, connection, number, "approved", document=document, round=for_round):
            return None
        row = _moved(user, connection, number, "submitted")
        check_line(row)
        check_approval(user, row, for_round)
        _check_free(user, connection, row["county"], row["effective"], asked=True)
        # Kept with the version, so that "approved later" is what happened and no comparison of clocks (decision 0022).
        after = last_round_begun(connection, row["county"], user.today)
        details: dict[str, Any] = {"document": document, "hash": row["hash"], "effective": row["effective"]}
        done = None
        if for_round is not None:
            done = send_changed_back(user, connection, version_of(row), for_round)
            details |= {"round": for_round, "sent_back": [each.household_id for each in done.changed]}
        _change(connection, number, state="approved", document=document, for_round=for_round, after_round=after,
                approved_by=user.person.account, approved_at=user.stamp)  # fmt: skip
        _record(user, connection, "approved", number, _subject(row), details)
    return done


def _check_free(user: ActingUser, connection: Connection, county: str, day: str | None, *, asked: bool = False) -> None:
    """Raise RefusedError where the county has approved another version from the same day on already."""
    name = round_under_way(user, county) if user.register.facts.rounds_of(county) else None
    check_free(county, day, approved_days(connection, county), name, user.today, asked=asked)


def _within(user: ActingUser, number: int, round_name: str) -> AbstractContextManager[Connection]:
    """One transaction, upon the facts of a round as they are."""
    return unit_of_work(user, check_round(round_name), version(user, number).county)


def round_under_way(user: ActingUser, county: str) -> str:
    """The round that an approval "for this round" means: the last one stored of the county that has begun by today."""
    rounds = user.register.facts.rounds_of(county)
    # Facts of a round that is still to come may be stored already.
    begun = [name for name in rounds if name <= user.today.isoformat()[:7]]
    if not rounds:
        raise RefusedError(
            Words(
                f"{county} 还没有任何期次的数据",
                f"{county} has no facts of any round yet",
                code="register.no-facts-any-round",
            )
        )
    return begun[-1] if begun else rounds[0]


def send_back(user: ActingUser, number: int, reason: str) -> None:
    """Send a submitted standard back with a reason, instead of approving it: who submitted it drafts another from it.

    What was submitted stays as it was, with the figures of that moment; not by who submitted it, who may withdraw it.
    """
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "退回标准要写明理由",
                "a reason is needed to send a standard back",
                code="register.reason-needed-send-back",
            )
        )
    with user.writing() as connection:
        if _again(user, connection, number, RETURNED, reason=reason):
            return
        row = _moved(user, connection, number, "submitted")
        if row["submitted_by"] == user.person.account:
            raise RefusedError(
                Words(
                    "退回由另一名县级经办人办理；自己提交的标准可以撤回",
                    "another county officer sends a standard back; your own you may withdraw",
                    code="register.own-standard-not-sent-back",
                )
            )
        _change(connection, number, state=RETURNED)
        _record(user, connection, RETURNED, number, _subject(row), {"reason": reason})


def withdraw(user: ActingUser, number: int, reason: str) -> None:
    """Take back a draft or a submitted standard; an approved one stays, and another follows it."""
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "撤回标准要写明理由",
                "a reason is needed to withdraw a standard",
                code="register.reason-needed-withdraw-standard",
            )
        )
    with user.writing() as connection:
        if _again(user, connection, number, "withdrawn", reason=reason):
            return
        row = _moved(user, connection, number, "draft", "submitted")
        _change(connection, number, state="withdrawn")
        details = {"reason": reason}
        _record(user, connection, "withdrawn", number, _subject(row), details)


def _moved(user: ActingUser, connection: Connection, number: int, *sources: str) -> StandardRecord:
    """A version that is about to move on; raises RefusedError where it may not, or is of another county."""
    row = row_of(connection, select(_TABLE).where(_TABLE.c.id == number), StandardRecord)
    if row is None:
        raise RefusedError(
            Words(f"标准 {number}：没有", f"standard {number}: unknown", code="register.standard-unknown")
        )
    user.check(Right.SET_STANDARD, Area(row["county"]))
    if row["state"] not in sources:
        zh, en = STATES[row["state"]]
        wanted = [STATES[source] for source in sources]
        raise RefusedError(
            Words(
                f"该标准为“{zh}”，这一步只适用于：{'、'.join(each[0] for each in wanted)}",
                f"the standard is {en}; this step is for: {', '.join(each[1] for each in wanted)}",
                code="register.standard-step",
            )
        )
    return row


def _newest(connection: Connection, county: str) -> StandardRecord | None:
    query = select(_TABLE).where(_TABLE.c.county == county).order_by(_TABLE.c.version.desc()).limit(1)
    return row_of(connection, query, StandardRecord)


def _again(user: ActingUser, connection: Connection, number: int, state: str, **said: str | None) -> bool:
    """Whether the person has taken this very step of a version, and it still stands: sent twice, it is done already."""
    row = connection.execute(select(_TABLE).where(_TABLE.c.id == number, _TABLE.c.state == state)).mappings()
    same = row.one_or_none()
    if same is None:
        return False
    event = last_event(connection, [f"standard_{state}"], f"{same['county']} v{same['version']}")
    if event is None or event["account"] != user.person.account:
        return False
    return all(event["details"].get(key) == value for key, value in said.items())


def _subject(row: StandardRecord) -> str:
    return f"{row['county']} v{row['version']}"


def _change(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(CountyStandard).where(CountyStandard.id == number).values(**values))


def _record(
    user: ActingUser, connection: Connection, what: str, number: int, subject: str, details: Mapping[str, Any]
) -> None:
    user.record(connection, [Event(f"standard_{what}", subject, details, (("standard", number),))])
