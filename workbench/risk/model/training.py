"""Training: rounds of a store -> a model with its card. Time kept in order, households whole, the same result twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.errors import InputError, Words
from workbench.risk.data.counties.codes import recoded_counties
from workbench.risk.data.counties.unchanged_tiers import UnchangedTiers, by_step, filed_frames, unchanged_tiers
from workbench.risk.data.counties.units import other_units, unit_steps, unread_cells
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.drift import drifts
from workbench.risk.data.hindsight_facts import hindsight_facts
from workbench.risk.data.income_breaks import StepBreak, income_breaks, unbroken
from workbench.risk.data.labelled_count import LabelsAsked, labelled_count
from workbench.risk.data.linkage import linkages
from workbench.risk.data.panel import PanelReader, Progress, Transition, labelled_rounds
from workbench.risk.data.slipless_steps import SliplessStep, slipless_steps, without_slipless
from workbench.risk.data.tier_breaks import TierBreak, tier_breaks, without_false_slips
from workbench.risk.data.usable_rounds import usable_facts
from workbench.risk.evaluation.backtest import Backtest, run_backtest
from workbench.risk.evaluation.overdispersion import overdispersion
from workbench.risk.help.feedback import help_feedback
from workbench.risk.model.baselines import logistic, margin_only
from workbench.risk.model.boosting import Settings
from workbench.risk.model.fitting import Fit, Training, fit, training_rows
from workbench.risk.model.income_forecast import fit_forecast
from workbench.risk.model.peers import Peers
from workbench.risk.model.trained_model import RiskModel, with_peers
from workbench.risk.registry.card import Account, about
from workbench.store.facts import FactStore
from workbench.store.schema import row_count

MOST_ROWS = 500_000
"""Labelled household-rounds that a model learns from at most; of more, households are drawn, whole histories together."""


@dataclass(frozen=True)
class Draw:
    """What a store is that holds a draw of households: their `share`, and by round the `rows` and the digest of all facts.

    `drawn_from`: the store whose register is asked about these households, None where that cannot be read here.
    """

    share: float
    rows: Mapping[str, int]
    facts: Mapping[str, str]
    drawn_from: FactStore | None = None


@dataclass(frozen=True)
class TrainingRequest:
    """What is asked for: rounds up to `until`, another `line`, drifting facts to `keep` all the same, a seed, the day.

    `draw`: where the store holds a draw of the households that are learnt from, None: it holds all of them.
    """

    until: str | None = None
    line: float | None = None
    keep: tuple[str, ...] = ()
    seed: int = 1
    day: str = ""
    draw: Draw | None = None


def train(
    store: FactStore, request: TrainingRequest, progress: Progress | None = None, register: str | None = None
) -> RiskModel:
    """Train on the transitions of a store that end at or before `request.until`; `register` as for `PanelReader`.

    Raises InputError where there is nothing, or too little, to learn from.
    """
    say = progress or (lambda _text: None)
    steps = PanelReader(store, request.line).transitions(request.until)
    if not steps:
        raise _too_few_rounds(store.rounds(), request.until)
    draw = request.draw
    share = draw.share if draw else _share(store, request, steps, register)
    reader = PanelReader(store, request.line, share, register)
    if draw:
        reader.rows, reader.drawn_from = draw.rows, draw.drawn_from
    say(Words("查口径变化", "looking for drift"))
    frames = {name: reader.facts(name) for name in _rounds(steps)}
    breaks = income_breaks(frames, steps)
    recoded = recoded_counties(
        DrawnFacts(store, reader.share, reader.rows),
        [name for name in store.rounds() if request.until is None or name <= request.until],
    )
    # Before anything is learnt: where a number is another household, whoever slips does so by chance.
    links = linkages(frames, steps)
    units = other_units(frames, request.keep)
    by_unit = unit_steps(units, frames, steps)
    unusable: tuple[StepBreak, ...] = (
        *breaks, *(each for each in links if each.broken), *(each for each in by_unit if not each.lifted),
    )  # fmt: skip
    steps = unbroken(steps, unusable)
    if not steps:
        raise _nothing_but_breaks(unusable)
    # What the rule alone changed is no slip either; unregistered households of such a step are learnt from all the same.
    moved_tiers, copied = tier_breaks(frames, steps), unchanged_tiers(filed_frames(reader, frames), steps)
    false_tiers: tuple[TierBreak | StepBreak, ...] = (*moved_tiers, *(each for each in by_unit if each.lifted), *copied)
    # Rounds of broken steps alone are gone by now: they must not make a fact look as if it had drifted.
    frames = {name: frames[name] for name in _rounds(steps)}
    moved = drifts(frames)
    usable = usable_facts(moved, frames, request.keep)
    # Before the rounds are read for learning: there, what was not asked is missing (decision 0035).
    reader.missing, reader.missing_in = usable.missing, unread_cells(units)
    rounds, slipless = _true_rounds(reader, steps, false_tiers, say)
    labelled, settings = pl.concat(rounds, how="diagonal_relaxed"), Settings(seed=request.seed)
    # Of all rounds together, and before any test: on rounds that are over such a fact makes every model look perfect.
    late = hindsight_facts(labelled, request.keep)
    unread = (*usable.excluded, *late)
    rows = training_rows(labelled, unread, settings)
    backtest = run_backtest(rounds, unread, settings, say)
    say(Words("训练", "training"))
    fitted = fit(rows, settings)
    say(Words("收入预测与对照", "income forecast and baselines"))
    model = _model(rows, fitted, backtest, settings)
    say(Words("模型卡片", "model card"))
    helped = help_feedback(rows, fitted, settings)
    account = Account(
        store, steps, reader.share, rows, fitted, backtest, moved, (*recoded, *breaks, *moved_tiers, *by_step(copied), *slipless), usable, request.keep, settings,
        links, helped, draw.facts if draw else {}, late, units,
    )  # fmt: skip
    return replace(model, about=about(account, model, request.line, request.day))


def _true_rounds(
    reader: PanelReader, steps: list[Transition], false_tiers: Sequence[TierBreak | StepBreak], say: Progress
) -> tuple[list[pl.DataFrame], tuple[SliplessStep, ...]]:
    """The labelled household-rounds of each round whose labels can be relied upon, and steps where nobody slipped.

    Refuses a store that has none.
    """
    rounds = [without_false_slips(each, false_tiers) for each in labelled_rounds(reader, steps, say)]
    # After the tiers: a step of one county may have no slip only because its lifted households are not learnt from.
    slipless = slipless_steps(rounds, steps)
    true = [each for part in rounds if not (each := without_slipless(part, slipless)).is_empty()]
    if not true and false_tiers:
        raise _nothing_but_breaks(false_tiers)
    # Of rounds without a label, and no reason such as this, the fit says what it found.
    return true or rounds, slipless


def _too_few_rounds(stored: Sequence[str], until: str | None) -> InputError:
    message = Words(
        f"训练至少需要两个期次；已有：{'、'.join(stored) or '（无）'}",
        f"training needs two rounds at least; stored: {', '.join(stored) or '(none)'}",
        code="risk.training-needs-two-rounds",
    )
    return InputError(message + Words(f"；截至 {until}", f"; until {until}") if until else message)


def _nothing_but_breaks(breaks: Sequence[StepBreak | TierBreak]) -> InputError:
    # Where tiers were copied, one sentence of all counties and not of the first alone.
    first = (*by_step([each for each in breaks if isinstance(each, UnchangedTiers)]), *breaks)[0].words
    return InputError(
        Words(
            f"没有一步可学：{first.zh}。请核对这几期的数据，改正后重新导入",
            f"there is no step to learn from: {first.en}. Check the facts of these rounds, mend them and take them in again",
            code="risk.incomes-changed-everywhere",
        )
    )


def _rounds(steps: Sequence[Transition]) -> list[str]:
    return sorted({name for step in steps for name in (step.start, step.end)})


def share_learnt(rows: int, labelled: Callable[[], int]) -> float:
    """The share of households that a model learns from, of so many household-rounds, of which so many are `labelled`."""
    # Counted only where it may matter: of no more rows than that no more can have a label.
    return 1.0 if rows <= MOST_ROWS else min(1.0, MOST_ROWS / max(labelled(), 1))


def _share(store: FactStore, request: TrainingRequest, steps: list[Transition], register: str | None) -> float:
    counties = sorted({code for step in steps for code in store.counties(step.start)})
    asked = [LabelsAsked(code, request.until, request.line) for code in counties]
    return share_learnt(_rows_of(store, steps), lambda: sum(labelled_count(store, each, register) for each in asked))


def _rows_of(store: FactStore, steps: list[Transition]) -> int:
    # Where counties entered in different rounds, several steps start at one: its files are counted once.
    files = {path for step in steps for path in store.files(step.start)}
    return sum(row_count(path) for path in files)


def _model(rows: Training, fitted: Fit, backtest: Backtest, settings: Settings) -> RiskModel:
    model = RiskModel(
        matrix=rows.matrix,
        box=fitted.box,
        calibration=fitted.calibration,
        # Measured on rounds predicted from earlier ones only (decision 0011).
        dispersion=overdispersion(backtest.frame),
        margin=margin_only(rows.matrix, rows.values, rows.slips, rows.folds, settings),
        logistic=logistic(rows.values, rows.slips, settings.seed),
        forecast=fit_forecast(rows.values, rows.frame, settings),
        # Filled in by `with_peers`, which needs the contributions of the model as it is here.
        peers=Peers({}, {}),
        typical_spread=0.0,
        level_errors=fitted.level_errors,
    )
    return with_peers(model, rows.frame, rows.values, rows.weight)
