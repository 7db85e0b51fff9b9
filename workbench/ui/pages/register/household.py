"""One household in the procedure: where it stands, what the rules say and why, and the next step as a form for whoever may take it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import (
    ASIDE,
    EDGE_PROPOSALS,
    SENT_BACK,
    STAGES,
    STEPS,
    VILLAGE_WITHDRAWALS,
    VISIT_DOMAINS,
    WITHDRAWALS,
    Stage,
    Step,
    standing_steps,
)
from workbench.domain.rules.explanation import Explanation, explain_edge, explain_tier
from workbench.domain.rules.legal_readings import EDGE_IN_WORDS, tiers_in_words
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import may_read_names, names_shown
from workbench.register.assessment import BELOW_LINE, EDGE, KIND_OF, RISK, Rules
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import (
    CASE_FIRST,
    active_accounts,
    below_line_now,
    next_words,
    running_cases,
    who_takes,
)
from workbench.register.county_records import account_names, accounts_of
from workbench.register.db.engine import Connection
from workbench.register.edge_register import edge_households
from workbench.register.household_history import history
from workbench.register.joined_records import HouseholdHistory
from workbench.register.procedure.visits import findings_of, visits_of
from workbench.register.stated_rules import STATED
from workbench.register.worklists.changed_results import RESTING
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.household.changes import change_sentences
from workbench.ui.kit.household.sources import sources_of
from workbench.ui.kit.household.steps_taken import (
    case_notes,
    corrections_in_words,
    returned_by,
    returned_for,
    steps_taken,
    withdrawn_reason,
)
from workbench.ui.kit.household.story import criterion_row
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.assistance.plan_view import plan_view
from workbench.ui.pages.register.shared_frames import explanation_of, facts_in_sight, rules_in_sight
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.views import cases_in_words, proposal_words, standing_of
from workbench.ui.pages.register.visit_form import fact_groups, shown_mark, typed_result

if TYPE_CHECKING:
    from workbench.register.records import VisitRecord

_WAY = ("visit", "propose", "agree", "file")
_DONE = {Stage.NEW: 0, Stage.VISITED: 1, Stage.RETURNED: 1, Stage.PROPOSED: 2, Stage.REVIEWED: 3, Stage.FILED: 4}
"""The steps of the procedure, and how many of them a household at a stage has behind it."""


def household_html(session: RegisterSession, t: Language, *, with_findings: bool = False) -> Markup:
    """The household in sight. `with_findings`: with what the visits found, whose reading the register keeps."""
    user, row = session.user, assessed_row(session)
    kind = KIND_OF[row["kind"]]
    facts = facts_in_sight(session)
    rules = rules_in_sight(session)
    with user.reading() as connection:
        case_first = _case_first(user, connection, row, session.county) if kind == EDGE else None
    record = _record(user, session.household)
    entry = next((each for each in record["entries"] if each["round"] == session.round_name), None)
    stage = Stage(entry["stage"]) if entry else Stage.NEW
    explained, own = explanation_of(session, rules, lambda: _explained(facts, rules)), rules.own_groups
    names = account_names(user)
    visited: Sequence[VisitRecord] = (
        findings_of(user, session.household) if with_findings else visits_of(user, session.household)
    )
    proposals = _proposals(user, row, kind, t, may_stay=case_first is None)
    # While a case goes first there may be nothing left to propose, and a form of no choice.
    forms = [name for name in _forms(user, stage) if proposals or name != "propose"]
    back = returned_for(record["steps"], session.round_name, t) if stage in (Stage.RETURNED, Stage.VISITED) else ""
    plan = {**plan_view(user, session, t, names, rule=row["rule"]), "case_first": case_first is not None}
    # Only where there is a form for it: the shortest visit is worked out anew for each household.
    groups = fact_groups(session, rules, t, back, plan["open_facts"]) if {"visit", "reopen"} & set(forms) else []
    return render(
        "register_household", t,
        sends=sends, row=row, nameless=session.simulated, head_name=_name(user, session), kind=kind, risk=kind == RISK, entry=entry, today=user.today.isoformat(), me=user.name,
        stage=stage, stage_label=t.label(STAGES[stage]), way=[] if case_first else _way(stage, t), case_first=t.words(case_first) if case_first else "",
        forms=forms, withdraws=_withdraws(user, record["steps"], session.round_name), typed=typed_result(session, facts, rules, t),
        waits_for="" if case_first else _others(user, stage, Area(session.county, row["township"], row["village"]), t), standing=standing_of(row["rule"], kind),
        proposal=proposal_words(entry["proposal"], kind, t) if entry and entry["proposal"] else "",
        criteria=[criterion_row(trace, t, own) for trace in explained.criteria] if explained else [],
        combined=t.words(tiers_in_words(rules.reading) if kind == RISK else EDGE_IN_WORDS),
        changed_from=standing_of(entry["rule"], kind) if entry and stage in RESTING and entry["rule"] != row["rule"] else "",
        missing=[fact_label(name, t, own) for name in explained.missing] if explained else [],
        changes=change_sentences(explained, t, own) if explained else [],
        adjusts_by="" if "reopen" in forms else _adjusts(user, Area(session.county, row["township"], row["village"]), t),
        standard_missing=kind == EDGE and rules.version is None,
        domains=[(name, t.begins(label)) for name, label in VISIT_DOMAINS.items()],
        withdrawn_reason=withdrawn_reason(record["steps"], session.round_name), fact_groups=groups, shown_mark=shown_mark(groups), proposals=proposals,
        sources=sources_of(session.store, session.round_name, session.county, facts, t),
        # Each reading of findings is kept on the trail, so they are read only when somebody asks for them.
        visits=visited, corrections=corrections_in_words(user, visited, t, own),
        returned_for=back, returned_by=returned_by(record["steps"], session.round_name, names, t) if back else "",
        income_note=_income_note(rules, t) if kind == EDGE else "",
        with_findings=with_findings, domain_labels={name: t.label(label) for name, label in VISIT_DOMAINS.items()},
        may_read=may_read_names(user), people=names,
        steps=steps_taken(record["steps"], plan, t), filings=record["filings"],
        cases=cases_in_words(user, record["cases"], t), case_notes=case_notes(user, session.household, t) if with_findings else {},
        edge=next(iter(edge_households(user, state=None, household=session.household)), None), round_title=lambda name: round_title(name, t),
        plan=plan, may_plan=Right.PROPOSE in user.person.role.rights,
    )  # fmt: skip


def _name(user: ActingUser, session: RegisterSession) -> str:
    """The head's name where the person may see it: an event of its own, once a day."""
    number = session.household
    return names_shown(user, session.round_name, session.county, [number], "household", number).get(number, "")


def assessed_row(session: RegisterSession) -> dict[str, Any]:
    """The household as the rules judge it; raises where the person's area does not hold it just once in the round."""
    rows = session.assessment().filter(household_id=session.household)
    if len(rows) != 1:
        area, name = session.user.person.area, session.household
        raise InputError(
            Words(
                f"户 {name}：您的范围（{area}）在本县区、本期次中{'不止一户' if len(rows) else '没有这一户'}",
                f"household {name}: {'more than once' if len(rows) else 'not'} in your area ({area}), county and round",
                code="ui.household-area-county-round",
            )
        )
    return rows.row(0, named=True)


def _record(user: ActingUser, household: str) -> HouseholdHistory:
    """What the register holds of a household; nothing at all of one that nobody has visited yet."""
    try:
        return history(user, household)
    except RefusedError:
        return {
            "household_id": household, "entries": [], "steps": [], "filings": [], "visits": [], "edge": [],
            "cases": cases(user, household=household), "next_step": None,
        }  # fmt: skip


def _explained(facts: dict[str, Any], rules: Rules) -> Explanation | None:
    if facts["kind"] == "lifted":
        return explain_tier(facts, rules.parameters, rules.reading, ask=STATED.ask)
    return explain_edge(facts, rules.limits, ask=STATED.ask) if rules.limits else None


def _income_note(rules: Rules, t: Language) -> str:
    """What the income is that a standard tests: the fact beside it has another name."""
    if rules.limits is None:
        return ""
    if rules.limits.deduct_out_of_pocket:
        return t("测算收入是家庭纯收入减合规自付支出，再除以人数。")
    return t("测算收入即人均纯收入。")


def _way(stage: Stage, t: Language) -> list[dict[str, str]]:
    """The steps of the procedure: done, the one that comes now, those ahead."""
    done = _DONE[stage]
    return [
        {
            "label": t.begins((STEPS[name].zh, STEPS[name].en)) if number < done else _ahead(STEPS[name], t),
            "state": "done" if number < done else "now" if number == done else "ahead",
        }
        for number, name in enumerate(_WAY)
    ]


def _forms(user: ActingUser, stage: Stage) -> list[str]:
    """The steps that this person may take from here; a filed household is visited too, to follow up."""
    here = [step for step in STEPS.values() if stage in step.sources and step.name not in ASIDE]
    mine = [step.name for step in here if step.right in user.person.role.rights]
    if stage is Stage.FILED and Right.VISIT in user.person.role.rights:
        mine.insert(0, "visit")
    # A filing is of a list, never of one household.
    return [name for name in mine if name != "file"]


def _withdraws(user: ActingUser, steps: Sequence[Mapping[str, Any]], round_name: str) -> dict[str, Any] | None:
    """What the person may withdraw of the household: the `name` of the step that does, and its `words`; None where there is nothing.

    Of a village its visit or proposal, of a township its review or return: as the register holds to it.
    """
    names = [step["step"] for step in steps if step["round"] == round_name]
    last = [names[position] for position in standing_steps(names)][-1:]
    step = STEPS.get({**VILLAGE_WITHDRAWALS, **WITHDRAWALS}.get(last[0], "")) if last else None
    return {"name": step.name, "words": (step.zh, step.en)} if step and step.right in user.person.role.rights else None


def _others(user: ActingUser, stage: Stage, area: Area, t: Language) -> str:
    """What waits to be done by others, and by whom."""
    steps = [each for each in STEPS.values() if stage in each.sources and each.right not in user.person.role.rights]
    with user.reading() as connection:
        accounts = active_accounts(connection)
    return t("；").join(
        t("{step}，{who}", step=_ahead(each, t), who=t.words(who_takes(accounts, each.right, area)))
        for each in steps
        if each.name not in {*SENT_BACK, *ASIDE, "reopen"}
    )


def _adjusts(user: ActingUser, area: Area, t: Language) -> str:
    """Who may open a filed household again, in words."""
    with user.reading() as connection:
        return t.words(who_takes(active_accounts(connection), STEPS["reopen"].right, area))


def _ahead(step: Step, t: Language) -> str:
    """A step that is still to be taken: a review may as well send back, and is not called by its one good end."""
    return t("乡镇审核") if step.name == "agree" else t.begins((step.zh, step.en))


def _case_first(user: ActingUser, connection: Connection, row: dict[str, Any], county: str) -> Words | None:
    """The one right next step of a household whose case runs, or is to be opened; None where there is no case to go first."""
    case = running_cases(connection, county).get(row["household_id"])
    if case is None and row["rule"] != BELOW_LINE:
        return None
    below = None if case is None else below_line_now(user, connection, [case])[case["id"]]
    return next_words(connection, case, below_line=below)


def _proposals(
    user: ActingUser, row: dict[str, Any], kind: str, t: Language, *, may_stay: bool = True
) -> list[dict[str, Any]]:
    """What may be proposed, that of the rules first marked; not `may_stay`: its case goes first."""
    if kind == RISK:
        return [{"key": str(tier), "label": "", "rule": row["rule"] == str(tier)} for tier in (1, 2, 3)]
    inside = bool(edge_households(user, household=row["household_id"]))
    # Out by the rules and on the register marks nothing: why a household leaves is for people to say.
    by_rule = {"in": "keep" if inside else "enter", "out": "stay_out"}.get(row["rule"] or "")
    return [
        {"key": key, "label": t.label(label), "rule": key == by_rule}
        for key, label in EDGE_PROPOSALS.items()
        if (key == "keep" or key.startswith("leave")) == inside and (may_stay or key not in CASE_FIRST)
    ]


def officers_of(user: ActingUser, county: str, t: Language) -> list[dict[str, Any]]:
    """The accounts that may be named officers in a county, those whose area lies in it, each with its `place` in words."""
    rows = accounts_of(user, county)
    own = user.person.area
    return [
        {**row, "place": "/".join(part for part in (row["township"], row["village"]) if part) or county_name(county, t)}
        for row in rows
        if own.township in (None, row["township"])
    ]
