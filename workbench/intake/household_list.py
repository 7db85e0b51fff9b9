"""A list of an office's own whose rows are households, read by what its columns were taken for."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.result import IntakeResult, by_county
from workbench.intake.matching.as_mapping import mapping_of_households
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.matching.vocabulary import fact_of
from workbench.intake.questions import ask_kind, refuse_without_facts, unknown_facts
from workbench.intake.reading.sheet import Sheet
from workbench.intake.tables.layouts import HOUSEHOLD
from workbench.intake.tables.places import township
from workbench.intake.tables.table import read_table

NAME = "own_households"
_PLACES = ("county_code", "township", "village", "kind")
_AS_COLUMNS = {"household_id": HOUSEHOLD, "county_code": "县", "township": "乡", "village": "村"}


def read_household_list(
    sheet: Sheet,
    matches: Sequence[ColumnMatch],
    notes: Sequence[Words],
    *,
    round_name: str,
    county: str | None,
    kind: str | None,
) -> IntakeResult:
    """Read the households; a kind or a county that neither the list nor anybody says is asked for (QuestionError)."""
    if not {fact_of(str(match.means)) for match in matches if match.means is not None} - {*_PLACES, "household_id"}:
        raise refuse_without_facts(sheet)
    mapping = mapping_of_households(matches)
    result = read_table(sheet, mapping, county, own_keys=False)
    facts = {code: pl.DataFrame(table) for code, table in result.facts.items()}
    read = {code: _completed(frame, code, kind, round_name) for code, frame in facts.items()}
    together = pl.concat(list(read.values())) if read else pl.DataFrame({"kind": []})
    if together["kind"].null_count() == len(together) and len(together):
        raise ask_kind(sheet, together)
    return replace(
        result,
        layout=NAME,
        facts={code: by_county(frame)[code] for code, frame in read.items()},
        notes=(*notes, unknown_facts(set(mapping.facts) | {"kind", "county_code"}), *result.notes),
        columns=tuple(matches),
    )


def _completed(frame: pl.DataFrame, county: str, kind: str | None, round_name: str) -> pl.DataFrame:
    """A county's households with their kind as it was said, and townships under the names of the round."""
    if "kind" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.String).alias("kind"))
    if kind is not None:
        frame = frame.with_columns(pl.col("kind").fill_null(kind))
    if "township" not in frame.columns:
        return frame
    names = {name: township(county, name, round_name)[0] for name in frame["township"].drop_nulls().unique()}
    return frame.with_columns(pl.col("township").replace(names))
