"""A batch as HTML: what it would do, before it is done; what it did, with the way back."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from workbench.register.assessment import EDGE
from workbench.register.procedure.filings import Filed
from workbench.register.procedure.proposals import BatchResult, SkippedHousehold
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.batches.cases import PlannedStep, planned_words
from workbench.ui.pages.register.batches.state import PlannedBatch
from workbench.ui.pages.register.lists import result_words, results_words

_LISTED = 60
_RETURNABLE = ("propose", "agree", "return")


def planned_html(planned: PlannedBatch, kind: str, t: Language) -> Markup:
    """What a batch would do: how many households, by result, which of them stand out; and the two buttons."""
    count = t.number(len(planned.versions))
    sentences = {
        "propose": t("将按规则上报 {count} 户", count=count), "agree": t("将审核通过 {count} 户", count=count),
        "return": t("将退回 {count} 户", count=count), "send_back": t("将退回 {count} 户", count=count), "withdraw": t("将撤回 {count} 户的审核或退回", count=count),
        "file": t("将备案 {count} 户", count=count),
    }  # fmt: skip
    groups: list[dict[str, Any]] = [
        # A tier is filed of them all the same, and stops no case: whoever files should know (§2.1.3).
        {"title": t("收入低于扶贫标准、认定程序在办（等级照样备案，程序继续，不算风险降低）"),
         "rows": [{"household_id": name, "why": "", "missing": []} for name in planned.below_line], "open": True},
        {"title": t("勾选过、不在现在筛选出的名单里的，一并办理"),
         "rows": [{"household_id": name, "why": "", "missing": []} for name in planned.out_of_sight]},
        {"title": t("与规则不同"), "rows": [{"household_id": name, "why": _differs(planned, name, kind, t), "missing": []} for name in planned.differing]},
        {"title": t("上报之后规则的结果变了") if planned.step != "file" else t("备案时会退回（上报之后有变化）"),
         "rows": [{"household_id": name, "why": "", "missing": []} for name in planned.changed]},
        {"title": t("勾选过、不在这一步的，不办"), "rows": _skipped(planned.passed_over, t)},
        # Who would be sent back stands above already, and not among those left to people.
        {"title": t("不办的，留待人工"), "rows": _skipped([each for each in planned.skipped if each.household_id not in planned.changed], t)},
    ]  # fmt: skip
    return render(
        "register_planned", t,
        sends=sends, what=sentences[planned.step], results=results_words(planned.by_result, kind, t), reason=planned.reason,
        edge=kind == EDGE, groups=[each for each in groups if each["rows"]], most=_LISTED, count=len(planned.versions), also=bool(planned.also),
        # Only what can be withdrawn is promised to be; a filing cannot (0044).
        way_back=_way_back(planned.step, t),
        fields=[
            ("step", planned.step), ("reason", planned.reason), *_marks(planned.versions), *(("also", name) for name in planned.also),
        ],
    )  # fmt: skip


def _differs(planned: PlannedBatch, household: str, kind: str, t: Language) -> str:
    """What a village proposes in place of what the rules say, and why: who decides upon many opens none of them first."""
    each = planned.differences.get(household)
    if each is None:
        return ""
    rule = result_words(kind, each.rule, t) if each.rule is not None else t("不能判定")
    said = t("按规则{rule}，上报{proposal}", rule=rule, proposal=result_words(kind, each.proposal, t))
    return t("{said}；理由：{reason}", said=said, reason=each.reason) if each.reason else said


def _way_back(step: str, t: Language) -> str:
    """Whether a step can be taken back, and what there is instead."""
    if step in _RETURNABLE:
        return t("下一步有人办理之前可以撤回。")
    if step == "file":
        return t("备案后不能撤回；以后情况有变的，由村登记“随时调整”，再上报、审核、备案。")
    # The county's own return reaches the village at once, which may be proposing again already.
    return t("退回后不能撤回，由村重新上报，再经乡镇审核。") if step == "send_back" else ""


def planned_step_html(planned: PlannedStep, t: Language) -> Markup:
    """Return what a step taken of several cases would do."""
    groups = [
        {"title": t("不在这一步的，或与现有事实不符的，不办"),
         "rows": [{"household_id": name, "why": "", "missing": []} for name in planned.passed_over]},
    ]  # fmt: skip
    return render(
        "register_planned", t,
        sends=sends, what=planned_words(planned, t), results="", reason=planned.note, edge=True,
        groups=[each for each in groups if each["rows"]], most=_LISTED, count=len(planned.versions), also=False, way_back="",
        fields=[("step", planned.name), ("day", planned.day.isoformat()), ("note", planned.note), *_marks(planned.versions)],
    )  # fmt: skip


def done_html(done: PlannedBatch, said: BatchResult | Filed | None, t: Language) -> Markup:
    """What a batch did, whom it left alone, by name and with what to do; and the way back, where there is one."""
    # What the register did, where it says so: a proposal may differ from what was planned (0044).
    count = t.number(len(said.done) if isinstance(said, BatchResult) else len(done.versions))
    if isinstance(said, Filed):
        # All may be sent back or held when it is done: then no list is made, and no number given.
        text = t("没有可以备案的户，没有生成清单。")
        if said.number:
            text = t("已备案，清单编号 {number}：{count} 户。", number=said.number, count=t.number(len(said.filed)))
    else:
        text = {
            "propose": t("已按规则上报 {count} 户。", count=count), "agree": t("乡镇审核通过 {count} 户，待县区备案。", count=count),
            "return": t("已退回 {count} 户。", count=count), "send_back": t("已退回 {count} 户。", count=count), "withdraw": t("已撤回 {count} 户，待重新审核。", count=count),
        }[done.step]  # fmt: skip
    return batch_html(text, said, t, withdrawn=done if done.step in _RETURNABLE and done.versions else None)


def batch_html(
    done: str, batch: BatchResult | Filed | None, t: Language, *, withdrawn: PlannedBatch | None = None
) -> Markup:
    """What a step did, and whom it left alone; `withdrawn`: the batch that can be taken back."""
    groups: list[dict[str, Any]] = []
    if isinstance(batch, BatchResult):
        groups.append({"title": t("留待人工办理"), "rows": _skipped(batch.skipped, t)})
    elif batch is not None:
        groups += [
            {"title": t("退回重新上报（上报之后有变化）"), "rows": _skipped(batch.sent_back, t)},
            {"title": t("暂不能备案（缺事实）"), "rows": _skipped(batch.held, t)},
        ]
    return render(
        "register_batch", t,
        filed=isinstance(batch, Filed) and bool(batch.filed), done=done, groups=[each for each in groups if each["rows"]], sends=sends, most=_LISTED,
        withdraw=[("step", withdrawn.step), *_marks(withdrawn.versions)] if withdrawn else [],
    )  # fmt: skip


def _marks(versions: Mapping[Any, int]) -> list[tuple[str, str]]:
    """What a plan moves, as marks of a list are sent (`pane_fields.seen`): the page that says a plan brings it back (0039)."""
    return [("household", f"{version} {name}") for name, version in versions.items()]


def _skipped(skipped: list[SkippedHousehold], t: Language) -> list[dict[str, Any]]:
    return [
        {
            "household_id": each.household_id,
            "why": t.words(each.why),
            "missing": [fact_label(name, t, each.own_groups) for name in each.missing],
        }
        for each in skipped
    ]
