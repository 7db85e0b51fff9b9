"""What a list does not say and somebody must: the kind of its households. Asked with what is likely; never guessed."""

import polars as pl

from workbench.domain.facts import FACTS, KINDS
from workbench.errors import QuestionError, Words
from workbench.intake.findings.problems import quoted_headers
from workbench.intake.reading.sheet import Sheet

_HALF = 0.5
# The key, the round, and what others decide or draw: no office's list is expected to say them.
_NOT_ASKED = ("household_id", "round", "filed_tier", "weight")
_OF_UNREGISTERED = ("边缘", "未建档", "一般农户", "非建档")


def ask_kind(sheet: Sheet, facts: pl.DataFrame) -> QuestionError:
    """The question which kind the households of a list are, with the kind that the list suggests."""
    likely, why = _likely_kind(sheet, facts)
    accepted_zh = "、".join(f"{code} {zh}" for code, (zh, _) in KINDS.items())
    accepted_en = ", ".join(f"{code} ({en})" for code, (_, en) in KINDS.items())
    message = Words(
        f"名单没有写各户的类型；请指明（--kind）：{accepted_zh}",
        f"the list does not say the kind of its households; say which (--kind): {accepted_en}",
        code="intake.kind-not-said",
    )
    return QuestionError(sheet.path, message + why, "kind", tuple(KINDS), likely)


def _likely_kind(sheet: Sheet, facts: pl.DataFrame) -> tuple[str, Words]:
    # Only a household that was lifted out of poverty has a year in which it was (§2.1).
    if "exit_year" in facts.columns and facts["exit_year"].count() > _HALF * len(facts):
        return "lifted", Words("；有脱贫年度，可能是 lifted", "; it has years of exit: probably lifted")
    if any(word in title for title in (*sheet.titles, sheet.path.stem) for word in _OF_UNREGISTERED):
        why = Words("；标题提到边缘户或未建档立卡户，可能是 unregistered", "; its title suggests: unregistered")
        return "unregistered", why
    return "", Words("", "")


def refuse_without_facts(sheet: Sheet) -> QuestionError:
    """A table with household numbers and nothing that is known about them."""
    shown = quoted_headers(sheet.headers)
    message = Words(
        f"除户编号外，没有一列是工作台认识的；表头：{shown.zh}；请给出列的对应（--mapping）",
        f"besides the household number no column is known; headers found: {shown.en}; give a mapping (--mapping)",
        code="intake.besides-household-number-no",
    )
    return QuestionError(sheet.path, message, "columns")


def unknown_facts(known: set[str]) -> Words:
    """Which facts no column gives: they are not known, never 0 and never false."""
    absent = [fact for fact in FACTS if fact.name not in known and fact.name not in _NOT_ASKED]
    zh, en = "、".join(fact.zh for fact in absent), ", ".join(fact.en for fact in absent)
    return Words(
        f"名单里没有、记为未知的：{zh}", f"not in the list, hence not known: {en}", code="intake.facts-not-in-list"
    )
