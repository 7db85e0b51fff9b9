"""Amounts as officials write them are read alike, and what may mean two numbers is none."""

import pytest

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import parse_standard
from workbench.errors import StandardError
from workbench.ui.kit.controls.fields import AmountField
from workbench.ui.kit.controls.written_numbers import number_or_text
from workbench.ui.kit.texts.language import Language


@pytest.mark.parametrize(
    "text", ["80000", "80,000", "８０，０００", "8万", "8 万元", "八万", "八万元", "80,000元", "8.0万", "80千"]
)
def test_one_amount_in_every_writing(text):
    assert number_or_text(text, unit="元") == 80_000.0


@pytest.mark.parametrize(("text", "number"), [
    ("1.1万", 11_000.0), ("十五万", 150_000.0), ("一万二千", 12_000.0), ("八万零五", 80_005.0), ("两千", 2_000.0),
    ("三百二十", 320.0), ("一亿二千万", 120_000_000.0), ("零", 0.0), ("", None),
])  # fmt: skip
def test_words_are_numbers(text, number):
    assert number_or_text(text, unit="元") == number


@pytest.mark.parametrize("text", ["八万五", "8万5", "二〇一九", "万", "很多", "1.5倍", "五十五百"])
def test_what_may_mean_two_numbers_stays_what_was_typed(text):
    assert number_or_text(text, unit="元") == text


def test_a_multiple_is_not_written_in_yuan():
    assert number_or_text("6000元") == "6000元"


def test_the_field_shows_the_amount_as_it_was_understood():
    put = []
    field = AmountField(Language("zh"), lambda key, value: put.append((key, value)), keys.BUDGET, "预算")
    field.box.value = "八万"
    assert (put, field.box.value) == ([(keys.BUDGET, 80_000.0)], "80000")


def test_what_is_refused_is_said_how_to_write():
    with pytest.raises(StandardError) as refused:
        parse_standard({"income": {"ceiling": {"multiple": 1.5}}, "budget": "八万五"})
    assert "如 80000" in refused.value.problems["budget"].zh
