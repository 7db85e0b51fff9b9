"""The panel: household-rounds with what earlier rounds showed and, where the next round tells, whether they slipped."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import polars as pl

from workbench.domain.parameters import check_line, poverty_line, tier_parameters
from workbench.domain.rounds import months_after, months_between
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.round_rules import LIFTED, apply_rules, rules_of_round
from workbench.domain.rules.states import with_slip, with_state
from workbench.domain.rules.tiers import TIER_FACTS, TIER_RESULTS
from workbench.errors import Words
from workbench.register.procedure.filed_tiers import with_filed_tiers
from workbench.risk.data.draws import DRAW, DRIFT_ROWS, DrawnFacts, drawn
from workbench.risk.help.records import with_help
from workbench.store.facts import FactStore

# A household is followed within its county; one that its county did not hold before is first seen (decision 0009).
_KEY = ["county_code", "household_id"]
LAGS = 3
"""How many earlier rounds features look back on."""
HISTORY = ("income_pc", "net_income", "out_of_pocket", "work_months", "persons", "labour")
"""Facts whose earlier values features read: `<fact>_1` of the stored round before, `_2` and `_3` of those before it."""
_HALF_YEAR = 6
Progress = Callable[[Words | str], None]


@dataclass(frozen=True)
class Transition:
    """A step from a round to the next stored one of a county: the poverty lines of both (yuan a person and year), the months between."""

    start: str
    end: str
    line: float
    line_next: float
    months: int
    counties: tuple[str, ...] | None = None
    """The counties of which it is so; None: all that the round holds."""


@dataclass
class PanelReader:
    """Reads the household-rounds of a store under the lines of the years, or under one `line` given by hand.

    `share` keeps that part of the households, with their whole histories. Tiers that the register has filed (the store's
    own, or that of the URL `register`) count before those of the facts. `missing`: by fact the rounds in which features
    read it as missing, `missing_in`: the rounds and counties; tiers and labels read what is recorded. `rows`: by round how many rows there were, where the store
    holds a draw of them; `drawn_from`: then the store whose register says what was filed and who was helped. Rounds once
    read are kept for the next ones that look back on them.
    """

    store: FactStore
    line: float | None = None
    share: float = 1.0
    register: str | None = None
    missing: Mapping[str, Collection[str]] = field(default_factory=dict)
    missing_in: Mapping[str, Collection[tuple[str, str]]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    drawn_from: FactStore | None = None
    _past: dict[str, pl.DataFrame] = field(default_factory=dict)

    def line_of(self, round_name: str) -> float:
        """The line given by hand, else that of the round's year; a year not entered takes the last one entered."""
        return check_line(self.line) if self.line is not None else poverty_line(round_name).value

    def transitions(self, until: str | None = None) -> list[Transition]:
        """The transitions between successive stored rounds of each county that end at or before `until` (all, without it)."""
        counties = successive_rounds(self.store, until)
        return [self._transition(*pair, tuple(counties[pair])) for pair in sorted(counties)]

    def labelled_from(self, round_name: str) -> tuple[list[Transition], pl.DataFrame]:
        """The transitions out of a round, which may end at another round in another county, and all their households."""
        steps = [step for step in self.transitions() if step.start == round_name]
        frames = [self.labelled(step) for step in steps]
        return steps, pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def next_transition(self, round_name: str) -> Transition:
        """The transition out of a round: to the next stored one, else as far ahead as the round before lies behind."""
        rounds = self.store.rounds()
        before = self.store.previous_round(round_name)
        step = months_between(before, round_name) if before else _HALF_YEAR
        later = next((name for name in rounds if name > round_name), months_after(round_name, step))
        return self._transition(round_name, later)

    def _transition(self, start: str, end: str, counties: tuple[str, ...] | None = None) -> Transition:
        return Transition(start, end, self.line_of(start), self.line_of(end), months_between(start, end), counties)

    def labelled(self, step: Transition) -> pl.DataFrame:
        """The frame of the transition's start with `slip` (null: no label), `income_next`, the income at its end, and HELP between."""
        labelled = self._with_slip(self.frame(step), step)
        alone = labelled.drop("kind_next", "state_next", "below_next")
        return with_help(self.drawn_from or self.store, alone, step.start, step.end, self.register)

    def labelled_count(self, step: Transition) -> int:
        """How many households of the transition's start have a label: rows of `labelled`, without what features read."""
        stated = _identifiable(self.assessed(step.start, step.counties))
        return int(self._with_slip(stated, step)["slip"].count())

    def _with_slip(self, stated: pl.DataFrame, step: Transition) -> pl.DataFrame:
        following = self.assessed(step.end, step.counties).select(
            *_KEY, kind_next="kind", state_next="state", below_next="below", income_next="income_pc"
        )
        # A household that the later round does not hold keeps its row without a label: it moved, or its number changed, and
        # neither is a slip.
        joined = stated.join(_identifiable(following), on=_KEY, how="left", maintain_order="left")
        labelled: pl.DataFrame = with_slip(joined)
        return labelled

    def facts(self, round_name: str, columns: list[str] | None = None, most: int = DRIFT_ROWS) -> pl.DataFrame:
        """The facts of a round, of about `most` households at most; the same ones in every round that holds them."""
        return DrawnFacts(self.store, self.share, self.rows, most).facts(round_name, columns)

    def frame(self, step: Transition) -> pl.DataFrame:
        """The households of the transition's start, one row each, with history and the figures of the transition.

        Columns: every fact, `tier`, `possible_tiers`, `criteria_true`, `criteria_unknown`, `state`, `below`, HISTORY
        with lags 1 to LAGS, `line_1` …, `line`, `line_next`, `near_line` and `near_line_next` (yuan below which a tier 3
        is lost), `months_ahead`. Households whose number is not known, or
        stands twice in the round, are left out: nothing can be followed of them.
        """
        # After tiers and states, which go by what is recorded: only features read it as missing.
        framed = self._readable(_identifiable(self.assessed(step.start, step.counties)), step.start)
        # Counties enter the store in different rounds: those with the same rounds behind them are read together.
        by_history: dict[tuple[str, ...], list[str]] = {}
        for code in framed["county_code"].unique(maintain_order=True):
            earlier = tuple(name for name in reversed(self.store.rounds_of(code)) if name < step.start)[:LAGS]
            by_history.setdefault(earlier, []).append(code)
        parts = [
            self._with_history(
                framed.filter(pl.col("county_code").is_in(codes)) if len(by_history) > 1 else framed, each
            )
            for each, codes in by_history.items()
        ]
        return (pl.concat(parts, how="vertical_relaxed") if parts else self._with_history(framed, ())).with_columns(
            line=pl.lit(step.line),
            line_next=pl.lit(step.line_next),
            near_line=pl.lit(_near_line(step.start, step.line)),
            near_line_next=pl.lit(_near_line(step.end, step.line_next)),
            months_ahead=pl.lit(float(step.months)),
        )

    def _with_history(self, framed: pl.DataFrame, earlier: tuple[str, ...]) -> pl.DataFrame:
        """HISTORY of the rounds before, latest first, of the household in its own county."""
        lines = {f"line_{lag}": pl.lit(None, pl.Float64) for lag in range(1, LAGS + 1)}
        for lag, name in enumerate(earlier, start=1):
            past = self._readable(_identifiable(self._history(name)), name).rename(
                {fact: f"{fact}_{lag}" for fact in HISTORY}
            )
            rows = framed.select(_KEY).join(past, on=_KEY, how="left", maintain_order="left")
            framed = framed.hstack(rows.drop(_KEY))  # not joined: that would copy every column
            lines[f"line_{lag}"] = pl.lit(self.line_of(name))
        # In this order whatever the history, so that counties of different histories stand under one another.
        lags = [f"{fact}_{lag}" for lag in range(1, LAGS + 1) for fact in HISTORY]
        absent = {name: pl.lit(None, pl.Float64) for name in lags if name not in framed.columns}
        return framed.with_columns(**absent, **lines).with_columns(pl.col(lags).cast(pl.Float64))

    def assessed(self, round_name: str, counties: tuple[str, ...] | None = None) -> pl.DataFrame:
        """A round's facts with tiers by the rule and states; every row of those counties that has a household number."""
        stored = self.store.frame_with_previous(round_name)
        facts = self._chosen(self.with_filed(round_name, stored))
        rules = rules_of_round(round_name, line=self.line_of(round_name))
        # A row without a kind is not lifted; to a plain comparison it would be null, and break the running count.
        lifted = facts["kind"].eq_missing(LIFTED)
        tiers = apply_rules(facts.select("kind", *TIER_FACTS), rules).lifted
        # Rules give back the lifted rows alone, in their order: each finds its result by its number among them.
        at = pl.select(pl.when(lifted).then(lifted.cum_sum() - 1)).to_series()
        assessed = facts.hstack(tiers.select(pl.col(TIER_RESULTS).cast(pl.Int64).gather(at)))
        self._past.setdefault(round_name, assessed.select(*_KEY, *HISTORY))
        stated: pl.DataFrame = with_state(assessed, rules.parameters.line)
        return stated if counties is None else stated.filter(pl.col("county_code").is_in(counties))

    def with_filed(self, round_name: str, facts: pl.DataFrame) -> pl.DataFrame:
        """The facts of a round with the tiers that the register has filed in the place of those of the files."""
        return with_filed_tiers(self.drawn_from or self.store, round_name, facts, self.register)

    def _readable(self, facts: pl.DataFrame, round_name: str) -> pl.DataFrame:
        unread = [name for name, rounds in self.missing.items() if round_name in rounds and name in facts.columns]
        readable = (
            facts.with_columns(pl.lit(None, facts.schema[name]).alias(name) for name in unread) if unread else facts
        )
        codes = {name: [code for each, code in cells if each == round_name] for name, cells in self.missing_in.items()}
        return readable.with_columns(
            pl.when(pl.col("county_code").is_in(own)).then(None).otherwise(pl.col(name)).alias(name)
            for name, own in codes.items()
            if own and name in readable.columns
        )

    def _history(self, round_name: str) -> pl.DataFrame:
        if round_name not in self._past:
            self._past[round_name] = self._chosen(self.store.frame(round_name, columns=[*_KEY, *HISTORY]))
        return self._past[round_name]

    def _chosen(self, facts: pl.DataFrame) -> pl.DataFrame:
        return drawn(facts.filter(pl.col("household_id").is_not_null()), self.share, DRAW)


def _near_line(round_name: str, line: float) -> float:
    return multiple_of(tier_parameters(round_name, line).near_line_multiple, line)


def successive_rounds(store: FactStore, until: str | None) -> dict[tuple[str, str], list[str]]:
    """Return the pairs of successive stored rounds, start and end, each with the counties of which it is one, whatever their lines are."""
    counties: dict[tuple[str, str], list[str]] = {}
    for code in sorted({code for name in store.rounds() for code in store.counties(name)}):
        rounds = [name for name in store.rounds_of(code) if until is None or name <= until]
        for pair in pairwise(rounds):
            counties.setdefault(pair, []).append(code)
    return counties


def labelled_rounds(
    reader: PanelReader, steps: list[Transition], progress: Progress | None = None
) -> Iterator[pl.DataFrame]:
    """The labelled household-rounds of each round with a next one, those without a label left out, with `start`, the round's name."""
    for start, group in groupby(steps, key=lambda step: step.start):
        frames = []
        for step in group:
            if progress:
                progress(f"{step.start} → {step.end}")
            frames.append(reader.labelled(step).filter(pl.col("slip").is_not_null()))
        yield pl.concat(frames, how="diagonal_relaxed").with_columns(start=pl.lit(start))


def _identifiable(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out the households whose number stands more than once in their county."""
    if frame["household_id"].n_unique() == len(frame):
        return frame
    return frame.filter(pl.struct(_KEY).is_unique())
