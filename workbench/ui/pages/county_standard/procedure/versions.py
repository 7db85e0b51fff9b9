"""A county's standard on its way: drafts, submissions, approvals, what was in force when, and what the neighbours chose."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from workbench.domain.procedure.roles import Right
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standards_elsewhere import StandardElsewhere, standards_elsewhere
from workbench.errors import InputError, Words, WorkbenchError
from workbench.preview.submission import submission_figures
from workbench.register.access.acting_user import ActingUser
from workbench.register.county_records import account_names
from workbench.register.standards.in_force import Version
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import STATES, approve, draft, send_back, submit, withdraw
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.controls.pane_fields import Fields, one
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.frame import classed
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.form.standard_form import OTHERS
from workbench.ui.pages.county_standard.panels.changes_panel import LISTED
from workbench.ui.pages.county_standard.procedure.approval import approved_words
from workbench.ui.pages.county_standard.procedure.asked_first import (
    check_doubts,
    chosen_round,
    doubts,
    doubts_of_version,
)
from workbench.ui.pages.county_standard.procedure.decision_button import DecisionButton
from workbench.ui.pages.county_standard.procedure.version_rows import (
    Draft,
    neighbour_rows,
    newest_draft,
    unlike,
    version_rows,
)
from workbench.ui.pages.county_standard.procedure.version_texts import drafted_words, steps
from workbench.ui.pages.county_standard.state import StandardSession

PROCEDURE = "wb-procedure"
"""Where on the page the procedure is, for links to it."""


class VersionsPanel:
    """A pane over a session: the versions of its county, each with the step that is this person's to take.

    `adopt` shows the draft again after a version was taken over, `lists` opens the list of who comes in and who goes out,
    `sheet` is the button of the sheet that a leader decides upon, below what submits lest a trial's be taken for it. `waiting` says, wherever the page puts it, which of them
    wait for this person, and shows the one that its link names; `opens` opens the procedure. `examining` says which version
    the page shows in place of the person's own choice, with the way back.
    """

    def __init__(
        self, session: StandardSession, language: Language, adopt: Callable[[], None], opens: Callable[[], None],
        lists: Callable[[], None], sheet: DecisionButton,
    ) -> None:  # fmt: skip
        self.session, self.language, self._adopt, self._list, self._open = session, language, adopt, lists, opens
        self.said, self._sheet = "", sheet
        self._drafted: int | None = None
        self._draft_at_hand: Draft | None = None
        self._can_set = False
        self.pane = Pane(self._take)
        # On its own: it follows the form, which must not draw anew what is being typed below.
        self.drafting = Pane(self._take)
        self.widget = classed(widgets.VBox([self.drafting, self.pane, sheet.widget]), "wb-stack")
        self.waiting, self.examining = Pane(self._answer), Pane(self._answer)

    def fill(self) -> None:
        """Look at the register again."""
        user = current_user.acting_user()
        self._can_set = user is not None and Right.SET_STANDARD in user.person.role.rights
        self.pane.html = self._html(user) if user else render("versions_closed", self.language)
        self._sheet.look(user)
        self.show_drafting()

    def show_drafting(self) -> None:
        """Say on which day the present choice would take effect, beside the button that keeps it; nothing to whoever may not."""
        session, day = self.session, self.session.standard.effective
        self.drafting.html = "" if not self._can_set else render(
            "versions_draft", self.language,
            sends=sends, valid=not session.problems, effective=day.isoformat() if day else "", others=OTHERS,
            doubts=doubts(session, session.standard, self.language) if not session.problems else [],
            # What is submitted is a row of the table, and not what the form and the figures above say.
            unlike=unlike(self._draft_at_hand, session.standard, self.language),
        )  # fmt: skip

    def show_examined(self) -> None:
        """Say which version every figure of the page is of, or that it was changed since; nothing over one's own choice."""
        session, t = self.session, self.language
        if (examined := session.examined) is None:
            self.examining.html = ""
            return
        # Asked anew: it may have been approved or sent back while it is looked at.
        present = version(current_user.require_acting_user(), examined.id)
        self.examining.html = render(
            "examined", t, sends=sends, anchor=PROCEDURE, id=examined.id, number=examined.version,
            state=t.label(STATES[present.state]), as_registered=session.shown_version is not None,
        )  # fmt: skip

    def show_waiting(self) -> None:
        """Say which versions wait for this person: to be approved, or returned to them and not drafted anew; else nothing."""
        user, t = current_user.acting_user(), self.language
        self.waiting.html = ""
        if user is None or Right.SET_STANDARD not in user.person.role.rights:
            return
        versions, own = standard_versions(user, self.session.county), user.person.account
        asked = [
            {"id": row["id"], "version": row["version"], "step": steps(row, account_names(user), t)[0]}
            for row in versions
            if row["state"] == "submitted" and row["submitted_by"] != own
        ]
        # A newer version, however far it is, has taken the place of the one that came back.
        back = [row for row in versions[:1] if row["sent_back"] and row["submitted_by"] == own]
        if asked or back:
            examined = self.session.examined
            self.waiting.html = render(
                "waiting",
                t,
                sends=sends,
                anchor=PROCEDURE,
                asked=asked,
                back=back,
                shown=examined.id if examined else None,
            )

    def _html(self, user: ActingUser) -> Markup:
        session, t = self.session, self.language
        rights = user.person.role.rights
        rows = version_rows(user, session, t) if Right.READ_REGISTER in rights else []
        self._draft_at_hand = newest_draft(rows)
        return render(
            "versions", t,
            sends=sends, others=OTHERS, listed=LISTED, rows=rows, said=self.said, drafted=self._drafted, county=county_name(session.county, t),
            can_set=self._can_set,
            neighbours=neighbour_rows(user, session, t) if Right.READ_REGISTER in rights else [],
            elsewhere=[(t.label(each.place), each.date, t.label(each.says), each.source) for each in standards_elsewhere()],
        )  # fmt: skip

    # -- what a person does ----------------------------------------------------------------------------------------

    def _answer(self, choice: dict[str, Any]) -> None:
        """Show the version that a link above the page names, or the person's own choice again."""
        match choice:
            case {"do": "examine", "id": int(number)}:
                self._examine(number)
                self._open()
            case {"do": "own"}:
                self.session.end_examination()
                self._adopt()
        # Of which choice the figures below are is said there as well.
        self.show_waiting()

    def _examine(self, number: int) -> Version:
        shown = version(current_user.require_acting_user(), number)
        self.session.examine(shown)
        self._adopt()
        return shown

    def _take(self, choice: dict[str, Any]) -> None:
        said, self.said = self.said, ""
        try:
            self.said = self._step(choice, choice.get("fields", {}))
        except WorkbenchError:
            # What the step before brought about would stand there as the answer to this one.
            if said:
                self.fill()
            raise
        # Before anything is drawn: after an approval another standard may be the one that everything compares with.
        self.session.follow_register()
        self.fill()
        # Whoever has answered is not asked any more.
        self.show_waiting()
        self.show_examined()

    def _step(self, choice: Mapping[str, Any], fields: Fields) -> str:
        """Take a step; returns what to say of it."""
        match choice:
            case {"do": "draft"}:
                return self._draft(checked=choice.get("checked") is True)
            case {"do": ("adopt" | "compare" | "examine" | "households") as name, "id": int(number)}:
                return self._look(name, number)
            case {"do": "elsewhere", "at": int(at)} if 0 <= at < len(standards_elsewhere()):
                return self._begin_from(standards_elsewhere()[at])
            case {"do": ("submit" | "approve" | "return" | "withdraw") as name, "id": int(number)}:
                return self._move(name, number, fields)
            case _:
                return ""

    def _draft(self, *, checked: bool) -> str:
        if self.session.problems:
            raise InputError(
                Words(
                    "所填内容有误，先改正再存草案",
                    "what is filled in is not valid: mend it before keeping a draft",
                    code="ui.filled-not-valid-mend",
                )
            )
        check_doubts(doubts(self.session, self.session.standard, self.language), checked=checked)
        user = current_user.require_acting_user()
        # By its number in the county, as the table has it: that of the register counts all counties' versions.
        drafted = version(user, draft(user, self.session.standard, self.session.county))
        # Its form stands open: what comes next is written there, and not looked for.
        self._drafted = drafted.id
        if self.session.examined is not None:
            # What was made of a version that is looked at is another one now; the person's own choice is put by all the same.
            self.session.examine(drafted)
        self.session.begin_here()
        return drafted_words(drafted, self.language)

    def _begin_from(self, example: StandardElsewhere) -> str:
        """Take over the ceiling of another place; groups, exclusions and cost were not published and stay as they are."""
        self.session.put(keys.CEILING, example.ceiling.model_dump(exclude_none=True))
        self._adopt()
        return self.language("已换成该地公布的收入上限，其余各项未变；示例不是建议。")

    def _look(self, name: str, number: int) -> str:
        t, session = self.language, self.session
        if name in ("examine", "households"):
            # Looked at, and not taken over: what the person had chosen is nobody's to lose.
            shown = self._examine(number)
            if name == "examine":
                return t("页上各数、名单和呈批表现在都是第 {number} 版的。", number=shown.version)
            self._list()
            against = t.words(session.against.name)
            return t(
                "页上现在是第 {number} 版；“谁进谁出”列出它与{name}不同的每一户。", number=shown.version, name=against
            )
        shown = version(current_user.require_acting_user(), number)
        if name == "compare":
            session.compare_with_version(shown)
            return t("本页各处的新增、退出和“谁进谁出”现在都与这一版相比。")
        session.load_standard(shown.standard)
        session.begin_here()
        self._adopt()
        return t("已载入该版标准，可继续修改。")

    def _move(self, name: str, number: int, fields: Fields) -> str:
        user, session, t = current_user.require_acting_user(), self.session, self.language
        if name == "approve":
            done = approve(user, number, one(fields, "document"), chosen_round(fields))
            if done is None:
                return approved_words(user, version(user, number), t)
            return t(
                "已批准，用于{round}：{count} 户结果有变化，已退回；{standing} 户结果不变，继续有效。",
                round=round_title(done.round, t), count=t.number(len(done.changed)), standing=t.number(done.standing),
            )  # fmt: skip
        if name == "return":
            send_back(user, number, one(fields, "reason"))
            return t("已退回提交人修改。")
        if name == "withdraw":
            withdraw(user, number, one(fields, "reason"))
            return t("已撤回。")
        before = version(user, number)
        check_doubts(doubts_of_version(session, before.standard, t), checked=bool(one(fields, "checked")))
        counted = submission_figures(user, session.round_name, before.county, before.standard)
        submit(user, number, one(fields, "reason"), counted)
        return t("已提交，待另一名县级经办人批准。")
