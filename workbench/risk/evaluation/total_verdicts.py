"""What may be done with totals of slips, beside what `verdicts` says of one county: which may be used, and what they hang on."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.evaluation.verdicts import total_use

_UNEVEN, _HEAVY = 0.5, 0.1
"""Records' worth a record, and the share of all weight in the heaviest hundredth, from which weights are uneven."""


def usable_totals(by_county: Mapping[str, Mapping[str, Any]], use: str) -> Words | None:
    """The counties whose totals may be used, by name; None of a model by which no total is reported anyway."""
    if use != "yes":
        return None
    names = [county_names(code) for code, row in by_county.items() if total_use(row, use)[0] == "yes"]
    if not names:
        return Words(
            "这一次没有一个县区的总数可用：可以估全市的，不要报任何一个县区的",
            "this time the total of no county may be used: that of the city may, and no county's is to be reported",
        )
    return Words(
        f"总数可用的县区：{'、'.join(zh for zh, _ in names)}；其余的不要报",
        f"totals may be used in {', '.join(en for _, en in names)}, and are not to be reported elsewhere",
    )


def weight_words(about: Mapping[str, Any]) -> Words | None:
    """What it means that few records carry most of the weight, from the record of a model; None where weights are even."""
    rows, effective, heaviest = about["rows"], about["effective_rows"], about.get("heaviest")
    if effective >= _UNEVEN * rows and (heaviest or 0.0) < _HEAVY:
        return None
    # Records of earlier workbenches do not tell what the heaviest have.
    of_all = None if heaviest is None else f"{heaviest:.0%}"
    # Of a model that is not to be used the order is none either.
    order = about.get("advice", {}).get("use") != "no"
    return Words(
        f"权重很不均匀：{rows:,} 条记录算总数时只相当于 {effective:,.0f} 条"
        + (f"，最重的百分之一占了全部权重的 {of_all}" if of_all else "")
        + "；预计和实际的总数由少数几条决定，差得远也可能只是偶然"
        + ("，先看先后" if order else ""),
        f"weights are very uneven: in totals {rows:,} records are worth {effective:,.0f}"
        + (f", and the heaviest hundredth has {of_all} of all weight" if of_all else "")
        + "; totals, expected and happened, hang on a few records and may lie far apart by chance"
        + (": go by the order first" if order else ""),
    )
