"""The summary of a county's townships, gathered (LA2019-15 §4.3-a)."""

import narwhals as nw
import polars as pl

from workbench.domain.facts import KEY_GROUPS, OWN_FLAGS
from workbench.domain.rules.criteria import BIT, CRITERION, any_of
from workbench.domain.rules.edge import own_flag
from workbench.reports.documents.wording import UNNAMED
from workbench.reports.gathering.changes import lifted_now
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import brought_in, registered_households, standard_applied
from workbench.reports.records import Movement, Summary, SummaryRow, Tally


def gather_summary(county_round: CountyRound) -> Summary:
    """Return the figures of every township of the area."""
    return Summary(county_round.heading("risk", "edge"), summary_rows(county_round))


def summary_rows(county_round: CountyRound) -> tuple[SummaryRow, ...]:
    """Return a row a township, in the order of their names."""
    lifted = lifted_now(county_round)
    edge = _edge(county_round)
    names = sorted({*lifted["township"].to_list(), *edge["township"].to_list()}, key=lambda name: name or "")
    # Without an account nothing of the register is read, and nothing is said of what is filed.
    filed = set(county_round.filed_results(county_round.round_name)) if county_round.user else None
    adjusted = {name for name, entry in county_round.entries("risk").items() if entry["adjustment"]}
    return tuple(
        _row(
            county_round,
            name,
            # Those without a township have a row of their own (decision 0022); a plain comparison would lose them.
            lifted.filter(pl.col("township").eq_missing(name)),
            edge.filter(pl.col("township").eq_missing(name)),
            adjusted,
            filed,
        )
        for name in names
    )


def movements(county_round: CountyRound) -> tuple[Movement, ...]:
    """Households by the tier before and the tier now."""
    counted = (
        lifted_now(county_round).group_by("previous_tier", "now").len().sort("previous_tier", "now", nulls_last=True)
    )
    return tuple(Movement(before, after, number) for before, after, number in counted.iter_rows())


def _edge(county_round: CountyRound) -> pl.DataFrame:
    """The edge households with their facts, `state`, and whether they are `new` in the round."""
    if county_round.user is None:
        return brought_in(county_round).with_columns(
            state=pl.lit("active"), new=pl.lit(value=False), because=pl.lit(None, pl.String)
        )
    return registered_households(county_round).with_columns(
        new=pl.col("entered_round") == county_round.round_name, because=pl.col("left_because")
    )


def _row(
    county_round: CountyRound,
    township: str | None,
    lifted: pl.DataFrame,
    edge: pl.DataFrame,
    adjusted: set[str],
    filed: set[str] | None,
) -> SummaryRow:
    changed = pl.col("now") - pl.col("previous_tier")
    managed = edge.filter(pl.col("state") == "active")
    leavers = edge.filter(pl.col("state") == "left")
    # Those who became registered are counted apart: the three numbers of a document must add up.
    registered = leavers.filter(pl.col("because") == "registered")
    return SummaryRow(
        county=county_round.name,
        township=township or UNNAMED,
        lifted=_tally(lifted),
        filed=None if filed is None else sum(name in filed for name in lifted["household_id"]),
        tiers={tier: _tally(lifted.filter(pl.col("now").eq_missing(tier))) for tier in (1, 2, 3, None)},
        # Fallen back is 0 and no tier: it is counted for itself.
        raised=len(lifted.filter((changed < 0) & (pl.col("now") > 0))),
        # Below the line no risk has gone, whatever the tier: a lighter one is counted apart (§2.1.3).
        lowered=len(lifted.filter((changed > 0) & ~pl.col("below_line"))),
        below_line=len(lifted.filter((changed > 0) & pl.col("below_line"))),
        any_time=sum(name in adjusted for name in lifted["household_id"]),
        fallen_back=_tally(lifted.filter(pl.col("now") == 0)),
        edge=_tally(managed),
        # Who came and left within the round did both: the parts add up to the change of those managed.
        edge_new=int(edge["new"].sum()),
        edge_left=len(leavers) - len(registered),
        edge_registered=len(registered),
        by_group={name: int(managed[name].sum() or 0) for name in KEY_GROUPS} | _in_own_groups(county_round, managed),
        by_risk=_risks(lifted),
    )


def _in_own_groups(county_round: CountyRound, managed: pl.DataFrame) -> dict[str, int]:
    """How many belong to a key group of the county's own, where its standard has any (§2.2-b “等”)."""
    own = standard_applied(county_round).standard.own_groups
    if not own:
        return {}
    flags = [own_flag(nw.from_native(managed).schema.get(name), name) for name in own]
    counted = nw.from_native(managed).select(flags).select(any_of([nw.col(name) for name in own]).sum()).to_native()
    return {OWN_FLAGS: int(counted.item() or 0)}


def _risks(lifted: pl.DataFrame) -> dict[str, int]:
    """Households by the criteria that hold; one may have several."""
    # One query for all of them: a filter each, a township at a time, is what a filing document mostly waited for.
    held = (((pl.col("criteria_true") & bit) != 0).sum().alias(name) for name, bit in BIT.items())
    counts = lifted.select(held).row(0, named=True)
    return {CRITERION[name].zh: number for name, number in counts.items() if number}


def _tally(frame: pl.DataFrame) -> Tally:
    return Tally(len(frame), int(frame["persons"].sum() or 0))
