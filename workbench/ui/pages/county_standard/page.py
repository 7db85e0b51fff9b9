"""The county-standard page: choose a county and a round, move the thresholds, see at once whom each choice brings in."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import WorkbenchError
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.draft import Draft, Restored
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page, open_store, soon
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.differences import key_label
from workbench.ui.pages.county_standard.examination import examine_asked
from workbench.ui.pages.county_standard.form.group_fields import OwnGroupActions
from workbench.ui.pages.county_standard.form.standard_form import StandardForm
from workbench.ui.pages.county_standard.procedure.decision_button import DecisionButton
from workbench.ui.pages.county_standard.procedure.versions import PROCEDURE, VersionsPanel
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.county_standard.views import StandardResults


def page() -> widgets.Widget:
    """The page for the store, language, county and round of its address (`?lang=en&county=341524&round=2019-10`)."""
    return open_page(about, CountyStandardPage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("边缘户标准"),
        source=t("六政办〔2019〕15号 二（二）：县区统一确定边缘户标准"),
        help=[
            t("左边设定标准，右边立即是结果：纳入多少户、是哪些户、要花多少钱。移动滑块时，上方的数字在浏览器里跟着变，每一个都是精确的计数。"),
            t("“不能判定”是缺少事实、既不能说纳入也不能说不纳入的户，须先核实；“低于扶贫标准”的户走建档立卡程序，不受任何标准影响。"),
            t("移动、填写只是试算，不会改动任何户，也不会改动现行标准；满意后存为草案，写明理由提交，由另一名县级经办人批准后施行。"),
        ],
    )  # fmt: skip


class CountyStandardPage:
    """Widgets over a session: the form puts keys, the results show what follows."""

    def __init__(self, session: StandardSession, language: Language, *, for_versions: bool = False) -> None:
        self.session = session
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        guard = self.frame.guard
        self.form = StandardForm(t, guard(session.put), self._load, self._own_groups(guard), guard)
        self.results = StandardResults(session, t, guard, guard(self._try), guard(self._go_back), guard(self._adopt))
        self.sheet = sheet = DecisionButton(session, t, guard)
        self.versions = VersionsPanel(
            session, t, self._show_taken_over, self._open_procedure, self.results.open_households, sheet
        )
        for pane in (self.versions.pane, self.versions.drafting, self.versions.waiting, self.versions.examining):
            pane.take_guarded(guard)
        procedure = Expandable(
            t, t("标准的程序：草案、提交、批准"), t("历次标准、邻县现行标准；提交时连同当时的结果一并留存，由另一人批准。"),
            self.versions.widget, self.versions.fill, guard, anchor=PROCEDURE,
        )  # fmt: skip
        self._procedure = procedure
        self.form.ceiling.follow(self.results.figures, "value")
        session.observe(guard(lambda _change: self._changed()), "revision")
        session.observe(guard(self._complain), "problems")
        session.observe(guard(lambda _change: self._keep()), "begun")
        session.observe(guard(lambda _change: self._turn_examined()), "examined")
        self.frame.on_turn = self._turned
        self.frame.on_fail = lambda: self.results.stale(True)  # noqa: FBT003 - says what it means
        self.draft = Draft(self._restore, guard, self._type_again)
        # After the choice itself was kept: what is here and kept the browser need not hold any longer.
        self.form.tell_typed(self.draft.take)
        self.restored = Restored(t, self._restart, guard)
        # Where the form ends, so that nobody who has filled it in looks for what comes next.
        self.following = Pane(guard(lambda _choice: self._open_procedure()))
        self.following.html = render("following_step", t, anchor=PROCEDURE, sends=sends)
        form = classed(widgets.VBox([self.form, self.following]), "wb-panel", "wb-form")
        grid = classed(widgets.HBox([form, self.results.widget]), "wb-grid")
        # Who comes for a request finds it first, open; who comes to choose a standard finds the form.
        parts = [procedure, grid] if for_versions else [self.versions.waiting, grid, procedure]
        self.frame.body.children = [self.restored, self.versions.examining, *parts, self.draft]
        procedure.button.value = for_versions
        self.widget = self.frame.widget
        self._turn_draft()
        self.versions.show_waiting()
        self.versions.show_examined()
        self._show_form()
        soon(guard(self._show_results))  # while the browser builds the page

    def _own_groups(self, guard: Callable[[Callable[..., None]], Callable[..., None]]) -> OwnGroupActions:
        """The county's own key groups; what is declared or withdrawn changes other fields, so the form is shown anew."""

        def declare(fact: str, name: str) -> None:
            self.session.declare_group(fact, name)
            refused = [
                self.language.words(words)
                for key, words in self.session.problems.items()
                if self.form.own_groups.answers_for(key)
            ]
            if refused:
                # A group that cannot be: everything would stand still until it is withdrawn, and nobody could mend its name.
                self.session.withdraw_group(fact)
                self.form.own_groups.refuse(*refused)
                return
            self._show_form()

        def withdraw(fact: str) -> None:
            self.session.withdraw_group(fact)
            self._show_form()

        return OwnGroupActions(self.session.own_facts, guard(declare), guard(withdraw))

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "CountyStandardPage":
        """Return the page that an address asks for."""
        session = StandardSession(open_store(), query.get("round"), query.get("county"))
        for_versions, trouble = query.get("open") == "versions", None
        try:
            if for_versions:
                # Before the page is built: who comes for a request never sees the figures of another standard.
                examine_asked(session, query.get("version"))
        except WorkbenchError as error:
            trouble = error
        shown = cls(session, language, for_versions=for_versions)
        if trouble is not None:
            shown.frame.fail(trouble)
        return shown

    def _open_procedure(self) -> None:
        """The browser goes to it by the link itself."""
        self._procedure.button.value = True

    def _turned(self) -> None:
        """Show another county or round from top to bottom."""
        self.versions.said = ""
        # The version of an address is of the county that the address was of.
        self.frame.address.keep({"open": "", "version": ""})
        self.restored.show(shown=False)
        self._turn_draft()
        self.versions.show_waiting()
        self._show_form()
        self._show_results()
        self._procedure.refresh()

    def _turn_draft(self, *, anew: bool = False) -> None:
        """Have the browser keep the choice of this place; of a version that is looked at nothing, lest it take the place of the own choice."""
        session = self.session
        self.draft.turn("" if session.examined else f"{session.round_name}/{session.county}", anew=anew)

    def _turn_examined(self) -> None:
        """A version is looked at, or no longer."""
        # While the place turns, its county is another one already; `_turned` offers what is kept there.
        if not self.frame.turning:
            self.restored.show(shown=False)
            # Where nothing is put by a version was taken over, in the place of what was kept before.
            self._turn_draft(anew=self.session.examined is None and self.session.put_by is None)

    def _show_form(self) -> None:
        self.form.show(self.session.draft, self.session.line_in_force())
        self.form.ceiling.use_line(self.session.limits().line)

    def _show_results(self) -> None:
        self.results.turn()
        self._refresh()

    def _load(self, content: bytes) -> None:
        without = self.session.load(content)
        self._show_taken_over()
        t = self.language
        self.frame.note(
            t("已载入文件中的标准；文件没有写{which}，仍是原来填的。", which=t("、").join(key_label(each, t) for each in without))
            if without else t("已载入文件中的标准。")
        )  # fmt: skip

    def _try(self, standard: EdgeStandard) -> None:
        """Try the standard of a point of the frontier."""
        self.session.load_standard(standard)
        self._show_taken_over()
        self.frame.note(self.language("已换成最优方案中的这一标准，各项都随之改变。"))

    def _go_back(self, standard: EdgeStandard) -> None:
        """Take up again what was chosen before a point was tried."""
        self.session.load_standard(standard)
        self._show_taken_over()
        self.frame.note(self.language("已回到试用之前的选择。"))

    def _adopt(self, yuan: float) -> None:
        """Take a ceiling that the budget carries, as if it had been typed: in yuan, which no multiple need be exactly."""
        self.session.put(keys.CEILING, {"yuan": yuan})
        self._show_taken_over()

    def _show_taken_over(self) -> None:
        """Show what was taken over as a whole: the form first, since the figures follow the positions of its slider."""
        self.form.show(self.session.draft, self.session.line_in_force())
        self._refresh()
        # What was wrong and was not taken over is wrong still.
        self.results.stale(bool(self.session.problems))

    def _changed(self) -> None:
        """Show another valid choice; what was said of the one before, such as why it was refused, holds no longer."""
        if not self.frame.turning:
            self.frame.note("")
        self._refresh()

    def _refresh(self) -> None:
        """The draft is valid and has changed."""
        # While the place turns, form and choice are of two counties; `_turned` shows everything when it has.
        if not self.frame.turning:
            self._keep()
            ceiling = self.form.ceiling
            ceiling.use_line(self.session.limits().line)
            ceiling.stand_at(self.session.standard.income.ceiling)
            with self.results.figures.at_work():
                self.results.refresh(ceiling.positions(), ceiling.nearest)
            self.versions.show_drafting()
            self.sheet.say()
            self.versions.show_examined()

    def _keep(self) -> None:
        """Have the browser keep what would be lost; a choice that is still what it began as, or stands in the register, is none."""
        if not self.frame.turning and self.session.examined is None:
            unsaved = self.session.standard != self.session.begun
            self.draft.keep(self.session.yaml() if unsaved else "")
            if not unsaved:
                # What was taken up again stands in the register now, or is as it began: nothing of it is unsaved.
                self.restored.show(shown=False)

    def _restore(self, text: str) -> None:
        """Go on with what was being worked on when this page was left, or lost its connection."""
        self.session.resume(text)
        self._show_taken_over()
        self.restored.show(shown=True)

    def _type_again(self, typed: Mapping[str, str]) -> None:
        """Go on with what was typed last, and had not come here when the page was left."""
        self.form.type_again(typed)
        self.restored.show(shown=True)

    def _restart(self) -> None:
        """Begin anew with the standard in force."""
        self.draft.forget()
        self.session.choose(self.session.round_name, self.session.county)
        self.frame.turn()

    def _complain(self, change: Mapping[str, Any]) -> None:
        """Say beside each control what is wrong with it; results stay those of the last valid choice, dimmed."""
        problems = change["new"]
        self.form.complain(problems)
        self.results.stale(bool(problems))
        self.versions.show_drafting()
        t = self.language
        self.frame.note(
            t("所填内容有误，下面的数字仍是上一个有效选择的。请按各项旁的提示修改。") if problems else "", alert=True
        )
