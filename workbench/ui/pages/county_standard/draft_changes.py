"""A draft of a standard with one thing changed, as plain data; what of it is valid, the rules say afterwards."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import EdgeStandard, decode_standard, read_standard
from workbench.errors import InputError, Words
from workbench.ui.kit.controls.fields import value_at

Draft = Mapping[str, Any]


def with_key(draft: Draft, path: keys.Key, value: Any) -> dict[str, Any]:
    """Return a draft with one key set; None takes it away."""
    changed = copy.deepcopy(dict(draft))
    *parents, last = keys.parts(path)
    part = changed
    for name in parents:
        part = part.setdefault(name, {})
    if value is None:
        part.pop(last, None)
    else:
        part[last] = value
    return changed


def with_group(draft: Draft, known: Iterable[str], fact: str, name: str) -> dict[str, Any]:
    """Return a draft in which one of the county's own facts is a key group with a name, last of those listed.

    `known`: the groups listed by a draft that does not name them.
    """
    own = {**draft.get(keys.OWN_GROUPS, {}), fact: name}
    return {**draft, keys.OWN_GROUPS: own, keys.GROUPS: [*_listed(draft, known, fact), fact]}


def without_group(draft: Draft, known: Iterable[str], fact: str) -> dict[str, Any]:
    """Return a draft without a group of the county's own, its place among those listed and its ceiling; `known` as for `with_group`."""
    changed = copy.deepcopy(dict(draft))
    changed.get(keys.OWN_GROUPS, {}).pop(fact, None)
    (value_at(changed, keys.GROUP_CEILINGS) or {}).pop(fact, None)
    return {**changed, keys.GROUPS: _listed(draft, known, fact)}


def with_name_and_day(standard: EdgeStandard, own: EdgeStandard) -> EdgeStandard:
    """Return a standard under the name and from the day of a person's own choice, where it has none itself."""
    # A point of a search has neither: taken over as it is, it would empty both fields, and without a day nothing is submitted.
    return standard.model_copy(
        update={"title": standard.title or own.title, "effective": standard.effective or own.effective}
    )


def names_and_days_of(standard: EdgeStandard, but: EdgeStandard) -> list[keys.Key]:
    """The keys of name and day that a standard has and another one had not."""
    pairs = (keys.TITLE, standard.title, but.title), (keys.EFFECTIVE, standard.effective, but.effective)
    return [key for key, present, given in pairs if present is not None and given is None]


def read_for(content: bytes, county: str) -> EdgeStandard:
    """A standard of a YAML file's content; raises InputError for one that was made for another county."""
    standard = read_standard(decode_standard(content))
    if standard.county not in (None, county):
        raise InputError(
            Words(
                f"文件中的标准属于 {standard.county}，所选县区为 {county}；请改选县区，或修改文件中的 county",
                f"the standard in the file is for {standard.county}, but {county} is chosen; "
                "choose that county, or change county in the file",
                code="ui.standard-file-but-chosen",
            )
        )
    return standard


def _listed(draft: Draft, known: Iterable[str], but: str) -> list[str]:
    return [each for each in draft.get(keys.GROUPS, known) if each != but]
