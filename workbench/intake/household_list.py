"""A list of an office's own whose rows are households, read by what its columns were taken for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.errors import QuestionError, Words
from workbench.intake.findings.result import IntakeResult, by_county
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.questions import ask_kind, refuse_without_facts, unknown_facts
from workbench.intake.reading.sheet import Sheet
from workbench.intake.tables.layouts import HOUSEHOLD
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.places import township
from workbench.intake.tables.table import read_table

NAME = "own_households"
_PLACES = ("county_code", "township", "village", "kind")
_AS_COLUMNS = {"household_id": HOUSEHOLD, "county_code": "县", "township": "乡", "village": "村"}


@dataclass(frozen=True)
class HouseholdList:
    """A sheet whose rows are households: how it is read, and what its columns were taken for.

    `own_keys`: households may be told apart by words, as a mapping's key may be.
    """

    sheet: Sheet
    mapping: Mapping
    matches: Sequence[ColumnMatch]
    name: str = NAME
    own_keys: bool = False


def read_household_list(
    listed: HouseholdList, notes: Sequence[Words], *, round_name: str, county: str | None, kind: str | None
) -> IntakeResult:
    """Read the households; a kind or a county that neither the list nor anybody says is asked for (QuestionError)."""
    sheet, mapping = listed.sheet, listed.mapping
    # Places and a kind alone are nothing that a rule reads.
    if not set(mapping.facts) - set(_PLACES):
        raise refuse_without_facts(sheet)
    try:
        result = read_table(sheet, mapping, county, own_keys=listed.own_keys)
    except QuestionError as error:
        if kind is not None or "kind" in mapping.facts:
            raise
        # County and kind are asked in one step, not one after the other (0031).
        raise error.together_with(ask_kind(sheet, _years_of_exit(listed))) from None
    facts = {code: pl.DataFrame(table) for code, table in result.facts.items()}
    read = {code: _completed(frame, code, kind, round_name) for code, frame in facts.items()}
    together = pl.concat(list(read.values())) if read else pl.DataFrame({"kind": []})
    if together["kind"].null_count() == len(together) and len(together):
        raise ask_kind(sheet, together)
    return replace(
        result,
        layout=listed.name,
        facts={code: by_county(frame)[code] for code, frame in read.items()},
        notes=(*notes, unknown_facts(set(mapping.facts) | {"kind", "county_code"}), *result.notes),
        columns=tuple(listed.matches),
    )


def _years_of_exit(listed: HouseholdList) -> pl.DataFrame:
    """The one fact by which the kind of households shows, as the list has it; no column where it has none."""
    source = listed.mapping.facts.get("exit_year")
    column = next((each for each in listed.sheet.headers if source is not None and each == source.column), None)
    return pl.DataFrame() if column is None else listed.sheet.frame.select(pl.col(column).alias("exit_year"))


def _completed(frame: pl.DataFrame, county: str, kind: str | None, round_name: str) -> pl.DataFrame:
    """A county's households with their kind as it was said, and townships under the names of the round."""
    if "kind" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.String).alias("kind"))
    if kind is not None:
        frame = frame.with_columns(pl.col("kind").fill_null(kind))
    if "township" not in frame.columns:
        return frame
    # Through the renames, unlike a ledger, whose places have to be found in the store again (0013).
    names = {name: township(county, name, round_name)[0] for name in frame["township"].drop_nulls().unique()}
    return frame.with_columns(pl.col("township").replace(names))
