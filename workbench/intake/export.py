"""The way in: a file of the national system, or any table with a mapping, read into facts and findings."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.domain.facts import KINDS, SIMULATED_MARK
from workbench.domain.parameters import counties
from workbench.domain.rounds import check_round
from workbench.errors import FileError, InputError, Words
from workbench.intake.findings.member_checks import check_members
from workbench.intake.findings.plausibility import held_against
from workbench.intake.findings.problems import Findings
from workbench.intake.findings.result import COUNTY, KEY, IntakeResult, by_county
from workbench.intake.findings.rules import own_rules
from workbench.intake.findings.titles import title_findings
from workbench.intake.persons.checks import check_identities
from workbench.intake.persons.households import INCOMPLETE, ROWS, derive
from workbench.intake.persons.members import ID_NUMBER, NAME, PERSON, Members, read_members
from workbench.intake.reading.sheet import ROW, Progress, Sheet, read_sheet
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.layouts import HOUSEHOLD, Layout, canonical, columns, known_as, recognise
from workbench.intake.tables.ledger import read_ledger
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.places import county_code, known_counties, township
from workbench.intake.tables.table import read_table

PERSONAL = {
    "household_id": HOUSEHOLD,
    "person_number": PERSON,
    "name": NAME,
    "id_number": ID_NUMBER,
    "relation": "与户主关系",
    "sex": "性别",
    "birth_date": "出生日期",
    "health": "健康状况",
    "labour": "劳动技能",
    "schooling": "在校生状况",
    "household_phone": "户联系电话",
    "phone": "人联系电话",
}
"""The columns of the table of persons, by the column of the list that they come from. All text, as written."""


def read_export(
    path: Path,
    *,
    round_name: str,
    county: str | None = None,
    mapping: Mapping | None = None,
    progress: Progress | None = None,
) -> IntakeResult:
    """Read one file for a round; nothing is written.

    `county`: code or name, for files that do not say it. `mapping`: for any table whose rows are households; without
    one the layout must be one of the national system's, or that of a ledger. `progress` is called with the rows read
    and 0 as long as nobody knows how many there are, then with the rows done, as a share of the work, and all rows; what
    it raises ends the work.
    Raises InputError (FileError) where the file as a whole cannot be used; findings about rows are in the result.
    """
    check_round(round_name)
    code = _county(county)
    if mapping is not None:
        named = {fold_header(column): column for column in mapping.columns()}
        sheet = read_sheet(path, mapping, named.get, progress)
        _report(progress, sheet, _READ)
        result = read_table(sheet, mapping, code)
    else:
        sheet = read_sheet(path, None, known_as, progress)
        _report(progress, sheet, _READ)
        result = _read_layout(sheet, round_name, code, progress)
    result = replace(result, notes=(*result.notes, *sheet.notes), sheets=sheet.accounts)
    result = held_against(result, own_rules(), round_name)
    result = replace(result, warnings=(*title_findings(sheet.titles, round_name), *result.warnings))
    _report(progress, sheet, 1.0)
    simulated = any(SIMULATED_MARK in title for title in sheet.titles)
    return replace(result, simulated=simulated)


_READ, _GROUPED, _IDENTITIES, _DERIVED = 0.5, 0.65, 0.8, 0.9
"""How far the work is after each step, as a share of its time on a long file. Each step takes all rows at once."""


def _report(progress: Progress | None, sheet: Sheet, share: float) -> None:
    if progress is not None:
        progress(round(share * len(sheet.frame)), len(sheet.frame))


def _county(given: str | None) -> str | None:
    """A county option as a code; a code that is not Lu'an's is a region of data from elsewhere."""
    if given is None or given in counties():
        return given
    code = county_code(given)
    if code is None and not given.isascii():
        found = Words(
            f"没有这个县区；可用：{known_counties()}，或其他地区的代码",
            f"no such county; accepted: {known_counties()}, or a code from elsewhere",
        )
        raise InputError(found.after(f"--county {given!r}: "))
    return code or given


def _read_layout(sheet: Sheet, round_name: str, county: str | None, progress: Progress | None) -> IntakeResult:
    layout = recognise(str(sheet.path), sheet.headers)
    found, unknown = canonical(sheet.headers)
    notes = _notes(layout, set(found), unknown)
    if layout.mapping is not None:
        return read_ledger(sheet, layout, found, county, notes)
    personal = frozenset(name for name, column in columns().items() if column.personal)
    findings = Findings(personal, sheet.parts)
    findings.notes += notes
    members = read_members(sheet, found, county, findings)
    if members.frame.is_empty() and not members.rejected.is_empty() and members.rejected[COUNTY].null_count():
        _refuse_without_county(sheet, members)
    _report(progress, sheet, _GROUPED)
    check_identities(members, round_name, findings)
    _report(progress, sheet, _IDENTITIES)
    households = derive(members, layout, findings)
    _report(progress, sheet, _DERIVED)
    check_members(members, households, round_name, findings)
    facts = _with_townships(households.drop(ROWS, INCOMPLETE), round_name)
    return IntakeResult(
        layout=layout.name,
        facts=by_county(facts),
        persons=by_county(_persons(members), list(PERSONAL)),
        accepted_households=len(facts),
        accepted_persons=len(members.frame),
        rejected_rows=len(members.rejected),
        problems=findings.sorted_problems(),
        warnings=findings.sorted_warnings(),
        notes=tuple(findings.notes),
        rows=by_county(members.frame.select(COUNTY, pl.col(HOUSEHOLD).alias(KEY), ROW), [KEY, ROW]),
    )


def _notes(layout: Layout, found: set[str], unknown: list[str]) -> list[Words]:
    notes = [Words(f"版式：{layout.name} {layout.zh}", f"layout: {layout.name} {layout.en}")]
    strange = "、".join([*unknown, *sorted(found - layout.columns - layout.optional - set(columns()))])
    if strange:
        notes.append(Words(f"未用的列：{strange}", f"columns not used: {strange}"))
    if layout.kind is not None and "户类型" not in found:
        notes.append(_kind_note(layout.kind))
    return notes


def _kind_note(kind: dict[str, Any]) -> Words:
    """What a list is taken to say of the kind of all its households, and why."""
    zh, en = KINDS[kind["value"]]
    doubt = Words("", "") if kind["verified"] else Words("（未经核实）", " (not verified)")
    return Words(f"户类型按“{zh}”：{kind['reason']}", f"kind taken as {en}: {kind['reason_en']}") + doubt


def _refuse_without_county(sheet: Sheet, members: Members) -> None:
    written = members.rejected["县"].drop_nulls().unique().sort().head(5).to_list() if "县" in members.present else []
    seen = "、".join(written)
    found = Words(
        f"不知道属于哪个县区；“县”一列写的是：{seen or '无'}；可用：{known_counties()}；请指明县区（--county）",
        f"the county is not known; the column 县 says: {seen or 'nothing'}; accepted: {known_counties()}; "
        "say which it is (--county)",
    )
    raise FileError(sheet.path, found)


def _with_townships(facts: pl.DataFrame, round_name: str) -> pl.DataFrame:
    if "township" not in facts.columns:
        return facts
    pairs = facts.select(COUNTY, "township").unique().drop_nulls()
    names = [township(county, name, round_name)[0] for county, name in pairs.iter_rows()]
    crosswalk = pairs.with_columns(pl.Series("#name", names, dtype=pl.String))
    joined = facts.join(crosswalk, on=[COUNTY, "township"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("#name").alias("township")).drop("#name")


def _persons(members: Members) -> pl.DataFrame:
    present = {name: source for name, source in PERSONAL.items() if source in members.present}
    absent = [pl.lit(None, pl.String).alias(name) for name in PERSONAL if name not in present]
    frame = members.frame.select(
        COUNTY, ROW, *(pl.col(source).alias(name) for name, source in present.items()), *absent
    )
    return frame.sort(KEY, ROW)
