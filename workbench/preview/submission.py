"""The figures that stand beside a standard when it is submitted: its preview over a round, as it was at that moment."""

from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.register.access.acting_user import ActingUser
from workbench.register.standards.in_force import approved_standard

FIGURES = (
    "round", "line", "in", "cannot_tell", "below_line", "newly_in", "leaving", "by_township", "by_group", "by_route", "cost",
    "over_budget", "expected_slips", "slips_share",
)  # fmt: skip
"""Keys of a preview."""


def submission_figures(user: ActingUser, round_name: str, county: str, standard: EdgeStandard) -> dict[str, Any]:
    """The figures of a standard's preview over a round, compared with the one in force there, as they are now."""
    current = approved_standard(user, county, round_name)
    record = preview(
        PreviewScope(user.register.facts, round_name, county), standard, current.standard if current else None
    )
    return {key: record[key] for key in FIGURES if key in record} | {"facts": user.register.facts.digest(round_name)}
