"""The workbench in a notebook: a handful of functions whose results show themselves as tables and charts.

    from workbench.notebook import compare, open_place, reference, vary

    place = open_place("2019-10", "341524")
    compare(place, {"1.5": reference(), "1.8": vary(reference(), {"income.ceiling.multiple": 1.8})})

Every result has `frame`, a pandas frame to go on with; some have `chart()`, a chart to look at closely.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.domain.parameters import load_yaml
from workbench.domain.rounds import check_round
from workbench.domain.rules.legal_readings import own_reading
from workbench.domain.rules.standard import EdgeStandard, standard_data
from workbench.domain.rules.standard_keys import typed_key
from workbench.errors import InputError, StandardError, Words
from workbench.preview.counts import comparison
from workbench.preview.counts import sweep as sweeping
from workbench.preview.counts.budget import carried_record, margin
from workbench.preview.counts.counts import totals
from workbench.preview.frontier.request import expected_evidence, frontier_record, past_evidence
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.margin import past_margin
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.price_words import expected_price, past_price
from workbench.preview.request import assessed
from workbench.preview.scenario import Candidate, Scenario
from workbench.risk.help.ceiling_effect import ceiling_effect
from workbench.risk.rule_vs_model import compare_rules_and_model
from workbench.settings import register_url, store_path
from workbench.statistics import reading_prices as pricing
from workbench.statistics.legal_readings import count_readings
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores
from workbench.ui.kit.texts.language import Language
from workbench.ui.notebook.ceiling import CarriedByBudget, CliffOfStandard
from workbench.ui.notebook.every_lever import BestStandards
from workbench.ui.notebook.given import budget_of, check_counties_first, check_named
from workbench.ui.notebook.help_effect import HelpEffect
from workbench.ui.notebook.past import PastOfStandards
from workbench.ui.notebook.place import NotebookPlace, parsed
from workbench.ui.notebook.reading_prices import PricedReadings
from workbench.ui.notebook.results import ComparedStandards, Readings, RuleVsModel, Swept

Standard = EdgeStandard | Mapping[str, Any] | str
"""A standard, plain data in the form of the contract, or YAML text."""


def open_place(
    round_name: str | None = None, county: str | None = None, *, store: str | Path | None = None, lang: str = "zh"
) -> NotebookPlace:
    """A place to study: `round_name` (None: the last stored), `county` code (None: the whole city).

    `store`: its folder, else WORKBENCH_STORE, else data/store. Raises StoreError, saying what there is, where the round
    or county is not stored.
    """
    facts = FactStore(store_path(store))
    rounds = facts.rounds()
    name = check_round(round_name) if round_name is not None else (rounds[-1] if rounds else "")
    # Refuses what is not stored, and says what is.
    facts.files(name, county)
    return NotebookPlace(facts, name, county, Language(lang))


def open_counties(
    counties: Sequence[str], round_name: str | None = None, *, store: str | Path | None = None, lang: str = "zh"
) -> dict[str, NotebookPlace]:
    """Several counties to study side by side, a place each by its code: `pd.concat({code: compare(each, …).frame …})`."""
    check_counties_first(counties, round_name)
    return {county: open_place(round_name, county, store=store, lang=lang) for county in counties}


def scored_rounds(store: str | Path | None = None) -> list[str]:
    """The rounds of a store that a model has scored, oldest first."""
    facts = FactStore(store_path(store))
    return [name for name in facts.rounds() if has_scores(facts.root, name)]


def reference() -> dict[str, Any]:
    """The reference standard, a starting point and no advice, as plain data."""
    return standard_data(parsed(load_yaml("edge_standard")))


def vary(standard: Standard, values: Mapping[str, Any]) -> dict[str, Any]:
    """A standard with keys (`"income.ceiling.multiple": 1.8`) replaced. Raises StandardError for what cannot be."""
    return standard_data(sweeping.vary(parsed(standard), {typed_key(name): value for name, value in values.items()}))


def compare(
    place: NotebookPlace,
    standards: Mapping[str, Standard],
    *,
    line: float | None = None,
    income_error: float | None = None,
) -> ComparedStandards:
    """Standards side by side, as many as are given, the first the one that the others are compared with.

    Counts are of the households that rows stand for (their weight). `line`: a line (yuan) to count under instead of the one in force; `income_error`: the log standard deviation of reported incomes. Raises
    InputError for a standard of another county, or where none is given.
    """
    candidates = tuple(Candidate(name, standard) for name, standard in _all_of_place(place, standards).items())
    scenario = Scenario("notebook", place.round_name, place.county, candidates, line=line, income_error=income_error)
    return ComparedStandards(
        place, scenario, comparison.compare(place.scope, candidates, line=line, income_error=income_error)
    )


def sweep(place: NotebookPlace, standard: Standard, *axes: str, line: float | None = None) -> Swept:
    """A standard as one or two of its keys vary, each `"key=start:stop:step"`, both ends included; `line` as for `compare`."""
    chosen = _of_place(place, standard)
    scenario = Scenario(
        "notebook", place.round_name, place.county, (Candidate("standard", chosen),), line=line, axes=axes
    )
    return Swept(place, scenario, comparison.swept(replace(place.scope, line=line), chosen, scenario.parsed_axes()))


def hindsight(
    place: NotebookPlace, standards: Mapping[str, Standard], *, line: float | None = None, until: str | None = None
) -> PastOfStandards:
    """What standards would have caught of the slips of every stored round with a next one, whatever the place's round.

    The first is the one that the others are compared with; `line`: one poverty line (yuan) throughout; `until`: only what
    happened up to that round. Raises StandardError where a standard cannot be used in one of the rounds, InputError for a
    standard of another county, or where none is given.
    """
    chosen = _all_of_place(place, standards)
    past = PastScope(place.store, place.county, line, check_round(until) if until is not None else None)
    return PastOfStandards(place, {name: Hindsight.of(past, each) for name, each in chosen.items()})


def frontier(
    place: NotebookPlace, standard: Standard, *, past: bool = False, line: float | None = None
) -> BestStandards:
    """The most slips caught for each number of households, every lever of a standard moved; `standard` is the one at hand.

    Of the slips expected after the place's round, or (`past`) of those that happened in all past rounds together: points picked
    knowing the outcome are no forecast. `line`: one poverty line (yuan) instead of those in force. Takes some seconds. Raises
    InputError where no model has scored the round, nothing happened yet, or the standard is of another county.
    """
    chosen = _of_place(place, standard)
    if past:
        evidence, ranked = past_evidence(PastScope(place.store, place.county, line), chosen)
    else:
        evidence, ranked = expected_evidence(replace(place.scope, line=line), chosen)
    return BestStandards(place, frontier_record(evidence, chosen, ranked))


def budget(
    place: NotebookPlace, standard: Standard, yuan: float | None = None, *, line: float | None = None
) -> CarriedByBudget:
    """The highest general ceiling that so many `yuan` a year carry (None: the standard's own budget), all else as in the standard.

    By those who can be told, and with all others counted in; what one household more costs is said below. Raises InputError
    where there is no budget, the standard states no `help_cost`, or it is of another county.
    """
    chosen, scope = _of_place(place, standard), replace(place.scope, line=line)
    money = yuan if yuan is not None else chosen.budget
    if money is None:
        raise InputError(
            Words(
                "请给出每年的预算（元），或在标准中写明 budget",
                "give a budget (yuan a year), or state it in the standard (budget)",
                code="ui.notebook-without-budget",
            )
        )
    index, limits = assessed(scope, chosen).index, scope.limits_of(chosen)
    record = carried_record(index, limits, chosen.help_cost, budget_of(money))
    prices = (
        _past_price(PastScope(place.store, place.county, line), chosen),
        expected_price(margin(index, limits, totals(index, limits).inside), chosen.help_cost),
    )
    return CarriedByBudget(place, record, tuple(each for each in prices if each is not None))


def cliff(
    place: NotebookPlace, standard: Standard, *, line: float | None = None, until: str | None = None
) -> CliffOfStandard:
    """The households just below and just above the general ceiling in all past rounds, and what became of them.

    Only those whom the ceiling decides: groups and other routes drop out. `line` and `until` as for `hindsight`. Raises
    StandardError where the standard cannot be used in one of the rounds, InputError for one of another county.
    """
    chosen = _of_place(place, standard)
    past = PastScope(place.store, place.county, line, check_round(until) if until is not None else None)
    return CliffOfStandard(place, Hindsight.of(past, chosen))


def reading_prices(place: NotebookPlace, standard: Standard, *, line: float | None = None) -> PricedReadings:
    """What each reading of what the notice leaves open brings in, costs and catches, beside the standard as it stands.

    `line` as for `compare`. Raises InputError for a standard of another county.
    """
    scope = replace(place.scope, line=line)
    return PricedReadings(place, pricing.reading_prices(scope, _of_place(place, standard)))


def households(place: NotebookPlace, standards: Mapping[str, Standard] | None = None) -> pd.DataFrame:
    """Every household of a place in one frame: `place.households(standards)`."""
    return place.households(standards)


def readings(
    place: NotebookPlace,
    *,
    line: float | None = None,
    own: Mapping[str, Mapping[str, Any]] | None = None,
    figures: Mapping[str, float] | None = None,
) -> Readings:
    """The tiers of the lifted households under every declared reading of the notice, and under some of one's `own`.

    `own`: by name, `{"tier_1": …, "tier_2": …}` over criteria, as `parameters/tier_readings.yaml` has them
    (`{"any": ["difficulty", "near_line"]}`); `figures`: other figures for the criteria (`{"near_line_multiple": 1.3}`).
    Raises InputError for what is no reading, criterion or figure.
    """
    listed = [own_reading(name, parts) for name, parts in (own or {}).items()]
    return Readings(place, count_readings(place, line, listed, figures or {}))


def rules_and_model(place: NotebookPlace) -> RuleVsModel:
    """What the model adds to the rules; raises StoreError where no model has scored the round."""
    return RuleVsModel(place, compare_rules_and_model(place.store, place.round_name, place.county, register_url()))


def help_effect(place: NotebookPlace) -> HelpEffect:
    """Did help help: slips just below and just above the ceilings in force in a county's past rounds, whatever the place's.

    Where nothing can be told, `said` says what is lacking. Raises InputError for the whole city: a ceiling is a county's.
    """
    if place.county is None:
        raise InputError(
            Words(
                "请指定一个县区：上限各县不同",
                "name a county: each has a ceiling of its own",
                code="ui.help-effect-of-county",
            )
        )
    return HelpEffect(place, ceiling_effect(place.store, place.county, register_url()))


def _past_price(past: PastScope, standard: EdgeStandard) -> Words | None:
    """What one household more cost in past rounds; None where nobody slipped, or the standard cannot be used in one of them."""
    try:
        behind = Hindsight.of(past, standard)
    except StandardError:
        return None
    return past_price(past_margin(behind), standard.help_cost) if behind.slips().rows else None


def _all_of_place(place: NotebookPlace, standards: Mapping[str, Standard]) -> dict[str, EdgeStandard]:
    """Standards by name that may be used in the place; raises InputError where there is none, or one is of another place."""
    if not standards:
        raise InputError(
            Words("请给出至少一个标准", "give one standard at least", code="ui.notebook-without-standards")
        )
    check_named(standards)
    return {name: _of_place(place, each) for name, each in standards.items()}


def _of_place(place: NotebookPlace, standard: Standard) -> EdgeStandard:
    """A standard that may be used in the place; raises InputError for one of another county, and of one county in the whole city."""
    chosen = parsed(standard)
    if place.county is None and chosen.county is not None:
        # Counted over the whole city it would pass for what that county has chosen, and it is for its own households alone.
        raise InputError(
            Words(
                f"county：标准属于 {chosen.county}，所选为全市；请打开该县区，或去掉标准中的 county",
                f"county: the standard is for {chosen.county}, but the whole city was chosen; open that county, or take county out of the standard",
                code="ui.notebook-standard-of-a-county",
            )
        )
    # Only to refuse a standard of another county.
    place.scope.limits_of(chosen)
    return chosen
