"""The standard that every figure of the page is compared with: one, and named."""

from dataclasses import dataclass

from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.register.standards.in_force import StandardInUse


@dataclass(frozen=True)
class ReferenceStandard:
    """A standard to compare with, and its name; `source`: one of `in_force.Source`, or a "chosen_file", a "version".

    Every figure of the page that says what is new, or leaves, compares with this one.
    """

    standard: EdgeStandard
    source: str
    name: Words

    @classmethod
    def of_round(cls, in_use: StandardInUse) -> "ReferenceStandard":
        """Return the standard that is used in the round."""
        return cls(in_use.standard, str(in_use.source), in_use.name)
