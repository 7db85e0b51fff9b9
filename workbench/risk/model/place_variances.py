"""How far places (counties, seasons of counties, parts of them) stray from what is expected, beyond chance, by moments.

The ratio of slips to expected ones is compared, each place weighed by the inverse variance of its ratio (DerSimonian and
Laird 1986) at an assumed deviation between places. By the number of slips alone one large place would decide: the round is
nearly that place, and its ratio to the round near 1 by construction.
"""

import numpy as np
import polars as pl

from workbench.risk.model.glass_box import Floats

_ASSUMED_SD = 0.15
"""Relative deviation between places that weights assume. Any weights give an unbiased estimate; these are near the best."""


def county_rounds(p: Floats, slips: Floats, weight: Floats, county: pl.Series, start: pl.Series) -> pl.DataFrame:
    """Sum by county and round: `observed` and `expected` slips, `variance` of the first by chance, `rows`."""
    return (
        pl.DataFrame({"county": county, "start": start, "observed": slips * weight, "expected": p * weight,
                      "variance": weight**2 * p * (1 - p)})
        .group_by("county", "start", maintain_order=True)
        .agg(pl.sum("observed", "expected", "variance"), rows=pl.len())
        .filter(pl.col("expected") > 0, pl.col("county").is_not_null())
        .sort("county", "start")
    )  # fmt: skip


def with_ratios(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of `county_rounds` with `ratio`, slips to expected less 1, `noise`, its variance by chance, and `precision`."""
    expected = pl.col("expected")
    return cells.with_columns(
        ratio=pl.col("observed") / expected - 1, noise=pl.col("variance") / expected**2
    ).with_columns(precision=1 / (pl.col("noise") + _ASSUMED_SD**2))


def levelled(cells: pl.DataFrame, over: str | list[str]) -> pl.DataFrame:
    """Cells with ratios, expectations brought to the level of their group (`over`), which is `level`, 1 as expected.

    A group in which nobody slipped is left at its level: of nothing there is no ratio.
    """
    ratio, precision = pl.col("ratio"), pl.col("precision")
    level = 1 + (ratio * precision).sum().over(over) / precision.sum().over(over)
    scale = pl.when(level > 0).then(level).otherwise(1.0)
    rated = with_ratios(cells).with_columns(level=scale)
    return with_ratios(rated.with_columns(pl.col("expected", "variance") * pl.col("level")))


def between(cells: pl.DataFrame, over: str | list[str]) -> float:
    """The variance of the ratio between cells of a group (`over`) beyond chance, 0 where no group has two cells."""
    ratio, noise, precision = pl.col("ratio"), pl.col("noise"), pl.col("precision")
    mean = (precision * ratio).sum().over(over) / precision.sum().over(over)
    # What the mean of a group took from its cells is given back: each pulls it towards itself by its own share.
    sums = levelled(cells, over).with_columns(mean=mean).group_by(over).agg(
        squares=(precision * (ratio - pl.col("mean")) ** 2).sum(),
        chance=(precision * noise).sum() - (precision**2 * noise).sum() / precision.sum(),
        free=precision.sum() - (precision**2).sum() / precision.sum(),
        cells=pl.len(),
    ).filter(pl.col("cells") > 1)  # fmt: skip
    if sums.is_empty():
        return 0.0
    # A variance estimated by moments may come out below nothing; then there is none to be seen.
    return max(float((sums["squares"] - sums["chance"]).sum()) / float(sums["free"].sum()), 0.0)


def lasting_and_passing(cells: pl.DataFrame) -> tuple[float, float]:
    """Variances between places of their ratio of slips to expected: what lasts from round to round, and what passes.

    `cells`: as `county_rounds` gives them. Rounds with more or fewer slips everywhere count to neither.
    """
    return components(levelled(cells, "start"))


def components(cells: pl.DataFrame) -> tuple[float, float]:
    """Variances of the ratio that last from round to round and that pass, beyond chance; `cells` with ratios."""
    products = weights = 0.0
    for _, rounds in cells.group_by("county", maintain_order=True):
        ratio, precision = rounds["ratio"].to_numpy(), rounds["precision"].to_numpy()
        outer, both = np.outer(ratio, ratio), np.outer(precision, precision)
        # Products of different rounds only: chance is independent between rounds, so what they share is what lasts.
        off = ~np.eye(len(ratio), dtype=bool)
        products, weights = products + float((outer * both)[off].sum()), weights + float(both[off].sum())
    lasting = max(products / weights, 0.0) if weights else 0.0
    precision = cells["precision"].to_numpy()
    # Where nothing was expected of any place there is no ratio, and nothing to be seen between them.
    if not precision.sum() > 0:
        return 0.0, 0.0
    excess = float(((cells["ratio"] ** 2 - cells["noise"]).to_numpy() * precision).sum() / precision.sum())
    return lasting, max(excess - lasting, 0.0)
