"""What is said of a version of a county's standard."""

from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.procedure.version_texts import figures, since_approved

_T = Language("zh")
_REST = "income: {ceiling: {multiple: 1.5}}\n"


def row(version, state, text):
    return {"version": version, "state": state, "text": text}


def test_a_version_says_what_it_has_otherwise_than_the_approved_one_before_it():
    first = row(1, "approved", f"title: 甲\n{_REST}")
    withdrawn = row(2, "withdrawn", "title: 乙\nincome: {ceiling: {multiple: 1.9}}\n")
    # Of one ceiling: what tells them apart is a group of the county's own.
    second = row(3, "approved", f"title: 丙\n{_REST}own_groups: {{x_elderly_alone: 纯老人户}}\n")
    number, differing = since_approved(second, [second, withdrawn, first], _T)
    assert number == 1
    assert ("本县自定的重点群体", "无", "纯老人户") in differing
    assert not any("x_" in text for each in differing for text in each)


def test_nothing_is_said_where_no_version_was_approved_before_or_a_text_cannot_be_read():
    first, second = row(1, "draft", "title: 甲\n"), row(2, "approved", "title: 乙\n")
    assert since_approved(second, [second, first], _T) is None
    assert since_approved(row(3, "draft", "income: 3"), [second], _T) is None


def test_the_figures_of_a_submission_say_who_comes_in_as_well_as_who_leaves():
    said = figures({"newly_in": 9, "leaving": 0, "cannot_tell": 20, "cost": 162000}, _T)
    assert said == ["新增 9 户", "退出 0 户", "不能判定 20 户", "16.2 万元"]
