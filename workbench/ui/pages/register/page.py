"""The register page: the notice's procedure as people work at it: lists, households, edge register, cases, progress, documents."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ipywidgets as widgets

from workbench.errors import WorkbenchError
from workbench.register.assessment import EDGE, RISK
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.controls.pane_fields import Fields, one, seen
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page, open_store, panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.amendments import withdraw_step
from workbench.ui.pages.register.assistance.plan_steps import PLAN_STEPS, plan_said, take_plan_step
from workbench.ui.pages.register.assistance.plans import plans_html
from workbench.ui.pages.register.batches.handling import BatchHandling
from workbench.ui.pages.register.batches.views import batch_html
from workbench.ui.pages.register.documents import Documents
from workbench.ui.pages.register.exports import list_export
from workbench.ui.pages.register.household import assessed_row, household_html, officers_of
from workbench.ui.pages.register.lists import LISTS
from workbench.ui.pages.register.progress import progress_html
from workbench.ui.pages.register.rounds.panel import round_html, screening_file
from workbench.ui.pages.register.search import find
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.views import cases_html, entries_html, filed_html, managed_html


def page() -> widgets.Widget:
    """The page for its address: `county`, `round`, `lang`; `view`, `stage`, `household`."""
    return open_page(about, RegisterPage.of_address)


def about(t: Language) -> About:
    """What stands around the page."""
    return About(
        title=t("业务办理"),
        source=t("六政办〔2019〕15号 二（一）1–3、二（二）：村级走访并初评上报、乡镇审核、县区备案"),
        help=[
            t("一户的程序：走访（五方面）→ 村级初评上报 → 乡镇审核 → 县区备案，步骤不能跳过；规则的结果摆在旁边，由人决定，不同于规则要写明理由。"),
            t("您只看到自己范围内的户，只有自己的步骤才有按钮。两人同时办理同一户，后到的会被告知，不会覆盖。"),
            t("备案时全部重新计算：上报之后有变化的户逐户退回，缺事实的户留下。每一步、每次查看个人信息都留痕。"),
        ],
    )  # fmt: skip


class RegisterPage:
    """Panes over a session; every choice in them becomes a command of the session."""

    def __init__(self, session: RegisterSession, language: Language) -> None:
        self.session = session
        self.batches = BatchHandling(session, language)
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        guard = self.frame.guard
        take = guard(self._take)
        self.views = widgets.ToggleButtons(
            options=[
                (t("进度"), "progress"), (t("风险等级"), RISK), (t("筛查对象"), EDGE), (t("边缘户台账"), "managed"), (t("帮扶"), "plans"),
                (t("返贫致贫认定程序"), "cases"), (t("台账和文件"), "documents"), (t("本期管理"), "round"),
            ],
            value=session.view,
        )  # fmt: skip
        self.views.add_class("wb-views")
        self.done = classed(Pane(take), "wb-told")
        self.list, self.story, self.progress, self.filed, self.keeping_pane = (Pane(take) for _ in range(5))
        self.documents = Documents(session, t, guard)
        self._proved: dict[str, str] = {}
        self._parts = self._laid_out()
        self.views.observe(guard(lambda change: self._look(change["new"])), "value")
        self.frame.on_turn = self._turned
        self.widget = self.frame.widget
        guard(self._show_asked)()

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "RegisterPage":
        """The page that an address asks for."""
        session = RegisterSession(open_store(), query.get("round"), query.get("county"))
        session.look(query.get("view", "progress"))
        session.at_stage(query.get("stage", ""))
        if session.view in LISTS and "village" in query:
            session.ask("village", query["village"])
        session.household = query.get("household", "")
        find(session, query.get("search", ""))
        return cls(session, language)

    # -- what a person does ----------------------------------------------------------------------------------------

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used: looking about, or a step."""
        self.frame.note("")
        self.done.html = ""
        self.batches.begin(choice)
        if not self._filtered(choice) and not self._looked(choice):
            self._stepped(choice)
        self._show(with_findings=choice.get("do") == "findings")

    def _filtered(self, choice: dict[str, Any]) -> bool:
        session = self.session
        match choice:
            case {"do": "list", "key": str(key), "value": value}:
                session.ask(key, value)
            case {"do": "stage", "stage": str(stage)}:
                session.at_stage(stage)
            case {"do": "need", "need": str(need)}:
                session.needing(need)
            case {"do": "overdue", "value": bool(value)}:
                session.only(overdue=value)
            case {"do": "running", "value": bool(value)}:
                session.only(running=value)
            case _:
                return False
        return True

    def _looked(self, choice: dict[str, Any]) -> bool:
        session = self.session
        match choice:
            case {"do": "household", "household": str(household)}:
                self._open(household)
            case {"do": "filing", "number": str(number)}:
                session.filing = number
            case {"do": "typed", "fact": str(fact), "value": str(value)}:
                session.typed.note(session.household, fact, value)
            case {"do": "back"}:
                session.household = ""
            # Nothing of the session changes: `_show` reads the findings for this once.
            case {"do": "findings"}:
                pass
            case {"do": "go", "view": str(view), "stage": str(stage)}:
                self.views.value = view
                session.at_stage(stage)
            case {"do": "township", "view": str(view), "township": str(township), "village": str(village)}:
                self.views.value = view
                session.at_stage("")
                session.ask("township", township)
                session.ask("village", village)
            case {"do": "county", "county": str(county)}:
                session.choose(session.round_name, county)
                self.frame.turn()
            case _:
                return False
        return True

    def _stepped(self, choice: dict[str, Any]) -> None:
        t = self.language
        said = self.batches.take(choice)
        if said is not None:
            self.done.html = said
            return
        match choice:
            case {"do": "prove", "number": str(number)}:
                proof = self.documents.prove(number)
                self._proved[number] = (
                    "✗ " + t("；").join(t.words(each) for each in proof.broken)
                    if proof.broken
                    else t("✓ 与备案时一致（{count} 户重新计算）", count=t.number(proof.households))
                )
            case {"do": str(name), "fields": dict(fields)}:
                self._filled(name, {str(key): list(values) for key, values in fields.items()})
            case _:
                pass

    def _filled(self, name: str, fields: Fields) -> None:
        """A form was sent."""
        session, t = self.session, self.language
        said = self.batches.fill(name, fields)
        if said is not None:
            self.done.html = said
            return
        match name:
            case "review" if one(fields, "step") == "return":
                count = session.send_back(seen(fields), one(fields, "reason"))
                self._say(t("已退回 {count} 户。", count=t.number(count)))
            case "review":
                batch = session.agree(seen(fields))
                self.done.html = batch_html(
                    t("乡镇审核通过 {count} 户，待县区备案。", count=t.number(len(batch.done))), batch, t
                )
            case "assign":
                count = session.assign(seen(fields), fields)
                # What was marked in the browser was of before this, and ends with it (0044).
                self.batches.batches.number += 1
                self._say(t("已给 {count} 户指定包保责任人。", count=t.number(count)))
            case _ if name in PLAN_STEPS:
                take_plan_step(session, name, fields)
                self._say(plan_said(t)[name])
            case "visit" | "adjust" | "propose" | "withdraw" | "case":
                self._alone(name, fields)

    def _alone(self, name: str, fields: Fields) -> None:
        """A step of the household or case in sight."""
        session, t = self.session, self.language
        said = {
            "visit": t("走访已登记。"), "adjust": t("已调整，请重新上报。"), "propose": t("已上报，待乡镇审核。"),
            "case": t("已办理，程序进到下一步。"), "withdraw": t("已撤回。"),
        }  # fmt: skip
        steps: dict[str, Callable[[Fields], object]] = {
            "visit": session.visit, "adjust": session.adjust, "propose": session.propose, "case": session.case_step,
            "withdraw": partial(withdraw_step, session),
        }  # fmt: skip
        steps[name](fields)
        session.typed.forget()
        self._say(said[name])

    def _say(self, text: str) -> None:
        self.done.html = render("message", self.language, text=text, alert=False)

    def _open(self, household: str) -> None:
        """Show a household; one that is not the person's is refused before anything changes."""
        before, self.session.household = self.session.household, household
        try:
            assessed_row(self.session)
        except WorkbenchError:
            self.session.household = before
            raise

    def _look(self, view: str) -> None:
        self.session.look(view)
        self.batches.forget()
        self.done.html = ""
        self._show()

    def _turned(self) -> None:
        self.batches.forget()
        self.done.html = ""
        self._proved = {}
        self._show()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _show_asked(self) -> None:
        """What the address asks for; of a household that is not there only the message is shown above the lists."""
        try:
            self._show()
        except WorkbenchError:
            self.session.household = ""
            self._show()
            raise

    def _show(self, *, with_findings: bool = False) -> None:
        session, t = self.session, self.language
        self.frame.address.keep(
            {
                "view": session.view if session.view != "progress" else "",
                "stage": session.stage,
                "household": session.household,
            }
        )
        if session.household:
            self.story.html = household_html(session, t, with_findings=with_findings)
            shown = (self.done, self.story)
        else:
            self._draw()
            shown = (self.views, self.done, *self._parts["filed" if session.filing else session.view])
        if shown != tuple(self.frame.body.children):  # what stays on the page keeps its focus
            self.frame.body.children = shown

    def _draw(self) -> None:
        session, t = self.session, self.language
        match session.view:
            case "progress":
                self.progress.html = progress_html(session, t)
            case "managed":
                self.list.html = managed_html(
                    session, officers_of(session.user, session.county), t, self.batches.number
                )
            case "plans":
                self.list.html = plans_html(session, t)
            case "cases":
                self.list.html = cases_html(session, t, self.batches.number)
            case "round":
                self.keeping_pane.html = round_html(session, self.batches.round, t)
            case "documents" if session.filing:
                self.list.html = filed_html(session, t)
            case "documents":
                self.documents.show()
                self.filed.html = self.documents.filings_html(self._proved)
            case _:
                self.list.html = entries_html(session, t, self.batches.number)

    def _laid_out(self) -> dict[str, tuple[widgets.Widget, ...]]:
        """The parts of each view, made once."""
        t = self.language
        taken_along = Download(t("导出名单（xlsx）"), lambda: list_export(self.session, t), self.frame.guard)
        listed = (classed(widgets.VBox([self.list, taken_along]), "wb-panel"),)
        documents = (
            panel(t, t("台账和备案文件"), self.documents.ledgers, note=t("内容为此刻登记的情况；姓名和证件号只在有权查看时写入，每次生成都留痕。")),
            panel(t, t("公示名单和录入名单"), self.documents.lists, note=t("公示名单不含证件号、电话、账号和健康信息。")),
            panel(t, t("备案清单"), self.filed, note=t("清单连同当时的事实一并保存，任何时候都能重新算出同样的结果。")),
        )  # fmt: skip
        return {
            "progress": (self.progress,), RISK: listed, EDGE: listed, "managed": listed, "plans": listed,
            "cases": listed, "filed": listed,
            "documents": documents,
            "round": (self.keeping_pane, Download(t("入户筛查名单（xlsx）"), lambda: screening_file(self.session, t), self.frame.guard)),
        }  # fmt: skip
