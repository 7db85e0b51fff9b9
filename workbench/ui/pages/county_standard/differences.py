"""What differs between two standards, key by key, in words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import ROUTES, EdgeLimits
from workbench.domain.rules.standard import EdgeStandard, standard_data
from workbench.errors import Words
from workbench.preview.frontier.request import group_notes
from workbench.preview.unlikely import remarks
from workbench.ui.kit.texts.facts import NO_GROUPS, fact_label, group_names
from workbench.ui.kit.texts.language import Language

_IS_KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)*")
# What a standard is called, and where and when it holds, changes the result of nobody.
_NOT_COMPARED = (keys.TITLE, keys.EFFECTIVE, keys.COUNTY)


def differences(
    theirs: EdgeStandard, ours: EdgeStandard, t: Language, *, briefly: bool = False
) -> list[tuple[str, str, str]]:
    """(key in words, the first standard's value, the second's), for every key that differs.

    `briefly`: of two lists how many the first has, and what the second adds and drops.
    """
    first, second = _flat(standard_data(theirs)), _flat(standard_data(ours))
    differing = [key for key in dict.fromkeys((*first, *second)) if first.get(key) != second.get(key)]
    own = group_names((ours, theirs))
    shown = _briefly if briefly else _in_full
    return [
        (key_label(key, t, own), *shown(first.get(key), second.get(key), t, own))
        for key in differing
        if key not in _NOT_COMPARED
    ]


def in_words(standards: Sequence[EdgeStandard], t: Language) -> list[tuple[str, list[str]]]:
    """(key in words, the value of each standard), for every key that one of them states and that decides anything."""
    flats, own = [_flat(standard_data(each)) for each in standards], group_names(standards)
    stated = dict.fromkeys(key for flat in flats for key in flat if key not in _NOT_COMPARED)
    return [(key_label(key, t, own), [_value(flat.get(key), t, own) for flat in flats]) for key in stated]


def key_label(path: keys.Key, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """A key of a standard in words; `own`: the names of the county's own groups."""
    names: dict[str, str] = {
        keys.TITLE: t("标准名称"),
        keys.EFFECTIVE: t("施行日期"),
        keys.LINE: t("扶贫标准（元）"),
        keys.CEILING: t("收入上限"),
        keys.CEILING_MULTIPLE: t("收入上限（倍数）"),
        keys.CEILING_YUAN: t("收入上限（元）"),
        keys.DEDUCT_OUT_OF_POCKET: t("收入扣除合规自付支出"),
        keys.GROUPS: t("重点群体"),
        keys.REQUIRE_GROUP: t("须属于所列重点群体"),
        keys.EXCLUSIONS: t("排除情形"),
        keys.HELP_COST: t("每户每年帮扶费用（元）"),
        keys.BUDGET: t("年度预算（元）"),
    }
    if path in names:
        return names[path]
    *_, part, last = keys.parts(path)
    if part == keys.OWN_GROUPS:
        # Its value is the name that the county gave it; the code of its fact is nobody's word.
        return t("本县自定的重点群体")
    if (group := keys.group_of(path)) is not None:
        return t("{group}的单独上限（倍数）", group=fact_label(group, t, own))
    route = keys.route_of(path)
    if route is not None:
        if path == keys.route(route):
            return t.label(ROUTES[route])
        details = {
            "share": t("比例"),
            "ceiling": t("收入上限"),
            "multiple": t("收入上限（倍数）"),
            "yuan": t("收入上限（元）"),
        }
        return f"{t.label(ROUTES[route])} · {details[last]}"
    return path


def remarks_in_words(standard: EdgeStandard, limits: EdgeLimits, t: Language) -> list[str]:
    """All that is said of a choice while it is made; `limits`: it in yuan."""
    said = [remark_in_words(note, t, limits.own_groups) for note in remarks(standard, limits)]
    # Not only under a table that is opened later: the groups are the notice's (§2.2-b).
    return said + [t.words(note) for note in group_notes(standard)]


def remark_in_words(remark: Words, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """What is said of a standard (`preview.unlikely.remarks`), the key that it begins with by its name on the page."""
    text = t.words(remark)
    key, colon, rest = text.partition(": ")
    return f"{key_label(keys.typed_key(key), t, own)}{t('：')}{rest}" if colon and _IS_KEY.fullmatch(key) else text


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[keys.Key, Any]:
    flat: dict[keys.Key, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[keys.typed_key(prefix + key)] = _plain(key, value)
    return flat


def _plain(key: str, value: Any) -> Any:
    """A value in the form in which it is compared and said."""
    if isinstance(value, list):
        # The order of groups and exclusions means nothing.
        return sorted(value)
    # In per cent, as the form's slider has it.
    return f"{100 * value:.4g}%" if key == "share" else value


def _in_full(theirs: Any, ours: Any, t: Language, own: Mapping[str, str]) -> tuple[str, str]:
    return _value(theirs, t, own), _value(ours, t, own)


def _briefly(theirs: Any, ours: Any, t: Language, own: Mapping[str, str]) -> tuple[str, str]:
    # Eight groups twice over, for one that was added, are not read.
    if not (isinstance(theirs, list) and isinstance(ours, list) and set(theirs) & set(ours)):
        return _in_full(theirs, ours, t, own)
    added, dropped = ([each for each in one if each not in other] for one, other in ((ours, theirs), (theirs, ours)))
    parts = [t("增加{names}", names=_value(added, t, own))] if added else []
    parts += [t("去掉{names}", names=_value(dropped, t, own))] if dropped else []
    return t("{count} 项", count=len(theirs)), t("{count} 项", count=len(ours)) + t(
        "（{changes}）", changes=t("，").join(parts)
    )


def _value(value: Any, t: Language, own: Mapping[str, str]) -> str:
    if value is None:
        return t("无")
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if isinstance(value, list):
        return t("、").join(fact_label(name, t, own) for name in value) or t("无")
    return t.number(value, 2) if isinstance(value, (int, float)) else str(value)
