"""The button of the sheet that a leader decides upon (呈批表), for the present choice."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import ipywidgets as widgets

from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.rounds import round_words
from workbench.domain.rules.standard import EdgeStandard, parse_standard, read_standard
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
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.files.download import Download, File, file_name
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DecisionButton:
    """A button that downloads the sheet, each press counted anew, and which sheet it would be at the moment."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session, self.language = session, language
        self._versions: list[tuple[int, str, EdgeStandard]] = []
        self.pane = Pane()
        button = Download(language("下载呈批表（一页，Word）"), lambda: decision_file(session), guard)
        self.widget = widgets.VBox([button, self.pane])

    def look(self, user: ActingUser | None) -> None:
        """Look at the register again: which versions the county has."""
        # Not with every move of a slider: `say` compares with what was read here.
        self._versions = list(_versions(user, self.session)) if user and _sees_county(user, self.session) else []
        self.say()

    def say(self) -> None:
        """Say which sheet the button gives: of a trial or a draft nobody can decide, and it looks much like the one that goes to the head."""
        t, choice = self.language, self.session.standard
        number, state = next(((number, state) for number, state, each in self._versions if _is(each, choice)), (0, ""))
        if not number:
            said = t("现在下载的是未登记的试算，没有理由和提交人；存为草案、提交以后再下载，才是送领导的那一份。")
        elif state == "draft":
            said = t(
                "现在下载的是第 {number} 版草案，没有理由和提交人；提交以后再下载，才是送领导的那一份。", number=number
            )
        else:
            said = t(
                "现在下载的是第 {number} 版（{state}），写有理由和提交人。", number=number, state=t.label(STATES[state])
            )
        self.pane.html = render("decision_note", t, said=said)


def decision_file(session: StandardSession) -> File:
    """The sheet of the present choice; in Chinese, as papers are."""
    user = current_user.acting_user()
    if user is None or not _sees_county(user, session):
        known, version, made_on = None, None, current_user.page_now().date()
    else:
        with user.reading() as connection:
            known = standings(connection, session.county, session.round_name)
        version, made_on = _registered(user, session), user.today
    compared = _compared(user, session, version)
    decision = gather_decision(session.scope, session.standard, compared, made_on, known, version)
    # Several sheets lie in one folder by the evening: which of them is the one to sign is seen by its name.
    standing = f"第{version.number}版（{version.state}）" if version else "试算"
    name = file_name(
        "模拟数据" if decision.simulated else "",
        decision.county,
        round_words(session.round_name),
        "边缘户标准呈批表",
        standing,
        ending=".docx",
    )
    return File(name, _DOCX, decision_sheet(decision))


def _compared(user: ActingUser | None, session: StandardSession, version: RegisteredVersion | None) -> ComparedStandard:
    """What the sheet compares with: the page's own comparison, or for the version in force the one that it took the place of."""
    against = session.against
    if user is None or version is None or not _is(against.standard, session.standard):
        # Whether anything is in force is the round's to say, whatever standard is looked at beside this one.
        in_force = session.in_force.source == Source.APPROVED and session.in_force.of_its_time
        return ComparedStandard(against.standard, against.name.zh, in_force)
    # Compared with itself a version changes nothing, and the sheet that is filed would have lost what was decided.
    rows = standard_versions(user, session.county)
    before = [row["version"] for row in rows if row["state"] == "approved" and row["version"] < version.number]
    for number, _, standard in _versions(user, session):
        if number in before:
            return ComparedStandard(standard, f"第{number}版（此前的标准）", in_force=True)
    return ComparedStandard(parse_standard(load_yaml("edge_standard")), "参照标准", in_force=False)


def _registered(user: ActingUser, session: StandardSession) -> RegisteredVersion | None:
    """The newest version of the register that is the present choice; None where it is none of them."""
    same = next((number for number, _, each in _versions(user, session) if _is(each, session.standard)), None)
    if same is None:
        return None
    row: Any = next(row for row in standard_versions(user, session.county) if row["version"] == same)
    names = account_names(user)
    submitted, approved = row["submitted_by"], row["approved_by"]
    return RegisteredVersion(
        row["version"], STATES[row["state"]][0], names.get(submitted, submitted or ""), dt.date.fromisoformat(row["submitted_at"][:10]) if submitted else None,
        row["reason"] or "", names.get(approved, approved or ""), row["document"] or "",
    )  # fmt: skip


def _versions(user: ActingUser, session: StandardSession) -> Iterator[tuple[int, str, EdgeStandard]]:
    """Number, state and standard of each version of the county that can be read, the newest first."""
    for row in standard_versions(user, session.county):
        # A text changed by hand is no choice of anybody's; whoever uses the version is told so.
        with suppress(StandardError):
            yield row["version"], row["state"], read_standard(row["text"])


def _sees_county(user: ActingUser, session: StandardSession) -> bool:
    """Whether a person sees the whole county's register: a part of it would look like all."""
    return Right.READ_REGISTER in user.person.role.rights and user.person.area.holds(Area(session.county))


def _is(registered: EdgeStandard, choice: EdgeStandard) -> bool:
    return registered == choice.model_copy(update={"county": registered.county})
