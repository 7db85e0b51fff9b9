"""The county-standard page below the browser: what a turn to another county leaves, and what is taken over as a whole."""

import datetime as dt
from io import BytesIO

import polars as pl
import pytest
from python_calamine import load_workbook

from tests.ui.scored import ROUND, scored_store
from tests.ui.stores import changed_by
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import parse_standard, standard_data, write_standard
from workbench.store.facts import FactStore
from workbench.ui.kit.files.file_choice import LARGEST
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY, OTHER = "341522", "341524"
ZH = Language("zh")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def page(store):
    return CountyStandardPage(StandardSession(store, ROUND, COUNTY), ZH)


def turn(page):
    page.frame.county.value = OTHER
    assert page.session.county == OTHER


def test_a_budget_that_was_typed_is_of_its_county(page):
    budget = page.results.budget
    page.session.put(keys.HELP_COST, 3_000.0)
    page.session.put(keys.BUDGET, 87_654.0)
    assert "87,654" in budget.pane.html
    turn(page)
    assert "87,654" not in budget.pane.html
    page.session.put(keys.HELP_COST, 3_000.0)
    page.session.put(keys.BUDGET, 12_000.0)
    assert "12,000" in budget.pane.html


def test_the_comparison_by_household_begins_unfiltered_in_another_county(page):
    opened = next(each for each in page.results.expandables if each.button.tooltip == "谁进谁出：逐户比较")
    pane, _download = opened._content.children
    opened.button.value = True
    page.session.put(keys.CEILING, {"multiple": 1.9})
    township = changed_by(page.session)["township"][0]
    pane._on_choice({"do": "list", "key": "township", "value": township})
    turn(page)
    page.session.put(keys.CEILING, {"multiple": 1.9})
    assert f"共 {ZH.number(len(changed_by(page.session)))} 户" in pane.html


def lists_of(page):
    return {
        "hindsight": (page.results.hindsight.list, page.results.hindsight.picture),
        "expected": (page.results.model.expected.list, page.results.model.expected.picture),
    }


@pytest.mark.parametrize("name", ["hindsight", "expected"])
def test_a_list_behind_a_picture_begins_unfiltered_in_another_county(page, name):
    listed, picture = lists_of(page)[name]
    picture.live.chosen = "other" if name == "hindsight" else "caught"
    frame = listed._chosen().frame
    listed._take({"do": "list", "key": "township", "value": frame["township"][0]})
    turn(page)
    assert listed._chosen().frame.height > 0
    _header, *rows = load_workbook(BytesIO(listed.file().content)).get_sheet_by_index(0).to_python()
    assert len(rows) == listed._chosen().frame.height


def test_a_route_that_a_county_does_not_have_holds_no_ceiling_of_another(page):
    field = next(each for each in page.form.fields if getattr(each, "path", "") == keys.route("income_drop"))
    page._load(b"income: {ceiling: {multiple: 1.5}}\nroutes: {income_drop: {share: 0.2, ceiling: {yuan: 7777}}}")
    assert field._ceiling == {"yuan": 7777}
    turn(page)
    field.taken.value = True
    assert standard_data(page.session.standard)["routes"]["income_drop"] == {"share": 0.5, "ceiling": {"multiple": 2.0}}


def in_yuan(page):
    data = standard_data(page.session.standard)
    return parse_standard({**data, "income": {**data["income"], "ceiling": {"yuan": 5000.0}}})


@pytest.mark.parametrize("way", ["try", "adopt"])
def test_the_figures_follow_the_slider_of_a_standard_that_was_taken_over(page, way):
    standard = in_yuan(page)
    if way == "try":
        page._try(standard)
    else:
        page.session.load_standard(standard)
        page.versions._adopt()
    positions = page.form.ceiling.positions()
    curve, exact = page.results.figures.curve, page.results.figures.exact
    assert (curve["minimum"], curve["step"]) == (positions[0], pytest.approx(positions[1] - positions[0]))
    assert len(curve["inside"]) == len(positions)
    assert exact["position"] == page.form.ceiling.slider.value == 5000.0


def test_figures_stay_dimmed_while_what_was_not_taken_over_is_wrong(page):
    page.session.put(keys.HELP_COST, "很多")
    page.session.put(keys.CEILING, {"yuan": 5000.0})
    page.versions._adopt()
    assert page.session.problems
    assert page.results.figures.facts["stale"]


def test_a_standard_that_is_too_large_to_be_one_is_said_to_be(page):
    upload = page.form.children[-1]
    upload._handle_custom_msg({"kind": "file", "name": "x.yaml", "size": LARGEST + 1}, [memoryview(b"x")])
    assert "文件太大" in page.frame.notice.value
    upload._handle_custom_msg({"kind": "file", "name": "x.yaml", "size": 9}, [memoryview(b"income: 3")])
    assert "income" in page.frame.notice.value
    upload._handle_custom_msg(
        {"kind": "file", "name": "x.yaml", "size": 9}, [memoryview(write_standard(in_yuan(page)).encode())]
    )
    assert page.session.standard.income.ceiling.yuan == 5000.0


def test_a_county_without_unregistered_households_is_told_so_and_shown_no_tables_of_noughts(store, tmp_path):
    """Of two counties one has none in the round: turning to it hides what would count nobody, and turning back shows it again."""
    emptied = FactStore(tmp_path)
    for name in store.rounds_of(COUNTY):
        facts = {code: pl.DataFrame(store.read(name, code)) for code in (COUNTY, OTHER)}
        facts[OTHER] = facts[OTHER].filter(pl.col("kind") != "unregistered")
        arrow = {code: frame.to_arrow(compat_level=pl.CompatLevel.oldest()) for code, frame in facts.items()}
        emptied.write(name, arrow, store.origin(name))
    page = CountyStandardPage(StandardSession(emptied, ROUND, COUNTY), ZH)
    results = page.results
    results.turn()
    page._refresh()
    assert {each.layout.display for each in results._of_households} == {None}
    turn(page)
    assert "没有未建档立卡户的数据" in results.notes.value
    assert "intake.ipynb" in results.notes.value
    assert {each.layout.display for each in results._of_households} == {"none"}
    # What the style sheet shows as a grid, come what may, is hidden by the box around it.
    assert not any("wb-beside" in each._dom_classes for each in results._of_households)
    page.frame.county.value = COUNTY
    assert "data-nobody" not in results.notes.value
    assert {each.layout.display for each in results._of_households} == {None}


def test_the_day_of_effect_is_typed_as_people_write_a_day(page):
    field = page.form.fields[-1]
    page.session.put(keys.EFFECTIVE, "2020-02-01")
    page._show_form()
    assert field.box.value == "2020-02-01"
    for typed in ("2020-03-01", "2020年3月1日", "20200301"):
        field.box.value = typed
        assert (field.box.value, page.session.standard.effective) == ("2020-03-01", dt.date(2020, 3, 1))
        field.box.value = ""
        assert page.session.standard.effective is None
    field.box.value = "明年三月"
    assert field.box.value == "明年三月"
    assert "2020-03-01" not in str(page.session.problems)
    assert any(keys.EFFECTIVE in key for key in page.session.problems)
    field.box.value = ""


def test_the_price_of_one_more_is_said_of_the_past_and_of_the_next_round(page):
    """Each alone leads elsewhere; and scored, the round itself may have nobody just above the ceiling."""
    budget = page.results.budget
    page.session.put(keys.CEILING, {"multiple": 1.5})
    page._refresh()
    assert "data-margin" in budget.pane.html
    assert "data-past-margin" in budget.pane.html
    page.session.put("groups", [])  # nobody is in any group listed, however high the ceiling
    assert "上限再提高扶贫标准的 5%，本期没有多纳入一户。" in budget.pane.html
    assert "data-past-margin" in budget.pane.html


def test_the_figures_of_who_comes_and_goes_follow_what_is_compared_with(page):
    figures = page.results.figures
    position = page.form.ceiling.positions().index(1.5)
    assert (figures.curve["newly_in"][position], figures.curve["leaving"][position]) == (0, 0)
    data = standard_data(page.session.standard)
    stricter = parse_standard({**data, "income": {**data["income"], "ceiling": {"multiple": 1.1}}})
    page.session.compare_with(write_standard(stricter).encode())
    # The browser reads them from the curve: one that came with the standard before would say that nobody does.
    assert figures.curve["newly_in"][position] == figures.exact["newly_in"] > 0


@pytest.mark.parametrize("yuan", [6_300.0, 5_000.0, 4_828.5])
def test_another_way_to_write_a_ceiling_moves_nobody(page, yuan):
    ceiling = page.form.ceiling
    ceiling.unit.value = "yuan"
    ceiling.box.value = str(yuan)
    before = page.session.breakdown().totals
    ceiling.unit.value = "multiple"
    written = page.session.standard.income.ceiling.multiple
    # Down to the last decimal that a multiple may have (four), and never above.
    assert yuan - ceiling.line / 10_000 < written * ceiling.line <= yuan
    assert page.session.breakdown().totals.inside == before.inside
    assert float(ceiling.box.value) == written
    ceiling.unit.value = "yuan"
    assert page.session.standard.income.ceiling.yuan == pytest.approx(written * ceiling.line, abs=0.01)


@pytest.mark.parametrize(
    ("yuan", "said"),
    [(4_827.0, "1.5 倍 = 4,827 元"), (6_000.0, "约 1.86 倍，6,000 元"), (4_830.0, "约 1.5 倍，4,830 元")],
)
def test_what_is_rounded_is_not_said_to_equal(page, yuan, said):
    """A ceiling of 5,118 yuan stood as "1.28 倍 = 5,118 元" where 1.28 times the line is 5,120."""
    ceiling = page.form.ceiling
    assert ceiling.line == 3218
    ceiling.unit.value = "yuan"
    ceiling.box.value = str(yuan)
    assert said in ceiling.equal.value


def shown_at(page):
    """Whether the browser finds a count for where the slider stands: the kernel's own, or one of the curve."""
    figures, value = page.results.figures, page.form.ceiling.slider.value
    curve = figures.curve
    place = round((value - curve["minimum"]) / curve["step"])
    return figures.exact["position"] == value or 0 <= place < len(curve["inside"])


@pytest.mark.parametrize("typed", [99.0, 6_000.0, 3.5])
def test_figures_stand_where_the_slider_went_for_a_ceiling_beyond_it(page, typed):
    ceiling = page.form.ceiling
    ceiling.box.value = str(typed)
    figures = page.results.figures
    # The slider is another one by then: counted for the positions of the one before it would show no figure at all.
    assert figures.exact["position"] == ceiling.slider.value
    assert len(figures.curve["inside"]) == len(ceiling.positions())
    assert figures.exact["inside"] == page.session.breakdown().totals.inside.households
    ceiling.box.value = "1.5"
    assert (figures.exact["position"], ceiling.slider.max) == (1.5, 3.0)


def test_a_ceiling_that_is_refused_leaves_the_last_valid_figures(page):
    ceiling, figures = page.form.ceiling, page.results.figures
    ceiling.box.value = "6000"
    before = dict(figures.exact)
    ceiling.box.value = "-3"
    assert page.session.problems
    assert figures.exact == before
    assert shown_at(page)
    assert figures.facts["stale"]


def test_while_it_counts_the_page_says_so_until_all_of_it_is_of_one_choice(page):
    seen = []
    figures = page.results.figures
    figures.observe(lambda change: seen.append(("working", change["new"])), "working")
    figures.observe(lambda _change: seen.append(("figures", figures.working)), "exact")
    page.results.budget.pane.observe(lambda _change: seen.append(("budget", figures.working)), "html")
    page.form.ceiling.box.value = "1.7"
    assert seen[0] == ("working", True)
    assert {("figures", True), ("budget", True)} <= set(seen)
    assert seen[-1] == ("working", False)


def test_a_count_that_fails_does_not_stay_at_work(page, monkeypatch):
    def fails(*_given):
        raise RuntimeError

    monkeypatch.setattr(page.results.hindsight, "refresh", fails)
    page.form.ceiling.box.value = "1.7"
    assert not page.results.figures.working
    assert page.results.figures.facts["stale"]


def test_a_day_of_effect_alone_is_not_passed_over(page):
    assert "data-days" not in page.results.comparison.html
    against = page.session.against.standard
    page.session.compare_with(write_standard(against.model_copy(update={"effective": dt.date(2019, 10, 16)})).encode())
    page.session.put(keys.EFFECTIVE, "2019-10-17")
    html = page.results.comparison.html
    assert "两个标准相同。" in html
    assert "2019-10-16，本次选择 2019-10-17" in html


def offered(page, typed, text=""):
    page.draft._take(None, {"kind": "kept", "key": page.draft.key, "text": text, "typed": typed}, None)


def test_what_was_typed_as_the_page_was_left_is_typed_again(page):
    offered(page, {"title": "今年的标准", "budget": "八万", "effective": "2019-10-20", "ceiling": "1.62"})
    standard = page.session.standard
    assert (standard.title, standard.budget, standard.effective) == ("今年的标准", 80_000.0, dt.date(2019, 10, 20))
    assert standard.income.ceiling.multiple == 1.62
    assert page.restored.layout.display is None
    # In the characters of the browser, and after the choice that holds it was kept.
    assert page.draft.taken["ceiling"] == "1.62"
    assert page.draft.taken["effective"] == "2019-10-20"
    assert "今年的标准" in page.draft.text


def test_a_ceiling_that_is_no_number_is_typed_again_with_what_is_wrong_and_counts_for_nothing(page):
    before = page.session.standard.income.ceiling
    offered(page, {"ceiling": "x"})
    assert page.session.standard.income.ceiling == before
    assert "应为数字" in page.session.problems["income.ceiling.multiple"].zh


@pytest.mark.parametrize("typed", [{"nothing": "1"}, {"title": 3}, ["title"], "x", None])
def test_what_no_control_holds_is_dropped(page, typed):
    before = page.session.standard.income.ceiling
    offered(page, typed)
    assert page.session.standard.income.ceiling == before
    assert not page.session.problems
