"""A household's plan of assistance for its template: measures with their terms, what is suggested besides, the versions."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.assistance.measures import Level, measures
from workbench.domain.assistance.suggestions import Assistance, Proposal
from workbench.domain.assistance.terms import link_types, linking_measures
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.plan_lists import plan_of
from workbench.register.assistance.versions import versions_of
from workbench.register.edge_register import edge_households
from workbench.register.records import PlanVersionRecord
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.shared_frames import suggested_in_sight
from workbench.ui.pages.register.state import RegisterSession


def plan_view(
    user: ActingUser, session: RegisterSession, t: Language, people: Mapping[str, str], rule: str | None = None
) -> dict[str, Any]:
    """The plan there is, or what one would hold; with what is suggested and not planned, and what facts leave open.

    `rule`: what the rules say of the household. `due`: whether one is to be made: of lifted and edge households (§2.1.4),
    and of nobody whom the standard leaves out; `cannot_tell`: the rules say nothing of it yet; `open_facts`: the facts that would settle what is suggested.
    """
    plan = plan_of(user, session.household)
    facts, proposed = suggested_in_sight(session)
    due = facts["kind"] != UNREGISTERED or rule == "in" or bool(edge_households(user, household=session.household))
    open_facts = sorted({fact for needed in proposed.undecided.values() for fact in needed})
    # What has ended may be suggested again: the need that facts show is still there.
    planned = {each["measure"] for each in plan["measures"] if not each["until"]} if plan else set()
    # None is not nought: of how many members a measure would be may be unknown.
    offered = [_offer(each, t) for each in (*proposed.household, *proposed.persons) if each.people != 0]
    shared: dict[str, Any] = {
        "due": due, "cannot_tell": rule is None, "open_facts": open_facts if due or plan else [],
        "suggested": [each for each in offered if each["name"] not in planned], "undecided": _undecided(proposed, t),
        "persons": facts["persons"] or 0, "links": [(name, t.label(words)) for name, words in link_types().items()], "linking": linking_measures(),
        "catalogue": [(name, _name(name, t), each.level is Level.PERSON) for name, each in measures().items()],
    }  # fmt: skip
    if plan is None:
        return {**shared, "there": False, "versions": []}
    rows = [_row(each, t) for each in plan["measures"]]
    return {
        **plan, **shared, "there": True, "running": [each for each in rows if not each["until"]],
        "ended": [each for each in rows if each["until"]],
        "versions": [_version(each, people, t) for each in versions_of(user, session.household)],
    }  # fmt: skip


def _row(row: Mapping[str, Any], t: Language) -> dict[str, Any]:
    """A measure with its label and its terms in words."""
    link = link_types().get(row["link"] or "")
    parts = [
        row["detail"] or "", t.label(link) if link else "",
        t("{amount} 元", amount=t.number(row["amount"])) if row["amount"] is not None else "",
        t("{starts} 起", starts=row["starts"]) if row["starts"] else "",
        t("{due} 前完成", due=row["due"]) if row["due"] else "",
        t("责任人 {name}", name=row["responsible"]) if row["responsible"] else "",
    ]  # fmt: skip
    return {
        **row, "label": _name(row["measure"], t), "personal": measures()[row["measure"]].level is Level.PERSON,
        "whose": t("成员 {number}", number=row["member"]) if row["member"] else t("全户"),
        "terms": t("；").join(part for part in (_role(row["measure"], t), *parts) if part),
    }  # fmt: skip


def _version(row: PlanVersionRecord, people: Mapping[str, str], t: Language) -> dict[str, Any]:
    """A version: who made it when, why, and the plan as it was."""
    content = row["content"]
    return {
        "number": row["version"], "at": (row["at"] or "")[:16].replace("T", " "), "reason": row["reason"] or "",
        # A plan of before versions were written has neither account nor moment (0053).
        "who": people.get(row["account"], row["account"]) if row["account"] else "",
        "goal": content["goal"], "responsible": content["responsible"],
        "measures": [_row(each, t) for each in content["measures"] if not each["until"]],
    }  # fmt: skip


def _offer(proposal: Proposal, t: Language) -> dict[str, Any]:
    """A measure suggested, with its reasons."""
    measure = proposal.measure
    return {
        "name": measure.name, "label": _name(measure.name, t), "people": proposal.people, "personal": measure.level is Level.PERSON,
        "reasons": t("；").join(t.words(each.words) for each in proposal.reasons),
    }  # fmt: skip


def _undecided(proposed: Assistance, t: Language) -> list[str]:
    """What cannot be suggested or ruled out: once for all measures that the same facts would decide."""
    by_facts: dict[tuple[str, ...], list[str]] = {}
    for name, facts in proposed.undecided.items():
        by_facts.setdefault(facts, []).append(_name(name, t))
    return [
        t(
            "缺{facts}，还不能说要不要：{measures}",
            facts=t("、").join(fact_label(each, t) for each in facts),
            measures=t("；").join(named),
        )
        for facts, named in by_facts.items()
    ]


def _role(name: str, t: Language) -> str:
    """Which member a measure is there for: two measures of like names differ by that."""
    measure = measures()[name]
    return t.label(measure.role) if measure.level is Level.PERSON else ""


def _name(name: str, t: Language) -> str:
    return t.label((measures()[name].zh, measures()[name].en))
