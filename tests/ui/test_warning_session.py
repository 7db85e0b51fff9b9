"""The state of the early-warning page: counts that are those of the rules, lists, and what a browser may not ask."""

import io
import math
import re

import polars as pl
import pytest
from python_calamine import load_workbook

from tests.ui.scored import ROUND, put_scores, scored_store
from tests.ui.stores import simulated_store
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.roles import ROLES, Area, Person
from workbench.domain.rules.legal_readings import reading
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standard_in_use
from workbench.risk.early_warning import STANDINGS, early_warning_frame, with_reasons
from workbench.risk.visit_ranking import BY_RULE
from workbench.statistics.tiers import count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope
from workbench.store.schema import Origin
from workbench.ui.kit.controls.household_list import PAGE_ROWS
from workbench.ui.kit.household.story import rounds_html, story, story_chart, story_html
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.pages.early_warning.downloads import list_file
from workbench.ui.pages.early_warning.page import EarlyWarningPage
from workbench.ui.pages.early_warning.state import WarningSession
from workbench.ui.pages.early_warning.views import (
    disagreements_html,
    matrix_html,
    order_of_visits,
    picked_html,
    scoring_link,
    standard_html,
    visits_html,
)

COUNTY, OTHER = "341522", "341524"
ZH = Language("zh")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def session(store):
    return WarningSession(store, ROUND, COUNTY)


def in_row(session, standing):
    return sum(count for (row, _), count in session.matrix().items() if row == standing)


def test_rows_are_the_counts_of_the_rules(session, store):
    tiers = count_tiers(lifted_facts(RoundScope(store, ROUND, COUNTY)), tier_parameters(ROUND), reading("default")).city
    assert {key: in_row(session, key) for key in tiers} == {key: count.households for key, count in tiers.items()}
    record = preview(PreviewScope(store, ROUND, COUNTY), standard_in_use(RoundScope(store, ROUND, COUNTY)).standard)
    assert (in_row(session, "edge_in"), in_row(session, "edge_unknown"), in_row(session, "below_line")) == (
        record["in"], record["cannot_tell"], record["below_line"],
    )  # fmt: skip


def test_it_says_by_which_standard_households_are_in(session, store):
    assert "边缘户标准：参照标准（起点，非建议），收入上限 4,827 元/人·年，扶贫标准的 1.5 倍" in standard_html(
        session, ZH
    )
    counties = len(store.counties(ROUND))
    assert f"{counties} 个县区中 0 个有现行标准" in standard_html(WarningSession(store, ROUND), ZH)


def test_the_city_is_the_sum_of_its_counties(store):
    city = WarningSession(store, ROUND)
    assert city.county == ""
    parts = [WarningSession(store, ROUND, code).matrix() for code in store.counties(ROUND)]
    assert city.matrix() == {key: sum(part.get(key, 0) for part in parts) for key in city.matrix()}


def test_a_cell_lists_its_households(session):
    for standing, band in session.matrix():
        key = "none" if band is None else str(band)
        session.pick(standing, key)
        page = session.picked()
        assert page.count == session.matrix()[standing, band]
        assert {row["standing"] for row in page.rows} == {standing}
    session.pick("", "")
    assert session.picked().count == len(session.frame)


def test_lists_are_filtered_sorted_and_paged(session):
    first = session.picked()
    chances = [row["p_slip"] for row in first.rows]
    assert (len(first.rows), first.first, first.last) == (PAGE_ROWS, 1, PAGE_ROWS)
    assert chances == sorted(chances, reverse=True)
    session.ask("number", 1)
    assert session.picked().rows[0]["p_slip"] <= chances[-1]
    session.ask("township", first.townships[0])
    page = session.picked()
    assert (page.number, {row["township"] for row in page.rows}) == (0, {first.townships[0]})
    session.ask("search", page.rows[0]["household_id"])
    assert session.picked().count == 1
    session.ask("sort", "income")
    session.ask("search", "")
    incomes = [row["income_pc"] for row in session.picked().rows if row["income_pc"] is not None]
    assert incomes == sorted(incomes)


def test_what_cannot_be_asked_changes_nothing(session):
    before = session.picked().rows
    session.pick("<script>", "0")
    session.pick("1", "99")
    session.ask("sort", "__class__")
    session.ask("number", -3)
    session.ask("number", "two")
    session.visit(10**9)
    session.visit("many")
    session.look("elsewhere")
    assert (session.standing, session.band, session.view, session.capacity) == ("", "", "matrix", 20)
    assert session.picked().rows == before
    session.ask("number", 10**6)
    assert session.picked().number == session.picked().pages - 1


def test_nobody_who_qualifies_by_rule_is_left_out_however_few_visits(session):
    session.look("visits")
    session.visit(0)
    _, counts = session.visits()
    rows = sum(len(session.frame.filter(pl.col("standing") == key)) for key in ("1", "2", "below_line", "edge_in"))
    assert counts["visited"] == 0
    assert counts["by_rule"] == counts["listed"] >= rows
    session.visit(5)
    assert session.visits()[1]["visited"] > 0


def test_the_visit_list_says_its_own_order_and_numbers_that_add_up(session):
    """In words what `visit_list` does: not "by probability", which orders within a kind alone."""
    t = Language("zh")
    said = order_of_visits(t)
    words = {
        "below_line": "低于扶贫标准",
        "tier_1": "红",
        "standard": "按标准纳入",
        "tier_2": "黄",
        "facts_missing": "缺事实",
    }
    places = [said.index(words[name]) for name in BY_RULE]
    assert places == sorted(places)
    assert places[-1] < said.index("模型提示") < said.index("同一类之内")
    session.look("visits")
    session.visit(5)
    html, counts = visits_html(session, t), session.visits()[1]
    by_rule, by_model, listed, visited = (
        int(number.replace(",", ""))
        for number in re.search(
            r"应列 ([\d,]+) 户.*提示的 ([\d,]+) 户；共 ([\d,]+) 户，走访量排到 ([\d,]+) 户", html
        ).groups()
    )
    assert by_rule + by_model == listed == counts["listed"]
    assert (by_rule, visited) == (counts["by_rule"], counts["visited"])
    assert by_model > 0


@pytest.mark.parametrize("standing", ["1", "3", "undetermined", "edge_in", "edge_out", "edge_unknown"])
def test_a_household_is_told_in_both_languages_without_mixing(session, store, standing):
    (row,) = with_reasons(
        session.round_scope, [session.frame.filter(pl.col("standing") == standing).row(0, named=True)]
    )
    shown = story(store, ROUND, row)
    for code in ("zh", "en"):
        html = story_html(shown, Language(code)) + rounds_html(shown, Language(code))
        assert row["household_id"] in html
        chinese = any(
            "\u4e00" <= sign <= "\u9fff" for sign in html.replace(row["township"], "").replace(row["village"], "")
        )
        assert chinese == (code == "zh")
    assert (shown.explanation.result is None) == (standing in ("undetermined", "edge_unknown"))
    assert bool(shown.explanation.missing) == (shown.explanation.result is None)
    assert len(story_chart(shown, Language("zh"))["grid"]) == 3


def test_the_reasons_shown_add_up_to_the_probability(session, store):
    (row,) = with_reasons(
        session.round_scope, [session.frame.filter(pl.col("p_slip").is_not_null()).row(0, named=True)]
    )
    assert 1 / (1 + math.exp(-sum(each["points"] for each in row["reasons"]))) == pytest.approx(row["p_slip"])
    shown = story(store, ROUND, row)
    html = story_html(shown, Language("zh"))
    assert f"：人均纯收入 {shown.facts['income_pc']:,.0f} 元" in html
    assert html.count(Language("zh").percent(row["p_slip"])) >= 2


def test_those_of_whom_rule_and_model_differ_are_a_list_like_any_other(session):
    session.look("disagree")
    page, differing = session.differing()
    counts = {"blue_high": len(differing.blue_high), "red_low": len(differing.red_low)}
    assert page.count == sum(counts.values()) > 25
    assert page.choices["differs"] == {name: count for name, count in counts.items() if count}
    gaps = session.differing_rows()["gap"].to_list()
    assert gaps == sorted(gaps, reverse=True)
    assert min(gaps) > 0
    # Every one of them is on some page, and all that is shown is taken along.
    whole = session.differing_rows()["household_id"].to_list()
    assert len(set(whole)) == page.count
    session.ask("number", page.pages - 1)
    assert session.differing()[0].rows[-1]["household_id"] == whole[-1]
    session.ask("search", whole[3])
    (row,) = load_workbook(io.BytesIO(list_file(session, ZH, "xlsx").content)).get_sheet_by_index(0).to_python()[1:]
    assert whole[3] in row
    assert set(row) & {"规则为蓝、模型偏高", "规则为红、模型偏低"}


def test_back_keeps_the_list_at_its_page(store):
    made = EarlyWarningPage(WarningSession(store, ROUND, COUNTY), ZH)
    made._show_asked()
    made.session.ask("number", 1)
    household = made.session.picked().rows[0]["household_id"]
    made._take({"do": "household", "household": household, "county": COUNTY})
    nothing = {"row": "", "band": "", "view": "", "household": "", "household_county": ""}
    made._went(nothing)
    assert (made.session.household, made.session.picked().number) == ("", 1)
    made._went(nothing | {"view": "visits"})
    assert (made.session.view, made.views.value) == ("visits", "visits")
    # What no address can ask for is left aside.
    made._went(nothing | {"row": "nobody", "view": "x"})
    assert (made.session.standing, made.session.view) == ("", "visits")


def test_every_view_speaks_one_language(session):
    for view in (matrix_html, picked_html, visits_html, disagreements_html):
        for standing in STANDINGS:
            session.pick(standing, "")
            names = set(session.frame["township"]) | set(session.frame["village"])
            html = str(view(session, Language("en")))
            for name in sorted(filter(None, names), key=len, reverse=True):
                html = html.replace(name, "")
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in html), view


def test_without_scores_all_stand_under_not_scored(tmp_path):
    session = WarningSession(simulated_store(tmp_path), ROUND, COUNTY)
    assert not session.scored
    assert {band for _, band in session.matrix()} == {None}
    assert session.picked().count == len(session.frame)


def test_reasons_are_read_of_the_rows_that_are_shown_and_are_those_of_the_scores(session):
    assert "reasons" not in session.frame.columns
    whole = early_warning_frame(session.round_scope, {}, reasons=True)
    expected = dict(whole.select("household_id", "reasons").iter_rows())
    rows = session.frame.filter(pl.col("household_id").is_in(whole["household_id"].to_list())).head(300).to_dicts()
    shown = with_reasons(session.round_scope, [*rows, {**rows[0], "p_slip": None}])
    assert [row["reasons"] for row in shown[:-1]] == [expected[row["household_id"]] for row in rows]
    assert shown[-1]["reasons"] is None
    assert with_reasons(session.round_scope, []) == []


def test_a_round_without_scores_or_changed_since_leads_whoever_may_to_the_scoring(tmp_path, monkeypatch):
    store = simulated_store(tmp_path)
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    unscored = EarlyWarningPage(WarningSession(store, ROUND, COUNTY), ZH)
    assert unscored.session.wants_scoring
    unscored._look("visits")
    assert 'role="alert"' in unscored.message.value
    # Whatever the view says of it: what was never scored is not scored anew.
    assert "给这一期评分" in unscored.message.value
    assert "重新评分" not in unscored.message.value
    put_scores(store, Origin(simulated=True))
    assert not WarningSession(store, ROUND, COUNTY).wants_scoring
    page = EarlyWarningPage(WarningSession(store, ROUND, COUNTY), ZH)
    assert "data-scoring" not in page.message.value
    table = pl.DataFrame(store.read(ROUND, COUNTY)).with_columns(income_pc=pl.col("income_pc") + 1)
    store.write(ROUND, {COUNTY: table.to_arrow(compat_level=pl.CompatLevel.oldest())}, Origin(simulated=True))
    session = WarningSession(store, ROUND, COUNTY)
    assert session.wants_scoring
    page = EarlyWarningPage(session, ZH)
    assert f'href="../../jobs?round={ROUND}&amp;county={COUNTY}#score"' in page.message.value
    for role, area in (("county_officer", Area(COUNTY)), ("analyst", Area()), ("city_reader", Area())):
        link = scoring_link(session, Person("a", ROLES[role], area))
        assert (link is not None) == (role != "city_reader")


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """A city of two counties whose households have the very same numbers; what its first household is called."""
    simulated, made = simulated_store(tmp_path / "city"), FactStore(tmp_path / "twice")
    table = simulated.read(ROUND, COUNTY)
    made.write(ROUND, {COUNTY: table, OTHER: table}, Origin(simulated=True))
    monkeypatch.setenv("WORKBENCH_STORE", str(made.root))
    return made, table["household_id"][0].as_py()


@pytest.mark.parametrize("county", [COUNTY, OTHER])
def test_a_number_that_two_counties_have_opens_the_household_that_was_picked(twice, county):
    store, household = twice
    page = EarlyWarningPage(WarningSession(store, ROUND), ZH)
    page._take({"do": "household", "household": household, "county": county})
    assert county_name(county, ZH) in page.story.html
    # From its address the very same household, and back to the lists of the whole city.
    address = page.frame.address.parameters
    again = EarlyWarningPage.of_address(ZH, address)
    assert again.frame.notice.value == ""
    assert county_name(county, ZH) in again.story.html
    again._take({"do": "back"})
    again._take({"do": "list", "key": "sort", "value": "income"})
    assert again.session.household == again.frame.address.parameters["household"] == ""
    assert again.session.county == ""


def test_a_number_that_two_counties_have_is_refused_without_its_county_and_the_lists_go_on(twice):
    _, household = twice
    page = EarlyWarningPage.of_address(ZH, {"round": ROUND, "household": household})
    assert "不止一户" in page.frame.notice.value
    page._take({"do": "list", "key": "sort", "value": "income"})
    assert page.session.list.sort == "income"


def test_the_villages_of_a_township_are_offered_in_every_list(session):
    township, *_ = session.picked().townships
    for view, html in (("matrix", picked_html), ("visits", visits_html)):
        session.look(view)
        session.ask("township", township)
        shown = str(html(session, ZH))
        villages = (session.visits()[0] if view == "visits" else session.picked()).villages
        assert len(villages) > 1
        assert all(f'<option value="{village}">' in shown for village in villages)
