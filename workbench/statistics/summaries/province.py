"""A province out of the summaries of its cities: it answers as a cluster does, from counts that each city made itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.errors import InputError, StoreError, Words
from workbench.preview.cluster.assessed_index import CountyQuestion, reduced_again, reduced_county
from workbench.preview.cluster.past import CountyQuestion as PastQuestion
from workbench.preview.cluster.past import county_past
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.index.reduced import Distinctions
from workbench.statistics.summaries.county_summary import limits_of
from workbench.store.cluster.counties import ClusterStore, Listing, Task
from workbench.store.cluster.packed import pack, unpack
from workbench.store.facts import FactStore
from workbench.store.summaries.folder import CitySummary, SummaryFolder


@dataclass(frozen=True)
class CountySummary:
    """What a summary says of a county: `rounds`, the plain figures by round; `counts`, packed, by what they are of."""

    city: str
    county: str
    rounds: dict[str, dict[str, Any]]
    counts: dict[str, bytes]
    edge: dict[str, int]


def counties_of(summary: CitySummary) -> list[CountySummary]:
    """The counties of a summary that was proved."""
    head, arrays = unpack(summary.content)
    counties = []
    for place, code in enumerate(head["counties"]):
        about, counts = unpack(arrays[f"county_{place}"].tobytes())
        packed = {name: values.tobytes() for name, values in counts.items()}
        counties.append(CountySummary(summary.head.city, code, about["rounds"], packed, head["edge"].get(code, {})))
    return counties


@dataclass(frozen=True)
class Province(ClusterStore):
    """The counties of all cities whose summaries are at hand; questions that the counts cannot answer are refused."""

    summaries: dict[str, CountySummary]

    @classmethod
    def of(cls, folder: Path, read: SummaryFolder) -> "Province":
        """The province of the summaries of a folder."""
        return cls(None, folder, {each.county: each for city in read.cities for each in counties_of(city)})

    def listing(self) -> Listing:
        """The counties of each round, oldest first, as the summaries have them."""
        # Of any city: whether all have the round is asked by whoever needs all of them.
        names = sorted({name for each in self.summaries.values() for name in each.rounds})
        rounds = {name: sorted(code for code, each in self.summaries.items() if name in each.rounds) for name in names}
        figures = [about for each in self.summaries.values() for about in each.rounds.items()]
        scored = sorted({name for name, about in figures if about["scored"]})
        # One simulated city makes what a province adds up simulated.
        return Listing(rounds, any(about["simulated"] for _, about in figures), scored)

    def counties(self, round_name: str, county: str | None = None) -> list[str]:
        """The counties of a round, or the one chosen; raises StoreError, saying what there is, where there are none."""
        stored = self.listing().counties
        if round_name not in stored:
            raise StoreError(_no_round(round_name, list(stored)))
        if county is not None and county not in stored[round_name]:
            raise StoreError(_no_county(round_name, county, stored[round_name]))
        return [county] if county else stored[round_name]

    def without_scores(self, round_name: str, county: str | None = None) -> list[str]:
        """The cities that have not scored a round which others have: what they expect cannot be added up."""
        scored: dict[str, bool] = {}
        for code in self.counties(round_name, county):
            each = self.summaries[code]
            # A city has scored a round where every county of it that is asked about has.
            scored[each.city] = scored.get(each.city, True) and each.rounds[round_name]["scored"]
        return sorted(city for city in scored if not scored[city]) if any(scored.values()) else []

    def run(self, task: Task, arguments: Sequence[Any]) -> list[bytes]:
        """What the workers of a cluster would answer, from the counts of the summaries."""
        if task is reduced_county:
            # Counts were made by the cities: nothing is computed here but sums.
            return [self._counts(each) for each in arguments]
        assert task is county_past  # nothing else is asked of a province
        return [self._past(each) for each in arguments]

    def _counts(self, asked: CountyQuestion) -> bytes:
        summary = self.summaries[asked.county]
        # Before anything is unpacked: a coarser answer would look like the one asked for.
        _refuse_unanswerable(asked.round_name, asked.limits, asked.distinctions)
        if asked.against is not None:
            if asked.against.deduct_out_of_pocket != asked.limits.deduct_out_of_pocket:
                raise InputError(_TWO_INCOMES)
            _refuse_unanswerable(asked.round_name, asked.against, Distinctions.of([asked.against]))
        packed = summary.counts[f"counts/{asked.round_name}/{int(asked.limits.deduct_out_of_pocket)}"]
        return reduced_again(packed, asked.distinctions, asked.against)

    def _past(self, asked: PastQuestion) -> bytes:
        if len(asked.standards) > 1:
            raise InputError(_PAIRED)
        (standard,) = asked.standards
        scope = PastScope(FactStore(self.root), asked.county, asked.line, asked.until)
        deducted = standard.income.deduct_out_of_pocket
        _, arrays = unpack(self.summaries[asked.county].counts[f"past/{int(deducted)}"])
        parts = {}
        for name, values in arrays.items():
            round_name = name.partition("/")[2]
            packed = values.tobytes()
            # The step's own end decides, as it does where rounds are read.
            if asked.until is not None and self._next_round(asked.county, round_name) > asked.until:
                continue
            limits = scope.limits_in(round_name, standard)
            distinctions = asked.every_lever.distinctions(limits) if asked.every_lever else Distinctions.of([limits])
            _refuse_unanswerable(round_name, limits, distinctions)
            parts[name] = reduced_again(packed, distinctions)
        return pack({}, {name: np.frombuffer(packed, np.uint8) for name, packed in parts.items()})

    def _next_round(self, county: str, round_name: str) -> str:
        # By the county's own rounds: it may have missed one that others have.
        return min(name for name in self.summaries[county].rounds if name > round_name)


def _refuse_unanswerable(round_name: str, limits: EdgeLimits, asked: Distinctions) -> None:
    """Raise InputError for what the counts of a summary do not tell apart."""
    # Eight groups are counted apart; a ninth would silently count nobody.
    if limits.own_groups:
        raise InputError(_OWN_GROUPS)
    counted = limits_of(round_name, deducted=limits.deduct_out_of_pocket)
    if limits.line != counted.line:
        raise InputError(_other_line(round_name, limits.line, counted.line))
    # What the city counted apart; the question may be coarser, never finer.
    stored = LeverValues().distinctions(counted)
    finer = sorted(set(asked.cuts) - set(stored.cuts))
    if finer:
        raise InputError(_finer_ceiling(finer[0], counted.line))
    if not asked <= stored:
        raise InputError(_FINER_SHARE)


def _no_round(round_name: str, stored: list[str]) -> Words:
    listed = ", ".join(stored)
    return Words(
        f"期次 {round_name}：没有一个市的汇总有它；已有 {listed}",
        f"round {round_name}: no city's summary has it; there are {listed}",
        code="statistics.round-in-no-summary",
    )


def _no_county(round_name: str, county: str, stored: list[str]) -> Words:
    listed = ", ".join(stored)
    return Words(
        f"县区 {county}：{round_name} 的汇总中没有；已有 {listed}",
        f"county {county} is in no summary of {round_name}; there are {listed}",
        code="statistics.county-in-no-summary",
    )


def _other_line(round_name: str, line: float, counted: float) -> Words:
    return Words(
        f"扶贫标准 {line:g} 元：汇总按 {round_name} 当年的 {counted:g} 元计数，答不了另一标准；请各市按该标准自己算",
        f"a line of {line:g} yuan: summaries count under the {counted:g} yuan of {round_name} and cannot answer another; ask the "
        "cities to count under it themselves",
        code="statistics.summary-of-other-line",
    )


def _finer_ceiling(ceiling: float, line: float) -> Words:
    return Words(
        f"上限 {ceiling:g} 元：汇总只按扶贫标准（{line:g} 元）的百分之一倍计数（两倍以上按二十分之一倍，至三倍）；请改用这样的倍数",
        f"a ceiling of {ceiling:g} yuan: summaries count by hundredths of the line ({line:g} yuan), from twice it on by twentieths, up "
        "to three times; take such a multiple",
        code="statistics.summary-finer-ceiling",
    )


_FINER_SHARE = Words(
    "支出、降幅的比例：汇总只按二十分之一（0.05、0.10……）计数；请改用这样的比例",
    "shares of the routes: summaries count by twentieths (0.05, 0.10 …); take such a share",
    code="statistics.summary-finer-share",
)
_OWN_GROUPS = Words(
    "县自定的群体（own_groups）：各市的汇总只按通知的八类重点群体计数；请去掉自定的群体",
    "own groups: summaries count the eight key groups of the notice only; leave out groups of a county's own",
    code="statistics.summary-own-groups",
)
_TWO_INCOMES = Words(
    "两个标准一个扣减自付支出、一个不扣减，要逐户相比，汇总中没有户；请改成同一种收入",
    "one of the two standards deducts out-of-pocket expenses and the other does not: that takes the households, which are in no "
    "summary; test the same income in both",
    code="statistics.summary-two-incomes",
)
_PAIRED = Words(
    "两个标准的往期逐户配对（--against），汇总中没有户；请分别看两个标准",
    "two standards looked back on together pair by household (--against), and no household is in a summary; look at each by itself",
    code="statistics.summary-paired",
)
