"""What became of lifted households since the round before: the tier now, who lies below the line, and why a tier changed.

LA2019-15 §2.1.2-a. A filing says of every changed household why; who is below the line goes the way of §2.1.3, whatever the tier.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.domain.procedure.cases import CASE_STAGES, CaseStage
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.round_rules import DEFAULT_READING
from workbench.register.cases.cases import cases
from workbench.reports.gathering.cases import confirmed_fallen_back
from workbench.reports.gathering.county import CountyRound, criteria_words
from workbench.statistics.transitions import CAUSES, household_causes

FALLEN, FIRST, BY_HAND = "确认返贫", "首次评定", "备案等级与规则测算不同"
"""Causes of a change that the rules have no part in, in the words of a paper."""
_UNANNOUNCED = (CaseStage.OPENED, CaseStage.VERIFIED, CaseStage.APPRAISED, CaseStage.PUBLICISED)
"""From the announcement on a household is fallen back, and in no tier."""


def lifted_now(county_round: CountyRound) -> pl.DataFrame:
    """The lifted households with `now`: the tier filed, else the one an earlier ledger brought, else that of the rules.

    Whoever is confirmed as fallen back is 0 and in no tier, so that the tiers, the undetermined and the fallen back add up.
    `below_line`: a case of theirs runs, since their income lies below the line.
    """
    filed = county_round.filed_results(county_round.round_name)
    results = pl.DataFrame(list(filed.items()), schema={"household_id": pl.String, "result": pl.Int64}, orient="row")
    joined = county_round.lifted.join(results, on="household_id", how="left", maintain_order="left")
    fallen = pl.col("household_id").is_in(list(confirmed_fallen_back(county_round)))
    return joined.with_columns(
        now=pl.when(fallen).then(0).otherwise(pl.coalesce("result", "filed_tier", "tier")),
        below_line=pl.col("household_id").is_in(list(below_line(county_round))),
    )


def below_line(county_round: CountyRound) -> dict[str, str]:
    """The lifted households whose case runs and is not announced yet, each with its stage in words."""
    if county_round.user is None:
        return {}
    # Of earlier rounds too: a case runs until it is closed.
    return {
        case["household_id"]: CASE_STAGES[CaseStage(case["stage"])][0]
        for case in cases(county_round.user)
        if case["origin"] == "lifted"
        and case["county"] == county_round.county
        and case["round"] <= county_round.round_name
        and CaseStage(case["stage"]) in _UNANNOUNCED
    }


def changes_by_cause(county_round: CountyRound) -> dict[str, int]:
    """The households whose tier is another than before, each under one cause in words: as many as the movements have."""
    if county_round.previous_round is None:
        return {}
    changed = lifted_now(county_round).filter(pl.col("previous_tier").ne_missing(pl.col("now")))
    # Under another name: `cause` of the facts is that of a household's poverty.
    causes = household_causes(county_round, reading(DEFAULT_READING)).rename({"cause": "why"})
    joined = changed.join(causes, on="household_id", how="left", maintain_order="left")
    counted = Counter(_cause(row) for row in joined.select("previous_tier", "now", "why").iter_rows(named=True))
    order = [*(words for words, _ in CAUSES.values()), FALLEN, FIRST, BY_HAND]
    return {words: counted[words] for words in order if counted[words]}


def _cause(row: Mapping[str, Any]) -> str:
    if row["now"] == 0:
        return FALLEN
    if row["why"] is None:
        return FIRST
    if row["previous_tier"] is None or row["now"] is None:
        return CAUSES["data_quality"][0]
    return BY_HAND if row["why"] == "unchanged" else CAUSES[row["why"]][0]


def change_reason(row: Mapping[str, Any], now: int | None, said: str) -> str:
    """Why a household has another tier than before: the criteria that came and went, and `said`, the reason of its filing.

    `row`: of `CountyRound.lifted`. Nothing but `said` where the tier is what it was.
    """
    before = row["previous_tier"]
    if before == now:
        return said
    parts = [FALLEN] if now == 0 else _criteria(row, before, now)
    if said:
        parts.append(f"上报理由：{said}")
    return "；".join(parts)


def _criteria(row: Mapping[str, Any], before: int | None, now: int | None) -> list[str]:
    was, holds, unknown = row["criteria_before"], row["criteria_true"] or 0, row["criteria_unknown"] or 0
    if was is None:
        return [FIRST]
    if now is None:
        return [f"缺事实，不能判定：{'、'.join(criteria_words(unknown & ~was))}"]
    parts = ["上期事实不全、未定级，本期已查明"] if before is None else []
    # What could not be told has neither come nor gone: it is known since.
    unclear = row["unknown_before"] or 0
    groups = (("新出现", holds & ~was & ~unclear), ("本期查明有", holds & unclear), ("不再有", was & ~holds & ~unknown))
    for words, bits in groups:
        if bits:
            parts.append(f"{words}：{'、'.join(criteria_words(bits))}")
    return parts or ["各项情形与上期相同，上期或本期的备案等级与规则测算不同"]
