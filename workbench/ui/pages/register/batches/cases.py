"""One step taken of several cases: what it would do is said first, and it is done upon a second word."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from workbench.domain.procedure.cases import CASE_STEPS
from workbench.errors import InputError, RefusedError, Words
from workbench.register.cases.cases import step_all
from workbench.register.cases.notes import publicity_note
from workbench.register.cases.precedence import HELD_BACK
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.state import RegisterSession, marked

ANNOUNCE = "announce"
"""The step before which each case is asked whether anybody objected."""


@dataclass(frozen=True)
class PlannedStep:
    """A step and the cases that it moves, with the version of each; `passed_over`: the households whose case it leaves alone."""

    name: str
    versions: Mapping[int, int]
    passed_over: list[str]
    day: dt.date
    note: str


class CaseBatches:
    """The step of several cases that is planned in one person's session."""

    def __init__(self, session: RegisterSession) -> None:
        self._session = session
        self.planned: PlannedStep | None = None

    def plan(self, seen: Mapping[str, int], name: str, day: dt.date, note: str) -> PlannedStep:
        """Say what a step taken of the cases marked (`seen`: number and version) would do.

        Those that do not stand where it begins, or whose facts hold it back, are left alone.
        """
        if name not in CASE_STEPS or not note:
            raise InputError(
                Words("请选择步骤并写明情况", "choose a step and say what was found", code="ui.case-batch-incomplete"),
                field="note" if name in CASE_STEPS else "step",
            )
        step, session = CASE_STEPS[name], self._session
        # Before anything is said: a plan names households, which is for who may take the step.
        session.user.check_anywhere(step.right)
        # As text: a mark comes from the browser, and need not be a number.
        wanted = {str(number) for number in marked(seen)}
        frame = session.cases().filter(pl.col("id").cast(pl.String).is_in(sorted(wanted)))
        goes = pl.col("stage").is_in([str(stage) for stage in step.sources])
        if name in HELD_BACK:
            # Only who is known to be above the line is held back (0022); where the facts cannot tell, the case goes on.
            goes &= pl.col("fits").fill_null(value=True)
        going, passed_over = frame.filter(goes), frame.filter(~goes)["household_id"].to_list()
        if going.is_empty():
            raise RefusedError(
                Words(
                    f"勾选的个案里没有现在可以“{step.zh}”的",
                    f"none of the cases marked can be moved on by this step: {step.en}",
                    code="ui.no-case-at-this-step",
                )
            )
        if name == ANNOUNCE:
            # A batch asks no case for itself whether anybody objected: it is for those only of whom nobody did.
            note = publicity_note("no", "", "", "", note)
        self.planned = PlannedStep(name, {number: seen[str(number)] for number in going["id"]}, passed_over, day, note)
        return self.planned

    def take_up(self, planned: PlannedStep) -> None:
        """Take up what was planned in an earlier request, as it comes back from the browser."""
        self.planned = planned if planned.name in CASE_STEPS and planned.versions else None

    def forget(self) -> None:
        """Do nothing of what was planned."""
        self.planned = None

    def confirm(self) -> int:
        """Take the step; returns of how many cases."""
        # Taken away first, so that a second click finds nothing to do.
        planned, self.planned = self.planned, None
        if planned is None:
            raise InputError(Words("请先勾选个案", "mark the cases first", code="ui.no-case-batch-planned"))
        step_all(self._session.user, planned.versions, planned.name, planned.day, planned.note)
        self._session.revision += 1
        return len(planned.versions)


def planned_words(planned: PlannedStep, t: Language) -> str:
    """Return what would be done, in words."""
    step = CASE_STEPS[planned.name]
    words = t(
        "将对 {count} 个个案办理：{step}", count=t.number(len(planned.versions)), step=t.label((step.zh, step.en))
    )
    return words + t("（均为公示期间无异议的；有异议的逐个办理）") if planned.name == ANNOUNCE else words
