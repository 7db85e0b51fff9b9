"""The keys of a standard that the scenario lab changes and varies: their words, and how what is typed becomes a value."""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data
from workbench.errors import InputError, StandardError, Words
from workbench.preview.counts.sweep import vary
from workbench.preview.scenario import Scenario
from workbench.ui.kit.controls.written_numbers import number_or_text
from workbench.ui.kit.texts.facts import NO_GROUPS, fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.differences import key_label

_ROUTES = ("rigid_expenditure", "income_drop")
_ROUTE_CEILING = {"multiple": 2.0}
"""What a route begins with when one of its keys is set first (contract §3, the example)."""
_NUMBERS = (keys.CEILING_MULTIPLE, keys.CEILING_YUAN, keys.LINE, keys.HELP_COST, keys.BUDGET)
_FLAGS = (keys.DEDUCT_OUT_OF_POCKET, keys.REQUIRE_GROUP)
_LISTS: dict[keys.Key, tuple[str, ...]] = {keys.GROUPS: KEY_GROUPS, keys.EXCLUSIONS: CROSS_CHECKS}
_STEPS: dict[str, str] = {
    keys.CEILING_MULTIPLE: "1.0:2.0:0.05",
    keys.CEILING_YUAN: "4000:8000:200",
    keys.LINE: "3000:4500:100",
    keys.HELP_COST: "1000:5000:500",
}


def changeable(own_groups: Iterable[str] = ()) -> list[keys.Key]:
    """The keys that a copy may differ in, in the order in which they are offered; `own_groups`: the county's own."""
    groups = (*KEY_GROUPS, *own_groups)
    ceilings = [keys.group_ceiling(group) for group in groups]
    listed = [keys.member(keys.GROUPS, each) for each in groups]
    listed += [keys.member(keys.EXCLUSIONS, each) for each in CROSS_CHECKS]
    routes = [key for route in _ROUTES for key in _of_route(route)]
    return [*_NUMBERS, *_FLAGS, *routes, *listed, *ceilings]


def variable(standard: EdgeStandard) -> list[keys.Key]:
    """The keys of a standard that a sweep may vary: numbers, those of routes where the standard has the route."""
    routes = standard_data(standard).get("routes", {})
    of_routes = [key for route in _ROUTES if route in routes for key in _of_route(route)]
    ceilings = [keys.group_ceiling(group) for group in standard.groups]
    # Without the budget: no figure of a sweep depends on it.
    return [*_NUMBERS[:-1], *of_routes, *ceilings]


def _of_route(route: str) -> tuple[keys.Key, keys.Key]:
    """What of a route is a number: its share, and its ceiling as a multiple of the line."""
    return keys.route_share(route), keys.route_ceiling(route, "multiple")


def range_of(key: keys.Key) -> str:
    """The range that a key is first varied over, `start:stop:step`."""
    return _STEPS.get(key, "0.1:0.9:0.1" if key.endswith("share") else "1.0:2.5:0.1")


def is_flag(key: keys.Key) -> bool:
    """Whether a key is set to yes or no."""
    return key in _FLAGS or keys.parts(key)[0] in _LISTS


def label_of(key: keys.Key, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """A key in words; `own`: the names of the county's own groups."""
    for name in _LISTS:
        if (member := key.removeprefix(f"{name}.")) != key:
            return t("{list}含{member}", list=key_label(name, t), member=fact_label(member, t, own))
    return key_label(key, t, own)


def label_words(key: keys.Key, own: Mapping[str, str] = NO_GROUPS) -> Words:
    """A key in words of both languages, to be put before what is wrong with it."""
    return Words(*(label_of(key, Language(code), own) for code in ("zh", "en"))) + Words("：", ": ")


def in_words(error: StandardError, own: Mapping[str, str] = NO_GROUPS) -> InputError:
    """What is wrong with a standard, each key by the name that it is chosen by on the page."""
    said = [label_words(keys.typed_key(key), own) + words for key, words in error.problems.items()]
    return InputError(Words("；".join(each.zh for each in said), "; ".join(each.en for each in said), code=error.code))


def swept_groups(scenario: Scenario) -> Mapping[str, str]:
    """The names of the county's own groups in the standard whose keys a scenario varies."""
    return scenario.candidate(scenario.swept).standard.own_groups if scenario.swept else NO_GROUPS


def changed(standard: EdgeStandard, key: keys.Key, text: str) -> EdgeStandard:
    """A standard with one key set as typed; raises InputError or StandardError for what cannot be."""
    if key not in changeable(standard.own_groups):
        raise InputError(
            Words(f"{key}：不能改这一项", f"{key}: not a key that can be changed", code="ui.not-key-can-changed")
        )
    # Not a key of the standard but one member of a list: in or out.
    for name in _LISTS:
        if (member := key.removeprefix(f"{name}.")) != key:
            return _with_member(standard, name, member, listed=_flag(key, text))
    route = keys.route_of(key)
    # A route has a share and a ceiling or is no route: one of the two alone would be refused.
    if route is not None and route not in standard_data(standard).get("routes", {}):
        standard = vary(standard, {keys.route(route): {"share": 0.5, "ceiling": _ROUTE_CEILING}})
    return vary(standard, {key: _flag(key, text) if is_flag(key) else typed_number(text)})


def _with_member(standard: EdgeStandard, name: keys.Key, member: str, *, listed: bool) -> EdgeStandard:
    data: dict[str, Any] = standard_data(standard)
    others = [each for each in data.get(name, []) if each != member]
    chosen = {*others, member} if listed else set(others)
    # In the order of the notice, whatever the order in which they were chosen.
    among = standard.group_names if name == keys.GROUPS else _LISTS[name]
    return parse_standard({**data, name: [each for each in among if each in chosen]})


def _flag(key: keys.Key, text: str) -> bool:
    if text not in ("true", "false"):
        raise InputError(label_words(key) + Words("请选是或否", "choose yes or no", code="ui.choose-yes-no"))
    return text == "true"


def typed_number(text: str) -> float:
    """A figure as it was typed; raises InputError for what is none."""
    value = number_or_text(text)
    if not isinstance(value, float):
        raise InputError(Words(f"“{text}”：应为数字", f"{text!r}: must be a number", code="ui.must-number"))
    return value
