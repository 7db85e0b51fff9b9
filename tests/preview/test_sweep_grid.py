"""The points of a sweep are bounds as they can be: finer ones are refused by name, and each is counted exactly."""

import pytest

from tests.preview.test_counts_agree import LINE, index_of, limits_of, spread
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.preview.counts.counts import totals
from workbench.preview.counts.sweep import parse_axis, sweep

STANDARD = {"income": {"ceiling": {"multiple": 1.0}}, "require_group": False}


def index():
    rows = [{"previous": None, "income_pc": (round(LINE * 100) + fen) / 100} for fen in range(0, 3300, 50)]
    return index_of(spread(rows, weighted=False), limits_of(STANDARD))


@pytest.mark.parametrize(
    "text",
    [
        "income.ceiling.multiple=1.0:1.01:0.00005",
        "income.ceiling.multiple=1.00005:1.01:0.001",
        "income.group_ceilings.disability=1.0:1.001:0.00005",
        "income.ceiling.yuan=4000:4000.01:0.001",
        "line=3218.001:3219:1",
    ],
)
def test_a_grid_too_fine_is_refused_by_its_key(text):
    with pytest.raises(InputError, match=text.partition("=")[0]):
        sweep(index(), parse_standard(STANDARD), LINE, [parse_axis(text)])


@pytest.mark.parametrize("text", ["income.ceiling.multiple=1.0:1.01:0.0001", "income.ceiling.yuan=3218:3250:0.5"])
def test_every_point_counts_as_the_rule_does(text):
    key, assessed = text.partition("=")[0], index()
    for point in sweep(assessed, parse_standard(STANDARD), LINE, [parse_axis(text)]):
        unit = key.rpartition(".")[2]
        varied = limits_of({**STANDARD, "income": {"ceiling": {unit: point[key]}}})
        below = sum(income < varied.ceiling for income in assessed.income)
        assert point["in"] == totals(assessed, varied).inside.households == below - (point["below_line"] or 0)
