"""A panel made by another rule than the simulated city: what holds on one alone may be owed to its maker.

Lifted households whose tiers are filed. Risk is a sawtooth: in each tier it falls with the distance from that tier's own
bound and leaps up at the next. Two columns hold one income, a fact is asked each autumn only, one is not asked at first,
weights are heavy-tailed, areas differ by a factor of a hundred in size.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from workbench.domain.parameters import poverty_line
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10", "2021-04", "2021-10")
SPRINGS = tuple(name for name in ROUNDS if name[5:] < "07")
COUNTIES = ("341502", "341503", "341504", "341522", "341523", "341524", "341525")
BOUNDS = np.array([0.0, 0.05, 0.45, 0.8])
"""By tier, the log ratio to the line at which it begins."""


@dataclass(frozen=True)
class SecondPanel:
    """The store, and by round the true probability of each household's slip."""

    store: FactStore
    truth: dict[str, pl.DataFrame]


def second_panel(folder: Path, households: int, seed: int = 1, rise: float = 0.08) -> SecondPanel:
    """Six rounds of the panel; the more of them `rise` a tier between rounds, the fewer are in tier 1."""
    rng = np.random.default_rng(seed)
    sizes = np.geomspace(1, 100, len(COUNTIES))
    county = rng.choice(len(COUNTIES), households, p=sizes / sizes.sum())
    by_county, weight = rng.normal(0, 0.2, len(COUNTIES)), rng.pareto(1.2, households) + 0.2
    tier, place = rng.integers(1, 4, households), rng.normal(size=households)
    debt, fallen = rng.normal(size=households), np.zeros(households, bool)
    store, truth = FactStore(folder), {}
    for name in ROUNDS:
        above = 0.3 * np.exp(0.6 * place)
        help_given = rng.random(households) < 0.3
        z = -1.3 - 3.0 * above + 0.8 * debt + 0.9 * help_given * (name not in SPRINGS) + by_county[county]
        p = 1 / (1 + np.exp(-z))
        margin = np.where(fallen, -0.2, BOUNDS[tier] + above)
        frame = _facts(name, county, pl.Series(tier).set(pl.Series(fallen), None), margin, weight).with_columns(
            x_debt=None if name == ROUNDS[0] else pl.Series(debt),
            x_help=None if name in SPRINGS else pl.Series(help_given.astype(float)),
        )
        store.write(
            name,
            {str(code): part.to_arrow() for (code,), part in frame.group_by("county_code")},
            Origin(simulated=True),
        )
        truth[name] = frame.select("household_id", truth=pl.Series(p)).filter(pl.Series(~fallen))
        slips = ~fallen & (rng.random(households) < p)
        fallen, tier = (
            slips & (tier == 1),
            np.where(slips, np.maximum(tier - 1, 1), np.minimum(tier + (rng.random(households) < rise), 3)),
        )
        place, debt = (
            0.8 * place + 0.6 * rng.normal(size=households),
            0.9 * debt + np.sqrt(0.19) * rng.normal(size=households),
        )
    return SecondPanel(store, truth)


def _facts(name, county, tier, margin, weight):
    income = poverty_line(name).value * np.exp(margin)
    return pl.DataFrame({
        "household_id": [f"h{number}" for number in range(len(county))], "county_code": np.array(COUNTIES)[county],
        "kind": "lifted", "filed_tier": tier, "persons": 3, "income_pc": income, "net_income": 3 * income, "weight": weight,
    })  # fmt: skip
