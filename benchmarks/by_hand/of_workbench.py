"""The workbench's own way, measured as the others are."""

import shutil
from pathlib import Path
from typing import Any

from benchmarks.by_hand.record import HELP_COST, Counted
from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import totals
from workbench.preview.request import preview as previewed
from workbench.preview.scope import PreviewScope
from workbench.statistics.tiers import TIER_KEYS, count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

_ROUND, LINE = "2019-10", 3218.0
_TOTALS = ("in", "cannot_tell", "below_line")


def _standard(multiple: float) -> EdgeStandard:
    return parse_standard(
        {
            "income": {"ceiling": {"multiple": multiple}, "group_ceilings": {"disability": 1.8}},
            "routes": {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}},
            "exclusions": ["has_car", "has_commercial_housing", "on_public_payroll", "has_business"],
            "help_cost": HELP_COST,
        }
    )


def tiers(root: Path) -> list[int]:
    """Households of tier 1, 2, 3, and undetermined."""
    lifted = lifted_facts(RoundScope(FactStore(root), _ROUND))
    counted = count_tiers(lifted, tier_parameters(_ROUND), reading("default"))
    return [counted.city[key].rows for key in TIER_KEYS]


def forget(root: Path) -> None:
    """Remove what earlier previews kept."""
    shutil.rmtree(root / "index", ignore_errors=True)


def _previewed(root: Path) -> dict[str, Any]:
    """Preview from the files, with no index there (`forget`); the whole record is made, as for a person."""
    return previewed(PreviewScope(FactStore(root), _ROUND), _standard(1.5))


def three_counts(root: Path) -> list[int]:
    """Households in, not told, and below the line, of the whole record."""
    counted = _previewed(root)
    return [counted[name] for name in _TOTALS]


def preview(root: Path) -> list[int]:
    """The record of a preview (`Counted`)."""
    counted = _previewed(root)
    routes = [counted["by_route"][name] for name in ("income", "rigid_expenditure")]
    townships = [
        (each["county_code"], each["township"], *(each[name] for name in (*_TOTALS, "households")))
        for each in counted["by_township"]
    ]
    missing = [counted["cannot_tell_by_missing"].get(name, 0) for name in ("income", *KEY_GROUPS, *CROSS_CHECKS)]
    added = counted["margin"]["households"]
    made = Counted(list(counted["by_group"].values()), routes, missing, added, townships).record()
    if counted["cost"] not in made:
        raise ValueError(f"a cost of {counted['cost']} yuan for {counted['in']} households")
    return made


def loaded(root: Path):  # noqa: ANN201 - a function of a multiple
    """The counts of a preview from the index, by the multiple of its ceiling."""
    scope = PreviewScope(FactStore(root), _ROUND)
    index = scope.index_of(deduct_out_of_pocket=False)

    def counts(multiple: float) -> list[int]:
        counted = totals(index, scope.limits_of(_standard(multiple)))
        return [counted.inside.rows, counted.cannot_tell.rows, counted.below_line.rows]

    return counts


def points(root: Path):  # noqa: ANN201 - a function of multiples
    """The households in at each of several ceilings, in one pass."""
    scope = PreviewScope(FactStore(root), _ROUND)
    index = scope.index_of(deduct_out_of_pocket=False)
    limits = scope.limits_of(_standard(1.0))
    return lambda multiples: [
        int(rows) for rows in ceiling_curve(index, limits, [each * LINE for each in multiples]).inside_rows
    ]
