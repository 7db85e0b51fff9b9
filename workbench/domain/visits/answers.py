"""An answer at a visit, as typed: a fact of the vocabulary, or a key group that the county's standard declares."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import Fact, FactType
from workbench.domain.procedure.corrections import read_correction
from workbench.domain.procedure.typed_values import typed_value


def read_answer(name: str, text: str, own_groups: Mapping[str, str]) -> Any:
    """The value of an answer, None for "not known"; raises InputError for what is no such fact or no such value.

    `own_groups`: the names of the county's own groups by fact, of which a household is or is not.
    """
    if name in own_groups:
        return typed_value(Fact(name, own_groups[name], own_groups[name], FactType.BOOLEAN), text)
    return read_correction(name, text)
