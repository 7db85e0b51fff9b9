"""Every household of a round with all that is said of it: facts, rules, standards, model; a row each, for analysts."""

from collections.abc import Mapping

import polars as pl

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.round_rules import UNREGISTERED, apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard
from workbench.domain.rules.tiers import TIERS
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standards_in_use
from workbench.store.arrow.score_tables import read_scores
from workbench.store.scores import has_scores

CANNOT_TELL = "cannot_tell"
IN_FORCE = "in_force"
_SCORES = ("p_slip", "p_low", "p_high", "reasons")
_KEY = ["county_code", "household_id"]


def household_frame(
    scope: PreviewScope, standards: Mapping[str, EdgeStandard] | None, register: str | None
) -> pl.DataFrame:
    """The households of a scope in the order of the facts, every fact of the vocabulary and of the county's own.

    Added: `tier` and `possible_tiers` (a list) of lifted households; for each of `standards`, by its name, what it says of
    unregistered ones ("in", "out", "below_line", "cannot_tell"); `p_slip`, `p_low`, `p_high`, `reasons` of those scored, null
    for a number that stands twice. `standards` None: one column IN_FORCE, each county by the standard in use there. Raises
    InputError for a standard of another county than the scope's.
    """
    facts = scope.facts_with_previous().with_row_index("_row")
    chosen = _limits(scope, standards, register)
    columns = [_tiers(facts, scope), *(_results(facts, scope, name, limits) for name, limits in chosen.items())]
    for column in columns:
        facts = facts.join(column, on="_row", how="left", maintain_order="left")
    return _with_scores(facts, scope).drop("_row")


def _limits(
    scope: PreviewScope, standards: Mapping[str, EdgeStandard] | None, register: str | None
) -> dict[str, dict[str, EdgeLimits]]:
    """Return by name of a standard its limits in each county that it is for."""
    if standards is None:
        in_use = standards_in_use(scope, register)
        return {IN_FORCE: {code: scope.of(code).limits_of(each.standard) for code, each in in_use.items()}}
    return {
        # Of one county every standard is asked, so that another county's is refused and not passed over.
        name: {code: scope.limits_of(each) for code in scope.counties if scope.county or each.county in (None, code)}
        for name, each in standards.items()
    }


def _tiers(facts: pl.DataFrame, scope: PreviewScope) -> pl.DataFrame:
    lifted = apply_rules(facts, rules_of_round(scope.round_name, line=scope.line)).lifted
    bits = pl.col("possible_tiers")
    possible = pl.concat_list(pl.when((bits // (1 << (tier - 1))) % 2 == 1).then(tier) for tier in TIERS)
    return lifted.select("_row", pl.col("tier").cast(pl.Int64), possible_tiers=possible.list.drop_nulls())


def _results(facts: pl.DataFrame, scope: PreviewScope, name: str, limits: Mapping[str, EdgeLimits]) -> pl.DataFrame:
    if not limits:
        # The column is there all the same: whoever named the standard looks for it.
        return pl.DataFrame(schema={"_row": pl.UInt32, name: pl.String})
    rows = facts.filter((pl.col("kind") == UNREGISTERED) & pl.col("county_code").is_in(list(limits)))
    assessed = apply_rules(rows, rules_of_round(scope.round_name, limits, line=scope.line)).unregistered
    result = (
        pl.when(pl.col("below_line").fill_null(value=False)).then(pl.lit("below_line"))
        .when(pl.col("edge").is_null()).then(pl.lit(CANNOT_TELL))
        .when(pl.col("edge")).then(pl.lit("in"))
        .otherwise(pl.lit("out"))
    )  # fmt: skip
    return assessed.select("_row", result.alias(name))


def _with_scores(facts: pl.DataFrame, scope: PreviewScope) -> pl.DataFrame:
    if not has_scores(scope.store.root, scope.round_name):
        # Of the types that they have where there are scores: what works on one round works on the next.
        nothing = {name: pl.lit(None, pl.Float64) for name in _SCORES if name != "reasons"}
        return facts.with_columns(**nothing, reasons=pl.lit(None))
    table = read_scores(scope.store.root, scope.round_name, [*_KEY, *_SCORES], scope.county)
    joined = facts.join(pl.DataFrame(table), on=_KEY, how="left", maintain_order="left")
    # Of a number that stands twice nobody knows whose the score is.
    once = pl.struct(_KEY).is_unique()
    return joined.with_columns(pl.when(once).then(pl.col(name)).alias(name) for name in _SCORES)
