"""Dated figures: which one is in force, and that every figure has its unit, clause and source."""

from pathlib import Path

import pytest

import workbench
from workbench.domain.facts import LABELS
from workbench.domain.parameters import TierParameters, load_yaml, poverty_line, tier_parameters
from workbench.domain.rules.criteria import CRITERIA
from workbench.domain.rules.legal_readings import criteria_of, reading, readings
from workbench.errors import InputError

PARAMETERS = Path(workbench.__file__).parent / "parameters"


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


def _without_value(value, path=()):
    """The keys of a file that have no value, each with the way to it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from [(*path, key)] if each is None else _without_value(each, (*path, key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _without_value(each, (*path, at))


@pytest.mark.parametrize("name", sorted(path.stem for path in PARAMETERS.glob("*.yaml")))
def test_no_text_is_cut_at_its_comma(name):
    """Between braces YAML ends a text at a comma, unless it is quoted: “5,000 元” was read as “5” and a key “000 元”."""
    assert [path for path in _without_value(load_yaml(name)) if path[-1] not in LABELS] == []
