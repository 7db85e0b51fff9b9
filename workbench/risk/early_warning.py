"""Every household of a round as the early warning sees it: where it stands by rule, and how likely the model says it is to slip."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from workbench.domain.rules.round_rules import RULE_COLUMNS, RoundAssessment, apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard
from workbench.domain.rules.states import STATE_FACTS, with_state
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.preview.scope import PreviewScope
from workbench.register.procedure.filed_tiers import with_filed_tiers
from workbench.store.arrow.score_tables import read_scores
from workbench.store.round_scope import RoundScope
from workbench.store.scores import has_scores, read_reasons

STANDINGS: dict[str, tuple[str, str]] = {
    **{str(tier): (zh, en) for tier, (zh, en, _colour) in TIERS.items()},
    "undetermined": UNDETERMINED,
    "below_line": ("未建档户，收入低于扶贫标准", "unregistered, below the poverty line"),
    "edge_in": ("未建档户，按标准纳入", "unregistered, in by the standard"),
    "edge_unknown": ("未建档户，不能判定", "unregistered, cannot be told"),
    "edge_out": ("未建档户，不纳入", "unregistered, not in"),
}
"""Where a household stands by rule: its tier where it was lifted, else what the county's standard says of it."""

BANDS: tuple[float, ...] = (0.0, 0.01, 0.05, 0.15)
"""Where each band of probability begins. A display choice, and no threshold of anything: the order is what counts."""

_READ = ("household_id", "county_code", "township", "village", "weight", "filed_tier")
_COLUMNS = [name for name in (*_READ, *STATE_FACTS, *RULE_COLUMNS) if name != "tier"]
_SHOWN_COLUMNS = [
    "household_id", "county_code", "township", "village", "weight", "kind", "income_pc", "tier", "state", "below", "standing",
]  # fmt: skip
_KEY = ["county_code", "household_id"]
_SCORES = ["p_slip", "p_low", "p_high", "reasons"]


def early_warning_frame(
    scope: RoundScope, standards: Mapping[str, EdgeStandard], register: str | None = None, *, line: float | None = None,
    reasons: bool = True,
) -> pl.DataFrame:  # fmt: skip
    """The lifted and unregistered households of a scope; a row each.

    `standards`: that of each county; `line`: one given by hand, yuan. Columns: household_id, county_code, township, village, weight, kind, income_pc; `tier`,
    `state`, `below` (`domain.rules.states`); `standing` (a key of STANDINGS); of the scores `p_slip`, `p_low`, `p_high`, `reasons`,
    null where not scored, with `band`, the position in BANDS. `reasons` False: without that column, which takes more than all
    others together; whoever shows a page of a list adds those of its rows (`with_reasons`).
    """
    store, round_name = scope.store, scope.round_name
    facts = with_filed_tiers(store, round_name, scope.facts_with_previous(_COLUMNS), register)
    # Without a county: each standard is its own county's, and the scope of one would refuse those of others.
    city = PreviewScope(store, round_name, line=line)
    limits = {code: city.limits_of(standard) for code, standard in standards.items()}
    rules = rules_of_round(round_name, limits, line=line)
    assessed = apply_rules(facts, rules)
    # Diagonally: a column of the one kind only is null for the other.
    both = pl.concat([_lifted(assessed), _unregistered(assessed)], how="diagonal")
    stated: pl.DataFrame = with_state(both, rules.parameters.line).select(_SHOWN_COLUMNS)
    scored = stated.join(_scores(scope, reasons=reasons), on=_KEY, how="left", maintain_order="left")
    # The position in BANDS is how many of its bounds lie at or below the probability.
    band = sum(((pl.col("p_slip") >= least).cast(pl.Int64) for least in BANDS[1:]), pl.lit(0))
    return scored.with_columns(band=pl.when(pl.col("p_slip").is_not_null()).then(band))


def _lifted(assessed: RoundAssessment[pl.DataFrame]) -> pl.DataFrame:
    return assessed.lifted.with_columns(
        pl.col("tier").cast(pl.Int64), standing=pl.col("tier").cast(pl.String).fill_null("undetermined")
    )


def _unregistered(assessed: RoundAssessment[pl.DataFrame]) -> pl.DataFrame:
    """What each county's own standard says of its households."""
    standing = (
        pl.when(pl.col("below_line").fill_null(value=False)).then(pl.lit("below_line"))
        .when(pl.col("edge").is_null()).then(pl.lit("edge_unknown"))
        .when(pl.col("edge")).then(pl.lit("edge_in"))
        .otherwise(pl.lit("edge_out"))
    )  # fmt: skip
    if not assessed.rules.limits:
        return assessed.facts.clear()
    rows = assessed.unregistered.with_columns(tier=pl.lit(None, pl.Int64), standing=standing)
    return rows.drop("edge", "below_line", "^route_.*$", "excluded")


def with_reasons(scope: RoundScope, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a list with the reasons of their households; None where there is no score, or nobody knows whose it is."""
    scored = {row["household_id"] for row in rows if row["p_slip"] is not None}
    reasons = read_reasons(scope.store.root, scope.round_name, scored) if scored else {}
    return [
        # A row without its own probability may bear the number of one that has one.
        row
        | {
            "reasons": (reasons.get((row["county_code"], row["household_id"])) or None)
            if row["p_slip"] is not None
            else None
        }
        for row in rows
    ]


def _scores(scope: RoundScope, *, reasons: bool) -> pl.DataFrame:
    """The scores; a household scored twice cannot be told apart and counts as not scored."""
    root = scope.store.root
    if not has_scores(root, scope.round_name):
        return pl.DataFrame(schema=_EMPTY if reasons else {name: _EMPTY[name] for name in _EMPTY if name != "reasons"})
    columns = [*_KEY, *(name for name in _SCORES if reasons or name != "reasons")]
    scores = pl.DataFrame(read_scores(root, scope.round_name, columns, scope.county))
    return scores.unique(_KEY, keep="none")


_REASON = pl.Struct({"topic": pl.String, "zh": pl.String, "en": pl.String, "points": pl.Float64})
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_KEY, pl.String), **dict.fromkeys(_SCORES[:3], pl.Float64), "reasons": pl.List(_REASON)
}  # fmt: skip


def matrix(frame: pl.DataFrame) -> dict[tuple[str, int | None], float]:
    """Households by standing and band (None: not scored), of a frame as `early_warning_frame` gives it."""
    sums = frame.group_by("standing", "band").agg(pl.sum("weight"))
    return {(standing, band): float(weight) for standing, band, weight in sums.iter_rows()}
