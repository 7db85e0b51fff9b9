"""What a person does on the register page: a choice in a part of the page becomes looking about, or a step of the register."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS
from workbench.domain.procedure.text_limits import check_message
from workbench.errors import InputError, Words, WorkbenchError
from workbench.register.cases.cases import cases
from workbench.register.procedure.withdrawals import withdraw_last_step
from workbench.ui.kit.controls.pane_fields import Fields, number, one, seen
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.assistance.plan_steps import PLAN_STEPS, plan_said, take_plan_step
from workbench.ui.pages.register.batches.handling import BatchHandling
from workbench.ui.pages.register.batches.views import batch_html
from workbench.ui.pages.register.documents import proof_words
from workbench.ui.pages.register.household import assessed_row
from workbench.ui.pages.register.requests.following import FOLLOWED, following_html
from workbench.ui.pages.register.state import RegisterSession


class RegisterActions:
    """The choice of one request, taken over a session that its address describes.

    `said` is what is said of it, `proved` by number of a filed list what its proof showed, `with_findings` whether the
    findings of visits were asked for. `batches`: how many batches the browser has seen done; its marks end with each.
    """

    def __init__(self, session: RegisterSession, language: Language, batches: int = 0) -> None:
        self.session, self.language = session, language
        self.batches = BatchHandling(session, language)
        self.batches.batches.number = batches
        self.said = Markup("")
        self.proved: dict[str, str] = {}
        self.with_findings = False

    def take(self, choice: Mapping[str, Any], typed: Mapping[str, Any]) -> None:
        """Take a choice; `typed`: what the form of the household in sight holds and was not sent, by fact.

        Both come from a browser. Raises WorkbenchError for what is refused; nothing has been done then.
        """
        check_message([choice, typed])
        for fact, text in typed.items():
            if isinstance(text, str):
                self.session.typed.note(self.session.household, fact, text)
        if self._filtered(choice) or self._turned(choice):
            return
        self._stepped(choice)
        # Whatever the step was, it may have changed facts, and what was looked up before is of the facts before.
        self.session.revision += 1
        name = choice.get("do")
        # A review of a list has only been planned so far; of one household it is done at once.
        if self.said and name in FOLLOWED and (name != "review" or self.session.household):
            self.said += following_html(self.session, name, self.language)

    def _filtered(self, choice: Mapping[str, Any]) -> bool:
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

    def _turned(self, choice: Mapping[str, Any]) -> bool:
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
            case {"do": "findings"}:
                self.with_findings = True
            case {"do": "go", "view": str(view), "stage": str(stage)}:
                session.look(view)
                session.at_stage(stage)
                session.narrow(_also(choice))
            case {"do": "township", "view": str(view), "township": str(township), "village": str(village)}:
                session.look(view)
                session.at_stage("")
                session.ask("township", township)
                session.ask("village", village)
                session.narrow(_also(choice))
            case {"do": "county", "county": str(county)}:
                session.choose(session.round_name, county)
            case _:
                return False
        return True

    def _open(self, household: str) -> None:
        """Show a household; one that is not the person's is refused before anything changes."""
        before, self.session.household = self.session.household, household
        try:
            assessed_row(self.session)
        except WorkbenchError:
            self.session.household = before
            raise

    def _stepped(self, choice: Mapping[str, Any]) -> None:
        said = self.batches.take(dict(choice))
        if said is not None:
            self.said = Markup(said)  # noqa: S704 - rendered by a template
            return
        match choice:
            case {"do": "prove", "number": str(number)}:
                self.proved[number] = proof_words(self.session, number, self.language)
            case {"do": str(name), "fields": dict(fields)}:
                self._filled(name, {str(key): list(values) for key, values in fields.items()})
            case _:
                raise _unknown_action()

    def _filled(self, name: str, fields: Fields) -> None:
        """A form was sent."""
        session, t = self.session, self.language
        said = self.batches.fill(name, fields)
        if said is not None:
            self.said = Markup(said)  # noqa: S704 - rendered by a template
            return
        match name:
            case "review" if one(fields, "step") == "return":
                count = session.send_back(seen(fields), one(fields, "reason"))
                self._say(t("已退回 {count} 户。", count=t.number(count)))
            case "review":
                batch = session.agree(seen(fields))
                self.said = batch_html(
                    t("乡镇审核通过 {count} 户，待县区备案。", count=t.number(len(batch.done))), batch, t
                )
            case "assign":
                count = session.assign(seen(fields), fields)
                # What was marked in the browser was of before this, and ends with it (0044).
                self.batches.batches.number += 1
                self._say(t("已给 {count} 户指定包保责任人。", count=t.number(count)))
            case _ if name in PLAN_STEPS:
                self._say(plan_said(name, t, changed=take_plan_step(session, name, fields)))
            case "visit" | "adjust" | "propose" | "withdraw" | "case":
                self._alone(name, fields)
            case _:
                raise _unknown_action()

    def _alone(self, name: str, fields: Fields) -> None:
        """A step of the household or case in sight."""
        session, t = self.session, self.language
        said = {
            "visit": t("走访已登记。"), "adjust": t("已调整，请重新上报。"), "propose": t("已上报，待乡镇审核。"),
            "case": self._case_said(fields) if name == "case" else "",
        }  # fmt: skip
        steps: dict[str, Callable[[Fields], object]] = {
            "visit": session.visit, "adjust": session.adjust, "propose": session.propose, "case": session.case_step,
            "withdraw": partial(_withdraw_step, session),
        }  # fmt: skip
        before = self._cases() if name == "withdraw" else {}
        did = steps[name](fields)
        session.typed.forget()
        withdrawn = {
            "withdraw_visit": t("走访已撤回，它更正的事实已恢复。"), "withdraw_proposal": t("上报已撤回，走访仍在。"),
            "withdraw_review": t("审核已撤回，重新待审核。"), "withdraw_return": t("退回已撤回，重新待审核。"),
        }  # fmt: skip
        ended = [number for number, stage in before.items() if self._cases()[number] != stage]
        also = t("案 {number} 是因这次走访立的，已随之撤销。", number=t("、").join(map(str, ended))) if ended else ""
        self._say(withdrawn[str(did)] + also if name == "withdraw" else said[name])

    def _cases(self) -> dict[int, str]:
        """The cases of the household in sight, with where each stands."""
        return {each["id"]: each["stage"] for each in cases(self.session.user, household=self.session.household)}

    def _case_said(self, fields: Fields) -> str:
        """Where a case stands after a step: one that is closed goes on to no next."""
        taken = CASE_STEPS.get(one(fields, "step"))
        return (
            self.language("已办理：个案现在是“{stage}”。", stage=self.language.label(CASE_STAGES[taken.target]))
            if taken
            else ""
        )

    def _say(self, text: str) -> None:
        self.said = render("message", self.language, text=text, alert=False)


def _unknown_action() -> InputError:
    # Of a page from before an upgrade, or made up: whoever pressed must not believe that it was done.
    return InputError(
        Words(
            "页面发来的操作无法识别，没有办理；请刷新页面再试",
            "the page sent an action that is not known; nothing was done: reload the page and try again",
            code="ui.unknown-action",
        )
    )


def _also(choice: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a choice that leads to a list narrows it by."""
    also = choice.get("also")
    return also if isinstance(also, Mapping) else {}


def _withdraw_step(session: RegisterSession, fields: Fields) -> str:
    """Withdraw the person's own last step of the household in sight; returns the name of the step that did it."""
    # With the version that was seen: what somebody else has taken up since is no longer the person's (0052).
    step = withdraw_last_step(session.user, session.round_name, session.household, number(fields, "version"))
    session.revision += 1
    return step
