"""The way in: any list of persons or households, or any table with a mapping, read into facts and findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.domain.facts import KINDS, SIMULATED_MARK
from workbench.domain.parameters import counties
from workbench.domain.rounds import check_round
from workbench.errors import InputError, Words
from workbench.intake.department_list import department, read_department_list
from workbench.intake.findings.plausibility import held_against
from workbench.intake.findings.result import IntakeResult, with_broken_rows, with_nobody_in_it
from workbench.intake.findings.rules import own_rules
from workbench.intake.findings.titles import period_findings, title_findings
from workbench.intake.heads import heads_of
from workbench.intake.household_list import HouseholdList, read_household_list
from workbench.intake.matching.as_mapping import mapping_of_households
from workbench.intake.matching.by_mapping import mapped_columns
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.matching.matcher import match_columns
from workbench.intake.matching.measured import with_units
from workbench.intake.matching.table_kind import rows_are_persons
from workbench.intake.matching.vocabulary import Vocabulary, known_as, of_households, of_persons
from workbench.intake.matching_notes import matching_notes
from workbench.intake.overview import FileOverview, OpenedSheet, opened_sheets, overview_columns
from workbench.intake.person_list import MAPPED, PersonList, read_person_list
from workbench.intake.questions import refuse_without_facts
from workbench.intake.reading.headers import Named
from workbench.intake.reading.raw_sheet import RawSheet
from workbench.intake.reading.sheet import Progress, Sheet, read_sheet
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.reading.text import fold_header, fold_text
from workbench.intake.tables.layouts import HOUSEHOLD, Recognition, recognise, refuse_without_household
from workbench.intake.tables.ledger import ledger_mapping, read_ledger
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.places import county_code, known_counties
from workbench.intake.tables.table import read_table

OWN_PERSONS = "own_persons"
Look = Callable[[FileOverview], None]
"""Gets what a file looks like."""
_READ = 0.5


@dataclass(frozen=True)
class _Order:
    """What somebody said of a file, beside the file."""

    round_name: str
    county: str | None
    kind: str | None
    persons: bool | None
    looking: "_Looking"


@dataclass
class _Looking:
    """Who wants to see what the file looks like."""

    look: Look
    sheets: tuple[OpenedSheet, ...] = ()

    def opened(self, sheets: Sequence[RawSheet]) -> None:
        """Show the sheets of the file, before one is chosen."""
        self.sheets = opened_sheets(sheets)
        self.look(FileOverview(self.sheets))

    def matched(
        self, sheet: Sheet, matches: Sequence[ColumnMatch], *, persons: bool, kind: str | None = None,
        mapping: Mapping | None = None,
    ) -> None:  # fmt: skip
        """Show the columns of the table, and what they were taken for."""
        read = tuple(each.name for each in sheet.accounts if each.read)
        columns = overview_columns(sheet, matches)
        self.look(FileOverview(self.sheets, read, sheet.header_rows, persons, columns, kind, mapping))


def read_export(
    path: Path,
    *,
    round_name: str,
    county: str | None = None,
    kind: str | None = None,
    mapping: Mapping | None = None,
    adds: str | None = None,
    place: TablePlace | None = None,
    persons: bool | None = None,
    progress: Progress | None = None,
    look: Look = lambda overview: None,
) -> IntakeResult:
    """Read one file for a round; nothing is written.

    `county`: code or name, `kind`: lifted, registered or unregistered, for files that do not say it. `mapping`: for any
    table; without one each header is matched to what the workbench knows. `adds`: which department's list it is; then the
    result holds the list's rows (`department_list`). `place`: where the table stands, `persons`: whether a row is a person,
    where somebody says it. `look` gets what the file looks like, as soon as that is known, even where it cannot be read
    afterwards: first its sheets, then its columns. `progress` is called with the rows read and 0 as
    long as nobody knows how many there are, then with the rows done, as a share of the work, and all rows; what it raises
    ends the work.
    Raises InputError (FileError) where the file as a whole cannot be used, QuestionError where it does not say what
    somebody must; findings about rows are in the result.
    """
    check_round(round_name)
    look_again = _Looking(look)
    order = _Order(round_name, _county(county), _kind(kind), persons, look_again)
    sheet = read_sheet(path, mapping, _names(mapping), progress, place, look_again.opened)
    steps = _Steps(progress, len(sheet.frame))
    steps.report(_READ)
    if adds is not None:
        return replace(read_department_list(sheet, department(adds)), sheets=sheet.accounts)
    result = _read_mapped(sheet, mapping, order, steps) if mapping else _read_matched(sheet, order, steps)
    result = replace(result, notes=(*result.notes, *sheet.notes), sheets=sheet.accounts, skipped_rows=sheet.skipped)
    result = with_nobody_in_it(with_broken_rows(result, sheet.broken))
    result = held_against(result, own_rules(), round_name)
    result = replace(
        result,
        warnings=(*title_findings(sheet.titles, round_name), *period_findings(sheet, round_name), *result.warnings),
    )
    steps.report(1.0)
    return replace(result, simulated=True) if any(SIMULATED_MARK in title for title in sheet.titles) else result


@dataclass(frozen=True)
class _Steps:
    """Who is told how far the work is, as a share of all rows."""

    progress: Progress | None
    rows: int

    def report(self, share: float) -> None:
        if self.progress is not None:
            self.progress(round(share * self.rows), self.rows)


def _county(given: str | None) -> str | None:
    """A county option as a code; a code that is not Lu'an's is a region of data from elsewhere."""
    if given is None or given in counties():
        return given
    code = county_code(given)
    if code is None and not given.isascii():
        message = Words(
            f"没有这个县区；可用：{known_counties()}，或其他地区的代码",
            f"no such county; accepted: {known_counties()}, or a code from elsewhere",
            code="intake.no-such-county-accepted",
        )
        raise InputError(message.after(f"{given!r} (--county): "))
    return code or given


def _kind(given: str | None) -> str | None:
    """A kind option as its code; the words of the lists are accepted too."""
    words = {zh: code for code, (zh, _) in KINDS.items()}
    code = words.get(given, given) if given else None
    if code is None or code in KINDS:
        return code
    accepted = "、".join(f"{code} {zh}" for code, (zh, _) in KINDS.items())
    message = Words(
        f"没有这种户；可用：{accepted}",
        f"no such kind of household; accepted: {', '.join(KINDS)}",
        code="intake.no-such-kind-household",
    )
    raise InputError(message.after(f"{given!r} (--kind): "))


# -- without a mapping --------------------------------------------------------------------------------------------------


def _read_matched(sheet: Sheet, order: _Order, steps: _Steps) -> IntakeResult:
    """Match the headers, find out what the list is, and read it."""
    matches = _matched(sheet, of_persons(), persons=True)
    headers = {match.means: match.header for match in matches if match.means is not None}
    # Where somebody said what a row is, no layout may say otherwise.
    recognised = recognise(headers) if order.persons is None else None
    if recognised is not None and recognised.layout.mapping is not None:
        mapping = ledger_mapping(recognised.layout, headers)
        order.looking.matched(sheet, matches, persons=False, mapping=mapping)
        notes = matching_notes(matches, of_persons(), recognised)
        result = read_ledger(sheet, recognised.layout, headers, order.county, notes)
        heads = heads_of(sheet, headers, result) if recognised.layout.heads else {}
        return replace(result, columns=tuple(matches), persons=heads, heads_only=bool(heads))
    persons = rows_are_persons(sheet.frame, matches) if order.persons is None else order.persons
    if recognised is not None or persons:
        layout = recognised.layout if recognised and recognised.sure else None
        kind = layout.kind["value"] if layout and layout.kind else None
        # Before anything is refused: whoever is asked which column it is must see the columns (0031).
        order.looking.matched(sheet, matches, persons=True, kind=kind)
        if HOUSEHOLD not in headers:
            raise refuse_without_household(str(sheet.path), sheet.headers, headers)
        return _read_persons(sheet, matches, recognised, order, steps)
    matches = _matched(sheet, of_households(), persons=False)
    order.looking.matched(sheet, matches, persons=False)
    if not any(match.means == "household_id" for match in matches):
        raise refuse_without_household(str(sheet.path), sheet.headers, headers)
    if all(match.means in (None, "household_id") for match in matches):
        raise refuse_without_facts(sheet)
    notes = matching_notes(matches, of_households(), None)
    listed = HouseholdList(sheet, mapping_of_households(matches), matches)
    return read_household_list(listed, notes, round_name=order.round_name, county=order.county, kind=order.kind)


def _matched(sheet: Sheet, vocabulary: Vocabulary, *, persons: bool) -> tuple[ColumnMatch, ...]:
    matches = match_columns(sheet.frame, sheet.headers, vocabulary, persons=persons)
    return with_units(matches, vocabulary, sheet.titles)


def _read_persons(
    sheet: Sheet, matches: Sequence[ColumnMatch], recognised: Recognition | None, order: _Order, steps: _Steps
) -> IntakeResult:
    name = recognised.layout.name if recognised else OWN_PERSONS
    layout = recognised.layout if recognised and recognised.sure else None
    listed = PersonList(sheet, matches, order.round_name, order.county, order.kind, layout, name)
    return read_person_list(listed, matching_notes(matches, of_persons(), recognised), steps.report)


# -- with a mapping -----------------------------------------------------------------------------------------------------


def _read_mapped(sheet: Sheet, mapping: Mapping, order: _Order, steps: _Steps) -> IntakeResult:
    order.looking.matched(sheet, mapped_columns(sheet, mapping), persons=mapping.rows == "persons", mapping=mapping)
    if mapping.rows == "persons":
        return _read_mapped_persons(sheet, mapping, order, steps)
    if mapping.headers is not None:  # made of what the columns of such a list were taken for
        listed = HouseholdList(sheet, mapping, mapped_columns(sheet, mapping), MAPPED, own_keys=True)
        result = read_household_list(listed, (), round_name=order.round_name, county=order.county, kind=order.kind)
        return _with_heads(sheet, result)
    if order.kind is not None and "kind" not in mapping.facts:
        facts: dict[str, Any] = {**mapping.model_dump()["facts"], "kind": {"constant": order.kind}}
        # Built anew rather than copied, so that the kind is checked as if the mapping had said it.
        mapping = Mapping.model_validate({**mapping.model_dump(), "facts": facts})
    result = read_table(sheet, mapping, order.county)
    return replace(result, columns=mapped_columns(sheet, mapping))


def _with_heads(sheet: Sheet, result: IntakeResult) -> IntakeResult:
    """The heads stay with the persons where the file has a layout that names them, whatever a person said of its columns."""
    headers = {name: header for header in sheet.headers if (name := known_as(fold_header(header))) is not None}
    recognised = recognise(headers)
    if recognised is None or not recognised.layout.heads:
        return result
    heads = heads_of(sheet, headers, result)
    return replace(result, persons=heads, heads_only=bool(heads))


def _read_mapped_persons(sheet: Sheet, mapping: Mapping, order: _Order, steps: _Steps) -> IntakeResult:
    """A list of persons whose columns a mapping names, in the words of the file where it gives their meaning."""
    matches = mapped_columns(sheet, mapping)
    said = {name: str(source.constant) for name, source in mapping.facts.items()}
    listed = PersonList(
        _translated(sheet, mapping), matches, order.round_name, order.county or said.get("county_code"),
        order.kind or said.get("kind"), None, MAPPED,
    )  # fmt: skip
    return read_person_list(listed, (), steps.report)


def _translated(sheet: Sheet, mapping: Mapping) -> Sheet:
    frame = sheet.frame
    for source in mapping.columns.values():
        if source.values is not None:
            meanings = {
                text: meaning or None
                for written, meaning in source.values.items()
                # The cells are not folded at this point, so both writings are looked for.
                for text in {written, fold_text(written)}
            }
            frame = frame.with_columns(pl.col(_header(sheet, source.column)).replace(meanings))
    return replace(sheet, frame=frame)


def _names(mapping: Mapping | None) -> Named:
    """Return by which name a folded header is known: only those that a mapping names, every one where it was made of the columns of a list."""
    if mapping is None:
        return known_as
    wanted = {fold_header(column): column for column in (*mapping.named_columns(), *(mapping.headers or ()))}
    return wanted.get if mapping.headers is None else lambda folded: known_as(folded) or wanted.get(folded)


def _header(sheet: Sheet, named: str) -> str:
    return next((header for header in sheet.headers if fold_header(header) == fold_header(named)), named)
