"""The panel of departments' lists: the template, a list dropped, what is doubtful confirmed, then added."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from workbench.intake.department_list import departments
from workbench.intake.offered.template import template
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.long_work import Guard, LongWork
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import XLSX, Download, File
from workbench.ui.kit.files.file_drop import FileDrop
from workbench.ui.kit.texts.facts import fact_label, fact_value
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.intake.account import taking_in
from workbench.ui.pages.intake.department_state import DepartmentSession, ListRead
from workbench.ui.pages.intake.state import IntakeSession

_SHOWN = 50


class DepartmentPanel:
    """Panes over a session of its own; round and county are the page's. `taken` is called once a list was added."""

    def __init__(
        self, session: IntakeSession, language: Language, guard: Guard, taken: Callable[[], None], say: Callable[[str], None],
        texts: dict[str, str],
    ) -> None:  # fmt: skip
        self.page, self.language, self._taken, self._say = session, language, taken, say
        # Apart from the file of households: either may wait while the other is taken in.
        self.session = DepartmentSession(session.store)
        t = language
        self.pane, self.outcome = Pane(guard(self.take)), Pane(guard(self.take))
        words = {**texts, "choose": t("选择部门名单"), "drop": t("把部门的名单拖到这里，或选择文件（xlsx、csv）")}
        self.drop = FileDrop(self._given, guard, texts=words)
        self.work = LongWork(t, guard, self.show)
        blank = Download(t("下载未建档立卡户信息表（空表）"), self._template, guard)
        content = widgets.VBox([blank, self.pane, self.drop, self.work, self.outcome])
        self.widget = Expandable(
            t, t("部门名单和空表"), t("把民政、残联、医保等部门的名单加到已有的户上；没有建档立卡的户用空表收集。"), content, self.show, guard
        )  # fmt: skip

    def show(self) -> None:
        """Draw the panel again."""
        t, session = self.language, self.session
        lists = [(name, t.words(each.words)) for name, each in departments().items()]
        self.pane.html = render("intake_department", t, sends=sends, lists=lists, which=session.which)
        self.outcome.html = self._outcome()

    def take(self, sent: dict[str, Any]) -> None:
        """Do what a control of the panel sent."""
        session = self.session
        self._say("")
        match sent:
            case {"do": "which", "value": str(which)}:
                session.choose(which)
                self.read_again()
            case {"do": "confirm", "row": int(row), "value": str(household)}:
                session.confirm(row, household)
            case {"do": "replace", "on": bool(on)}:
                session.prefer_list(on=on)
            case {"do": "add"}:
                # Of the counties that would change: the list may be of more than the one chosen.
                session.take(*taking_in(session.to_take().facts))
                self.drop.forget()
                self._taken()
            case {"do": "discard_list"}:
                self.forget()
        self.show()

    def read_again(self) -> None:
        """Read the list, where there is one and it is said whose it is."""
        session = self.session
        self.work.cancel()
        if session.name and session.which:
            county = self.page.given_county
            # Before the list is read: who may not take in this county is told now (0029).
            taking_in([county] if county else [])
            asked = session.asked(self.page.round_name, county)
            title = self.language("正在读取和检查：{file}", file=session.name)
            self.work.start(title, asked.read, self._read)
        self.show()

    def turn(self) -> None:
        """Match the list to the households of the round and county that are chosen now."""
        session, read = self.session, self.session.read
        if read is None or read.asked == session.asked(self.page.round_name, self.page.given_county):
            return
        # A list that was added is done with, and is not read against another place.
        if read.taken is not None:
            self.forget()
            return
        # As if it had come anew: what was answered was of the households of another place.
        session.give(session.name, session.path)
        self.read_again()

    def undone(self) -> None:
        """Go on after a batch was undone: a list that was added is no longer shown as that, any other is held against what stands now."""
        if self.session.read is not None and self.session.read.taken is not None:
            self.forget()
        self.show()

    def forget(self) -> None:
        """Forget the list."""
        self.work.cancel()
        self.session.forget()
        self.drop.clear()
        self.show()

    def _given(self, name: str, path: Path) -> None:
        self._say("")
        self.session.give(name, path)
        self.read_again()

    def _read(self, read: ListRead) -> None:
        self.session.put(read, self.session.asked(self.page.round_name, self.page.given_county))
        self.show()

    def _template(self) -> File:
        t, county = self.language, self.page.given_county
        name = t("未建档立卡户信息表")
        return File(f"{name}.xlsx", XLSX, template(t.code, county or None))

    def _outcome(self) -> Markup:
        session, t, read = self.session, self.language, self.session.read
        if not session.name or self.work.busy:
            return Markup()
        if read is None or read.result is None:
            trouble = t.words(read.trouble) if read and read.trouble else ""
            return render(
                "intake_department_trouble", t, sends=sends, file=session.name, trouble=trouble, which=session.which
            )
        # Matched anew each time: a row that was confirmed may settle what the others add.
        added = session.additions()
        doubts = [
            {
                "row": each.row,
                "person": session.row_in_words(each.row),
                "why": t.words(each.reason),
                "households": session.households(each.households),
                "refused": each.row in session.refused,
            }
            for each in added.doubtful[:_SHOWN]
        ]
        differences = [
            (
                each.household_id,
                fact_label(each.fact, t),
                fact_value(each.fact, each.stored, t),
                fact_value(each.fact, each.listed, t),
            )
            for each in added.contradictions[:_SHOWN]
        ]
        return render(
            "intake_department_outcome", t,
            sends=sends, file=session.name, list=t.words(departments()[read.asked.which].words), round=round_title(read.asked.round_name, t),
            rows=read.result.accepted_persons, matched=added.matched, doubts=doubts, more=max(len(added.doubtful) - _SHOWN, 0),
            confirmed=sorted(session.confirmed.items()), unmatched=added.unmatched, differences=differences,
            different=len(added.contradictions), replace=session.replace, waiting=session.waiting(), taken=read.taken,
            comparison=session.comparison(), problems=[t.words(each.message) for each in read.result.problems[:_SHOWN]],
            counties=[(county_name(code, t), table.num_rows) for code, table in added.facts.items()], fact_label=fact_label,
        )  # fmt: skip
