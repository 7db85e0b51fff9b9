"""Hindsight of many counties on a cluster: workers reduce each county's past rounds, here they are looked back on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.cluster.assessed_index import Part, joined_marks, packed_part, part_of, reduced_again
from workbench.preview.cluster.stored_counts import StoredCounts, stored_distinctions
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.frontier.fewer import PastPair
from workbench.preview.frontier.request import slips_variance
from workbench.preview.hindsight.difference import Paired, paired
from workbench.preview.hindsight.families import family_bits
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.hindsight.request import hindsight_record
from workbench.preview.index.joined import join_indexes
from workbench.preview.index.reduced import Distinctions, reduce_index, without_townships
from workbench.preview.index.subset import chosen_rows
from workbench.preview.scope import PreviewScope
from workbench.store.cluster.counties import ClusterStore, Listing
from workbench.store.cluster.packed import pack, unpack
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class CountyQuestion:
    """What is asked of a county's past, under one standard or two; `every_lever`: whatever a standard may be changed to.

    `families`: whether the kinds of families of those who slipped are asked for.
    """

    county: str
    line: float | None
    until: str | None
    standards: tuple[EdgeStandard, ...]
    every_lever: LeverValues | None = None
    families: bool = True


@dataclass(frozen=True)
class PastRequest:
    """Whose past is asked about: one county's or (None) that of all, under which line, up to which round."""

    county: str | None = None
    line: float | None = None
    until: str | None = None


def hindsight_on(
    cluster: ClusterStore, request: PastRequest, standard: EdgeStandard, against: EdgeStandard | None = None
) -> dict[str, Any]:
    """Hindsight as `hindsight.request.hindsight` gives it, with `simulated`."""
    standards = (standard, against) if against is not None else (standard,)
    listing, scope = _asked_about(cluster, request)
    answers = _answers(cluster, listing, scope, standards)
    parts = {code: _parts(answer) for code, answer in answers.items()}
    together = Paired.together([pairs for _, pairs in parts.values()]) if against is not None else None
    return hindsight_record(scope, _sides(scope, parts, standards), together) | {"simulated": listing.simulated}


def past_pair_on(cluster: ClusterStore, request: PastRequest, ours: EdgeStandard, theirs: EdgeStandard) -> PastPair:
    """What the past says of two standards that test the same income, as `PastPair.of` tells it.

    Raises StandardError, naming the round, where one of the two cannot be used in a past round.
    """
    listing, scope = _asked_about(cluster, request)
    # Before workers are asked: what one of them cannot do stops a whole question, and is no answer.
    for name in _past_names(listing, request):
        for standard in (ours, theirs):
            scope.limits_in(name, standard)
    answers = _answers(cluster, listing, scope, (ours, theirs))
    parts = {code: _parts(answer) for code, answer in answers.items()}
    together = Paired.together([pairs for _, pairs in parts.values()])
    our_side, their_side = _sides(scope, parts, (ours, theirs))
    return PastPair.of(our_side, their_side, together)


def _past_names(listing: Listing, request: PastRequest) -> set[str]:
    """The rounds from which a county that is asked about has a later one."""
    listed = listing.counties
    asked = {request.county} if request.county else {code for codes in listed.values() for code in codes}
    last = {code: max(name for name, codes in listed.items() if code in codes) for code in asked}
    return {name for name, codes in listed.items() for code in asked & set(codes) if name < last[code]}


def _sides(
    scope: PastScope,
    parts: Mapping[str, tuple[dict[int, list[Part]], Paired | None]],
    standards: Sequence[EdgeStandard],
) -> list[Hindsight]:
    """Both sides of a comparison, or the one of a question about one standard, over the counties that answered."""
    return [
        Hindsight.over(
            [past for past, _ in _rounds(scope, {code: of[0][side] for code, of in parts.items()}, each)], each
        )
        for side, each in enumerate(standards)
    ]


def past_rounds_on(
    cluster: ClusterStore, request: PastRequest, standard: EdgeStandard, every_lever: LeverValues
) -> list[tuple[PastRound, Any]]:
    """The past rounds of all counties as whatever a standard may be changed to sees them, each with its slips' variance."""
    listing, scope = _asked_about(cluster, request)
    answers = _answers(cluster, listing, scope, (standard,), every_lever)
    return _rounds(scope, {code: _parts(answer)[0][0] for code, answer in answers.items()}, standard)


def _asked_about(cluster: ClusterStore, request: PastRequest) -> tuple[Listing, PastScope]:
    """What is stored, asked of a worker once for a whole answer, and the past that a request is about."""
    return cluster.listing(), PastScope(FactStore(cluster.root), request.county, request.line, request.until)


def _answers(
    cluster: ClusterStore,
    listing: Listing,
    scope: PastScope,
    standards: tuple[EdgeStandard, ...],
    every_lever: LeverValues | None = None,
) -> dict[str, bytes]:
    """What a worker says of each county that the scope asks about, by code."""
    codes = scope.known_counties({code for codes in listing.counties.values() for code in codes})
    # No frontier asks for families.
    asked = [
        CountyQuestion(code, scope.line, scope.until, standards, every_lever, families=every_lever is None)
        for code in codes
    ]
    return dict(zip(codes, cluster.run(county_past, asked), strict=True))


def county_past(store: FactStore, asked: CountyQuestion) -> bytes:
    """A worker's task: of each standard the past rounds of one county, reduced; of two, how their slips pair."""
    scope = PastScope(store, asked.county, asked.line, asked.until)
    if len(asked.standards) > 1:
        return _two_sides(scope, asked)
    packs = {f"0/{name}": _round_counts(scope, (name, ends[asked.county]), asked)
             for name, ends in scope.steps().items()}  # fmt: skip
    return pack({}, _as_arrays(packs))


def _two_sides(scope: PastScope, asked: CountyQuestion) -> bytes:
    """Two standards pair by household over all rounds: that takes the households, and no counts tell it."""
    sides = [list(scope.rounds(standard)) for standard in asked.standards]
    pairs = paired(*(Hindsight.over(*each) for each in zip(sides, asked.standards, strict=True)))
    packs = {}
    for both in zip(*sides, strict=True):
        # What either tells apart: sides that test the same income have the same entries then, and whom only one has is known.
        apart = Distinctions.of([past.limits for past in both])
        for side, past in enumerate(both):
            packs[f"{side}/{past.round_name}"] = _packed(past, scope.store, apart, by_township=True, families=True)
    return pack({}, _as_arrays(packs) | pairs.arrays())


def _as_arrays(packs: dict[str, bytes]) -> dict[str, Any]:
    return {name: np.frombuffer(packed, np.uint8) for name, packed in packs.items()}


def _round_counts(scope: PastScope, step: tuple[str, str], question: CountyQuestion) -> bytes:
    """The households of the scope's county at a round and what became of them at the next, from stored counts where those can tell."""
    start, end = step
    (standard,), every_lever = question.standards, question.every_lever
    limits = scope.limits_in(start, standard)
    # Every income is compared with these and with no other: those of the round's own limits, or of all that are searched.
    asked = every_lever.distinctions(limits) if every_lever else Distinctions.of([limits])
    # Nothing a frontier says is said of a township.
    by_township = every_lever is None
    stored = stored_distinctions(limits.line, asked)

    def counted(distinctions: Distinctions) -> bytes:
        assert scope.county is not None  # a worker counts one county
        past = scope.round_of(start, {scope.county: end}, standard)
        return _packed(past, scope.store, distinctions, by_township=by_township, families=question.families)

    if stored is None:
        return counted(asked)
    here = PreviewScope(scope.store, start, scope.county)
    at_end = end, scope.line_in(end, standard)
    shape = (by_township, question.families)
    counts = StoredCounts.of_past(here, limits, stored, at_end, shape)
    return reduced_again(counts.read_or(lambda: counted(stored)), asked)


def _packed(
    past: PastRound, store: FactStore, distinctions: Distinctions, *, by_township: bool, families: bool
) -> bytes:
    index = past.index if by_township else without_townships(past.index)
    kinds = np.zeros(len(past.index), np.uint8)
    # In the order of `slips`, which are those rows of the index that slipped.
    if families:
        kinds[past.slipped] = family_bits(past, store)
    marks = {"slipped": past.slipped, "labelled": past.labelled, "families": kinds}
    sums = {"variance": slips_variance(past)}
    (end,) = past.next_rounds.values()
    head = {"round": past.round_name, "next_round": end, "line": past.limits.line}
    return packed_part(reduce_index(index, distinctions, marks, sums), head, {})


def _parts(answer: bytes) -> tuple[dict[int, list[Part]], Paired | None]:
    _, arrays = unpack(answer)
    sides: dict[int, list[Part]] = {0: [], 1: []}
    for name, values in arrays.items():
        side, _, round_name = name.partition("/")
        # Names without a round are the paired slips, which `Paired.of` takes.
        if round_name:
            sides[int(side)].append(part_of(values.tobytes()))
    return sides, Paired.of(arrays)


def _rounds(
    scope: PastScope, of_counties: Mapping[str, Sequence[Part]], standard: EdgeStandard
) -> list[tuple[PastRound, Any]]:
    """The past rounds of all counties, oldest first, from the parts of each, with the variance of their slips."""
    by_round: dict[str, dict[str, Part]] = {}
    for code, parts in of_counties.items():
        for part in parts:
            by_round.setdefault(part.head["round"], {})[code] = part
    # Names of rounds are year and month, and sort as time does.
    return [_past_round(scope, name, parts, standard) for name, parts in sorted(by_round.items())]


def _past_round(
    scope: PastScope, name: str, of_counties: Mapping[str, Part], standard: EdgeStandard
) -> tuple[PastRound, Any]:
    parts = list(of_counties.values())
    index, marks = join_indexes([part.index for part in parts]), joined_marks(parts)
    index = replace(index, slips=None)
    # The line goes by year, by standard or by hand, never by county: that of one part is that of all.
    limits = edge_limits(standard, parts[0].head["line"])
    slips = chosen_rows(index, marks["slipped"])
    # By who was asked and not by who stands in the index: a county without unregistered households has a next round too.
    ends = {code: part.head["next_round"] for code, part in of_counties.items()}
    slipped, families = marks["slipped"], marks["families"][marks["slipped"]]
    lines = scope.lines_in(ends, standard)
    past = PastRound(name, ends, lines, limits, index, slipped, marks["labelled"], slips, np.empty(0), families)
    return past, marks["variance"]
