"""Annexes on paper: no print under eight points, every column once, heads and keys on every sheet, any choice of columns."""

import re
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports import made_up
from workbench.errors import InputError
from workbench.reports.ledgers import edge_ledger, risk_ledger
from workbench.reports.ledgers.annex import KEYS, SMALLEST_PRINT, annex_pages, print_size, printed_headers

PAGES = {
    "risk": risk_ledger._page(made_up.risk_ledger()),
    "edge": edge_ledger._page(made_up.edge_ledger()),
}
WRITTEN = {
    "risk": lambda headers: risk_ledger.risk_annex(made_up.risk_ledger(), headers),
    "edge": lambda headers: edge_ledger.edge_annex(made_up.edge_ledger(), headers),
}


@pytest.mark.parametrize("kind", PAGES)
def test_the_ledger_itself_prints_too_small_and_its_annex_does_not(kind):
    page = PAGES[kind]
    assert print_size(page) < SMALLEST_PRINT
    sheets = annex_pages(page)
    assert len(sheets) > 1
    assert all(print_size(sheet) >= SMALLEST_PRINT for sheet in sheets)
    others = [column.header for sheet in sheets for column in sheet.columns if column.header not in KEYS]
    assert sorted(others) == sorted(set(printed_headers(page.columns)) - set(KEYS))


@pytest.mark.parametrize("kind", PAGES)
@given(data=st.data())
def test_any_choice_of_columns_prints_legibly_and_keeps_each_cell_under_its_head(kind, data):
    page = PAGES[kind]
    chosen = data.draw(st.lists(st.sampled_from(printed_headers(page.columns)), unique=True))
    sheets = annex_pages(page, chosen)
    at = {column.header: place for place, column in enumerate(page.columns)}
    for sheet in sheets:
        assert print_size(sheet) >= SMALLEST_PRINT
        heads = [column.header for column in sheet.columns]
        assert set(KEYS) <= set(heads[: sheet.paper.frozen])
        for line, whole in zip(sheet.lines, page.lines, strict=True):
            assert line.cells == tuple(whole.cells[at[column.header]] for column in sheet.columns)
    assert set(chosen) <= {column.header for sheet in sheets for column in sheet.columns}


def test_a_column_that_is_none_is_named_with_those_there_are():
    with pytest.raises(InputError, match=r"血型.*户主姓名"):
        annex_pages(PAGES["risk"], ["血型"])


@pytest.mark.parametrize("kind", PAGES)
def test_every_sheet_is_landscape_one_page_wide_with_its_heads_repeated(kind):
    with zipfile.ZipFile(BytesIO(WRITTEN[kind]([]))) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(names) == len(annex_pages(PAGES[kind]))
        for name in names:
            sheet = book.read(name).decode()
            assert '<pageSetUpPr fitToPage="1"' in sheet
            setup = re.search("<pageSetup[^>]*>", sheet).group()
            assert 'paperSize="9"' in setup
            assert 'orientation="landscape"' in setup
            assert 'fitToHeight="0"' in setup
        defined = re.findall(r"_xlnm.Print_Titles[^>]*>([^<]*)<", book.read("xl/workbook.xml").decode())
    assert len(defined) == len(names)
    assert all(each.endswith("!$3:$4") for each in defined)
