"""Lists of the county-standard page that are taken along whole: who is near the ceiling, whom two standards treat otherwise."""

import io

import pytest
from python_calamine import load_workbook

from tests.ui.stores import simulated_store
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.panels.near_panel import NearPanel
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY, ROUND = "341522", "2019-10"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


def plain(function):
    return function


def rows_of(file):
    return load_workbook(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("code", ["zh", "en"])
def test_who_is_near_the_ceiling_is_sorted_searched_and_taken_along(store, code):
    session = StandardSession(store, ROUND, COUNTY)
    near = NearPanel(session, Language(code), plain)
    near.refresh(session.breakdown())
    header, *rows = rows_of(near.list.file())
    assert len(rows) > 25
    assert near.list.pane.html.count('<th scope="row">') == 25
    away = [abs(row[5]) for row in rows]
    assert away == sorted(away)
    # A difference of two incomes is written to the fen, and no 0.6700000000000728.
    assert all(row[5] == round(row[5], 2) for row in rows)
    # To the fen, as incomes are: half a yuan below the ceiling is in, and is not shown as no distance.
    assert all(f">{Language(code).signed(row[5], 2)}<" in near.list.pane.html for row in rows[:25])
    near.list._take({"do": "list", "key": "sort", "value": "income"})
    incomes = [row[4] for row in rows_of(near.list.file())[1:]]
    assert incomes == sorted(incomes)
    near.list._take({"do": "list", "key": "search", "value": rows[0][1]})
    assert [row[1] for row in rows_of(near.list.file())[1:]] == [rows[0][1]]
    assert len(header) == len(rows[0])
    assert rows[0][-1] == Language(code)("模拟数据：不是真实住户")


@pytest.mark.parametrize("code", ["zh", "en"])
def test_whom_two_standards_treat_otherwise_is_taken_along_with_the_reasons(store, code):
    session = StandardSession(store, ROUND, COUNTY)
    session.put("income.ceiling", {"multiple": 1.8})
    changes = ChangesPanel(session, Language(code), plain)
    changes.fill()
    header, *rows = rows_of(changes.file())
    assert len(rows) == len(changes.compared.frame)
    assert all(row[header.index(Language(code)("为什么"))] for row in rows)
    changes._take({"do": "change", "value": "leaves"})
    assert len(rows_of(changes.file())) - 1 == len(changes.compared.frame.filter(change="leaves"))
