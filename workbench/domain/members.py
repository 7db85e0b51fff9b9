"""Whether the numbers of a household's members can be so: facts that contradict each other are looked at again."""

from collections.abc import Mapping
from typing import Any

MEMBERS = ("persons", "labour", "weak_labour", "skilled")
"""The facts that bound each other."""


def members_agree(facts: Mapping[str, Any]) -> bool:
    """Whether members can be so: no more workers than persons, no more skilled ones than workers. What is unknown bounds nothing."""
    labour, persons = facts.get("labour") or 0, facts.get("persons")
    if persons is not None and labour + (facts.get("weak_labour") or 0) > persons:
        return False
    return facts.get("labour") is None or (facts.get("skilled") or 0) <= labour
