"""A round scored a county at a time: what is in memory is one county, however many there are.

A probability asks for no other household, and nobody is followed across counties; what holds for all of them is settled first.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from workbench.errors import Words
from workbench.risk.data.panel import PanelReader, Progress
from workbench.risk.data.readable_facts import reading
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.scoring.scoring import Households, framed, head_of, households_of, refuse_absent_facts, scored
from workbench.store.arrow.score_tables import expected_units, write_score_parts
from workbench.store.cluster.county_store import CountyStore
from workbench.store.facts import FactStore
from workbench.store.scores import ScoreHead


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
    step = PanelReader(store, model.about["line"]).next_transition(round_name)
    read = reading(store, round_name, model, keep)
    there, rows, expected = Households(), 0, 0

    def parts() -> Iterator[pa.Table]:
        nonlocal there, rows, expected
        for county in store.counties(round_name):
            # A reader of its own: what it remembers of earlier rounds is of one county too.
            alone = CountyStore(store.root, county)
            reader = PanelReader(
                alone, model.about["line"], register=register, missing=model.missing, missing_in=model.missing_in
            )
            frame = framed(reader, step)
            say(Words(f"评分 {county}：{len(frame):,} 户", f"scoring {county}: {len(frame):,} households"))
            of_county = households_of(frame)
            there += of_county
            if of_county.can_slip:
                table = scored(model, frame, read)
                rows, expected = rows + len(table), expected + expected_units(table)
                yield table
        # Only now is it known of all of them; what was written so far goes with what is raised.
        refuse_absent_facts(model.about["facts_used"], there)
        before_writing()

    # Before the households are gone through: what they are to the model is put in when it is known.
    head = head_of(store, step, model, read, Households())

    def whole() -> ScoreHead:
        return replace(head, not_scored=there.not_scored)

    path = write_score_parts(store.root, round_name, parts(), whole, store.origin(round_name))
    return RoundOfScores(path, whole(), rows, expected)
