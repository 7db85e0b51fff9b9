"""Findings over several files: one that a later file of the round mends is marked mended, one that it repeats stays.

`STORE/batches/<number>/findings.json` holds those of a batch that are new, those that stay, and the earlier ones that it
mended, each by county, household (empty: of the whole file), column and reason. A batch that was undone counts for nothing.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workbench.intake.findings.problems import Problem
from workbench.intake.findings.result import KEY, IntakeResult
from workbench.intake.reading.raw_sheet import place_of
from workbench.intake.reading.sheet import ROW
from workbench.safeguards.plain_data import read_json

FINDINGS = "findings.json"

Finding = tuple[str, str, str, str]
"""County, household, column, reason."""


@dataclass(frozen=True)
class FindingsOverTime:
    """The findings of a batch against those that stood open before it."""

    new: tuple[Finding, ...] = ()
    stays: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many findings are new, stay, or are mended."""
        return {"new": len(self.new), "stays": len(self.stays), "mended": len(self.mended)}

    def to_json(self) -> str:
        """The findings as their file holds them."""
        return json.dumps({"new": self.new, "stays": self.stays, "mended": self.mended}, ensure_ascii=False)


def over_time(before: Collection[Finding], results: Sequence[IntakeResult]) -> FindingsOverTime:
    """What files that are taken in together find, against the findings `before` of their round that are still open."""
    now = {finding for result in results for finding in _findings(result)}
    brought = {code: _households(results, code) for result in results for code in result.facts}
    # Only what was brought again can be mended: of other households the files say nothing.
    of_these = {each for each in before if each[0] in brought and (not each[1] or each[1] in brought[each[0]])}
    earlier = set(before)
    return FindingsOverTime(*(tuple(sorted(each)) for each in (now - earlier, now & earlier, of_these - now)))


def read_findings(folder: Path) -> FindingsOverTime:
    """The findings of the batch in a folder; none where none were kept."""
    path = folder / FINDINGS
    if not path.exists():
        return FindingsOverTime()
    entry: Mapping[str, list[list[str]]] = read_json(path.read_bytes())
    return FindingsOverTime(*(tuple(map(_finding, entry[name])) for name in ("new", "stays", "mended")))


def open_findings(folders: Sequence[Path]) -> set[Finding]:
    """The findings that are still open after the batches in these folders, oldest first."""
    still: set[Finding] = set()
    # In the order of the batches: what one mended a later one may have found again.
    for folder in folders:
        listed = read_findings(folder)
        still |= set(listed.new)
        still -= set(listed.mended)
    return still


def _finding(entry: Sequence[str]) -> Finding:
    county, household, column, reason = entry
    return county, household, column, reason


def _households(results: Sequence[IntakeResult], code: str) -> set[str]:
    return {
        household for result in results if code in result.facts
        for household in pl.Series(result.facts[code][KEY]).drop_nulls().to_list()
    }  # fmt: skip


def _findings(result: IntakeResult) -> Iterator[Finding]:
    """Each finding by the household of its row; one of no household is of the file, and so of each of its counties."""
    listed = (*result.problems, *result.warnings)
    at = _household_at(result, listed)
    for problem in listed:
        place = at.get((problem.row, problem.sheet))
        places = [place] if place else [(code, "") for code in result.facts]
        yield from ((county, household, problem.column, problem.reason) for county, household in places)


def _household_at(
    result: IntakeResult, listed: Sequence[Problem]
) -> dict[tuple[int | None, str | None], tuple[str, str]]:
    """County and household by row and sheet, of the rows that findings are about."""
    wanted = {(each.row, each.sheet) for each in listed if each.row is not None}
    households: dict[tuple[int | None, str | None], tuple[str, str]] = {}
    for code, table in result.rows.items() if wanted else ():
        for household, row in pl.DataFrame(table).select(KEY, ROW).iter_rows():
            place = place_of(row, result.parts)
            if place in wanted:
                households[place] = (code, household)
    return households
