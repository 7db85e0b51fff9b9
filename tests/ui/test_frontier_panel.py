"""The county-standard page: the frontier over every lever, what a budget carries, and settings without effect, without a browser."""

import re

import pytest
from markupsafe import escape

from tests.ui.scored import ROUND, scored_store
from tests.variants import seldom
from workbench.domain.rules.standard import standard_data
from workbench.preview.counts.budget import carried
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.margin import PastMargin, past_margin
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.price_words import past_price
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.page import CountyStandardPage
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


@pytest.mark.parametrize("code", ["zh", seldom("en")])
def test_a_point_can_be_tried_and_is_then_the_choice(session, store, code):
    panel = FrontierPanel(session, Language(code), session.load_standard)
    panel.fill()
    assert "data-proposal" in panel.pane.html
    assert {"zh": "通知二（二）", "en": "2 (2) of the city"}[code] in panel.pane.html
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


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_row_says_itself_that_it_does_without_groups_of_the_notice(session, code):
    """A sign stood before it, and what the sign meant at the end of a long table (issue 15)."""
    panel = FrontierPanel(session, Language(code), session.load_standard)
    panel.fill()
    assert "※" not in panel.pane.html
    rows = re.findall(r'<tr><th scope="row".*?</tr>', panel.pane.html, re.DOTALL)
    said = ["data-remark" in row for row in rows]
    assert said == [bool(each["point"]["notes"]) for each in panel._rows(*_named(panel))]
    assert any(said)
    remarks = {"zh": ("不要求属于通知列明的群体", "少列了通知列明的群体"), "en": ("asks for no", "leaves out key")}[
        code
    ]
    assert all(any(words in row for words in remarks) for row, marked in zip(rows, said, strict=True) if marked)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_a_simpler_standard_stands_in_the_row_says_so_and_is_what_is_tried(session, code):
    panel = FrontierPanel(session, Language(code), session.load_standard)
    panel.fill()
    rows = panel._rows(*_named(panel))
    simpler = [each for each in rows if each["best"]]
    assert simpler
    assert panel.pane.html.count("data-simpler") == len(simpler)
    assert len({str(each["point"]["standard"]) for each in rows}) == len(rows)
    assert {"zh": "取简单的", "en": "The simpler one"}[code] in panel.pane.html
    at, standard = simpler[0]["at"], simpler[0]["point"]["standard"]
    assert escape(sends(do="try", at=at, simpler=True)) in panel.pane.html
    panel._take({"do": "try", "at": at, "simpler": True})
    assert standard_data(session.standard) == {**standard, "county": COUNTY}


def _named(panel):
    record = panel.search.record(panel.session.scope, panel.session.standard)
    return record["proposal"], record["fewest"]["point"] if record["fewest"] else None


def test_more_and_fewer_caught_are_written_with_their_sign(session):
    t = Language("zh")
    panel = FrontierPanel(session, t, session.load_standard)
    panel.fill()
    gains = [point["gain"]["slips"] for point in panel._points]
    assert min(gains) < 0 < max(gains)
    cells = re.findall(r'<td class="wb-number">([^<]*)<div class="wb-note wb-nowrap">', panel.pane.html)
    assert cells
    assert set(cells) <= {t.signed(each["point"]["gain"]["slips"], 1) for each in panel._rows(*_named(panel))}


@pytest.mark.parametrize("code", ["zh", seldom("en")])
def test_why_more_households_are_paid_for_is_answered_where_fewer_catch_as_many(session, code):
    """The first thing that a head asks of the table below it (issue 15): its row is among those shown, and can be tried."""
    session.put("help_cost", 3000.0)
    panel = FrontierPanel(session, Language(code), session.load_standard)
    panel.fill()
    record = panel.search.record(session.scope, session.standard)
    at = record["fewest"]["point"]
    (said,) = re.findall(r"<p data-verdict><strong>(.*?)</strong>", panel.pane.html)
    assert f"{panel._points[at]['in']:,}" in said
    assert f"{record['at_hand']['in']:,}" in said
    assert f"{record['fewest']['cost_less']:,.0f}" in said
    assert {"zh": "按户成对比较", "en": "paired by household"}[code] in panel.pane.html
    assert panel.pane.html.count(escape(sends(do="try", at=at))) == 2
    panel._take({"do": "try", "at": at})
    assert standard_data(session.standard) == {**panel._points[at]["standard"], "county": COUNTY}
    panel._take({"do": "basis", "past": True})
    assert len(re.findall("<p data-verdict>", panel.pane.html)) == (
        panel.search.record(session.scope, session.standard, past=True)["fewest"] is not None
    )


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
    # It opens on what it can show, and what it sums over rounds is not called households.
    assert panel.past
    assert re.search(r"本次选择：以往各期合计 [\d,]+ 户次", panel.pane.html)
    assert panel.chart.option["xAxis"]["name"] == "纳入（户次）"
    panel._take({"do": "basis", "past": False})
    assert panel.pane.html.count("2019年5月在扶贫标准 3,218 元下没有模型评分") == 1
    assert "<table" not in panel.pane.html


@pytest.mark.parametrize("code", ["zh", "en"])
def test_what_a_budget_carries_and_its_ceiling_can_be_taken(session, code):
    page = CountyStandardPage(session, Language(code))
    panel = page.results.budget
    session.put("help_cost", 3000.0)
    assert "data-carried" not in panel.pane.html
    # The form's field is the only one: a budget typed anywhere is the standard's, which the card reads.
    session.put("budget", 80_000.0)
    assert "<input" not in panel.pane.html
    assert page.results.figures.facts["budget"] == 80_000
    broken = session.breakdown()
    sure, cautious = (
        carried(broken.index, broken.limits, 3000.0, 80_000.0, all_unknown=each) for each in (False, True)
    )
    assert sure.yuan > cautious.yuan
    for answer, households in ((sure, sure.households[0]), (cautious, cautious.households[1])):
        said = next(line for line in panel.pane.html.splitlines() if f"{answer.yuan:,.0f} " in line)
        assert f"{households:,.0f} " in said
        assert f"{households * 3000:,.0f} " in said
    assert ("data-range" in panel.pane.html) == (broken.totals.cannot_tell.households > 0)
    assert "data-margin" in panel.pane.html
    for choice in ({"by": "budget"}, {"by": ["ceiling"]}, {"multiple": 3.0}, {"by": None}):
        panel._take({"do": "adopt", **choice})
    before = session.standard
    for by, answer in (("even_if_all_in", cautious), ("ceiling", sure)):
        panel._take({"do": "adopt", "by": by})
        assert session.standard.income.ceiling.yuan == answer.yuan
        assert float(page.form.ceiling.box.value) == answer.yuan
    assert session.standard.budget == before.budget


def test_a_refused_number_keeps_its_digits_in_the_other_unit(session):
    """1.5 typed as yuan and turned to multiples became 0.0003 (issue 15)."""
    page = CountyStandardPage(session, Language("zh"))
    field = page.form.ceiling
    field.unit.value = "yuan"
    field.box.value = "1.5"
    assert session.problems
    field.unit.value = "multiple"
    assert (field.box.value, session.standard.income.ceiling.multiple, session.problems) == ("1.5", 1.5, {})
    # What is valid is the same ceiling in either unit.
    field.unit.value = "yuan"
    assert float(field.box.value) == pytest.approx(1.5 * session.limits().line)


def test_without_a_model_the_price_of_one_more_caught_is_answered_from_the_past(store):
    """Looking back needs no model, and most counties have none when they first choose (issue 15)."""
    session = StandardSession(store, store.rounds()[0], "341523")
    panel = CountyStandardPage(session, Language("zh")).results.budget
    session.put("help_cost", 3000.0)
    session.put("require_group", False)  # a small county has slips at the margin then
    session.put("income.ceiling", {"multiple": 1.05})
    now = Hindsight.over(session.past_rounds(), session.standard)
    session.put("income.ceiling", {"multiple": 1.1})
    higher = Hindsight.over(session.past_rounds(), session.standard)
    session.put("income.ceiling", {"multiple": 1.05})
    inside = sum(
        b.totals.inside.households - a.totals.inside.households for a, b in zip(now.rounds, higher.rounds, strict=True)
    )
    slips = higher.of_outcome(CAUGHT).households - now.of_outcome(CAUGHT).households
    shown = past_margin(now)
    assert (shown.households, shown.slips) == (inside, slips)
    assert slips > 0
    said = re.search("data-past-margin>([^<]*)", panel.pane.html)[1]
    assert f"多纳入 {inside:,.0f} 户次，其中多抓住风险变差 {slips:,.0f} 户次" in said
    visits = round(inside / slips, 0 if inside / slips >= 10 else 1)
    # The money of the visits that are said: whoever multiplies comes to the same.
    assert f"约要多纳入 {visits:,g} 户次、费用 {3000 * visits:,.0f} 元" in said
    assert said.endswith("（模拟数据）")


@pytest.mark.parametrize("margin", [None, PastMargin(3, 0.0, 0.0), PastMargin(3, 12.0, 0.0)])
def test_where_no_slip_more_was_caught_one_has_no_price(margin):
    assert margin is None or margin.yuan_per_slip(3000.0) is None
    said = render(
        "budget", Language("zh"), sends=sends, budget=None, help_cost=3000.0, households=(0, 0), cost=(0, 0), carried=None,
        ahead="", behind=past_price(margin, 3000.0).zh if margin else "", simulated=False,
    )  # fmt: skip
    assert "无从说起" in said


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


def test_line_and_ceiling_are_named_on_their_own_sides(session):
    """A ceiling near the line, as most are, had its name drawn over that of the line."""
    shown = CountyStandardPage(session, Language("zh")).results
    shown.refresh([1.0, 1.5, 2.0], lambda value: value)
    line, ceiling = shown.chart.option["series"][0]["markLine"]["data"]
    assert line["xAxis"] < ceiling["xAxis"]
    assert (line["label"]["align"], ceiling["label"]["align"]) == ("right", "left")


def test_a_point_tried_keeps_the_name_and_the_day_and_can_be_given_up(session):
    """A point has neither, and without a day nobody can submit what is saved (issue 18)."""
    page = CountyStandardPage(session, Language("zh"))
    session.put("title", "金寨县2019年下半年标准")
    session.put("effective", "2019-10-20")
    session.put("income.ceiling", {"multiple": 1.4})
    page.results.frontier.fill()
    before, panel = session.standard, page.results.frontier
    assert "data-tried" not in panel.pane.html
    for at in (1, 2):
        panel._take({"do": "try", "at": at})
        assert (session.standard.title, session.standard.effective) == (before.title, before.effective)
        assert session.standard.income != before.income or session.standard.groups != before.groups
        assert "回到试用之前" in panel.pane.html
    panel._take({"do": "back"})
    assert session.standard == before
    assert "已回到试用之前的选择" in page.frame.notice.value
    assert "data-tried" not in panel.pane.html
    panel._take({"do": "back"})  # once
    panel._take({"do": "try", "at": 1})
    session.choose(ROUND, "341523")
    panel.fill()
    assert "data-tried" not in panel.pane.html
