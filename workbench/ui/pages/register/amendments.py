"""What a visit's form changed of the facts that it showed."""

from typing import Any

from workbench.domain.procedure.corrections import correctable, read_amendment
from workbench.ui.kit.controls.pane_fields import Fields, one


def amendments(fields: Fields) -> dict[str, Any]:
    """What a form changed: each fact whose text is another than the form showed. Raises InputError for what cannot be."""
    return {
        name: read_amendment(name, one(fields, f"fact:{name}"))
        for name in correctable()
        # What was shown comes along: a fact that somebody else corrected meanwhile is not put back by a form opened before.
        if f"fact:{name}" in fields and one(fields, f"fact:{name}") != one(fields, f"shown:{name}")
    }
