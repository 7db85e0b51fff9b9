"""What happened beside what is expected: one sentence, each part of which is a figure that can be counted again."""

import re

import pytest

from tests.ui.scored import ROUND, scored_store
from workbench.domain.parameters import load_yaml
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.slips.past_and_expected import past_and_expected
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY = "341522"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def past(store):
    return Hindsight.of(PastScope(store, COUNTY), parse_standard(load_yaml("edge_standard")))


def test_within_the_interval_it_may_be_chance_and_beyond_it_is_not(past):
    happened = past.record()["caught_share"]
    within = past_and_expected(past, 0.9, (0.0, 1.0), 0.9)
    assert f"{happened:.1%}（{past.record()['caught']:,}/{past.record()['slips']:,} 户次）" in within.zh
    assert "相差可能只是偶然" in within.zh
    assert "不只是偶然" in past_and_expected(past, 0.9, (0.95, 1.0), 0.9).zh


@pytest.mark.parametrize(("share", "interval"), [(None, (0.0, 1.0)), (0.3, None)])
def test_without_a_model_there_is_nothing_to_compare(past, share, interval):
    assert past_and_expected(past, share, interval, 0.9) is None


def test_rounds_in_which_nobody_could_be_told_are_named_and_taken_out(past):
    empty = [each for each in past.rounds if not each.totals.inside.rows]
    rest = [each for each in past.rounds if each.totals.inside.rows]
    said = past_and_expected(past, 0.3, (0.0, 1.0), 0.9).zh
    assert ("没有一户能判定为纳入" in said) == bool(empty and rest)
    for each in empty if rest else []:
        assert each.past.round_name in said


def test_the_page_says_it_where_both_figures_stand(store):
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), Language("zh"))
    page.results.refresh([1.0, 1.5, 2.0], lambda value: value)
    (said,) = re.findall("<p data-past-and-expected>([^<]*)</p>", page.results.model.figures.value)
    figures = page.results.hindsight.past.record()
    assert f"实际赶上 {figures['caught_share']:.1%}" in said
    assert "2019-" not in said
