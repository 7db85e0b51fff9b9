"""What is said of a version of a county's standard."""

import datetime as dt
from dataclasses import replace

from workbench.domain.rules.standard import parse_standard
from workbench.register.standards.in_force import Source, StandardInUse, Version
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.procedure.asked_first import as_in_force
from workbench.ui.pages.county_standard.procedure.version_texts import drafted_words, figures, since_approved

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


def test_a_draft_without_a_day_is_not_said_to_be_ready_to_be_submitted():
    made = parse_standard({"income": {"ceiling": {"multiple": 1.2}}})
    without = Version(1, "341524", 4, "", None, "draft", made)
    said = drafted_words(without, Language("zh"))
    assert "第 4 版" in said
    assert "没有施行日期" in said
    assert "点“提交”" not in said
    dated = replace(without, standard=made.model_copy(update={"effective": dt.date(2019, 10, 20)}))
    assert "点“提交”" in drafted_words(dated, Language("zh"))


def test_a_version_that_is_the_one_in_force_under_another_name_is_asked_about():
    made = parse_standard({"title": "甲", "income": {"ceiling": {"multiple": 1.2}}})
    in_use = StandardInUse(made, Source.APPROVED, Version(1, "341524", 2, "", None, "approved", made))
    t = Language("zh")
    (asked,) = as_in_force(in_use, made.model_copy(update={"title": "乙"}), t)
    assert "第 2 版" in asked
    assert as_in_force(in_use, made.model_copy(update={"budget": 80_000.0}), t) == []
    assert as_in_force(StandardInUse(made, Source.REFERENCE), made, t) == []
