"""Dated figures: which one is in force, and that every figure has its unit, clause and source."""

import pytest

from workbench.domain.parameters import TierParameters, load_yaml, poverty_line, tier_parameters
from workbench.domain.rules.criteria import CRITERIA
from workbench.domain.rules.legal_readings import criteria_of, reading, readings
from workbench.errors import InputError


@pytest.mark.parametrize(
    ("round_name", "line", "year"),
    [
        ("2018-10", 2995, 2018),
        ("2019-05", 3218, 2019),
        ("2020-04", 4000, 2020),
        ("2021-10", 4000, 2020),
        ("2035-04", 4000, 2020),
    ],
)
def test_the_line_in_force(round_name, line, year):
    result = poverty_line(round_name)
    assert (result.value, result.year) == (line, year)


def test_no_line_so_far_back():
    with pytest.raises(InputError, match="--line"):
        poverty_line("2009-10")


def test_a_line_given_by_hand_replaces_it():
    assert tier_parameters("2019-10", 5000).line == 5000
    for wrong in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="--line"):
            tier_parameters("2019-10", wrong)


def test_every_figure_says_what_it_is():
    for version in load_yaml("tier_criteria"):
        for name, figures in version.items():
            for figure in figures.values() if name != "effective" else ():
                assert {"value", "unit", "clause", "description"} <= set(figure)


def test_every_criterion_names_figures_that_exist():
    for criterion in CRITERIA:
        assert set(criterion.parameters) <= set(TierParameters.__dataclass_fields__)


def test_three_readings_explained():
    assert list(readings())[0] == "default"
    assert len(readings()) >= 3
    assert all(each.why and each.zh and each.en for each in readings().values())
    with pytest.raises(InputError, match="either_half"):
        reading("nosuch")


@pytest.mark.parametrize(
    "wrong", ["no_such_criterion", {"none": ["difficulty"]}, {"any": ["difficulty"], "all": ["near_line"]}]
)
def test_a_broken_reading_is_refused(wrong):
    with pytest.raises(InputError):
        criteria_of(wrong)
