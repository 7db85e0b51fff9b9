"""The rules applied to the households of a round: the one place where a frame of facts becomes tiers and edge households.

Each household goes by the rules of its kind (LA2019-15 §2.1.1, §2.2-a); registered households have none here, as they are
in the national register already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import narwhals as nw

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS, OWN_FLAGS
from workbench.domain.parameters import TierParameters, tier_parameters
from workbench.domain.rules.edge import EDGE_FACTS, EdgeLimits, edge_frame
from workbench.domain.rules.legal_readings import Reading, reading
from workbench.domain.rules.tiers import TIER_FACTS, tier_frame

Frame = TypeVar("Frame")
LIFTED, UNREGISTERED = "lifted", "unregistered"
DEFAULT_READING = "default"
STANDARD_FACTS: tuple[str, ...] = (*EDGE_FACTS, *KEY_GROUPS, *CROSS_CHECKS)
"""Every column of the vocabulary that a county's standard may read; beside them it reads the county's own groups."""
RULE_COLUMNS: tuple[str, ...] = tuple(dict.fromkeys(("kind", *TIER_FACTS, *STANDARD_FACTS, OWN_FLAGS)))
"""What to ask of a store so that the rules of a round can be applied, a county's own groups among them."""


@dataclass(frozen=True)
class RoundRules:
    """The rules of a round: figures and reading for lifted households, the standard in yuan for unregistered ones.

    `limits`: one for all counties, or those of each county by its code; unregistered households of other counties are
    then left out.
    """

    parameters: TierParameters
    reading: Reading
    limits: EdgeLimits | Mapping[str, EdgeLimits] | None = None


def rules_of_round(
    round_name: str, limits: EdgeLimits | Mapping[str, EdgeLimits] | None = None, *, line: float | None = None
) -> RoundRules:
    """The figures of the round's day under the default reading; `line`: a poverty line given by hand, yuan."""
    return RoundRules(tier_parameters(round_name, line), reading(DEFAULT_READING), limits)


@dataclass(frozen=True)
class RoundAssessment(Generic[Frame]):
    """What the rules say of the households of a frame, computed for each kind when it is asked for."""

    facts: Frame
    rules: RoundRules

    @cached_property
    def lifted(self) -> Frame:
        """The lifted households with their tiers and traces (`tiers.tier_frame`), in their order."""
        result: Frame = tier_frame(self._of_kind(LIFTED), self.rules.parameters, self.rules.reading)
        return result

    @cached_property
    def unregistered(self) -> Frame:
        """The unregistered households with what the standard says (`edge.edge_frame`), in their order within a county."""
        limits, rows = self.rules.limits, self._of_kind(UNREGISTERED)
        # Not an InputError: that is a mistake of the caller, and no person can mend it.
        if not limits:
            raise ValueError("no standard was given for the unregistered households")
        result: Frame = edge_frame(rows, limits) if isinstance(limits, EdgeLimits) else _by_county(rows, limits)
        return result

    @property
    def brought_in(self) -> Frame:
        """The unregistered households that the standard brings in; those of which it cannot tell are not among them."""
        assessed: Any = self.unregistered
        inside: Frame = nw.from_native(assessed).filter(nw.col("edge").fill_null(value=False)).to_native()
        return inside

    def _of_kind(self, kind: str) -> Any:
        frame: Any = self.facts
        # Filtered before anything is computed: of the other kinds the criteria would be asked for nothing.
        return nw.from_native(frame).filter(nw.col("kind") == kind).to_native()


def _by_county(rows: Any, limits: Mapping[str, EdgeLimits]) -> Any:
    framed = nw.from_native(rows)
    of_county = {code: framed.filter(nw.col("county_code") == code).to_native() for code in limits}
    # Each county under its own limits: households of a county that has none are in no part.
    return nw.concat([nw.from_native(edge_frame(of_county[code], each)) for code, each in limits.items()]).to_native()


def apply_rules(facts: Frame, rules: RoundRules) -> RoundAssessment[Frame]:
    """Apply the rules of a round to its households, of any engine, eager or lazy.

    `facts` holds `kind`, what the kinds asked for need (TIER_FACTS, STANDARD_FACTS), and `county_code` where each county
    has limits of its own.
    """
    return RoundAssessment(facts, rules)
