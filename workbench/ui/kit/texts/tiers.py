"""Tiers as the pages show them: never by colour alone."""

from typing import Any

from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.preview.counts.counts import Count
from workbench.statistics.tiers import TIER_SYMBOLS, UNDETERMINED_KEY
from workbench.ui.kit.texts.language import Language


def tier_entry(key: str, count: Count, t: Language) -> dict[str, Any]:
    """A tier as the pages show it: symbol, colour and words beside its count."""
    # The notice names the tiers by colour; the symbol is for print in black and for who cannot tell them apart.
    colours = {"1": t("红"), "2": t("黄"), "3": t("蓝"), UNDETERMINED_KEY: t("待定")}
    label = UNDETERMINED if key == UNDETERMINED_KEY else TIERS[int(key)][:2]
    return {
        "key": "unknown" if key == UNDETERMINED_KEY else key,
        "symbol": TIER_SYMBOLS[key],
        "colour": colours[key],
        "households": count.households,
        "label": t.label((label[0], label[1])),
    }


def tier_words(key: str, t: Language) -> str:
    """Return a tier as symbol and colour."""
    # An empty count: only symbol and colour are asked for here.
    entry = tier_entry(key, Count(), t)
    return f"{entry['symbol']} {entry['colour']}"
