"""At the ceiling: help that works is seen, help that does not is not, and where nothing can be told that is said."""

from dataclasses import replace

import polars as pl
import pytest

from tests.register.conftest import COUNTY
from tests.risk.helped_county import ROUNDS, helped_county
from workbench.risk.help.ceiling_effect import CeilingEffect, Verdict, _verdict_of, ceiling_effect
from workbench.risk.help.discontinuity import Jump
from workbench.risk.help.effect_words import effect_words, error_words, width_words
from workbench.store.facts import FactStore


@pytest.fixture(scope="module")
def spared(tmp_path_factory):
    return helped_county(tmp_path_factory.mktemp("spared"), 6_000, 0.6)


def test_help_that_works_is_seen(spared):
    effect = ceiling_effect(spared, COUNTY)
    assert effect.verdict is Verdict.FEWER
    assert effect.rounds == ROUNDS[:-1]
    low, high = effect.slips.interval
    # Of those at the ceiling 21 % slip without help, and help spares six in ten of them.
    assert low < -0.6 * 0.215 < high
    assert effect.help_share.value > 0.95
    assert "帮上了" in effect_words(effect).zh
    assert 0 < effect.switching < 0.5
    assert "重新调查" in error_words(effect).zh


def test_help_that_does_nothing_is_not_seen_and_how_little_it_can_be_is_said(tmp_path):
    effect = ceiling_effect(helped_county(tmp_path, 6_000, 0.0), COUNTY)
    assert effect.verdict is Verdict.NO_DIFFERENCE
    assert effect.slips.interval[0] < 0 < effect.slips.interval[1]
    assert "若有差别" in effect_words(effect).zh


def test_of_too_few_households_nothing_is_told_whatever_they_show(tmp_path):
    effect = ceiling_effect(helped_county(tmp_path, 700, 0.9), COUNTY)
    assert effect.verdict is Verdict.TOO_FEW
    assert effect.more_households > 100
    assert effect.more_rounds >= 1
    said = effect_words(effect)
    assert "还说不了" in said.zh
    assert "more rounds" in said.en
    fewer = ceiling_effect(helped_county(tmp_path / "few", 60, 0.9), COUNTY)
    assert fewer.slips is None
    assert "太少" in effect_words(fewer).zh


def test_where_half_of_those_below_had_no_plan_the_ceiling_divides_nobody(tmp_path):
    effect = ceiling_effect(helped_county(tmp_path, 2_000, 0.6, planned=0.3), COUNTY)
    assert effect.verdict is Verdict.NOT_SHARP
    assert "不是帮与不帮的分界" in effect_words(effect).zh


def test_without_plans_and_without_a_standard_that_is_what_is_said(tmp_path):
    nobody = ceiling_effect(helped_county(tmp_path / "plans", 400, 0.6, planned=0.02), COUNTY)
    assert nobody.verdict in (Verdict.NO_PLANS, Verdict.NOT_SHARP)
    store = FactStore(tmp_path / "bare")
    county = helped_county(tmp_path / "made", 60, 0.6)
    for name in ROUNDS:
        store.write(name, {COUNTY: pl.DataFrame(county.read(name)).to_arrow()}, county.origin(name))
    bare = ceiling_effect(store, COUNTY)
    assert bare == CeilingEffect(Verdict.NO_ROUND, COUNTY)
    assert error_words(bare) is None
    assert "标准" in effect_words(bare).zh


def test_incomes_piled_up_at_the_ceiling_allow_no_comparison():
    at_ceiling = Jump(-0.1, 0.01, 0.2, 0.3, 900, 900, 0.2)
    effect = CeilingEffect(Verdict.PILED_UP, COUNTY, ROUNDS[:-1], 1800, 900, at_ceiling, at_ceiling)
    assert "堆积" in effect_words(effect).zh
    more = replace(effect, verdict=Verdict.MORE, slips=replace(at_ceiling, value=0.1))
    assert "反而多" in effect_words(more).zh


def test_what_is_lacking_does_not_hang_on_where_a_curve_of_few_households_ends():
    by_chance = Jump(-0.1, 0.07, 0.06, 0.3, 500, 500, 0.22)
    known = CeilingEffect(Verdict.TOO_FEW, COUNTY, ROUNDS[:-1], 1_000, 500, by_chance, by_chance)
    lacking = [_verdict_of(known, replace(by_chance, untreated=end)) for end in (0.0, 0.06, 0.21, 0.36)]
    assert {each.verdict for each in lacking} == {Verdict.TOO_FEW}
    # At the rate around the bound, halved: standard errors of 7 points against the 4.4 that would do, squared.
    assert {each.more_households for each in lacking} == {1_505}
    assert {each.more_rounds for each in lacking} == {4}


@pytest.mark.parametrize(
    ("verdict", "others", "said"),
    [
        (Verdict.FEWER, (-0.10, -0.12), "结论不变"),
        (Verdict.FEWER, (-0.10, -0.01), "分不清是不是偶然"),
        (Verdict.FEWER, (-0.10, 0.10), "先不要用"),
        (Verdict.MORE, (0.10, 0.01), "分不清是不是偶然"),
        (Verdict.NO_DIFFERENCE, (-0.01, 0.01), "结论不变"),
        (Verdict.NO_DIFFERENCE, (-0.01, 0.10), "先不要用"),
        (Verdict.TOO_FEW, (-0.10, 0.10), None),
        (Verdict.FEWER, (), None),
    ],
)
def test_whether_another_range_says_otherwise_is_said_and_not_for_the_reader_to_work_out(verdict, others, said):
    jumps = tuple(Jump(value, 0.03, 0.2, 0.3, 500, 500, 0.2) for value in others)
    words = width_words(CeilingEffect(verdict, COUNTY, other_widths=jumps))
    assert (words is None) is (said is None)
    assert said is None or said in words.zh
