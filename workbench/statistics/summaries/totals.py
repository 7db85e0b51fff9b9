"""The plain figures of a round by city and of a province: lifted households by tier, the others by the line, the edge register."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from workbench.preview.counts.counts import Count
from workbench.preview.request import whole
from workbench.statistics.summaries.province import CountySummary, Province
from workbench.statistics.tiers import TIER_KEYS, UNDETERMINED_KEY

_COLOURS = dict(zip((*TIER_KEYS[:3], UNDETERMINED_KEY), ("red", "yellow", "blue", "undetermined"), strict=True))


def province_totals(province: Province, round_name: str) -> dict[str, Any]:
    """`by_city` and `all`: households (`lifted`, by tier, `unregistered`, `below_line` among them, `edge_active`), `by_county`.

    Raises StoreError where no city has the round.
    """
    counties = [province.summaries[code] for code in province.counties(round_name)]
    by_city: dict[str, list[CountySummary]] = {}
    for each in counties:
        # A city's own order of counties: that of its codes.
        by_city.setdefault(each.city, []).append(each)
    return {
        "by_city": [{"city": city, **_figures(of_city, round_name)} for city, of_city in sorted(by_city.items())],
        "by_county": [
            {"city": each.city, "county_code": each.county, **_figures([each], round_name)} for each in counties
        ],
        "all": _figures(counties, round_name),
        "simulated": any(each.rounds[round_name]["simulated"] for each in counties),
    }


def _figures(counties: Iterable[CountySummary], round_name: str) -> dict[str, Any]:
    sums: Counter[str] = Counter()
    for each in counties:
        about = each.rounds[round_name]
        for key, (households, _) in about["tiers"].items():
            # Every lifted household has a tier or is undetermined, so these add up to all of them.
            sums[_COLOURS[key]] += households
            sums["lifted"] += households
        unregistered = about["kinds"].get("unregistered", {})
        for key, name in (
            ("households", "unregistered"),
            ("below_line", "below_line"),
            ("income_unknown", "income_unknown"),
        ):
            sums[name] += unregistered.get(key, 0.0)
        sums["edge_active"] += each.edge.get("active", 0)
    names = ("lifted", *_COLOURS.values(), "unregistered", "below_line", "income_unknown", "edge_active")
    return {name: whole(Count(float(sums[name]))) for name in names}
