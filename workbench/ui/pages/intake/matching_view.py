"""The columns of a file as a person sees and changes them: what each was taken for, why, and in which unit."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from workbench.domain.facts import CROSS_CHECKS, GUARANTEES, KEY_GROUPS
from workbench.errors import InputError
from workbench.intake.matching.column_match import HOW_WORDS
from workbench.intake.matching.list_decision import (
    KEY,
    ColumnDecision,
    ListDecision,
    accepted_values,
    targets,
    usual_value,
)
from workbench.intake.matching.vocabulary import VALUES, fact_of
from workbench.intake.overview import OpenedSheet, OverviewColumn
from workbench.intake.tables.sources import Value
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import File
from workbench.ui.kit.texts.facts import fact_label, fact_value
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.intake.reading_choice import MOST_HEADER_ROWS
from workbench.ui.pages.intake.state import IntakeSession

_UNITS = {
    "money": ("元", "千元", "万元", "元/月", "千元/月", "万元/月"), "land": ("亩", "公顷", "平方米"), "months": ("月", "年"),
}  # fmt: skip
"""The units that are offered, of those that a mapping knows."""
_UNIT_LABELS = {
    "元": "yuan", "千元": "1,000 yuan", "万元": "10,000 yuan", "元/月": "yuan a month", "千元/月": "1,000 yuan a month", "万元/月": "10,000 yuan a month",
    "亩": "mu", "公顷": "hectares", "平方米": "square metres", "月": "months", "年": "years",
}  # fmt: skip
_VARIANTS = {
    "kind_of_monitored": ("监测对象类别", "kind of monitored household"), "kind_by_exit": ("脱贫属性", "exit status"),
    "dropout": ("有无失学辍学", "dropouts"), "insured": ("是否全部参保", "all insured"), "uninsured": ("有无未参保", "members uninsured"),
    "thirst": ("有无饮水困难", "lack of water"),
}  # fmt: skip
"""Further columns that give a fact, each by what it says."""
_PLAIN = {"money": "元", "land": "亩", "months": "月"}
_ASK_FOR_COLUMNS = ("household_number", "columns")
_MOST_COLUMNS = 300


def matching_html(session: IntakeSession, t: Language) -> Markup:
    """The columns and where the table stands; nothing before the file was looked at."""
    choice, overview = session.choice, session.choice.overview
    decision = choice.decision()
    # After it was taken in, another reading would change nothing any more.
    if overview is None or not session.name or (session.outcome is not None and session.outcome.taken is not None):
        return Markup()
    names = _labels(decision.persons, t) if decision else {}
    rows = (
        [_row(each, decision, names, t) for each in overview.columns[:_MOST_COLUMNS] if _there(each, decision)]
        if decision
        else []
    )
    question = session.outcome.question if session.outcome else None
    trouble = session.outcome is not None and session.outcome.result is None
    return render(
        "intake_matching", t,
        sends=sends, rows=rows, groups=_groups(decision.persons, names, t) if decision else [], persons=decision and decision.persons,
        counts=_counts(rows), sheets=_sheets(session, t), header=overview.header_rows, header_choices=_header_choices(session, t),
        last_choices=_last_choices(overview.header_rows),
        offered=[each.name for each in choice.offered()], used=choice.name, decided=choice.reading.decision is not None,
        given=choice.reading.given is not None, key=_key_name(decision), file=session.name,
        # Open by itself where the answer is to be given here, else it is a detail to look up.
        open=trouble and (question is None or question.asks in _ASK_FOR_COLUMNS),
        more=max(len(overview.columns) - _MOST_COLUMNS, 0),
    )  # fmt: skip


def mapping_file(session: IntakeSession) -> File:
    """How the file is read, as the YAML that an analyst carries along."""
    return File("mapping.yaml", "application/yaml", session.choice.yaml().encode())


def _there(column: OverviewColumn, decision: ListDecision) -> bool:
    try:
        decision.column(column.match.header)
    except InputError:
        return False
    return True


def _key_name(decision: ListDecision | None) -> str:
    return KEY if decision is None or not decision.persons else "户编号"


def _labels(persons: bool, t: Language) -> dict[str, str]:  # noqa: FBT001 - which list it is
    """What a column can be taken for, in words; several that give one fact are told apart by their own names."""
    if persons:
        return {name: name for name in targets(persons=True)}
    known = targets(persons=False)
    return {
        name: fact_label(name, t)
        if fact_of(name) == name
        else t(
            "{fact}（按{column}）", fact=fact_label(fact_of(name), t), column=t.label(_VARIANTS.get(name, (name, name)))
        )
        for name in known
    }


def _groups(persons: bool, names: dict[str, str], t: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: FBT001
    """The choices of a column, under headings."""
    if persons:
        return [(t("人口名单的列"), list(names.items()))]
    money = [name for name, target in targets(persons=False).items() if target.measure == "money"]
    shelves: list[tuple[str, Sequence[str]]] = [
        (t("认户"), (KEY, "kind", "kind_of_monitored", "kind_by_exit", "exit_year")), (t("地方"), ("county_code", "township", "village")),
        (t("收入和支出"), money), (t("两不愁三保障"), [name for name in names if fact_of(name) in GUARANTEES]),
        (t("重点群体"), list(KEY_GROUPS)), (t("比对情形"), list(CROSS_CHECKS)),
    ]  # fmt: skip
    placed = {name for _, shelf in shelves for name in shelf}
    shelves.insert(2, (t("人口和劳动力等"), [name for name in names if name not in placed]))
    return [(title, [(name, names[name]) for name in shelf if name in names]) for title, shelf in shelves]


def _row(column: OverviewColumn, decision: ListDecision, names: dict[str, str], t: Language) -> dict[str, Any]:
    match, chosen = column.match, decision.column(column.match.header)
    # What a column was taken for may be no choice of this kind of list.
    before = match.means if match.means in names else None
    changed = chosen.means != before or chosen.unit != match.unit or bool(chosen.values)
    target = targets(persons=decision.persons).get(chosen.means or "")
    measure = target.measure if target else None
    units = _UNITS.get(measure or "", ())
    unit = chosen.unit or _PLAIN.get(measure or "", "")
    texts = _texts(column, chosen, decision, t) if target is not None and target.type == VALUES else []
    return {
        "header": match.header, "first": t("、").join(column.first), "means": chosen.means, "label": names.get(chosen.means or "", ""),
        "units": [(each, t.label((each, _UNIT_LABELS.get(each, each)))) for each in (units if unit in units or not units else (unit, *units))], "unit": unit,
        "how": t("人工指定") if changed else t.words(HOW_WORDS[match.how]), "reason": "" if changed else t.words(match.reason),
        # Once somebody has decided there is nothing to be doubted.
        "likely": match.likely and not changed, "changed": changed, "texts": texts,
        "unknown": sum(each["number"] is None for each in texts),
    }  # fmt: skip


def _texts(column: OverviewColumn, chosen: ColumnDecision, decision: ListDecision, t: Language) -> list[dict[str, Any]]:
    """The texts of a column of codes, each with the number of the value that it means; None: nobody knows."""
    means = str(chosen.means)
    values = accepted_values(means, persons=decision.persons)
    labels = [_value_label(means, value, decision.persons, t) for value in values]
    listed = []
    for text in column.texts:
        # What somebody said comes before what the text usually means.
        value = chosen.values.get(text, usual_value(means, column.match.header, text, persons=decision.persons))
        # Said to mean nothing, which is another thing than nobody having said what it means.
        said = text in chosen.values and value is None
        number = (
            # By type too: to Python 1 is True, and a code is not a yes.
            "" if said else next((n for n, one in enumerate(values) if one == value and type(one) is type(value)), None)
        )
        listed.append({"text": text, "number": number, "labels": labels})
    return listed


def _value_label(means: str, value: Value, persons: bool, t: Language) -> str:  # noqa: FBT001
    if persons:
        return str(value)
    if means == "filed_tier":
        return t("返贫") if value == 0 else t("{tier} 级", tier=value)
    return fact_value(fact_of(means), value, t)


def _counts(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {
        "known": sum(row["means"] is not None and not row["likely"] for row in rows),
        "likely": sum(row["likely"] for row in rows), "unused": sum(row["means"] is None for row in rows),
    }  # fmt: skip


def _sheets(session: IntakeSession, t: Language) -> list[dict[str, Any]]:
    """The sheets of the file, where they are several."""
    overview = session.choice.overview
    if overview is None or len(overview.sheets) < 2:  # noqa: PLR2004 - one is no choice
        return []
    read = session.choice.place.sheets or overview.read
    result = session.result
    why = {each.name: t.words(each.why) for each in result.sheets if each.why is not None} if result else {}
    return [
        {
            "name": each.name,
            "read": each.name in read,
            "why": why.get(each.name) or (t("隐藏的") if each.hidden else ""),
        }
        for each in overview.sheets
    ]


def _header_sheet(session: IntakeSession) -> OpenedSheet | None:
    overview = session.choice.overview
    if overview is None:
        return None
    read = session.choice.place.sheets or overview.read
    return next(
        (each for each in overview.sheets if each.name in read), overview.sheets[0] if overview.sheets else None
    )


def _header_choices(session: IntakeSession, t: Language) -> list[tuple[int, str]]:
    """The rows in which the header may stand, with what stands there; blank ones are left out."""
    sheet = _header_sheet(session)
    rows = enumerate(sheet.rows, 1) if sheet else ()
    return [
        (number, t("第 {row} 行：{said}", row=number, said=text if text is not None else t("（数据）")))
        for number, text in rows
        if text != ""
    ]


def _last_choices(header: tuple[int, int] | None) -> list[int]:
    """The rows in which a header that begins where it does may end."""
    return list(range(header[0], header[0] + MOST_HEADER_ROWS)) if header else []
