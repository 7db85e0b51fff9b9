"""What a city's summary says of one county: counts of every round, and no household, name, number, village or township.

The counts of the standard's levers are those that answer a slider (`stored_counts`), of both incomes that a standard may
test: every ceiling by hundredths of the line, every share by twentieths, every set of groups and cross-checks. They have to
add up exactly, so that small cells stay as they are: a summary is no anonymous data (decision 0062).
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.domain.parameters import poverty_line, tier_parameters
from workbench.domain.rules.edge import EdgeLimits, edge_limits
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.preview.cluster.assessed_index import CountyQuestion, part_of, reduced_county
from workbench.preview.cluster.past import CountyQuestion as PastQuestion
from workbench.preview.cluster.past import county_past
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.index.build import to_the_millionth
from workbench.statistics.on_cluster import CountyQuestion as TierQuestion
from workbench.statistics.on_cluster import county_tiers
from workbench.store.cluster.packed import pack
from workbench.store.facts import FactStore

INCOMES = (False, True)
"""Whether out-of-pocket expenses are deducted from the income tested."""


@dataclass(frozen=True)
class SummaryQuestion:
    """Which county is summed up, up to which round (None: all that are stored)."""

    county: str
    until: str | None = None


def county_summary(store: FactStore, asked: SummaryQuestion) -> bytes:
    """A worker's task: the summary of one county."""
    names = [name for name in store.rounds_of(asked.county) if asked.until is None or name <= asked.until]
    counts = {
        f"counts/{name}/{int(deducted)}": _counts(store, asked.county, name, deducted=deducted)
        for name in names
        for deducted in INCOMES
    }
    pasts = {
        f"past/{int(deducted)}": county_past(
            store, PastQuestion(asked.county, None, asked.until, (plain_standard(deducted=deducted),), LeverValues())
        )
        for deducted in INCOMES
    }
    rounds = {name: _round(store, asked.county, name, counts[f"counts/{name}/0"]) for name in names}
    arrays = {name: np.frombuffer(packed, np.uint8) for name, packed in (counts | pasts).items()}
    return pack({"county": asked.county, "rounds": rounds}, arrays)


def plain_standard(*, deducted: bool) -> EdgeStandard:
    """A standard that tests one of the two incomes; its ceiling is the line, and says nothing."""
    return parse_standard({"income": {"ceiling": {"multiple": 1.0}, "deduct_out_of_pocket": deducted}})


def limits_of(round_name: str, *, deducted: bool) -> EdgeLimits:
    """The limits that the counts of a round were made under: those of the poverty line of its year."""
    return edge_limits(plain_standard(deducted=deducted), poverty_line(round_name).value)


def _counts(store: FactStore, county: str, round_name: str, *, deducted: bool) -> bytes:
    limits = limits_of(round_name, deducted=deducted)
    distinctions = LeverValues().distinctions(limits)
    return reduced_county(store, CountyQuestion(round_name, county, limits, None, distinctions, by_township=False))


def _round(store: FactStore, county: str, round_name: str, counts: bytes) -> dict[str, Any]:
    """The plain figures of a round: tiers of lifted households, households by kind, and who of them lies below the line."""
    line = poverty_line(round_name).value
    tiers = json.loads(
        county_tiers(store, TierQuestion(round_name, county, reading("default"), tier_parameters(round_name)))
    )
    facts = store.frame(round_name, county, ["kind", "income_pc", "weight"])
    kinds: dict[str, dict[str, float]] = {}
    for kind, rows in facts.partition_by("kind", as_dict=True).items():
        weight, below = rows["weight"], (rows["income_pc"] < line)
        kinds[kind[0] or "unknown"] = {
            "households": to_the_millionth(float(weight.sum())),
            "below_line": to_the_millionth(float(weight.filter(below.fill_null(value=False)).sum())),
            "income_unknown": to_the_millionth(float(weight.filter(below.is_null()).sum())),
        }
    # To the millionth, as everywhere: in whatever order weights were added, the summary is the same bytes.
    by_tier = {
        key: [to_the_millionth(households), rows]
        # A county without lifted households has no tiers at all.
        for key, (households, rows) in tiers["by_county"].get(county, {}).items()
    }
    return {
        "line": line, "tiers": by_tier, "kinds": kinds, "simulated": tiers["simulated"],
        "scored": part_of(counts).head["scores"] is not None, "digest": store.county_digests(round_name)[county],
    }  # fmt: skip
