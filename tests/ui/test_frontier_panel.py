"""The county-standard page: the frontier over every lever, what a budget carries, and settings without effect, without a browser."""

import re

import pytest

from tests.ui.scored import ROUND, scored_store
from workbench.domain.rules.standard import standard_data
from workbench.errors import InputError
from workbench.preview.counts.budget import carried
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.panels.budget_panel import BudgetPanel
from workbench.ui.pages.county_standard.panels.frontier_panel import FrontierPanel
from workbench.ui.pages.county_standard.panels.readings_panel import ReadingsPanel
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY = "341522"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def session(store):
    return StandardSession(store, ROUND, COUNTY)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_point_can_be_tried_and_is_then_the_choice(session, store, code):
    panel = FrontierPanel(session, Language(code), session.load_standard)
    panel.fill()
    assert "data-proposal" in panel.pane.html
    assert "§2.2-b" in panel.pane.html
    at = len(panel._points) // 2
    point = panel._points[at]
    panel._take({"do": "try", "at": at})
    assert session.problems == {}
    record = preview(PreviewScope(store, ROUND, COUNTY), session.standard)
    assert (record["in"], record["expected_slips"]) == (point["in"], point["caught"])
    panel._take({"do": "try", "at": 10**6})
    panel._take({"do": "try", "at": "0"})
    assert standard_data(session.standard) == {**point["standard"], "county": COUNTY}
    panel.fill()
    assert panel._points[at]["gain"]["slips"] == 0


def test_the_search_serves_another_choice_and_the_past_is_searched_apart(session):
    panel = FrontierPanel(session, Language("zh"), session.load_standard)
    panel.fill()
    first = panel.search._made
    session.put("income.ceiling", {"multiple": 1.8})
    panel.fill()
    assert panel.search._made is first
    panel._take({"do": "basis", "past": True})
    assert "只用来看差在哪里。</p>" in panel.pane.html  # a sentence on a page ends as one
    assert panel.search._made is not first
    assert all(point["caught"] == int(point["caught"]) for point in panel._points)


def test_a_round_without_scores_says_so(store):
    session = StandardSession(store, store.rounds()[0], COUNTY)
    panel = FrontierPanel(session, Language("zh"), session.load_standard)
    panel.fill()
    assert "没有模型评分" in panel.pane.html
    assert "workbench" not in panel.pane.html


@pytest.mark.parametrize("code", ["zh", "en"])
def test_what_a_budget_carries(session, code):
    session.put("help_cost", 3000.0)
    panel = BudgetPanel(session, Language(code))
    broken = session.breakdown()
    panel.refresh(broken)
    assert "data-carried" not in panel.pane.html
    panel._take({"do": "budget", "value": "80,000"})
    answer = carried(broken.index, broken.limits, 3000.0, 80_000.0)
    assert f"{answer.multiple:g}" in re.search("data-carried>([^<]*)", panel.pane.html)[1]
    assert ("data-range" in panel.pane.html) == (broken.totals.cannot_tell.households > 0)
    assert "data-margin" in panel.pane.html
    for wrong in ("八万", "-3", "nan"):
        with pytest.raises(InputError, match="80000"):
            panel._take({"do": "budget", "value": wrong})


@pytest.mark.parametrize("code", ["zh", "en"])
def test_the_price_of_a_reading_and_its_letter(session, code):
    panel = ReadingsPanel(session, Language(code), lambda call: call)
    panel.fill()
    assert panel.pane.html.count("<table") == 5
    made = panel.make_letter()
    assert (made.name.endswith("请示.docx"), made.content[:2]) == (True, b"PK")


def test_a_setting_without_effect_is_said_on_the_page(session):
    shown = CountyStandardPage(session, Language("zh")).results
    shown.refresh([1.0, 1.5, 2.0], lambda value: value)
    assert shown.notes.value == ""
    session.put("income.group_ceilings.disability", 1.2)
    shown.refresh([1.0, 1.5, 2.0], lambda value: value)
    assert "不高于一般上限" in shown.notes.value
