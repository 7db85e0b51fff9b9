"""The price of a reading (认定口径): for each open point of the notice, the households, yuan and slips that each reading moves.

Each reading is tried alone, all else as in the standard at hand. Who is in under it and every reading can be acted upon
today; who is in under some of them only is what to ask the city about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.domain.facts import OWN_FLAGS
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.open_points import AddedGroup, OpenPoint, PointReading, open_points
from workbench.domain.rules.round_rules import LIFTED, UNREGISTERED, RoundRules, apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.preview.counts.sweep import vary, yearly_cost
from workbench.preview.index.build import INDEX_COLUMNS
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json
from workbench.store.arrow.score_tables import read_scores
from workbench.store.scores import has_scores

_KEY = ["county_code", "household_id"]
_MEMBERS = ("labour", "weak_labour", "students")
_TIER_COLUMNS = ("county_code", "kind", "weight", *TIER_FACTS, "household_id")
_IN_USE = "default"


@dataclass(frozen=True)
class ReadingPrice:
    """What one reading brings in; `slips` None where no model has scored the round. Households are sums of weights."""

    reading: PointReading
    inside: float
    cannot_tell: float
    newly_in: float
    leaving: float
    cost: float | None
    slips: float | None


@dataclass(frozen=True)
class PointPrice:
    """An open point with the price of each reading; households in under all of its readings, and under some only."""

    point: OpenPoint
    prices: tuple[ReadingPrice, ...]
    always: float
    sometimes: float


@dataclass(frozen=True)
class ReadingPrices:
    """All open points under a standard: `act_today` are in under every reading of every point, `ask` under some only.

    Both hold `county_code`, `household_id` and `weight`, a row a household.
    """

    points: tuple[PointPrice, ...]
    act_today: pl.DataFrame
    ask: pl.DataFrame


def reading_prices(scope: PreviewScope, standard: EdgeStandard) -> ReadingPrices:
    """The open points of the notice in a round of a county (or of all), beside the standard at hand."""
    edge = _Edge(scope, standard)
    points, columns = [], [edge.result(None)]
    for point in open_points():
        if point.kind == UNREGISTERED:
            results = [edge.result(each) for each in point.readings]
            points.append(_priced(point, edge.facts, columns[0], results, standard.help_cost))
            columns += results
        else:
            points.append(_level_one(scope, point))
    always, sometimes = _agreement(columns)
    households = edge.facts.select(*_KEY, "weight")
    return ReadingPrices(tuple(points), *(households.filter(each).sort(_KEY) for each in (always, sometimes)))


class _Edge:
    """The unregistered households of a round, judged by the standard at hand under one reading after another."""

    def __init__(self, scope: PreviewScope, standard: EdgeStandard) -> None:
        self.scope = scope
        self.standard = standard
        # Refuses a standard of another county before facts are read.
        scope.limits_of(standard)
        columns = (*INDEX_COLUMNS, *_MEMBERS, OWN_FLAGS)
        self.facts = _with_slips(scope, scope.facts_with_previous(columns, kind=UNREGISTERED))

    def result(self, read: PointReading | None) -> pl.Series:
        """True, false or null for each household; None: as the standard stands."""
        facts, standard = self.facts, self.standard
        if read is not None:
            standard = vary(standard, read.changes) if read.changes else standard
            # Or a county that has added groups would be told that the eight alone come to as many.
            standard = _without_own_groups(standard) if read.only_named else standard
            facts = _with_income_before(facts) if read.previous_income else facts
            if read.adds is not None:
                facts, standard = facts.with_columns(_flag(read.adds)), _with_group(standard, read.adds.name)
        rules = rules_of_round(self.scope.round_name, self.scope.limits_of(standard))
        edge: pl.Series = apply_rules(facts, rules).unregistered["edge"]
        return edge


def _with_income_before(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts with the income of the round before; not known of a household that was not there then."""
    before = pl.when("seen_before").then("previous_income_pc")
    return facts.with_columns(income_pc=before, net_income=before * pl.col("persons"))


def _flag(added: AddedGroup) -> pl.Expr:
    counts = [pl.col(name) > 0 for name in added.positive]
    flag = pl.any_horizontal(counts) if counts else pl.all_horizontal([pl.col(name) == 0 for name in added.zero])
    return flag.alias(added.name)


def _with_group(standard: EdgeStandard, name: str) -> EdgeStandard:
    data = standard_data(standard)
    groups = [*data["groups"], name]
    return parse_standard({**data, "own_groups": {**data.get("own_groups", {}), name: name}, "groups": groups})


def _without_own_groups(standard: EdgeStandard) -> EdgeStandard:
    data = standard_data(standard)
    own = data.pop("own_groups", {})
    ceilings = {name: each for name, each in standard.income.group_ceilings.items() if name not in own}
    income = {**data["income"], "group_ceilings": ceilings}
    return parse_standard({**data, "income": income, "groups": [name for name in data["groups"] if name not in own]})


def _with_slips(scope: PreviewScope, facts: pl.DataFrame) -> pl.DataFrame:
    """The facts with `p_slip`, null where a household has none."""
    root = scope.store.root
    if not has_scores(root, scope.round_name):
        return facts.with_columns(p_slip=pl.lit(None, pl.Float64))
    scores = pl.DataFrame(read_scores(root, scope.round_name, [*_KEY, "p_slip"], scope.county))
    # A household scored twice cannot be told apart and is not scored, as in previews.
    joined: pl.DataFrame = facts.join(scores.unique(_KEY, keep="none"), on=_KEY, how="left", maintain_order="left")
    return joined


def _agreement(columns: Sequence[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """Who is in under all, and who is in under some only."""
    # Only who is surely in can be acted upon: what cannot be told is not in.
    frame = pl.DataFrame([each.fill_null(value=False).alias(str(number)) for number, each in enumerate(columns)])
    always = frame.select(pl.all_horizontal(pl.all())).to_series()
    some = frame.select(pl.any_horizontal(pl.all())).to_series()
    return always, some & ~always


def _priced(
    point: OpenPoint, facts: pl.DataFrame, now: pl.Series, results: Sequence[pl.Series], help_cost: float | None
) -> PointPrice:
    weight = facts["weight"]
    scored = bool(facts["p_slip"].is_not_null().any())
    at_hand = now.fill_null(value=False)
    prices = []
    for read, result in zip(point.readings, results, strict=True):
        inside = result.fill_null(value=False)
        households = float(weight.filter(inside).sum())
        prices.append(
            ReadingPrice(
                read, households, float(weight.filter(result.is_null()).sum()),
                float(weight.filter(inside & ~at_hand).sum()), float(weight.filter(at_hand & ~inside).sum()),
                yearly_cost(help_cost, households),
                float((weight * facts["p_slip"]).fill_null(0.0).filter(inside).sum()) if scored else None,
            )
        )  # fmt: skip
    always, sometimes = _agreement(results)
    return PointPrice(point, tuple(prices), float(weight.filter(always).sum()), float(weight.filter(sometimes).sum()))


def _level_one(scope: PreviewScope, point: OpenPoint) -> PointPrice:
    """Price a point about tiers: the lifted households at level 1 under each reading; the one in use is the contract's."""
    facts = _with_slips(scope, scope.facts_with_previous(_TIER_COLUMNS, kind=LIFTED))
    parameters = tier_parameters(scope.round_name, scope.line)
    results = {
        name: apply_rules(facts, RoundRules(parameters, reading(name))).lifted["tier"] == 1
        for name in {_IN_USE, *(str(each.tier_reading) for each in point.readings)}
    }
    ordered = [results[str(each.tier_reading)] for each in point.readings]
    return _priced(point, facts, results[_IN_USE], ordered, None)


def price_record(prices: ReadingPrices) -> Json:
    """Plain data of the prices, for JSON and the letter."""
    return {
        "points": [
            {
                "point": each.point.name, "clause": each.point.clause, "kind": each.point.kind, "question": each.point.question,
                "always": each.always, "sometimes": each.sometimes,
                "readings": [
                    {
                        "reading": one.reading.name, "words": one.reading.words, "in": one.inside, "cannot_tell": one.cannot_tell,
                        "newly_in": one.newly_in, "leaving": one.leaving, "cost": one.cost, "slips": one.slips,
                    }
                    for one in each.prices
                ],
            }
            for each in prices.points
        ],
        "act_today": _listed(prices.act_today),
        "ask_the_city": _listed(prices.ask),
    }  # fmt: skip


def _listed(households: pl.DataFrame) -> dict[str, Any]:
    return {"households": float(households["weight"].sum()), "list": households.select(_KEY).to_dicts()}
