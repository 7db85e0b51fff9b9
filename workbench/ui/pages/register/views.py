"""The lists of the register page as HTML: a procedure's households, the edge register, the cases."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl
from markupsafe import Markup

from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS, ORIGINS, CaseStage, last_day_of_publicity
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import EDGE_PROPOSALS, STAGES, STEPS, Stage
from workbench.errors import Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import steps_of
from workbench.register.cases.precedence import HELD_BACK, active_accounts, held_back, who_takes
from workbench.register.edge_register import usual_interval
from workbench.register.procedure.entries import area_of
from workbench.register.records import CaseRecord
from workbench.register.standards.effect import reason_in_words
from workbench.register.standards.in_force import approved_in_use
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.standards import standard_in_words
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.frames import in_batches
from workbench.ui.pages.register.lists import filters_of, result_words, results_words, sort_labels
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import CHANGED, WAITING

_DROPPABLE = CASE_STEPS["dismiss"].sources
_STANDINGS = {"in": "edge_in", "out": "edge_out", "below_line": "below_line"}


def entries_html(session: RegisterSession, t: Language, batches: int = 0) -> Markup:
    """The list of a procedure: stages to filter by, what can be done with all, the households; `batches`: those done so far."""
    user = session.user
    page, counts = session.entry_page()
    # Of the list as it is narrowed, its stage too: nobody files households that they do not see.
    batch = in_batches(session.asked.filtered(session.entries_in_sight()))
    rights = user.person.role.rights
    # The stages alone: each household stands at one of them, so that they add up to the total.
    stages = [{"key": key, "label": t.label(words), "count": counts[key]} for key, words in STAGES.items()]
    return render(
        "register_entries", t,
        standard=standard_words(session, t) if session.view == EDGE else "",
        sends=sends, page=page, asked=session.asked, sorts=sort_labels(session.view, t), filters=filters_of(session.view, session.view, page, t), stages=stages, chosen=session.stage,
        rows=[_entry(row, session.view, t) for row in page.rows], returned=any(row["returned_for"] for row in page.rows), total=sum(each["count"] for each in stages), risk=session.view == RISK,
        can={right.value: right in rights for right in Right}, area=t.words(user.person.area.words), batch=batch, waiting=counts[WAITING], waiting_key=WAITING, changed=counts[CHANGED], changed_key=CHANGED,
        # What the marks in the browser are of: they end where it changes (0044).
        marks=f"{session.view} {session.round_name} {session.county} {batches}",
    )  # fmt: skip


def standard_words(session: RegisterSession, t: Language) -> str:
    """Which standard the round has, or that the register cannot tell without one."""
    in_use = approved_in_use(session.user, session.county, session.round_name)
    return standard_in_words(in_use, session.round_name, t)


def _entry(row: Mapping[str, Any], kind: str, t: Language) -> dict[str, Any]:
    stage = Stage(row["stage"])
    return {
        **row,
        "stage_label": t.label(STAGES[stage]),
        "returned_for": t.words(reason_in_words(row["returned_for"])) if row["returned_for"] else "",
        "turn": _turn(row, stage, t),
        "standing": standing_of(row["rule"], kind),
        "proposed": proposal_words(row["proposal"], kind, t),
    }


def _turn(row: Mapping[str, Any], stage: Stage, t: Language) -> str:
    """Whose turn it is with a household, and to do what; empty where nobody's."""
    if row["case_first"] and stage in STEPS["propose"].sources:
        return t("按个案办理，不用上报")
    if stage is Stage.VISITED and row["rule"] is None:
        return t("待村级补齐事实、上报")
    return {
        Stage.NEW: t("待村级走访"), Stage.VISITED: t("待村级上报"), Stage.RETURNED: t("待村级重新上报"),
        Stage.PROPOSED: t("待乡镇审核"), Stage.REVIEWED: t("待县区备案"),
    }.get(stage, "")  # fmt: skip


def standing_of(rule: str | None, kind: str) -> str:
    """Return what the rules say, as `marks.html` takes it."""
    if rule is None:
        return "undetermined" if kind == RISK else "edge_unknown"
    return rule if kind == RISK else _STANDINGS[rule]


def proposal_words(proposal: str | None, kind: str, t: Language) -> str:
    """A proposal in words; empty for none. For a tier, its number: the mark says the rest."""
    if proposal is None:
        return ""
    return proposal if kind == RISK else t.label(EDGE_PROPOSALS[proposal])


def managed_html(session: RegisterSession, officers: list[dict[str, Any]], t: Language, batches: int = 0) -> Markup:
    """The edge register: officers, when the next visit is due, which are overdue."""
    page, everybody, late = session.managed_page()
    # A household stays managed until the village proposes that it leaves: whoever keeps the register sees whom that is about.
    shown = session.assessment().filter(pl.col("household_id").is_in([row["household_id"] for row in page.rows]))
    out = set(shown.filter(pl.col("rule") == "out")["household_id"])
    return render(
        "register_managed", t, standard=standard_words(session, t),
        sends=sends, page=page, asked=session.asked, sorts=sort_labels("managed", t), filters=filters_of("managed", EDGE, page, t), late=late, everybody=everybody,
        overdue_only=session.overdue_only,
        usual=usual_interval(session.user, session.county), rows=page.rows, out=out, officers=officers, round_title=lambda name: round_title(name, t),
        marks=f"managed {session.county} {batches}", can_assign=Right.ASSIGN_OFFICER in session.user.person.role.rights,
    )  # fmt: skip


def cases_html(session: RegisterSession, t: Language, batches: int) -> Markup:
    """The cases, each with its steps and their days, and its next step as a form for whoever may take it."""
    user, listed = session.user, session.cases()
    page = session.asked.page(listed)
    # A step that no case of the list can take is not offered for several.
    standing = {CaseStage(each) for each in session.asked.filtered(listed)["stage"].unique().to_list()}
    running, everything = session.case_counts()
    return render(
        "register_cases", t,
        sends=sends, page=page, asked=session.asked, sorts=sort_labels("cases", t), filters=filters_of("cases", EDGE, page, t), open_only=session.open_only, running=running, everything=everything,
        cases=cases_in_words(user, cast("Sequence[CaseRecord]", page.rows), t), today=user.today.isoformat(),
        marks=f"cases {session.county} {batches}",
        steps=[{"name": each.name, "label": t.label((each.zh, each.en))} for each in CASE_STEPS.values()
               if each.right in user.person.role.rights and each.name != "dismiss" and standing & set(each.sources)],
    )  # fmt: skip


def cases_in_words(user: ActingUser, rows: Sequence[CaseRecord], t: Language) -> list[dict[str, Any]]:
    """Cases for their template; `held`: of one that is neither published nor announced, why, and who must decide."""
    held = held_back(user, [row for row in rows if CaseStage(row["stage"]) in _DROPPABLE])
    with user.reading() as connection:
        # Once for all: a page of cases waits for the same few people.
        accounts = active_accounts(connection)
    return [_case_in_words(user, row, accounts, t, held.get(row["id"])) for row in rows]


def _case_in_words(
    user: ActingUser, row: CaseRecord, accounts: Sequence[Any], t: Language, held: Words | None
) -> dict[str, Any]:
    """A case for its template: `steps` with the day each was taken, `next` the steps that this person may take."""
    taken = {each["stage"]: each for each in steps_of(user, row["id"])}
    stage = CaseStage(row["stage"])
    opens = dt.date.fromisoformat(row["publicity_until"]) if row["publicity_until"] else None
    dismissed = stage is CaseStage.DISMISSED
    # A dismissed case shows the way that it went, and none of the steps that it never reached.
    way = [each for each in CaseStage if (each is CaseStage.DISMISSED) == dismissed or str(each) in taken]
    steps = [
        {
            "label": t.label(CASE_STAGES[each]),
            "day": taken[each]["day"] if each in taken else "",
            "state": "done" if each in taken else "ahead",
        }
        for each in way
        if not dismissed or each in taken
    ]
    # The open mark is what is to be done next, as in the bar of a household's own procedure.
    if (ahead := next((each for each in steps if each["state"] == "ahead"), None)) is not None:
        ahead["state"] = "now"
    following = [
        {
            "name": each.name,
            "label": t.begins((each.zh, each.en)),
            "clause": t.clause(each.clause),
            "drops": each.name == "dismiss" and held is None,
        }
        for each in CASE_STEPS.values()
        if stage in each.sources and each.right in user.person.role.rights
        if held is None or each.name not in HELD_BACK
        # Not before its day: a button that ends in a refusal is none.
        if each.name != "announce" or opens is None or opens <= user.today
    ]
    # Of a case that the facts hold back the one right step is the decision, and it is named alone.
    awaited = [
        each for each in CASE_STEPS.values() if stage in each.sources and (each.name == "dismiss") == (held is not None)
    ]
    others = [
        t("{step}，{who}", step=t.label((each.zh, each.en)), who=t.words(who_takes(accounts, each.right, area_of(row))))
        for each in awaited
    ]
    return {
        **row, "origin_label": t.label(ORIGINS[row["origin"]]), "stage_label": t.label(CASE_STAGES[stage]),
        "publicity": _publicity_words(row, opens, t) if opens and stage is CaseStage.PUBLICISED else "",
        "held": t.words(held) if held else "", "steps": steps, "next": following, "waits_for": t("；").join(others),
        # One's own step whose day has not come is nobody else's to take.
        "own_later": any(each.right in user.person.role.rights for each in awaited),
    }  # fmt: skip


def _publicity_words(row: CaseRecord, opens: dt.date, t: Language) -> str:
    """Say from when to when a case hangs out, how that is counted, and from which day on it may be announced."""
    begin = dt.date.fromisoformat(str(row["publicity_from"]))
    return t(
        "公示 {days} 天：{begin} 至 {end}（首日算第一天）；{opens} 起可以公告",
        days=t.number((opens - begin).days), begin=begin, end=last_day_of_publicity(opens), opens=opens,
    )  # fmt: skip


def filed_html(session: RegisterSession, t: Language) -> Markup:
    """The filed list that is open: how many of each result, and its households."""
    filing, frame = session.filed()
    page, kind = session.asked.page(frame), filing["kind"]
    here = dict(frame.group_by("result").len().iter_rows())
    return render(
        "register_filed", t,
        sends=sends, filing=filing, page=page, asked=session.asked, sorts=sort_labels("filed", t),
        filters=filters_of("filed", kind, page, t), risk=kind == RISK, whole=results_words(filing["counts"]["results"], kind, t),
        # A filing is a county's: a township or a village sees its own rows, and that they are not all.
        here=results_words(here, kind, t) if len(frame) != filing["households"] else "",
        rows=[{**row, "standing": standing_of(row["rule"], kind), "words": result_words(kind, row["result"], t)} for row in page.rows],
    )  # fmt: skip
