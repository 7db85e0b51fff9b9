"""A list of persons, of the national system or of an office's own, read into the facts of households and their persons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.errors import QuestionError, Words
from workbench.intake.findings.member_checks import check_members
from workbench.intake.findings.problems import Findings, quote
from workbench.intake.findings.result import COUNTY, KEY, IntakeResult, by_county
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.persons.checks import check_identities
from workbench.intake.persons.family_types import without_empty
from workbench.intake.persons.heads_only import HEADS_ONLY, names_only_heads, without_member_facts
from workbench.intake.persons.households import INCOMPLETE, ROWS, derive
from workbench.intake.persons.members import ID_NUMBER, NAME, PERSON, Members, read_members
from workbench.intake.persons.shared_numbers import report_two_places, without_two_families
from workbench.intake.questions import ask_kind, unknown_facts
from workbench.intake.reading.sheet import ROW, Sheet
from workbench.intake.tables.layouts import HOUSEHOLD, Layout, columns
from workbench.intake.tables.places import known_counties, township

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


_OF_KIND = ("户类型", "监测对象类别", "脱贫属性")
MAPPED = "mapping"
GROUPED, IDENTITIES, DERIVED = 0.65, 0.8, 0.9
"""How far the work is after each step, as a share of its time on a long file. Each step takes all rows at once."""


@dataclass(frozen=True)
class PersonList:
    """A sheet whose rows are persons: its columns, what a person said of it, and the layout that it is known to have."""

    sheet: Sheet
    matches: Sequence[ColumnMatch]
    round_name: str
    county: str | None
    kind: str | None
    layout: Layout | None
    name: str

    @property
    def header_of(self) -> dict[str, str]:
        """The file's header by the column that it is."""
        return {match.means: match.header for match in self.matches if match.means is not None}

    @property
    def factors(self) -> dict[str, float]:
        """What makes yuan, mu or months of a column's numbers."""
        return {match.means: match.factor for match in self.matches if match.means is not None}


def read_person_list(listed: PersonList, notes: Sequence[Words], report: Callable[[float], None]) -> IntakeResult:
    """Read the members, derive the facts of their households, and check both."""
    personal = frozenset(name for name, column in columns().items() if column.personal)
    findings = Findings(personal, listed.sheet.parts)
    findings.notes += notes
    members = read_members(
        listed.sheet, listed.header_of, listed.county, findings, factors=listed.factors,
        own_keys=listed.name == MAPPED,
    )  # fmt: skip
    # No row is left for want of a county: that is a question about the list, not a fault of every row.
    if members.frame.is_empty() and not members.rejected.is_empty() and members.rejected[COUNTY].null_count():
        _refuse_without_county(listed, members)
    # Before anything is counted: of two families under one number no fact would be true of either.
    members = without_two_families(members, findings)
    members = replace(members, frame=report_two_places(members, findings))
    report(GROUPED)
    check_identities(members, listed.round_name, findings)
    report(IDENTITIES)
    households = without_empty(derive(members, listed.layout, listed.round_name, findings))
    households = _with_kind(listed, households)
    report(DERIVED)
    check_members(members, households, listed.round_name, findings)
    if listed.layout is None:
        findings.notes.append(unknown_facts(set(households.columns)))
    heads_only = names_only_heads(members)
    if heads_only:
        findings.notes.append(HEADS_ONLY)
        # Left out, not emptied: what a file does not have stays as it is known, an empty column would wipe it (0004).
        households = without_member_facts(households, members)
    facts = _with_townships(households.drop(ROWS, INCOMPLETE), listed.round_name)
    return IntakeResult(
        layout=listed.name,
        facts=by_county(facts),
        persons=by_county(_persons(members), list(PERSONAL)),
        accepted_households=len(facts),
        accepted_persons=len(members.frame),
        rejected_rows=len(members.rejected),
        problems=findings.sorted_problems(),
        warnings=findings.sorted_warnings(),
        notes=tuple(findings.notes),
        rows=by_county(members.frame.select(COUNTY, pl.col(HOUSEHOLD).alias(KEY), ROW), [KEY, ROW]),
        columns=tuple(listed.matches),
        heads_only=heads_only,
    )


def _with_kind(listed: PersonList, households: pl.DataFrame) -> pl.DataFrame:
    """The kind of each household: what the list says, else what a person said. Raises QuestionError where nobody did."""
    said = [name for name in _OF_KIND if name in listed.header_of]
    if listed.kind is not None:
        # What a row says of itself outranks what somebody said of the whole list.
        stated = pl.col("kind") if "kind" in households.columns else pl.lit(None, pl.String)
        return households.with_columns(stated.fill_null(listed.kind).alias("kind"))
    blank = all(listed.sheet.frame[listed.header_of[name]].null_count() == len(listed.sheet.frame) for name in said)
    if households.is_empty():
        return households
    if "kind" not in households.columns or (said and blank and households["kind"].null_count() == len(households)):
        raise ask_kind(listed.sheet, households)
    return households


def _refuse_without_county(listed: PersonList, members: Members) -> None:
    written = members.rejected["县"].drop_nulls().unique().sort().head(5).to_list() if "县" in members.present else []
    seen = "、".join(str(quote(value, personal=False)) for value in written)
    message = Words(
        f"不知道属于哪个县区；“县”一列写的是：{seen or '无'}；可用：{known_counties()}；请指明县区（--county）",
        f"the county is not known; the column 县 says: {seen or 'nothing'}; accepted: {known_counties()}; "
        "say which it is (--county)",
        code="intake.county-not-known-column",
    )
    question = QuestionError(listed.sheet.path, message, "county")
    layout = listed.layout
    if listed.kind is not None or any(name in listed.header_of for name in _OF_KIND) or (layout and layout.kind):
        raise question
    year = listed.header_of.get("脱贫年度")
    years = pl.DataFrame() if year is None else listed.sheet.frame.select(pl.col(year).alias("exit_year"))
    # Both in one step, rather than a second question after the first is answered (0031).
    raise question.together_with(ask_kind(listed.sheet, years))


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
