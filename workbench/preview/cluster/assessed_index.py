"""What previews and sweeps count, of many counties: workers reduce each county's index, here they are put together."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.cluster.stored_counts import StoredCounts, stored_distinctions
from workbench.preview.counts.counts import Comparison, count_rows
from workbench.preview.index.build import CountySlice, PreviewIndex
from workbench.preview.index.joined import ALONGSIDE, join_indexes
from workbench.preview.index.reduced import Distinctions, Reduced, reduce_index, without_townships
from workbench.preview.request import Assessed
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.expected import Expectation
from workbench.preview.slips.scored_index import Slips, levels, ranked
from workbench.store.cluster.counties import ClusterStore
from workbench.store.cluster.packed import pack, unpack
from workbench.store.facts import FactStore
from workbench.store.scores import ScoreHead, head_from

_SUMS = ("expected", "variance")
_ARRAYS = (*ALONGSIDE, "township_of", "origin", "weight", "rows")


@dataclass(frozen=True)
class CountyQuestion:
    """What is asked of a county in a round: under which line and standard, beside which other, and what is told apart."""

    round_name: str
    county: str
    limits: EdgeLimits
    against: EdgeLimits | None
    distinctions: Distinctions
    by_township: bool = True


@dataclass(frozen=True)
class Part:
    """What a worker says of a county; `marks`, `sums`: a value an entry of the index."""

    index: PreviewIndex
    head: dict[str, Any]
    marks: dict[str, Any]
    others: dict[str, Any]


def assessed_on(
    cluster: ClusterStore,
    scope: PreviewScope,
    limits: EdgeLimits,
    against: EdgeLimits | None,
    distinctions: Distinctions,
    *,
    by_township: bool = True,
) -> tuple[Assessed, bool]:
    """What a preview of a scope counts, and whether its households are simulated."""
    codes = cluster.counties(scope.round_name, scope.county)
    asked = [CountyQuestion(scope.round_name, code, limits, against, distinctions, by_township) for code in codes]
    parts = [part_of(answer) for answer in cluster.run(reduced_county, asked)]
    return together(parts, limits, compared=against is not None), any(part.head["simulated"] for part in parts)


def reduced_county(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: one county's index, reduced to what is asked of it; from its kept counts where those can tell."""
    scope = PreviewScope(store, asked.round_name, asked.county)
    # What another standard brings in is told by its own ceilings, where it tests the same income of the same groups.
    needed = asked.distinctions | Distinctions.of([asked.against]) if asked.against else asked.distinctions
    stored = stored_distinctions(asked.limits.line, needed)
    if stored is None or (asked.against is not None and _index_key(asked.against) != _index_key(asked.limits)):
        return counted_county(scope, asked, asked.distinctions)
    counts = StoredCounts.of_round(scope, asked.limits, stored, by_township=asked.by_township)
    plain = replace(asked, against=None)
    return reduced_again(
        counts.read_or(lambda: counted_county(scope, plain, stored)), asked.distinctions, asked.against
    )


def _index_key(limits: EdgeLimits) -> tuple[bool, tuple[str, ...]]:
    return limits.deduct_out_of_pocket, tuple(limits.own_groups)


def reduced_again(packed: bytes, distinctions: Distinctions, against: EdgeLimits | None = None) -> bytes:
    """Counts that tell apart more than is asked, reduced to what is, with the mark of what another standard brings in."""
    part = part_of(packed)
    marks = dict(part.marks)
    sums = {name: marks.pop(name) for name in _SUMS if name in marks}
    if against is not None:
        marks["compared"] = Comparison.of(part.index, against, part.index).mask
    return packed_part(reduce_index(part.index, distinctions, marks, sums), part.head, part.others)


def counted_county(scope: PreviewScope, asked: CountyQuestion, distinctions: Distinctions) -> bytes:
    """The index of the scope's county reduced to `distinctions`, with what the model says of it."""
    index = scope.index_for(asked.limits)
    marks: dict[str, Any] = {"below": index.income_pc < asked.limits.line}
    if asked.against is not None:
        marks["compared"] = Comparison.of(index, asked.against, scope.index_for(asked.against)).mask
    scores = scope.scores(index)
    slips = scores.under(index, asked.limits.line) if scores else None
    sums = {name: getattr(slips, name) for name in ("expected", "variance")} if slips else {}
    marks |= {"scored": slips.scored} if slips else {}
    head = {"simulated": scope.simulated, "scores": asdict(scores.head) if scores else None}
    others = {"levels": levels(index, slips)} if slips else {}
    index = index if asked.by_township else without_townships(index)
    return packed_part(reduce_index(index, distinctions, marks, sums), head, others)


def packed_part(reduced: Reduced, head: dict[str, Any], others: dict[str, Any]) -> bytes:
    """A reduced index as bytes."""
    index = reduced.index
    described = {
        "deduct_out_of_pocket": index.deduct_out_of_pocket, "groups": index.groups, "townships": index.townships,
        "counties": [asdict(county) for county in index.counties],
    }  # fmt: skip
    arrays = {f"index_{name}": getattr(index, name) for name in _ARRAYS}
    marks = {f"mark_{name}": values for name, values in (reduced.marks | reduced.sums).items()}
    rest = {f"other_{name}": values for name, values in others.items()}
    return pack({**head, "index": described}, {**arrays, **marks, **rest})


def part_of(packed: bytes) -> Part:
    """What `packed_part` made."""
    head, arrays = unpack(packed)
    described = head.pop("index")
    by_kind = {
        kind: {name.removeprefix(kind): values for name, values in arrays.items() if name.startswith(kind)}
        for kind in ("index_", "mark_", "other_")
    }
    index = PreviewIndex(
        deduct_out_of_pocket=described["deduct_out_of_pocket"],
        groups=tuple(described["groups"]),
        counties=tuple(CountySlice(**county) for county in described["counties"]),
        townships=tuple((code, name) for code, name in described["townships"]),
        household_id=None,
        village=None,
        **by_kind["index_"],
    )
    return Part(index, head, by_kind["mark_"], by_kind["other_"])


def together(parts: Sequence[Part], limits: EdgeLimits, *, compared: bool) -> Assessed:
    """The parts of all counties as one preview counts them."""
    marks = joined_marks(parts)
    whole = join_indexes([part.index for part in parts])
    # Of the income a person only this is asked beside the income tested: whether it lies below the line.
    index = replace(whole, income_pc=np.where(marks["below"], limits.line - 1, limits.line))
    head = _head(parts)
    slips = _slips(marks, head, limits.line)
    index = index.with_slips(slips.expected if slips else None)
    comparison = None
    if compared:
        mask = marks["compared"]
        comparison = Comparison(mask, count_rows(index, 0, len(index), mask))
    order = ranked(sum(part.others["levels"] for part in parts)) if slips else None
    return Assessed(index, comparison, head, Expectation(index, slips, order) if slips else None)


def joined_marks(parts: Sequence[Part]) -> dict[str, Any]:
    """The marks and sums that all parts have, one after another."""
    # Of cities that sent summaries some may not have been scored.
    common = [name for name in parts[0].marks if all(name in part.marks for part in parts)]
    return {name: np.concatenate([part.marks[name] for part in parts]) for name in common}


def _slips(marks: dict[str, Any], head: ScoreHead | None, line: float) -> Slips | None:
    if head is None or "expected" not in marks:
        return None
    # Only whether there is a probability is asked from here on; the model's order comes in the levels.
    probability = np.where(marks["scored"], 0.0, np.nan)
    return Slips(head, line, probability, marks["expected"], marks["variance"])


def _head(parts: Sequence[Part]) -> ScoreHead | None:
    """What holds for the scores of all counties, None where one has none; where those of one are stale, that is said once."""
    # Slips expected in some of the counties beside households of all of them would pass for a sum.
    if not all(part.head["scores"] for part in parts):
        return None
    heads = [head_from(part.head["scores"]) for part in parts]
    return max(heads, key=lambda each: len(each.warnings), default=None)
