"""The account of a model: everything its card says, as a JSON record (`about`)."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl

from workbench.domain.facts import LABELS
from workbench.errors import Words
from workbench.risk.data.counties.codes import RecodedCounty
from workbench.risk.data.counties.unchanged_tiers import UnchangedTiers
from workbench.risk.data.counties.units import OtherUnit, unit_words
from workbench.risk.data.draws import drawn
from workbench.risk.data.drift import Drift, said
from workbench.risk.data.income_breaks import IncomeStep
from workbench.risk.data.linkage import Linkage
from workbench.risk.data.panel import Transition
from workbench.risk.data.slipless_steps import SliplessStep
from workbench.risk.data.tier_breaks import TierBreak
from workbench.risk.data.usable_rounds import UsableFacts
from workbench.risk.evaluation.advice import NO_LATER_ROUND, at_most_caution, spared_by_county
from workbench.risk.evaluation.backtest import CANDIDATES, Backtest
from workbench.risk.evaluation.evaluation import by_county, by_group, by_part, whole
from workbench.risk.evaluation.evaluation_data import backtest_data
from workbench.risk.model.boosting import Settings
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.fitting import Fit, Training
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.peers import standings
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.registry.artefact import FORMAT, fingerprint, library_versions
from workbench.safeguards.plain_data import Json
from workbench.store.facts import FactStore

_MOST_CODES = 200
"""A text fact of more values is a name, not a code."""
_RAISE = 1.05
"""Incomes times this must not raise a household's probability; how often they do is told on the card."""
_CHECKED_ROWS = 20_000


@dataclass(frozen=True)
class Account:
    """What the training leaves to tell."""

    store: FactStore
    steps: list[Transition]
    share: float
    rows: Training
    fitted: Fit
    backtest: Backtest
    moved: tuple[Drift, ...]
    breaks: tuple[IncomeStep | TierBreak | RecodedCounty | UnchangedTiers | SliplessStep, ...]
    usable: UsableFacts
    keep: Collection[str]
    settings: Settings
    links: tuple[Linkage, ...]
    helped: Json
    facts: Mapping[str, str] = field(default_factory=dict)
    """By round the digest of all facts, where the store holds a draw of them."""
    late: Mapping[str, Words] = field(default_factory=dict)
    """Facts that are not learnt from, as they look recorded afterwards, and why."""
    units: tuple[OtherUnit, ...] = ()
    """Facts that a county gives in another unit."""


def about(account: Account, model: RiskModel, line: float | None, day: str) -> Json:
    """The record of a model just trained."""
    rows = account.rows
    facts = sorted({fact for feature in rows.matrix.features for fact in feature.facts})
    record: Json = {
        "format": FORMAT,
        "day": day,
        "seed": account.settings.seed,
        "simulated": any(account.store.origin(step.start).simulated for step in account.steps),
        "line": line,
        "transitions": [{"start": step.start, "end": step.end} for step in account.steps],
        "lines": {step.start: [step.line, step.line_next] for step in account.steps},
        "rows": len(rows.frame),
        "households": rows.frame["household_id"].n_unique(),
        "slips": float(rows.slips.sum()),
        "share_of_households": account.share,
        "base_rate": float(np.average(rows.slips, weights=rows.weight)),
        "counties": _counts(rows.frame, rows.frame["county_code"]),
        "standings": _counts(rows.frame, standings(rows.frame)),
        "facts": _facts_hash(account),
        "facts_used": facts,
        "features": [{"name": f.name, "zh": f.zh, "en": f.en, "topic": f.topic} for f in rows.matrix.features],
        "left_out": {name: asdict(why) for name, why in rows.left_out.items()},
        "lacking": _lacking(rows.frame, facts, account.units),
        "drift": [{**asdict(said(each)), "fact": each.fact, "county": each.county} for each in account.moved],
        "income_breaks": [
            {"start": each.start, "end": each.end, "county": each.county, **asdict(each.words)}
            for each in account.breaks
        ],
        **_units(account.units),
        "rounds_learnt": rows.frame["start"].unique().sort().to_list(),
        "linkage": _linkage(account.links),
        "help": account.helped,
        "codes": _codes(rows.frame, facts),
        "excluded": sorted(account.usable.excluded),
        "recorded_afterwards": {fact: asdict(why) for fact, why in sorted(account.late.items())},
        "read_as_missing": {fact: list(rounds) for fact, rounds in sorted(account.usable.missing.items())},
        "keep": sorted(account.keep),
        **_weights(rows.weight),
        "monotone": [
            {"name": f.name, "zh": f.zh, "direction": f.monotone, "because": f.because.zh, "because_en": f.because.en}
            for f in rows.matrix.features
            # A direction that was tried and cost too much was given up; the card must not promise it.
            if f.monotone and account.fitted.monotone.held
        ],
        "monotone_cost": asdict(account.fitted.monotone),
        "mixture": asdict(account.fitted.mixture),
        "calibration": asdict(model.calibration),
        "dispersion": asdict(model.dispersion),
        "forecast_agreement": _forecast_agreement(account, model),
        "income_raised": _income_raised(account, model),
        "settings": asdict(account.settings),
        "pairs": account.settings.pairs(len(rows.frame)),
        "libraries": library_versions(),
        **_performance(account, model),
    }
    record["hash"] = fingerprint(model)
    record["name"] = f"slip-{account.steps[-1].end}-{record['hash'][:8]}"
    return record


def _counts(frame: pl.DataFrame, parts: pl.Series) -> Json:
    """Return by part what was learnt from: household-rounds and slips."""
    counts = frame.group_by(part=parts).agg(pl.len(), pl.col("slip").sum().alias("slips")).sort("part")
    return {str(part): {"rows": rows, "slips": slips} for part, rows, slips in counts.iter_rows()}


def _codes(frame: pl.DataFrame, facts: list[str]) -> dict[str, list[str]]:
    """Return the values learnt from of each fact that is a code, so that one never seen is named when a round is scored."""
    coded = [name for name in facts if frame.schema.get(name) == pl.String and name not in ("county_code", "round")]
    values = {name: frame[name].drop_nulls().unique().sort().to_list() for name in coded}
    return {name: codes for name, codes in values.items() if len(codes) <= _MOST_CODES}


def _facts_hash(account: Account) -> Json:
    """SHA-256 of the files of each round, so that what a model learnt from can be told apart later."""
    names = {name for step in account.steps for name in (step.start, step.end)}
    # Of a draw the digests of the whole, by which `evaluate` tells whether it was trained on a round.
    return {name: account.facts.get(name) or account.store.digest(name) for name in sorted(names)}


def _linkage(links: Collection[Linkage]) -> list[Json]:
    """How household numbers go on, as figures and in words."""
    return [{**asdict(each), "broken": each.broken, "unusual": each.unusual, **asdict(each.words)} for each in links]


def _units(units: Collection[OtherUnit]) -> Json:
    """What counties give in another unit, for the model to read, and in words."""
    return {
        "other_units": [{"county": each.county, "fact": each.fact, "rounds": list(each.rounds)} for each in units],
        "other_units_said": [asdict(each) for each in unit_words(list(units))],
    }


def _weights(weight: Floats) -> Json:
    """How even the weights are: how many even ones they are worth, and the share that the heaviest hundredth has."""
    first = -(-len(weight) // 100)
    return {
        # Kish's: weights that differ much leave fewer rows' worth of evidence than there are rows.
        "effective_rows": float(weight.sum() ** 2 / (weight**2).sum()),
        "heaviest": float(np.sort(weight)[-first:].sum() / weight.sum()),
    }


def _lacking(frame: pl.DataFrame, facts: list[str], units: Collection[OtherUnit]) -> list[Json]:
    """Facts that some county does not have at all, in any of the rounds, while others do; those in another unit are told apart."""
    other = {(each.county, each.fact) for each in units}
    known = [fact for fact in facts if fact in frame.columns and fact != "county_code"]
    counts = frame.group_by("county_code").agg(pl.col(known).is_not_null().sum()).sort("county_code")
    return [
        {"county": code, "fact": fact, "zh": LABELS.get(fact, (fact, fact))[0]}
        for fact in known
        if counts[fact].sum()
        for code in counts.filter(pl.col(fact) == 0)["county_code"]
        if (code, fact) not in other
    ]


def _performance(account: Account, model: RiskModel) -> Json:
    """Judged on the last round, which the models of the chain had not seen; else on households that no fit had seen."""
    last = account.backtest.last
    if last.is_empty():
        rows = account.rows
        constant = np.full(len(rows.slips), float(np.average(rows.slips, weights=rows.weight)))
        frame = rows.frame.with_columns(
            model=pl.Series(account.fitted.unseen),
            # The margin by fits that had not seen the household either, else it would look better beside the model.
            margin=pl.Series(sigmoid(model.margin.bag_logits(rows.values)[np.arange(len(rows.slips)), rows.folds])),
            base_rate=pl.Series(constant),
        )
        data, checked = backtest_data(frame, ("model", "margin", "base_rate")), "households"
    else:
        data, checked = backtest_data(last, tuple(CANDIDATES)), "later_round"
    performance, counties = whole(data), by_county(data, model.dispersion)
    performance["advice"] = spared_by_county(performance["advice"], data, counties)
    if checked == "households":
        performance["advice"] = at_most_caution(performance["advice"], NO_LATER_ROUND)
    return {
        "checked_on": checked,
        "checked_round": data.frame["start"][0] if checked == "later_round" else None,
        "advice": performance["advice"],
        "performance": performance,
        "by_county": counties,
        "by_standing": by_part(data, standings(data.frame), model.dispersion),
        "by_group": dict(by_group(data, model.dispersion)),
    }


def _forecast_agreement(account: Account, model: RiskModel) -> Json | None:
    """Compare the slips that the income forecast expects at the lines in force with those of the model itself."""
    if model.forecast is None:
        return None
    rows = account.rows
    chosen = (rows.frame["kind"] == "unregistered").fill_null(value=False).to_numpy()
    frame, values = rows.frame.filter(pl.Series(chosen)), rows.values[chosen]
    mean, sd = model.forecast.read(values)
    lines = frame["line_next"].to_numpy()
    below = np.interp(
        (np.log(lines) - mean) / sd, model.forecast.residuals, np.linspace(0, 1, len(model.forecast.residuals))
    )
    weight = rows.weight[chosen]
    return {
        "direct": float(weight @ sigmoid(model.logit(frame, values))),
        "forecast": float(weight @ below),
        "happened": float(weight @ rows.slips[chosen]),
    }


def _income_raised(account: Account, model: RiskModel) -> Json:
    """How often 5 % more income, everything that hangs on it computed again, raises the probability by more than a tenth."""
    unregistered = account.rows.frame.filter(pl.col("kind") == "unregistered")
    # Drawn, not the first: those are of the first round, and of the first counties.
    frame = drawn(unregistered, _CHECKED_ROWS / max(len(unregistered), 1), "incomes raised")
    if frame.is_empty():
        return {"rows": 0, "share": None}
    richer = frame.with_columns(pl.col("income_pc", "net_income", "income_wage", "income_business", "income_property", "income_transfer", "cost_business") * _RAISE)  # fmt: skip
    before, after = model.probability(frame), model.probability(richer)
    return {"rows": len(frame), "share": float(np.mean(after > before * 1.1 + 1e-4))}
