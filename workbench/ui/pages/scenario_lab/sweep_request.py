"""A sweep asked for in the scenario lab."""

from dataclasses import dataclass
from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.comparison import Report, swept
from workbench.preview.counts.sweep import Axis
from workbench.preview.scope import PreviewScope


@dataclass(frozen=True)
class SweepRequest:
    """A sweep to be counted: its figures belong to this place, standard and range, and to no other."""

    scope: PreviewScope
    standard: EdgeStandard
    axes: tuple[Axis, ...]

    def count(self, report: Report | None = None) -> list[dict[str, Any]]:
        """One record a point."""
        return swept(self.scope, self.standard, self.axes, report)
