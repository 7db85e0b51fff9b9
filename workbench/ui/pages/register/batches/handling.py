"""What a person does about batches and the round, turned into what is said of it: planned, confirmed, given up, withdrawn."""

from typing import Any

from workbench.domain.whole_numbers import whole_number
from workbench.ui.kit.controls.pane_fields import Fields, day, one, seen
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.batches.cases import CaseBatches, PlannedStep
from workbench.ui.pages.register.batches.state import Batches, PlannedBatch
from workbench.ui.pages.register.batches.views import done_html, planned_html, planned_step_html
from workbench.ui.pages.register.rounds.state import RoundKeeping
from workbench.ui.pages.register.state import RegisterSession


class BatchHandling:
    """Choices of the page that are about a batch or the round; each answers with what is said, None where it is not its own.

    A plan lives in the page that says it: its form brings it back with the second word, and any other choice drops it (0039).
    """

    def __init__(self, session: RegisterSession, language: Language) -> None:
        self._session, self._language = session, language
        self.batches, self.cases, self.round = Batches(session), CaseBatches(session), RoundKeeping(session)

    @property
    def number(self) -> int:
        """How many batches were done: what was marked before is marked no more."""
        return self.batches.number

    def take(self, choice: dict[str, Any]) -> str | None:
        """Do what a pressed button asks; return what is shown, None where the button is not for this part of the page."""
        t = self._language
        match choice:
            case {"do": "batch", "step": str(step)}:
                return planned_html(self.batches.plan(step, None), self._session.procedure, t)
            case {"do": "close_round"}:
                self.round.begin()
            case {"do": "confirm_closing", "asked": int(asked), "households": int(households)}:
                self.round.take_up(asked, households)
                return self._said(t("本期已封存。")) if self.round.confirm() else ""
            case {"do": "forget"}:
                pass
            case _:
                return None
        return ""

    def fill(self, name: str, fields: Fields) -> str | None:
        """Do what a sent form asks; return what is shown, None where the form is not for this part of the page."""
        t = self._language
        match name:
            # With a household in sight the form is of it alone, and is done at once by the page.
            case "review" if not self._session.household:
                planned = self.batches.plan(one(fields, "step"), seen(fields), one(fields, "reason"))
                return planned_html(planned, self._session.procedure, t)
            case "cases":
                step = self.cases.plan(seen(fields), one(fields, "step"), day(fields), one(fields, "note"))
                return planned_step_html(step, t)
            case "confirm":
                return self._confirm(fields)
            case "withdraw_batch":
                return self._withdraw(fields)
            case "window":
                self.round.add_window(fields)
                return self._said(t("录入窗口已登记。"))
            case _:
                return None

    def _confirm(self, fields: Fields) -> str:
        t, versions = self._language, seen(fields)
        if self._session.view != "cases":
            also = [str(name) for name in fields.get("also", ())]
            planned = PlannedBatch(one(fields, "step"), versions, {}, reason=one(fields, "reason"), also=also)
            self.batches.take_up(planned)
            return done_html(*self.batches.confirm(), t)
        cases = {whole: version for name, version in versions.items() if (whole := whole_number(name)) is not None}
        self.cases.take_up(PlannedStep(one(fields, "step"), cases, [], day(fields), one(fields, "note")))
        count = self.cases.confirm()
        # Marks in the browser bear this number, and end where it changes (0044).
        self.batches.number += 1
        return self._said(t("已办理 {count} 个个案。", count=t.number(count)))

    def _withdraw(self, fields: Fields) -> str:
        t, step = self._language, one(fields, "step")
        self.batches.done = PlannedBatch(step, seen(fields), {})
        count = t.number(self.batches.withdraw())
        if step == "propose":
            return self._said(t("已撤回 {count} 户的上报。", count=count))
        return self._said(t("已撤回 {count} 户，待重新审核。", count=count))

    def _said(self, text: str) -> str:
        return render("message", self._language, text=text, alert=False)
