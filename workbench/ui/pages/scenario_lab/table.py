"""The comparison as rows: what the page shows as a table and a download as a sheet, from the same figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from workbench.domain.facts import KEY_GROUPS, label_of
from workbench.domain.parameters import poverty_line
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import write_standard
from workbench.preview.counts.comparison import Compared
from workbench.preview.scenario import Candidate, Scenario
from workbench.preview.slips.verdicts import Verdict
from workbench.risk.evaluation.advice import advice_words
from workbench.safeguards.plain_data import Json
from workbench.statistics.tiers import TIER_KEYS
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import Sheet
from workbench.ui.kit.texts.facts import group_names
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.kit.texts.tiers import tier_words
from workbench.ui.pages.county_standard.differences import differences, in_words
from workbench.ui.pages.scenario_lab.context import Context
from workbench.ui.pages.scenario_lab.past_rows import past_remarks, past_rows, past_title
from workbench.ui.pages.scenario_lab.row import Row, Values, cells_of, interval_text, unit_of, writers


@dataclass(frozen=True)
class Section:
    """Rows under a heading."""

    title: str
    rows: list[Row]


def sections(scenario: Scenario, compared: Compared, t: Language) -> list[Section]:
    """Everything that is compared: what the standards say, whom they bring in, cost, model, groups, routes, conditions."""
    # In the order of the standards on the page, the first being what the others are compared with.
    records = list(compared.records.values())
    listed = [
        Section(t("标准有何不同"), _differing(scenario.candidates, t)),
        Section(t("户数与费用"), _counts(records, t)),
        Section(t("预计风险变差（模型）"), _slips(records, t)),
        Section(past_title(compared, t), past_rows(compared, t)),
        Section(t("按重点群体（纳入户）"), _parts(records, "by_group", _group_labels(scenario), t)),
        Section(t("按途径（纳入户）"), _parts(records, "by_route", ROUTES, t)),
        Section(
            t("如果收入再测一次（误差 {error}）", error=t.number(scenario.income_error, 3)), _remeasured(records, t)
        ),
        Section(
            t("对照：按现行扶贫标准（{line} 元）", line=t.number(poverty_line(scenario.round_name).value, 2)),
            _counts(list(compared.line_in_force.values()), t, "line_"),
        ),
        Section(t("按县区（纳入户）"), _by_county(compared, t)),
    ]
    # No heading over nothing: of a store without a model, or a line that is the one in force.
    return [section for section in listed if section.rows]


def _group_labels(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Every key group that one of the standards knows; where two name one differently, the first name holds."""
    own = group_names(each.standard for each in scenario.candidates)
    return {name: label_of(name, own) for name in (*KEY_GROUPS, *own)}


def comparison_html(scenario: Scenario, compared: Compared, t: Language) -> Markup:
    """The table, with the controls of each standard in its header."""
    return render(
        "scenario_table", t,
        sends=sends,
        names=[each.name for each in scenario.candidates],
        sections=[(each.title, [_shown(row, t) for row in each.rows]) for each in sections(scenario, compared, t)],
        line=scenario.line, in_force=poverty_line(scenario.round_name).value,
        notes=list(dict.fromkeys(note for record in compared.records.values() for note in _notes(record, t))),
        remarks=list(past_remarks(compared, t)),
    )  # fmt: skip


def sheets(scenario: Scenario, compared: Compared, sweep: list[Json], t: Language, context: Context) -> list[Sheet]:
    """The comparison, the sweep where there is one, and every standard, as sheets of a workbook."""
    names = [each.name for each in scenario.candidates]
    rows: list[list[Any]] = []
    for section in sections(scenario, compared, t):
        for row in section.rows:
            # Values as numbers, their unit in a column: cells with words in them cannot be added up.
            rows.append([section.title, row.label, *cells_of(row.kind, row.values, t), unit_of(row.kind, t)])
            for bound, words in ((row.low, t("下限")), (row.high, t("上限"))):
                if bound is not None:
                    label = f"{row.label} · {words}"
                    rows.append([section.title, label, *cells_of(row.kind, bound, t), unit_of(row.kind, t)])
    about = [
        [t("方案"), scenario.name], [t("说明"), scenario.note], *([name, value] for name, value in context.parts(t)),
    ]  # fmt: skip
    listed = [
        Sheet(t("比较"), [t("部分"), t("项目"), *names, t("单位")], rows),
        Sheet(t("说明"), [t("项目"), ""], about),
        Sheet(t("各标准"), [t("项目"), *names], [[label, *values] for label, values in in_words([each.standard for each in scenario.candidates], t)]),
        # For programs, and last: whoever reads has the sheet before it.
        Sheet(
            t("标准文件（供载入）"), [t("名称"), t("存成文件，可在“载入标准文件”处载入")],
            [[each.name, write_standard(each.standard)] for each in scenario.candidates],
        ),
    ]  # fmt: skip
    return [*listed[:1], *([sweep_sheet(scenario, sweep, t)] if sweep else []), *listed[1:]]


def sweep_sheet(scenario: Scenario, sweep: list[Json], t: Language) -> Sheet:
    """Return the points of the sweep, the varied keys first."""
    # Keys as a standard writes them, not in words: whoever reads the file uses them again.
    keys = [axis.key for axis in scenario.parsed_axes()]
    measured = [name for name in MEASURES if any(record.get(name) is not None for record in sweep)]
    headers = [*keys, *(measure_label(name, t) for name in measured)]
    return Sheet(t("连续变动"), headers, [[record[name] for name in (*keys, *measured)] for record in sweep])


def readings_html(counted: list[tuple[str, Any]], t: Language) -> Markup:
    """Return the tiers under each reading, with how many change."""
    entries = [
        {
            "words": words, "changed": each.changed, "default": not number,
            "tiers": [each.tiers[key] for key in TIER_KEYS],
            "moves": [(tier_words(before, t), tier_words(after, t), count) for (before, after), count in each.moves.items()],
        }
        for number, (words, each) in enumerate(counted)
    ]  # fmt: skip
    return render("scenario_readings", t, entries=entries, heads=[tier_words(key, t) for key in TIER_KEYS])


MEASURES = ("in", "cannot_tell", "below_line", "cost", "expected_slips", "slips_share")


def measure_label(name: str, t: Language) -> str:
    """Return a figure of a sweep in words."""
    return {
        "in": t("纳入（户）"),
        "cannot_tell": t("不能判定（户）"),
        "below_line": t("低于扶贫标准（户）"),
        "cost": t("每年费用（元）"),
        "expected_slips": t("预计风险变差（户，纳入户中）"),
        "slips_share": t("占全部预计风险变差"),
    }[name]


def measure_unit(name: str, t: Language) -> str:
    """Return the unit of a figure of a sweep."""
    return {"cost": t("元"), "slips_share": t("比例")}.get(name, t("户"))


def _counts(records: list[Json], t: Language, prefix: str = "") -> list[Row]:
    names = ("in", "cannot_tell", "below_line", "newly_in", "leaving")
    labels = (t("纳入"), t("不能判定"), t("低于扶贫标准"), t("比对照新增"), t("比对照退出"))
    rows = [
        Row(prefix + name, label, "number", [record[name] for record in records])
        for name, label in zip(names, labels, strict=True)
    ]
    rows += [
        Row(f"{prefix}cost", t("每年费用"), "yuan", [record["cost"] for record in records]),
        Row(f"{prefix}over_budget", t("超出预算"), "flag", [record["over_budget"] for record in records]),
    ]
    # The first standard has nobody new beside itself; alone, the row would be empty.
    return [row for row in rows if any(value is not None for value in row.values)]


def _slips(records: list[Json], t: Language) -> list[Row]:
    if all(record["expected_slips"] is None for record in records):
        return []

    def row(name: str, label: str, kind: str) -> Row:
        intervals = [record.get(f"{name}_interval") for record in records]
        known = any(interval is not None for interval in intervals)
        low = [interval[0] if interval else None for interval in intervals] if known else None
        high = [interval[1] if interval else None for interval in intervals] if known else None
        return Row(name, label, kind, [record[name] for record in records], low, high)

    return [
        row("expected_slips", t("纳入户中预计风险变差"), "tenths"),
        *_gains(records, t),
        row("slips_share", t("占全部预计风险变差"), "whole_share"),
        _per_hundred(row("slips_per_visit", t("每走访 100 户预计遇到"), "tenths")),
        row("slips_per_10000_yuan", t("每万元预计覆盖"), "fine"),
    ]


def _per_hundred(row: Row) -> Row:
    """Return the row of a hundred visits, as the page of the standard says it, not of one."""
    return replace(row, values=[None if value is None else 100 * value for value in row.values])


def _gains(records: list[Json], t: Language) -> list[Row]:
    """What the others catch beyond the first one, and what may be said of them; nothing of the first beside itself."""
    gains = [None, *(record["gain"] for record in records[1:])]
    if not any(gains):
        return []
    slips, low, high, said = (
        [read(gain) if gain else None for gain in gains]
        for read in (
            lambda gain: gain["slips"],
            lambda gain: gain["interval"][0],
            lambda gain: gain["interval"][1],
            lambda gain: t.words(Verdict(gain["verdict"]).words),
        )
    )
    return [
        Row("gain", t("比对照多抓住的预计风险变差"), "signed", slips, low, high),
        Row("verdict", t("与对照相比"), "text", said),
    ]


def _parts(records: list[Json], name: str, labels: Mapping[str, tuple[str, str]], t: Language) -> list[Row]:
    return [
        # A standard that does not declare another county's group says nothing of its households.
        Row(f"{name}.{part}", t.label(label), "number", [record[name].get(part) for record in records])
        for part, label in labels.items()
        # Of eight groups and more only those of whom some standard brings somebody in.
        if any(record[name].get(part) for record in records)
    ]


def _remeasured(records: list[Json], t: Language) -> list[Row]:
    figures = [record.get("remeasured") for record in records]
    if not all(figures):
        return []

    def of(read: Callable[[Any], Any]) -> Values:
        return [read(each) for each in figures]

    def interval(name: str, bound: int) -> Values:
        return of(lambda each: each[name]["interval"][bound])

    return [
        Row("again_in", t("再测后纳入"), "number", of(lambda each: each["in"]["expected"]), interval("in", 0), interval("in", 1)),
        Row("again_new", t("再测后新增"), "number", of(lambda each: each["newly_in"])),
        Row("again_leaving", t("再测后退出"), "number", of(lambda each: each["leaving"])),
        Row("again_share", t("现在纳入的户再测仍纳入"), "share", of(lambda each: each["in_again_share"])),
    ]  # fmt: skip


def _by_county(compared: Compared, t: Language) -> list[Row]:
    return [
        Row(f"county.{code}", county_name(code, t), "number", [record["in"] for record in records.values()])
        for code, records in compared.by_county.items()
    ]


def _differing(candidates: tuple[Candidate, ...], t: Language) -> list[Row]:
    """The keys in which any standard differs from the first; nothing where all are the same."""
    first = candidates[0].standard
    others = [
        {label: (theirs, ours) for label, theirs, ours in differences(first, each.standard, t)}
        for each in candidates[1:]
    ]
    # What any other standard has otherwise: the first one's value of it stands in its own column.
    own = {label: theirs for other in others for label, (theirs, _) in other.items()}
    return [
        Row(f"key.{label}", label, "text", [value, *(other.get(label, (value, value))[1] for other in others)])
        for label, value in own.items()
    ]  # fmt: skip


def _notes(record: Json, t: Language) -> list[str]:
    if record["model"] is None:
        # Said, since a table without the rows of the model looks complete.
        return [t("本期还没有模型评分。")]
    advice = t.words(advice_words(record["model"]["advice"]))
    return [advice, *(t.words(note) for note in record["notes"])]


def _shown(row: Row, t: Language) -> dict[str, Any]:
    """A row as the template writes it: each value in words, its interval, its difference from the first."""
    write = writers(t)[row.kind]
    first = row.values[0]
    # What is new beside the first one, or leaves, is a difference itself.
    itself = row.key.endswith(("newly_in", "leaving"))
    compared = row.kind in ("number", "tenths") and isinstance(first, (int, float)) and not itself
    cells = []
    for number, value in enumerate(row.values):
        # By what is shown: beside an equal figure “±0” says nothing.
        decimals = 1 if row.kind == "tenths" else 0
        # Of what is shown: 4.6 beside 5.2 is 0.6 more, whatever the digits that nobody sees come to.
        difference = round(value, decimals) - round(first, decimals) if compared and value is not None else 0
        differs = number > 0 and round(difference, decimals) != 0
        cells.append(
            {
                "text": write(value),
                "interval": interval_text(row, number, t),
                "differs": t.signed(difference, decimals) if differs else "",
            }
        )
    return {"key": row.key, "label": row.label, "text": row.kind == "text", "cells": cells}
