"""A folder of summaries: which are taken, one a city and no county twice, and which are refused, each with its reason."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.errors import FileError, InputError, Words
from workbench.store.summaries.summary_file import SUFFIX, SummaryHead, read_summary

_CLOCKS_APART = dt.timedelta(minutes=10)
"""By how much the clocks of two offices may differ."""


@dataclass(frozen=True)
class CitySummary:
    """A summary that was proved: its file, its head, and its counts."""

    path: Path
    head: SummaryHead
    content: bytes


@dataclass(frozen=True)
class RefusedSummary:
    """A file of the folder that is not counted, and why."""

    path: Path
    reason: Words


@dataclass(frozen=True)
class SummaryFolder:
    """What a folder of summaries comes to: those that count, by the name of their city, and those that do not."""

    cities: tuple[CitySummary, ...]
    refused: tuple[RefusedSummary, ...]


def read_folder(folder: Path, keys: dict[str, str], now: dt.datetime) -> SummaryFolder:
    """Every summary of a folder, proved one by one; raises InputError where none of them can be counted.

    `now`: a summary that was made later is refused: it would outlast every one that follows it.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    if not paths:
        raise InputError(
            Words(
                f"{folder}：没有汇总文件（*{SUFFIX}）；请把各市送来的文件放在这里",
                f"{folder}: no summaries here (*{SUFFIX}); put the files of the cities there",
                code="store.no-summaries",
            )
        )
    proved: list[CitySummary] = []
    refused: list[RefusedSummary] = []
    for path in paths:
        try:
            head, content = read_summary(path, keys)
        except FileError as error:
            # One bad file does not keep the others from being counted: it is named with its reason.
            refused.append(RefusedSummary(path, error.message))
            continue
        if head.moment > now + _CLOCKS_APART:
            refused.append(RefusedSummary(path, _of_the_future(head)))
        else:
            proved.append(CitySummary(path, head, content))
    # The newest first: an old summary must not take a county from its successor in another file.
    newest, older = _newest(proved)
    counted, others = _without_repeated_counties(newest)
    all_refused = sorted([*refused, *older, *others], key=lambda each: each.path)
    if not counted:
        raise InputError(_none_counts(all_refused))
    return SummaryFolder(tuple(counted), tuple(all_refused))


def _newest(proved: Iterable[CitySummary]) -> tuple[list[CitySummary], list[RefusedSummary]]:
    """The last summary of each city; the older ones are named, not added."""
    by_city: dict[str, CitySummary] = {}
    older = []
    for each in sorted(proved, key=lambda summary: summary.head.moment):
        before = by_city.get(each.head.city)
        if before is not None:
            older.append(RefusedSummary(before.path, _older(each.path)))
        # In the order of their moments, so that the last one stays.
        by_city[each.head.city] = each
    return [by_city[name] for name in sorted(by_city)], older


def _without_repeated_counties(cities: Sequence[CitySummary]) -> tuple[list[CitySummary], list[RefusedSummary]]:
    """Choose the cities whose counties no other has, and all of them simulated or none: nobody is counted twice, nothing mixed."""
    counted: list[CitySummary] = []
    refused = []
    # Where any city is real the simulated ones are the mistake, and not the other way round.
    real = [each for each in cities if not each.head.simulated]
    for each in cities:
        if each.head.simulated and real:
            refused.append(RefusedSummary(each.path, _SIMULATED_AMONG_REAL))
            continue
        # By county, since two cities may both claim one whose borders changed.
        taken = {code: other.head.city for other in counted for code in other.head.counties}
        both = sorted(each.head.counties & set(taken))
        if both:
            refused.append(RefusedSummary(each.path, _counted_already(both[0], taken[both[0]])))
        else:
            counted.append(each)
    return counted, refused


def _none_counts(refused: Sequence[RefusedSummary]) -> Words:
    first = refused[0].reason
    return replace(
        first.after(f"{refused[0].path}: ")
        + Words(f"（共 {len(refused)} 份，都不能用）", f" (none of {len(refused)} files can be used)"),
        code="store.no-summary-counts",
    )


def _older(newer: Path) -> Words:
    return Words(
        f"同一个市有更新的一份：{newer.name}",
        f"the same city has a newer one: {newer.name}",
        code="store.summary-older",
    )


def _of_the_future(head: SummaryHead) -> Words:
    return Words(
        f"所写的时间 {head.made_at} 还没有到；请核对两边的时钟",
        f"was made at {head.made_at}, which is still to come; check the clocks of both",
        code="store.summary-of-the-future",
    )


def _counted_already(county: str, city: str) -> Words:
    return Words(
        f"县区 {county} 已在 {city} 的汇总中，不重复计；请两市核实",
        f"county {county} is in the summary of {city} already and is not counted twice; ask both cities",
        code="store.summary-county-twice",
    )


_SIMULATED_AMONG_REAL = Words(
    "是模拟数据，不与真实数据相加",
    "holds simulated households, which are not added to real ones",
    code="store.summary-simulated",
)
