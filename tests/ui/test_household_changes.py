"""What would change a household's result: for the better or the worse, and nothing that is no advice."""

import pytest

from workbench.domain.rules.counterfactual import Change
from workbench.domain.rules.explanation import Explanation
from workbench.ui.kit.household.changes import change_sentences
from workbench.ui.kit.texts.language import Language


def explained(result, *changes):
    return Explanation(result, [], [], [], list(changes))


@pytest.mark.parametrize(("result", "after", "word"), [
    (1, 3, "For the better"), (3, 1, "For the worse"), (2, "below_line", "For the worse"), ("out", "in", "For the worse"),
    ("in", "out", "For the better"), ("below_line", "in", "For the better"),
])  # fmt: skip
def test_each_change_says_whether_it_is_for_the_better(result, after, word):
    change = Change("income_pc", 5_000.0, 6_000.0, after, 1000)
    (sentence,) = change_sentences(explained(result, change), Language("en"))
    assert sentence.startswith(word)
    assert "6,000" in sentence


@pytest.mark.parametrize("change", [
    Change("work_months", 3.0, 2.9, 2, 1), Change("exit_year", 2016, 2018, 2, 2), Change("previous_income_pc", 1.0, 2.0, 3, 1),
])  # fmt: skip
def test_what_is_no_advice_is_left_out(change):
    assert change_sentences(explained(2 if change.result == 3 else 3, change), Language("zh")) == []


@pytest.mark.parametrize("change", [
    Change("has_commercial_housing", True, False, "in", 1), Change("has_car", False, True, "out", 1),
    Change("illness", True, False, "out", 1), Change("seriously_ill", 1, 0, "out", 1),
])  # fmt: skip
def test_what_nobody_brings_about_is_said_as_something_to_verify(change):
    (sentence,) = change_sentences(explained("out" if change.result == "in" else "in", change), Language("zh"))
    assert sentence.startswith("核实若不同：")


def test_what_may_befall_a_household_is_said():
    change = Change("seriously_ill", 0, 1, 1, 1)
    (sentence,) = change_sentences(explained(3, change), Language("zh"))
    assert sentence.startswith("转差：")


def test_changes_alike_but_for_their_fact_are_one_sentence_and_hide_no_other():
    guarantees = [Change(name, 0, 1, 2, 1) for name in ("food", "clothing", "education", "medical", "housing", "water")]
    others = [Change("income_pc", 9_000.0, 5_900.0, 2, 1000)]
    same, other = change_sentences(explained(3, *guarantees, *others), Language("zh"))
    assert same.startswith("转差：吃饭、穿衣、")
    assert "任一项由 无困难 变为 潜在困难" in same
    assert "5,900" in other
