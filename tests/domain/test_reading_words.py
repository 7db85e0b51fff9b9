"""How a reading combines its criteria, in words: the sentence under every list of criteria."""

import pytest

from workbench.domain.rules.criteria import CRITERION
from workbench.domain.rules.legal_readings import criteria_of, in_words, reading, readings, tiers_in_words


def test_the_default_reading_is_said_as_the_contract_has_it():
    said = tiers_in_words(reading("default"))
    assert said.zh == (
        "一级（红）：“两不愁三保障”有困难，并且无劳力、无资源、无稳定收入、刚性支出增大任一项；或无劳力、无资源、无稳定收入同时成立。"
        "二级（黄）：不属一级，而“两不愁三保障”有困难、“两不愁三保障”有潜在困难、收入接近扶贫标准任一项；"
        "或产业规模小、劳动技能不强、就业不够稳定、发展资金不足中至少 2 项。都不成立的为三级（蓝）。"
    )


@pytest.mark.parametrize("name", sorted(readings()))
def test_every_criterion_of_a_reading_is_named_in_both_languages(name):
    each, said = reading(name), tiers_in_words(reading(name))
    for criterion in criteria_of(each.tier_1) | criteria_of(each.tier_2):
        assert CRITERION[criterion].zh in said.zh
        assert CRITERION[criterion].en in said.en


def test_what_belongs_together_stands_in_brackets_where_it_could_be_read_otherwise():
    # A difficulty in either case: without brackets the three together would do without one.
    said = in_words(reading("both_halves").tier_1)
    assert said.zh == "“两不愁三保障”有困难，并且（刚性支出增大；或无劳力、无资源、无稳定收入同时成立）"
    assert (
        said.en
        == "difficulty with one of the guarantees, and (rigid expenditure; or all of no labour, no resources, no stable income)"
    )


def test_parts_of_several_kinds_are_told_apart():
    condition = {"any": ["no_labour", {"at_least": {"count": 2, "of": ["weak_skills", "unstable_work", "near_line"]}}]}
    assert in_words(condition).zh == "无劳力；或劳动技能不强、就业不够稳定、收入接近扶贫标准中至少 2 项"
