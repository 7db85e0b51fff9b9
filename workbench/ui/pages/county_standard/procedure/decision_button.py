"""The button of the sheet that a leader decides upon (呈批表), for the present choice."""

import datetime as dt
from typing import Any

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.rounds import round_words
from workbench.domain.rules.standard import EdgeStandard, read_standard
from workbench.errors import StandardError
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.standings import standings
from workbench.register.county_records import account_names
from workbench.register.standards.in_force import Source
from workbench.register.standards.lists import standard_versions
from workbench.register.standards.versions import STATES
from workbench.reports.documents.decision_sheet import decision_sheet
from workbench.reports.gathering.standard_decision import ComparedStandard, RegisteredVersion, gather_decision
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.files.download import Download, File, file_name
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.state import StandardSession

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def decision_button(session: StandardSession, language: Language, guard: Guard) -> Download:
    """Return a button that downloads the sheet; each press counts anew."""
    return Download(language("下载呈批表（一页，Word）"), lambda: decision_file(session), guard)


def decision_file(session: StandardSession) -> File:
    """The sheet of the present choice; in Chinese, as papers are."""
    user = current_user.acting_user()
    # Only whoever sees the whole county's register: a part of it would look like all.
    reads = user is not None and Right.READ_REGISTER in user.person.role.rights
    if user is None or not reads or not user.person.area.holds(Area(session.county)):
        known, version, made_on = None, None, current_user.page_now().date()
    else:
        with user.reading() as connection:
            known = standings(connection, session.county, session.round_name)
        version, made_on = _registered(user, session), user.today
    against = session.against
    in_force = against.source == Source.APPROVED and session.in_force.of_its_time
    compared = ComparedStandard(against.standard, against.name.zh, in_force)
    decision = gather_decision(session.scope, session.standard, compared, made_on, known, version)
    name = file_name(
        "模拟数据" if decision.simulated else "",
        decision.county,
        round_words(session.round_name),
        "边缘户标准呈批表",
        ending=".docx",
    )
    return File(name, _DOCX, decision_sheet(decision))


def _registered(user: ActingUser, session: StandardSession) -> RegisteredVersion | None:
    """The newest version of the register that is the present choice; None where it is none of them."""
    same = (row for row in standard_versions(user, session.county) if _is_choice(row["text"], session.standard))
    row: Any = next(same, None)
    if row is None:
        return None
    names = account_names(user)
    submitted, approved = row["submitted_by"], row["approved_by"]
    return RegisteredVersion(
        row["version"], STATES[row["state"]][0], names.get(submitted, submitted or ""), dt.date.fromisoformat(row["submitted_at"][:10]) if submitted else None,
        row["reason"] or "", names.get(approved, approved or ""), row["document"] or "",
    )  # fmt: skip


def _is_choice(text: str, choice: EdgeStandard) -> bool:
    try:
        registered = read_standard(text)
    # A text changed by hand is no choice of anybody's; whoever uses the version is told so.
    except StandardError:
        return False
    return registered == choice.model_copy(update={"county": registered.county})
