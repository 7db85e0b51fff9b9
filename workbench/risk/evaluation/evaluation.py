"""Evaluation: probabilities judged on a round, whole and by part, always against the margin alone, a logistic and a constant."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, replace

import numpy as np
import polars as pl

from workbench.domain.facts import KEY_GROUPS
from workbench.errors import InputError, Words
from workbench.preview.slips.intervals import Moments, number_interval
from workbench.risk.data.counties.codes import recoded_counties
from workbench.risk.data.counties.unchanged_tiers import by_step, filed_frames, unchanged_tiers
from workbench.risk.data.counties.units import UnitStep, other_units, unit_steps, unit_words
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.hindsight_facts import hindsight_facts
from workbench.risk.data.income_breaks import income_breaks
from workbench.risk.data.linkage import COLUMNS, linkages
from workbench.risk.data.panel import PanelReader, Transition
from workbench.risk.data.readable_facts import Reading, reading
from workbench.risk.data.tier_breaks import COLUMNS as TIER_COLUMNS
from workbench.risk.data.tier_breaks import tier_breaks
from workbench.risk.evaluation.advice import (
    INCOMES_CHANGED,
    LEARNT,
    NUMBERS_CHANGED,
    RECORDED_AFTERWARDS,
    TIERS_CHANGED,
    advice,
    at_most_caution,
    not_to_be_used,
    spared_by_county,
    without_counties,
    without_lifted,
    without_lifted_rows,
)
from workbench.risk.evaluation.evaluation_data import EvaluationData, not_tested
from workbench.risk.evaluation.metrics import auc, caught, loss_difference, metrics_of
from workbench.risk.evaluation.officer_order import officer_order
from workbench.risk.evaluation.reliability import off_beyond_chance, reliability
from workbench.risk.evaluation.verdicts import VISITED
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.peers import standings
from workbench.risk.model.trained_model import RiskModel
from workbench.safeguards.plain_data import Json
from workbench.store.facts import FactStore
from workbench.store.scores import Overdispersion
from workbench.store.truth import read_truth

LEVEL = 0.9
"""Of every interval that is shown."""


def evaluate(
    store: FactStore, round_name: str, model: RiskModel, keep: Collection[str] = (), register: str | None = None
) -> Json:
    """The model judged on the transition from a round to the next stored one; says so if it was trained on it."""
    reader = PanelReader(
        store, model.about["line"], register=register, missing=model.missing, missing_in=model.missing_in
    )
    # Refuses a round that is not stored, and says which are.
    store.files(round_name)
    steps, labelled = reader.labelled_from(round_name)
    later, facts = [name for name in store.rounds() if name > round_name][:1], DrawnFacts(store)
    recoded = [each.words for each in recoded_counties(facts, [round_name, *later])]
    if not steps:
        raise InputError(recoded[0] if recoded else _nothing_later(store, round_name))
    frame = labelled.filter(pl.col("slip").is_not_null()).with_columns(start=pl.lit(round_name))
    end = max(step.end for step in steps)
    if frame.is_empty():
        raise InputError(
            Words(
                f"期次 {round_name} → {end}：没有一户前后都能判定；请核对户编号前后是否一致、收入是否已收",
                f"round {round_name} → {end}: no household can be judged at both ends; "
                "check that household numbers agree and incomes are there",
                code="risk.round-no-household-can",
            )
        )
    read = reading(facts, round_name, model, keep)
    data = _evaluation_data(store, model, frame, read)
    frames = _compared_facts(reader, steps)
    breaks = [each.words for each in income_breaks(frames, steps)]
    links = [each for each in linkages(frames, steps) if each.unusual]
    false_tiers = tier_breaks(frames, steps)
    copied = unchanged_tiers(filed_frames(reader, frames), steps)
    units = _in_other_units(frames, steps, (*keep, *model.about["keep"]))
    late = _late(frame, model, keep)
    untested = (
        NUMBERS_CHANGED if any(each.broken for each in links)
        else INCOMES_CHANGED if breaks
        # Of one county alone it is said, and the counties beside it judge the model.
        else TIERS_CHANGED if any(each.county is None for each in false_tiers)
        else RECORDED_AFTERWARDS if late else None
    )  # fmt: skip
    learnt, record, counties = _trained_on(store, model, steps), whole(data), by_county(data, model.dispersion)
    given = spared_by_county(record["advice"], data, counties)
    in_copies = [each.county for each in copied]
    given = without_lifted(given, data, in_copies)
    given = without_counties(given, without_lifted_rows(data, in_copies), [each.county for each in units])
    return {
        "round": round_name, "next_round": end, "model": model.name, **learnt, "warnings": [*recoded, *not_tested(store.counties(round_name), steps), *read.warnings, *_not_said(units, read), *breaks, *(each.words for each in false_tiers), *(each.words for each in by_step(copied)), *(each.words for each in links), *late], **record,
        "advice": not_to_be_used(untested) if untested else _tested(given, learnt),
        "by_county": counties,
        "by_kind": by_part(data, frame["kind"], model.dispersion),
        "by_standing": by_part(data, standings(frame), model.dispersion),
        "by_group": dict(by_group(data, model.dispersion)),
    }  # fmt: skip


def _in_other_units(
    frames: dict[str, pl.DataFrame], steps: list[Transition], keep: Collection[str]
) -> tuple[UnitStep, ...]:
    """Counties whose labels go by a fact in another unit: one that was so in all rounds broke with nothing."""
    return unit_steps(other_units(frames, keep), frames, steps)


def _not_said(units: Collection[UnitStep], read: Reading) -> list[Words]:
    """What labels go by in another unit, where the reading of the round has not said it of what the model reads."""
    read_so = {(each.county, each.fact) for each in read.units}
    return unit_words(list({each.unit for each in units if (each.county, each.unit.fact) not in read_so}))


def _nothing_later(store: FactStore, round_name: str) -> Words:
    return Words(
        f"期次 {round_name} 之后还没有期次，无从评价；已有：{'、'.join(store.rounds())}",
        f"round {round_name}: no later round is stored, so nothing can be judged yet; stored: {', '.join(store.rounds())}",
        code="risk.no-later-round",
    )


def _late(frame: pl.DataFrame, model: RiskModel, keep: Collection[str]) -> list[Words]:
    """Which facts of this round look as if they had been recorded only after the slips, though those of the training did not."""
    read = [name for name in model.about["facts_used"] if name in frame.columns]
    return list(hindsight_facts(frame.select("slip", *read), (*keep, *model.about["keep"])).values())


def _compared_facts(reader: PanelReader, steps: list[Transition]) -> dict[str, pl.DataFrame]:
    columns = sorted({*COLUMNS, *TIER_COLUMNS, "income_pc"})
    names = sorted({name for step in steps for name in (step.start, step.end)})
    return {name: reader.facts(name, columns) for name in names}


def _tested(given: dict[str, str], learnt: Json) -> dict[str, str]:
    """The advice, held back where the round is no test of the model."""
    return at_most_caution(given, LEARNT) if learnt["trained_on"] or learnt["other_facts"] else given


def _trained_on(store: FactStore, model: RiskModel, steps: list[Transition]) -> Json:
    """Whether the model learnt from any of these transitions, its facts being the same; `other_facts`: from rounds of these names."""
    known = model.about["facts"]
    named = [step for step in steps if {"start": step.start, "end": step.end} in model.about["transitions"]]
    # A round of the same name may hold other facts: only the same content is what was learnt from.
    same = [step for step in named if all(store.digest(name) == known.get(name) for name in (step.start, step.end))]
    return {"trained_on": bool(same), "other_facts": len(named) > len(same)}


def _evaluation_data(store: FactStore, model: RiskModel, frame: pl.DataFrame, read: Reading) -> EvaluationData:
    # Read as in scoring: what has drifted is missing here too (decision 0035).
    values = read.values(model, frame)
    slips, weight = frame["slip"].cast(pl.Float64).to_numpy(), frame["weight"].fill_null(1.0).to_numpy()
    candidates = {
        "model": sigmoid(model.logit(frame, values)),
        "margin": sigmoid(model.margin.logit(values)),
        "logistic": sigmoid(model.logistic.logit(values)),
        "base_rate": np.full(len(frame), model.about["base_rate"]),
    }
    truth = read_truth(store.root, frame["start"][0])
    if truth is None:
        return EvaluationData(frame, slips, weight, candidates)
    known = frame.select("household_id").join(truth, on="household_id", how="left", maintain_order="left")["p_slip"]
    # The truth of some rows only would judge other households than the labels do.
    return EvaluationData(frame, slips, weight, candidates, None if known.null_count() else known.to_numpy())


def whole(data: EvaluationData) -> Json:
    """All rows together: the contract's keys, calibration with its floor, the curve, comparisons, and the verdict."""
    metrics = metrics_of(data.slips, data.model, data.weight, data.truth)
    compared = comparison(data)
    record = metrics.record()
    return {
        "rows": metrics.rows,
        "households": metrics.households,
        "slips": metrics.slips,
        "slipped_rows": int(np.count_nonzero(data.slips)),
        "log_loss": metrics.log_loss.value if metrics.log_loss else None,
        "brier": metrics.brier.value if metrics.brier else None,
        "auc": metrics.auc.value if metrics.auc else None,
        "ece": metrics.ece,
        "smece": metrics.smece,
        "base_rate": metrics.slips / metrics.households if metrics.households else None,
        "d2": metrics.d2,
        "baseline_auc": compared["margin"]["auc"],
        "baseline_log_loss": compared["margin"]["log_loss"],
        "logistic_auc": compared["logistic"]["auc"] if "logistic" in compared else None,
        "logistic_log_loss": compared["logistic"]["log_loss"] if "logistic" in compared else None,
        "explained_share": metrics.explained_share,
        "intervals": {name: record[name] for name in ("log_loss", "brier", "auc")},
        "calibration_in_the_large": record["in_the_large"],
        "recalibration": record["recalibration"],
        "noise_floor": record["noise_floor"],
        "reliability": [asdict(each) for each in reliability(data.slips, data.model, data.weight)],
        "compared": compared,
        "advice": advice(data),
    }


def comparison(data: EvaluationData) -> dict[str, Json]:
    """Each candidate's log loss, Brier score, AUC and d2; how far the model's log loss lies below it, with the error."""
    compared = {}
    for name, p in data.candidates.items():
        own = metrics_of(data.slips, p, data.weight, data.truth, resamples=0)
        ahead = loss_difference(data.slips, p, data.model, data.weight)
        compared[name] = {
            "log_loss": own.log_loss.value if own.log_loss else None,
            "brier": own.brier.value if own.brier else None,
            "auc": own.auc.value if own.auc else None,
            "d2": own.d2,
            "explained_share": own.explained_share,
            "caught_in_tenth": caught(data.slips, p, VISITED, data.weight),
            "model_better_by": ahead.value,
            "error": ahead.error,
        }
    return compared | _by_order(data)


def _by_order(data: EvaluationData) -> dict[str, Json]:
    """What an officer would reach without a model; an order is no probability, so it has no loss."""
    order = officer_order(data.frame)
    if order is None:
        return {}
    nothing = dict.fromkeys(("log_loss", "brier", "d2", "explained_share", "model_better_by", "error"))
    return {
        "order": {
            **nothing,
            "auc": auc(data.slips, order, data.weight),
            "caught_in_tenth": caught(data.slips, order, VISITED, data.weight),
        }
    }


def by_part(data: EvaluationData, names: pl.Series, dispersion: Overdispersion) -> dict[str, Json]:
    """The figures of the evaluation by part, with the interval that the number of slips was promised to lie in."""
    codes = names.fill_null("").to_numpy()
    return {str(name): _part(data.of(codes == name), dispersion) for name in sorted(set(codes))}


def by_county(data: EvaluationData, dispersion: Overdispersion) -> dict[str, Json]:
    """The figures by county, which is no part of one: what parts stray by is left out of the interval."""
    return by_part(data, data.frame["county_code"], replace(dispersion, part=0.0))


def by_group(data: EvaluationData, dispersion: Overdispersion) -> Iterator[tuple[str, Json]]:
    """The figures by key group, of the households that are in it."""
    for group in KEY_GROUPS:
        rows = data.frame[group].fill_null(value=False).to_numpy()
        if rows.any():
            yield group, _part(data.of(rows), dispersion)


def _part(data: EvaluationData, dispersion: Overdispersion) -> Json:
    metrics = metrics_of(data.slips, data.model, data.weight, data.truth, resamples=0)
    low, high = total_interval(data, dispersion)
    # Without the noise floor, which is shown of the whole only: it draws labels over and over.
    margin = metrics_of(data.slips, data.candidates["margin"], data.weight, resamples=0)
    order = officer_order(data.frame)
    return {
        "rows": metrics.rows,
        "slips": metrics.slips,
        "slipped_rows": int(np.count_nonzero(data.slips)),
        "expected_slips": float(data.weight @ data.model),
        "expected_interval": [low, high],
        "within": bool(low <= metrics.slips <= high),
        "off": off_beyond_chance(metrics.in_the_large),
        "log_loss": metrics.log_loss.value if metrics.log_loss else None,
        "auc": metrics.auc.value if metrics.auc else None,
        "auc_interval": [metrics.auc.low, metrics.auc.high] if metrics.auc else None,
        "ece": metrics.ece,
        "baseline_auc": margin.auc.value if margin.auc else None,
        "baseline_log_loss": margin.log_loss.value if margin.log_loss else None,
        "order_auc": None if order is None else auc(data.slips, order, data.weight),
        "base_rate": metrics.slips / metrics.households if metrics.households else None,
        "caught_in_tenth": {
            name: caught(data.slips, early, VISITED, data.weight)
            for name, early in (("model", data.model), ("margin", data.candidates["margin"]), ("order", order))
            if early is not None
        },
        "explained_share": metrics.explained_share,
    }


def total_interval(data: EvaluationData, dispersion: Overdispersion) -> tuple[float, float]:
    """The interval in which the number of slips was promised to lie, LEVEL of the time (as the preview promises it)."""
    p, weight = data.model, data.weight
    sums = (
        pl.DataFrame({"county": data.frame["county_code"], "expected": weight * p, "variance": weight**2 * p * (1 - p)})
        .group_by("county")
        .agg(pl.sum("expected", "variance"))
    )
    moments = Moments(sums["expected"].to_numpy(), sums["variance"].to_numpy())
    return number_interval(moments, float(weight.sum()), dispersion, LEVEL)
