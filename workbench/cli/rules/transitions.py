"""`workbench changes`: tiers between a round and the one before, and why they changed."""

from workbench.cli.language import label
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    MasterOption,
    ReadingOption,
    RoundOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
)
from workbench.cli.output import SIMULATED, emit, say, show_table
from workbench.domain.rules.legal_readings import reading as reading_named
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.errors import Words
from workbench.statistics.on_cluster import transitions_on
from workbench.statistics.transitions import CAUSES, tier_transitions
from workbench.store.round_scope import RoundScope

_UNDETERMINED = "undetermined"


def changes_command(
    round_name: RoundOption,
    county: CountyOption = None,
    reading: ReadingOption = "default",
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """How tiers changed since the round before, and what changed: facts, rules or figures, or only what is known."""
    cluster = cluster_or_here(engine, master, store)
    # Before a store is opened: a round that cannot be one is refused without reading a file.
    checked_round(round_name)
    if cluster is None:
        scope = RoundScope(open_store(store), round_name, county)
        transitions, simulated = tier_transitions(scope, reading_named(reading)), scope.simulated
    else:
        transitions, simulated = transitions_on(cluster, round_name, county, reading_named(reading))
    rows = [
        {**row, "before": _key(row["before"]), "after": _key(row["after"])}
        for row in transitions.counts.iter_rows(named=True)
    ]

    def show() -> None:
        if simulated:
            say(SIMULATED)
        # The rows are by place; a person sees the sums, a program gets the rows.
        totals: dict[tuple[str, str, str], float] = {}
        for row in rows:
            key = (row["before"], row["after"], row["cause"])
            totals[key] = totals.get(key, 0.0) + row["households"]
        show_table(
            f"{transitions.before_round} → {transitions.round}",
            [Words("原因", "why"), Words("上期", "before"), Words("本期", "after"), Words("户", "households")],
            [
                [label(CAUSES[why]), _tier(then), _tier(now), number]
                for (then, now, why), number in sorted(totals.items())
            ],
        )
        seen, gone = f"{transitions.first_seen:,.0f}", f"{transitions.gone:,.0f}"
        say(Words(f"首次出现 {seen} 户；不再出现 {gone} 户", f"first seen {seen}; gone {gone}"))

    emit(
        {
            "round": round_name,
            "before_round": transitions.before_round,
            "county": county,
            "by_cause": transitions.by_cause(),
            "transitions": rows,
            "first_seen": transitions.first_seen,
            "gone": transitions.gone,
            "simulated": simulated,
        },
        show,
        as_json=as_json,
    )


def _key(tier: int | None) -> str:
    # Text for either, as the tiers of `workbench tier` have it: null would read like a tier that was left out.
    return _UNDETERMINED if tier is None else str(tier)


def _tier(key: str) -> str:
    return label(UNDETERMINED if key == _UNDETERMINED else TIERS[int(key)])
