"""Rows written as they come are those that XlsxWriter writes cell by cell, to the last attribute."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.reports.ledgers import streamed_sheet
from workbench.reports.ledgers.streamed_sheet import StreamedSheet, with_rows

CELLS = st.one_of(
    st.none(),
    st.sampled_from(["户", "=1+1", "a\nb", "<&>", " x ", "户", "\x01", "00012"]),
    st.integers(-5, 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=40)
LOOKS = [
    {"border": 1, "num_format": "#,##0.00"},
    {"border": 1, "text_wrap": True},
    {"bold": True, "quote_prefix": True},
]
ABOVE = 2


def one_by_one(sheet, row, cells, looks, height):
    for place, (cell, look) in enumerate(zip(cells, looks, strict=True)):
        write = (
            sheet.write_blank if cell is None else sheet.write_string if isinstance(cell, str) else sheet.write_number
        )
        write(row, place, cell, look)
    sheet.set_row(row, height)


def streamed(sheet, row, cells, looks, height):
    if not sheet._streamed:
        sheet.start_rows(row, len(cells))
    made = [sheet.cell(place, cell, look) for place, (cell, look) in enumerate(zip(cells, looks, strict=True))]
    sheet.add_row(made, sum(isinstance(cell, str) for cell in cells), height)


def parts(rows, add):
    """The parts of a file with a title above the rows and a note below them."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet("表", worksheet_class=StreamedSheet)
        looks = [workbook.add_format(look) for look in LOOKS]
        for look in looks:
            look._get_xf_index()  # numbered alike: else by who comes first
        sheet.merge_range(0, 0, 0, 2, "标题", looks[2])
        for place, cells in enumerate(rows):
            add(sheet, ABOVE + place, cells, looks, 20 + 14 * (place % 3))
        sheet.write_string(ABOVE + len(rows), 0, "注", looks[1])
    with zipfile.ZipFile(BytesIO(with_rows(buffer, [sheet]))) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}


def without_spans(sheet):
    """The cells of a sheet; `spans` only helps whoever reads and is not written for rows that come one by one."""
    root = ET.fromstring(sheet)  # noqa: S314 - written here
    for each in root.iter():
        each.attrib.pop("spans", None)
    return ET.tostring(root)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_the_same_sheet(rows):
    own, theirs = parts(rows, streamed), parts(rows, one_by_one)
    assert set(own) == set(theirs)
    sheets = [name for name in own if name.startswith("xl/worksheets/sheet")]
    for name in set(own) - set(sheets):
        assert own[name] == theirs[name], name
    for name in sheets:
        assert without_spans(own[name]) == without_spans(theirs[name])


@pytest.mark.parametrize("height", [20.0, 34.0, 40.5, 48.0, 62.3, 400.0])
def test_heights(height):
    def row(add):
        looks = []
        buffer = BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet(worksheet_class=StreamedSheet)
            looks = [workbook.add_format(look) for look in LOOKS]
            add(sheet, 0, (1, 2, 3), looks, height)
        with zipfile.ZipFile(BytesIO(with_rows(buffer, [sheet]))) as archive:
            return without_spans(archive.read("xl/worksheets/sheet1.xml"))

    assert row(streamed) == row(one_by_one)


def test_rows_are_held_compressed_and_come_back_whole(monkeypatch):
    """Over many pieces; what is held of them is a fraction of what they say."""
    monkeypatch.setattr(streamed_sheet, "_PIECE", 10_000)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(worksheet_class=StreamedSheet)
        look = workbook.add_format(LOOKS[0])
        for row in range(3_000):
            streamed(sheet, row, (row, "户", None), [look] * 3, 20)
        held = sum(map(len, sheet._pieces))
    with zipfile.ZipFile(BytesIO(with_rows(buffer, [sheet]))) as archive:
        written = archive.read("xl/worksheets/sheet1.xml")
    assert held < len(written) / 4
    rows = ET.fromstring(written).findall(".//{*}row")  # noqa: S314 - written here
    assert [int(row.get("r")) for row in rows] == list(range(1, 3_001))
    assert [row[0][0].text for row in rows] == [str(number) for number in range(3_000)]


def test_a_text_like_the_mark_of_the_rows_stays_a_text():
    mark = streamed_sheet._ROWS_HERE
    rows = [(mark, 1, mark)]
    own, theirs = parts(rows, streamed), parts(rows, one_by_one)
    assert own["xl/sharedStrings.xml"] == theirs["xl/sharedStrings.xml"]
