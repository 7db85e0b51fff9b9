"""Files as offices have them, each with one oddity (tests/data/odd), and workbooks made with one of a neighbouring kind."""

import csv
import zipfile
from pathlib import Path

import polars as pl
import xlsxwriter

from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult
from workbench.intake.tables.mapping import Mapping, load_mapping

ODD = Path(__file__).parent.parent / "data" / "odd"
ROUND, COUNTY = "2023-10", "341524"
BASE_INCOMES = [4700.0, 4733.33, 4766.67, 4800.0]


def read_odd(name: str, mapping: str | None = None) -> IntakeResult:
    return read(ODD / name, mapping=load_mapping(ODD / mapping) if mapping else None)


def read(path: Path, mapping: Mapping | None = None, county: str = COUNTY) -> IntakeResult:
    return read_export(path, round_name=ROUND, county=county, mapping=mapping)


def facts(result: IntakeResult) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(table) for table in result.facts.values()]).sort("household_id")


def base_rows() -> list[list[str]]:
    """The clean list: a header and four households of three."""
    with (ODD / "base.csv").open(encoding="gb18030", newline="") as opened:
        return list(csv.reader(opened))


def column(name: str) -> int:
    return base_rows()[0].index(name)


def book(path: Path, *sheets: tuple[str, list[list[object]]], before_close=lambda workbook: None) -> Path:
    """A workbook of these sheets; a cell that is a function writes itself (it gets the sheet, its row and its column)."""
    workbook = xlsxwriter.Workbook(path)
    for name, rows in sheets:
        sheet = workbook.add_worksheet(name)
        for place, row in enumerate(rows):
            for at, cell in enumerate(row):
                cell(sheet, place, at) if callable(cell) else sheet.write(place, at, cell)
    before_close(workbook)
    workbook.close()
    return path


def changed_member(path: Path, name: str, change) -> Path:
    """A copy of a workbook with one member of the zip changed."""
    with zipfile.ZipFile(path) as opened:
        members = {each: opened.read(each) for each in opened.namelist()}
    members[name] = change(members[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for each, content in members.items():
            made.writestr(each, content)
    return path


def notes(result: IntakeResult) -> str:
    return "\n".join(note.zh for note in result.notes)
