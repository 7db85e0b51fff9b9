"""A round scored a county at a time, small ones together: what is in memory is one county, however many there are.

A probability asks for no other household, and nobody is followed across counties; what holds for all of them is settled first.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from workbench.errors import Words
from workbench.risk.data.panel import PanelReader, Progress, Transition
from workbench.risk.data.readable_facts import Reading, reading
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.scoring.scoring import (
    Households,
    facts_of_all,
    framed,
    head_of,
    households_of,
    refuse_absent_facts,
    scored,
)
from workbench.safeguards.free_memory import give_back
from workbench.store.arrow.score_tables import expected_units, write_score_parts
from workbench.store.cluster.county_store import CountyStore
from workbench.store.facts import FactStore
from workbench.store.scores import ScoreHead

_AT_ONCE = 4_000_000
"""Bytes of files, some 75,000 households, that are scored together: no more than a county of a city has."""

_WRITTEN = 131_072
"""Households whose scores are in memory together: a piece for each core."""


@dataclass(frozen=True)
class RoundOfScores:
    """The scores of a round that were put in place: their `path`, what holds for all, how many, and the slips they expect (units)."""

    path: Path
    head: ScoreHead
    rows: int
    expected: int


def score_by_county(
    store: FactStore, round_name: str, model: RiskModel, keep: Collection[str] = (), progress: Progress | None = None,
    register: str | None = None, before_writing: Callable[[], None] = lambda: None,
) -> RoundOfScores:  # fmt: skip
    """Score a round with a model and put the scores in place, whole or not at all; as `scoring.score` scores it.

    `before_writing` is called when all is computed: up to there the round has the scores that it had.
    Raises InputError where the model cannot be used on these facts; then the scores that were there stay.
    """
    say = progress or (lambda _text: None)
    # Refuses a round that is not stored, and says which are.
    store.files(round_name)
    say(Words(f"读取 {round_name}", f"reading {round_name}"))
    settled = _settled(store, round_name, model, keep, register)
    there, rows, expected = Households(), 0, 0

    def parts() -> Iterator[pa.Table]:
        nonlocal there, rows, expected
        for counties in _together(store, round_name):
            # A reader of its own: what it remembers of earlier rounds is of these counties too.
            alone = CountyStore(store.root, *counties)
            reader = PanelReader(
                alone, model.about["line"], register=register, missing=model.missing, missing_in=model.missing_in
            )
            frame = framed(reader, settled.step)
            names = "、".join(counties), ", ".join(counties)
            say(Words(f"评分 {names[0]}：{len(frame):,} 户", f"scoring {names[1]}: {len(frame):,} households"))
            of_counties = households_of(frame)
            there += of_counties
            large = len(frame) > _WRITTEN
            if of_counties.can_slip:
                for piece in frame.iter_slices(_WRITTEN):
                    table = scored(model, piece, settled.read)
                    rows, expected = rows + len(table), expected + expected_units(table)
                    # As it comes: the reasons of a large county take as much memory as half of its facts.
                    yield table
                    del table, piece
            del frame, reader
            if large:
                # What the allocators keep of one county is not what the next one needs.
                give_back()
        # Only now is it known of all of them; what was written so far goes with what is raised.
        refuse_absent_facts(model.about["facts_used"], there)
        before_writing()

    def whole() -> ScoreHead:
        return replace(settled.head, not_scored=there.not_scored)

    path = write_score_parts(store.root, round_name, parts(), whole, store.origin(round_name))
    return RoundOfScores(path, whole(), rows, expected)


@dataclass(frozen=True)
class _Settled:
    """What holds for all counties of a round, before their households are gone through."""

    step: Transition
    read: Reading
    head: ScoreHead


def _settled(
    store: FactStore, round_name: str, model: RiskModel, keep: Collection[str], register: str | None
) -> _Settled:
    step = PanelReader(store, model.about["line"]).next_transition(round_name)
    # Of this function alone: the facts that show what moved are not in memory while households are scored.
    facts = facts_of_all(store)
    read = reading(facts, round_name, model, keep)
    # What the households are to the model is put in when it is known.
    return _Settled(step, read, head_of(facts, step, model, read, Households(), register))


def _together(store: FactStore, round_name: str) -> Iterator[list[str]]:
    """Yield the counties of a round in their order, of small ones with the same rounds behind them several at a time.

    Each part costs by itself; a city of a few thousand households would be eight times that and little else.
    """
    group: list[str] = []
    size, rounds = 0, list[str]()
    for code in store.counties(round_name):
        more, own = sum(path.stat().st_size for path in store.files(round_name, code)), store.rounds_of(code)
        # Of other rounds, their rows would change places: a panel goes by what lies behind a county.
        if group and (own != rounds or size + more > _AT_ONCE):
            yield group
            group, size = [], 0
        group, size, rounds = [*group, code], size + more, own
    if group:
        yield group
