"""Batches of the register page: what one would do is said first, it is done upon a second word, and can be taken back.

A batch is of the households marked, or of the whole list as it is filtered; their versions are those of the moment when it
was said, so that whoever moved on since is refused by name.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import polars as pl

from workbench.domain.procedure.workflow import SENT_BACK, STAGES, STEPS, Stage
from workbench.errors import InputError, RefusedError, Words
from workbench.register.procedure.filings import Filed, file_list, would_file
from workbench.register.procedure.proposals import BatchResult, SkippedHousehold, propose_all, rule_proposals
from workbench.register.procedure.reviews import agree, send_all_back
from workbench.register.procedure.withdrawals import withdraw_proposals, withdraw_reviews
from workbench.ui.pages.register.frames import listed_cases
from workbench.ui.pages.register.state import RegisterSession, marked

STEPS_OF_BATCHES = ("propose", "agree", "return", "send_back", "file", "withdraw")
"""What may be done with several households at once."""


class Differing(NamedTuple):
    """A proposal that is not what the rules say (`rule`: None where they cannot tell), and why the village makes it."""

    rule: str | None
    proposal: str
    reason: str


@dataclass(frozen=True)
class PlannedBatch:
    """What a batch would do: the households it moves with the version of each, how many by result, and what stands out.

    `differing` and `changed`: those whose proposal is not what followed from the rules, and those of whom the rules say
    something else by now; `below_line`: of a filing, those whose income lies below the line and whose case runs. `skipped`: whom it leaves alone, or sends back, and why; `also`: those handed to a filing, which sends
    them back or holds them. `out_of_sight`: of those it moves, who was marked and is not in the list as it is filtered now; `passed_over`: who was marked and
    does not stand where the step begins, with where each stands. `differences`: of `differing`, in what.
    """

    step: str
    versions: Mapping[str, int]
    by_result: Mapping[str, int]
    differing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    skipped: list[SkippedHousehold] = field(default_factory=list)
    reason: str = ""
    also: list[str] = field(default_factory=list)
    below_line: list[str] = field(default_factory=list)
    out_of_sight: list[str] = field(default_factory=list)
    passed_over: list[SkippedHousehold] = field(default_factory=list)
    differences: Mapping[str, "Differing"] = field(default_factory=dict)


class Batches:
    """The batch that is planned, and the last one done, of one person's session."""

    def __init__(self, session: RegisterSession) -> None:
        self._session = session
        self.planned: PlannedBatch | None = None
        self.done: PlannedBatch | None = None
        self.number = 0

    def plan(self, step: str, seen: Mapping[str, int] | None, reason: str = "") -> PlannedBatch:
        """Say what a batch would do with the households marked (`seen`: their versions), or with the list in sight (None)."""
        self._check(step, reason)
        kind = self._session.procedure
        rows, passed_over = self._rows(step, seen)
        # Planned by the functions that then do it, so that both say the same of the same facts (0044).
        planned = {"propose": self._proposals, "file": self._filing}.get(step, self._review)(step, kind, rows, reason)
        in_sight = set() if seen is None else self._names_in_sight()
        self.planned = replace(
            planned,
            passed_over=passed_over,
            # Marks outlive a filter: nobody is to find out afterwards that more were moved than the list showed.
            out_of_sight=[] if seen is None else [name for name in planned.versions if name not in in_sight],
        )
        return self.planned

    def _names_in_sight(self) -> set[str]:
        """The households of the list as it is filtered, on whichever page of it."""
        session = self._session
        return set(session.asked.filtered(session.entries_in_sight())["household_id"])

    def take_up(self, planned: PlannedBatch) -> None:
        """Take up what was planned in an earlier request: it comes back from the browser, and is checked as any plan is."""
        self._check(planned.step, planned.reason)
        if not planned.also:
            marked(planned.versions)
        self.planned = planned

    def _check(self, step: str, reason: str) -> None:
        """Refuse a step that there is not, or that is not this person's, before anything is planned."""
        if step not in STEPS_OF_BATCHES:
            raise InputError(Words("没有这一步", "there is no such step", code="ui.no-such-batch"))
        if step in SENT_BACK and not reason:
            said = Words("退回要写明理由", "a reason is needed to return", code="ui.return-needs-reason")
            raise RefusedError(said, field="reason")
        # By the right of the step that it takes back: whoever may agree may withdraw.
        name = "agree" if step == "withdraw" else step
        self._session.user.check_anywhere(STEPS[name].right)

    def forget(self) -> None:
        """Do nothing of what was planned."""
        self.planned = None

    def confirm(self) -> tuple[PlannedBatch, BatchResult | Filed | None]:
        """Do what was planned; returns it with what the register says of it."""
        planned = self.planned
        if planned is None:
            raise InputError(Words("请先选择要办的户", "choose what is to be done first", code="ui.no-batch-planned"))
        session = self._session
        user, round_name, kind, names = session.user, session.round_name, session.procedure, list(planned.versions)
        said: BatchResult | Filed | None = None
        match planned.step:
            case "propose":
                said = propose_all(user, round_name, kind, households=names)
                # Of those it moved on: what was done may differ from what was said (0044), and that is what can be taken back.
                planned = replace(planned, versions={name: planned.versions[name] for name in said.done})
            case "agree":
                said = agree(user, round_name, kind, names, versions=planned.versions)
            case "return" | "send_back":
                send_all_back(user, round_name, planned.versions, planned.reason)
            case "withdraw":
                withdraw_reviews(user, round_name, planned.versions)
            case _:
                # Those that would be sent back or held are named too, since it is the filing that does so.
                said = file_list(user, round_name, session.county, kind, [*names, *planned.also])
        self._did(planned)
        return planned, said

    def withdraw(self) -> int:
        """Withdraw the batch just done; returns of how many households."""
        done = self.done
        # A filing has a number and kept facts, and is not withdrawn (0044).
        if done is None or done.step not in ("propose", "agree", "return"):
            raise RefusedError(Words("没有可以撤回的", "there is nothing to withdraw", code="ui.nothing-to-withdraw"))
        # The batch itself was one step: an entry's version counts its steps (0022).
        take_back = withdraw_proposals if done.step == "propose" else withdraw_reviews
        take_back(
            self._session.user, self._session.round_name, {name: seen + 1 for name, seen in done.versions.items()}
        )
        self.done = None
        self.number += 1
        self._session.revision += 1
        return len(done.versions)

    def _did(self, planned: PlannedBatch) -> None:
        self.planned, self.done = None, planned
        self.number += 1
        self._session.revision += 1

    def _rows(self, step: str, seen: Mapping[str, int] | None) -> tuple[pl.DataFrame, list[SkippedHousehold]]:
        """The rows of the list that a batch is of, as far as they stand where its step begins, and the others that were marked.

        Raises RefusedError where none stands there, with where those stand that were marked.
        """
        session = self._session
        if seen is None:
            listed = session.asked.whole(session.entries_in_sight())
        else:
            frame = session.entries(session.view)
            listed = frame.filter(pl.col("household_id").is_in(marked(seen)))
            # As they were seen when they were marked: whoever moved on since is refused by name.
            seen_versions = listed["household_id"].replace_strict(dict(seen), return_dtype=pl.Int64)
            listed = listed.with_columns(seen_versions.alias("version"))
        steps = ("withdraw_review", "withdraw_return") if step == "withdraw" else (step,)
        stages = {str(stage) for name in steps for stage in STEPS[name].sources}
        rows = listed.filter(pl.col("stage").is_in(sorted(stages)))
        if step == "propose":  # their next step is the case's, which each household's own page offers
            rows = rows.filter(~pl.col("case_first"))
        # The list as a whole holds households of every stage; who was marked by name is answered by name.
        passed_over = [] if seen is None else _passed_over(seen, listed, set(rows["household_id"]))
        if rows.is_empty():
            raise _nobody_there(passed_over)
        return rows, passed_over

    def _review(self, step: str, _kind: str, rows: pl.DataFrame, reason: str) -> PlannedBatch:
        names = rows["household_id"]
        return PlannedBatch(
            step, dict(zip(names, rows["version"], strict=True)), dict(Counter(rows["proposal"])),
            names.filter(rows["differs"].fill_null(value=False)).to_list(), names.filter(rows["changed"]).to_list(), reason=reason,
            differences=_differences(rows),
        )  # fmt: skip

    def _proposals(self, step: str, kind: str, rows: pl.DataFrame, _reason: str) -> PlannedBatch:
        following, skipped = rule_proposals(
            self._session.user, self._session.round_name, kind, rows["household_id"].to_list()
        )
        versions = dict(rows.select("household_id", "version").iter_rows())
        return PlannedBatch(
            step, {name: versions[name] for name in following}, dict(Counter(following.values())), skipped=skipped
        )

    def _filing(self, step: str, kind: str, rows: pl.DataFrame, _reason: str) -> PlannedBatch:
        session, names = self._session, rows["household_id"].to_list()
        planned, results = would_file(session.user, session.round_name, session.county, kind, names)
        going = rows.filter(pl.col("household_id").is_in(planned.filed))
        differing = going["household_id"].filter(going["differs"].fill_null(value=False)).to_list()
        versions = dict(going.select("household_id", "version").iter_rows())
        return PlannedBatch(
            step,
            versions,
            results,
            differing,
            [each.household_id for each in planned.sent_back],
            [*planned.sent_back, *planned.held],
            also=[each.household_id for each in (*planned.sent_back, *planned.held)],
            below_line=self._below_line(planned.filed),
            differences=_differences(going),
        )

    def _below_line(self, households: list[str]) -> list[str]:
        """Choose the households whose case runs and whose facts do not lie above the line."""
        session = self._session
        running = listed_cases(session.user, session.county, open_only=True).filter(
            pl.col("fits").fill_null(value=True)
        )
        return sorted(set(households) & set(running["household_id"]))


_NAMED = 3
"""Households named where none of those marked can be moved: whoever has marked more looks at the list again."""


def _passed_over(seen: Mapping[str, int], listed: pl.DataFrame, moved: set[str]) -> list[SkippedHousehold]:
    """The households marked (`seen`) that a step does not move: where each stands now, or that the list has it no more."""
    stages = dict(listed.select("household_id", "stage").iter_rows())
    return [SkippedHousehold(name, _stands(stages.get(name))) for name in seen if name not in moved]


def _stands(stage: str | None) -> Words:
    """Where a household stands that a step does not move."""
    if stage is None:
        return Words("已不在名单里", "no longer in the list")
    zh, en = STAGES[Stage(stage)]
    return Words(f"现在是“{zh}”，不在这一步", f"is {en} now, and not at this step")


def _nobody_there(passed_over: list[SkippedHousehold]) -> RefusedError:
    """The refusal of a step that none of the households chosen can take."""
    named = passed_over[:_NAMED]
    zh = "；".join(f"户 {each.household_id} {each.why.zh}" for each in named)
    en = "; ".join(f"household {each.household_id} {each.why.en}" for each in named)
    more_zh, more_en = ("等", " and others") if len(passed_over) > _NAMED else ("", "")
    return RefusedError(
        Words(
            f"所选的户里没有可以办这一步的{f'：{zh}{more_zh}' if zh else ''}",
            f"none of the households chosen stands where this step begins{f': {en}{more_en}' if en else ''}",
            code="ui.none-at-this-step",
        )
    )


def _differences(rows: pl.DataFrame) -> dict[str, Differing]:
    """Each household of the rows of a list whose proposal differs from the rules, with in what."""
    differing = rows.filter(pl.col("differs").fill_null(value=False)).select(
        "household_id", "rule", "proposal", "reason"
    )
    return {name: Differing(rule, proposal, reason or "") for name, rule, proposal, reason in differing.iter_rows()}
