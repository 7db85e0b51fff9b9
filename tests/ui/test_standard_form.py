"""The form of a county's standard below the browser: what is typed, what is wrong with it, and what is taken over from a file."""

import pytest

from tests.ui.scored import ROUND, scored_store
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import read_standard
from workbench.errors import InputError, StandardError
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.form.group_fields import GroupsField
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY = "341522"
WRONG = "wb-field-wrong"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def page(store):
    return CountyStandardPage(StandardSession(store, ROUND, COUNTY), Language("zh"))


def test_an_emptied_ceiling_stays_empty_and_is_no_ceiling(page):
    """A box of numbers went back to the value before, be it the −1 that had been refused (issue 15)."""
    ceiling, session = page.form.ceiling, page.session
    ceiling.box.value = "-1"
    assert ceiling.wrong
    assert WRONG in ceiling._dom_classes
    ceiling.box.value = ""
    assert (ceiling.box.value, list(session.problems)) == ("", ["income.ceiling"])
    assert "缺少此项" in ceiling._message.value
    assert session.standard.income.ceiling.multiple == 1.5
    # Turned to the other unit nothing comes back either.
    ceiling.unit.value = "yuan"
    assert (ceiling.box.value, list(session.problems)) == ("", ["income.ceiling"])
    ceiling.box.value = "五千元"
    assert (ceiling.box.value, session.standard.income.ceiling.yuan) == ("5000", 5_000)
    assert WRONG not in ceiling._dom_classes


@pytest.mark.parametrize(("typed", "multiple"), [("1.6倍", 1.6), ("１．６", 1.6), ("2", 2.0)])
def test_a_ceiling_is_written_as_other_amounts_are(page, typed, multiple):
    page.form.ceiling.box.value = typed
    assert page.session.standard.income.ceiling.multiple == multiple
    assert page.form.ceiling.box.value == f"{multiple:g}"
    assert page.form.ceiling.slider.value == multiple


def test_a_moved_slider_keeps_its_range_under_the_hand(page):
    ceiling = page.form.ceiling
    ceiling.box.value = "5"
    slider = ceiling.slider
    slider.value = 2.0
    assert (ceiling.slider is slider, ceiling.box.value) == (True, "2")


def test_what_is_wrong_with_a_group_is_said_under_that_group(page):
    groups = next(each for each in page.form.fields if isinstance(each, GroupsField))
    groups.ceilings["illness"].value = "abc"
    assert "abc: 应为数字" in groups._wrong["illness"].value
    assert WRONG in groups.ceilings["illness"]._dom_classes
    assert groups.wrong
    # Once, and not under the whole list again.
    assert "abc" not in groups._message.value
    assert [name for name, said in groups._wrong.items() if "wb-error" in said.value] == ["illness"]
    # Its place is below the row of the group.
    rows = list(groups.rows.children)
    assert groups._wrong["illness"] in next(row for row in rows if groups.ceilings["illness"] in row.children).children
    groups.ceilings["illness"].value = "1.8"
    assert "wb-error" not in groups._wrong["illness"].value
    assert WRONG not in groups.ceilings["illness"]._dom_classes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("help_cost: abc", "abc: 应为元数"),
        ("income: {ceiling: {multiple: -1}}", "-1: 上限不得低于扶贫标准"),
        ("income: {ceiling: {multiple: 0.5}}", "0.5: 上限不得低于扶贫标准"),
        # In a file the quotes are what is wrong.
        ("income: {ceiling: {multiple: '1.5'}}", "'1.5': 应为数字"),
        ("require_group: 'true'", "'true': 应为 true"),
    ],
)
def test_a_value_is_said_as_it_was_written(text, said):
    with pytest.raises(StandardError) as refused:
        read_standard("\n".join([*(["income: {ceiling: {multiple: 1.5}}"] if "income" not in text else []), text]))
    assert said in " ".join(words.zh for words in refused.value.problems.values())


def test_a_file_without_name_or_day_leaves_those_of_the_form(page):
    """As trying a point of the frontier does: without a day nothing can be submitted (issue 15)."""
    session = page.session
    session.put(keys.TITLE, "霍邱县边缘户标准")
    session.put(keys.EFFECTIVE, "2019-11-12")
    page._load(b"income: {ceiling: {multiple: 1.2}}\n")
    assert session.standard.income.ceiling.multiple == 1.2
    assert (session.standard.title, str(session.standard.effective)) == ("霍邱县边缘户标准", "2019-11-12")
    assert "文件没有写标准名称、施行日期，仍是原来填的" in page.frame.notice.value
    page._load("title: 另一个\nincome: {ceiling: {multiple: 1.3}}\n".encode())
    assert session.standard.title == "另一个"
    assert "文件没有写施行日期" in page.frame.notice.value
    page._load("title: 另一个\neffective: 2019-11-13\nincome: {ceiling: {multiple: 1.3}}\n".encode())
    assert "没有写" not in page.frame.notice.value
    # What this page kept itself comes back as it was, an emptied name too.
    session.put(keys.TITLE, None)
    text = session.yaml()
    session.put(keys.TITLE, "又一个")
    page._restore(text)
    assert session.standard.title is None


def test_what_was_said_of_a_choice_goes_when_the_choice_is_changed(page):
    page.frame.fail(InputError("2019-10-16 起已有第 2 版"))
    assert "已有第 2 版" in page.frame.notice.value
    page.session.put(keys.EFFECTIVE, "2019-11-12")
    assert page.frame.notice.value == ""
