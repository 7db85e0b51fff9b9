"""A reason names the household's own figures, in each language whole; unknown is never nought."""

import pytest

from workbench.risk.scoring.reason_figures import figures_of
from workbench.risk.scoring.reason_topics import TOPIC

FACTS = {
    "income_pc": 5_230.0, "net_income": 28_837.0, "out_of_pocket": 12_400.0, "income_wage": 6_000.0, "income_business": 18_000.0,
    "income_transfer": None, "seriously_ill": 1, "chronically_ill": 0, "disabled": None, "labour": 0, "work_months": 3.5,
    "persons": 4, "students": 2, "land_mu": 1.2, "has_car": True, "has_business": False, "housing_grade": "C", "medical": 2,
    "food": 0, "disaster": True, "family_change": None, "exit_year": 2018, "x_rooms": 3.0, "x_dog": True,
}  # fmt: skip


@pytest.mark.parametrize(("topic", "zh", "en"), [
    ("spending", "自付支出 12,400 元，占收入 43%", "out-of-pocket spending 12,400 yuan, 43% of income"),
    ("income", "人均纯收入 5,230 元", "income 5,230 yuan a person"),
    ("income_parts", "生产经营性收入 18,000 元", "18,000 yuan"),
    ("health", "大病 1 人", "seriously ill 1"),
    ("work", "劳动力 0 人，务工月数 3.5 月", "full labour 0, months of paid work 3.5"),
    ("assets", "耕地面积 1.2 亩，有消费型车辆", "arable land 1.2 mu, owns a car"),
    ("x_rooms", "rooms 3", "rooms 3"),
    ("x_dog", "dog：是", "dog: yes"),
])  # fmt: skip
def test_the_facts_on_the_topic_are_named_with_their_values(topic, zh, en):
    words = figures_of(topic, FACTS)
    assert words is not None
    assert words.zh == zh
    assert words.en.endswith(en)


def test_a_change_names_both_rounds_and_without_an_earlier_one_only_this():
    changed = figures_of("income_change", FACTS, {"income_pc": 7_000.0})
    assert changed is not None
    assert "7,000" in changed.zh
    assert "5,230" in changed.en
    risen = figures_of("income_change", FACTS, {"income_pc": 3_000.0})
    assert risen is not None
    # Named beside "has fallen or fluctuated": a rise is said to be one, and what tells against the household is the year before.
    assert "只有 3,000 元" in risen.zh
    assert "only 3,000 yuan" in risen.en
    assert "变为" not in risen.zh
    assert figures_of("income_change", FACTS, {"income_pc": None}) == figures_of("income", FACTS)
    assert figures_of("income_change", FACTS, None) == figures_of("income", FACTS)


@pytest.mark.parametrize("topic", [*TOPIC, "x_rooms"])
def test_what_is_not_known_is_not_said(topic):
    assert figures_of(topic, {}) is None
    assert figures_of(topic, dict.fromkeys(FACTS)) is None


@pytest.mark.parametrize("net", [0.0, -500.0, None])
def test_there_is_no_share_of_an_income_that_is_none(net):
    words = figures_of("spending", FACTS | {"net_income": net})
    assert words is not None
    assert "%" not in words.zh + words.en


ALL_PARTS = FACTS | {"income_property": 0.0, "income_transfer": 0.0}


def test_the_share_of_a_part_is_said_where_all_are_known():
    words = figures_of("income_parts", ALL_PARTS)
    assert words is not None
    assert words.zh == "生产经营性收入 18,000 元，占各项收入 75%"
    assert words.en == "business income 18,000 yuan, 75% of all income"


@pytest.mark.parametrize("part", ["income_wage", "income_business", "income_property", "income_transfer"])
def test_there_is_no_share_where_a_part_is_not_known(part):
    for facts in (ALL_PARTS | {part: None}, {name: value for name, value in ALL_PARTS.items() if name != part}):
        words = figures_of("income_parts", facts)
        assert words is not None
        assert "%" not in words.zh + words.en


def test_only_what_is_there_is_listed_of_what_may_be_absent():
    for topic, absent in (
        ("groups", "family change"),
        ("health", "disabled"),
        ("assets", "business"),
        ("guarantees", "food"),
    ):
        words = figures_of(topic, FACTS)
        assert words is not None
        assert absent not in words.en
