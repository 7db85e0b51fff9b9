"""Text read column by column is what going through its rows gives; whatever readers might differ on is gone through."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.intake.reading import regular_text
from workbench.intake.reading.regular_text import pieces_of, regular_frame
from workbench.intake.reading.text import clean

NAMES = ["#0", "#1", "#2"]
CELLS = st.sampled_from(
    [
        "",
        "a",
        "户",
        "1,5",
        '"',
        'a"b',
        '""',
        '="0012"',
        "'",
        " ",
        " x ",
        "\u3000x",
        "x\u200b",
        "x\u2003",
        "=x",
        "\t",
        "#N/A",
        "null",
        "一\n二",
        "\r",
        "\ufeff",
        "0",
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=4), min_size=1, max_size=6)
LOOSE = st.text(alphabet='a户",;\n\r \t', max_size=24).map(lambda text: text + "\n")


def gone_through(text, separator=","):
    return [[cell or None for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]


def same(text, separator=","):
    """Whether the text was read at once; if so, as when gone through."""
    frame = regular_frame(text, separator, NAMES)
    if frame is None:
        return False
    rows = [row + [None] * (len(NAMES) - len(row)) for row in gone_through(text, separator)]
    assert frame.equals(clean(pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String), orient="row")))
    return True


@settings(max_examples=400, deadline=None)
@given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_a_program_wrote(rows, end, quoting):
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=end, quoting=quoting).writerows(rows)
    same(written.getvalue())


@settings(max_examples=800, deadline=None)
@given(text=LOOSE, separator=st.sampled_from([",", ";", "\t"]))
def test_whatever_stands_there(text, separator):
    same(text, separator)


@pytest.mark.parametrize(
    "text",
    ["title\nx,y,z\n1,2,3\n", 'x,y,z\r\n"a,b","",c\r\n', '"=""0012""",2,3\n', "1,2\n,,\n", '"a""b",x,y\n', '"""",,\n'],
)
def test_regular_text_is_read_at_once(text):
    assert same(text)


@pytest.mark.parametrize(
    "text",
    ["a,b,c\n\n1,2,3\n", "\na,b,c\n", "1,2,3", "1,2,3,4\n", 'a"b,c,d\n', '"a" ,b,c\n', '"a\nb",c,d\n', "a\rb\n", "a\r\nb\n", '"a,b\n', '""a,b,c\n'],
)  # fmt: skip
def test_what_readers_might_differ_on_is_gone_through(text):
    assert not same(text)


@pytest.mark.parametrize("piece", [1, 7, 1 << 22])
def test_a_text_read_in_pieces_is_the_text_read_at_once(monkeypatch, piece):
    text = "".join(
        f'"=""00{number}""", x,"a,{number}"\n' if number % 3 else f"{number},,z\u3000\n" for number in range(40)
    )
    monkeypatch.setattr(regular_text, "_PIECE", piece)
    assert "".join(pieces_of(text)) == text
    assert all(each.endswith("\n") for each in pieces_of(text))
    assert same(text)
    assert not same(text + '"a\nb",,\n')


def test_a_cell_too_long_for_any_piece_is_left_to_be_refused(monkeypatch):
    monkeypatch.setattr(regular_text, "LARGEST_CELL", 50)
    assert regular_frame("a,b,c\n" + "x" * 60 + ",,\n", ",", NAMES) is None
