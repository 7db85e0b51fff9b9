"""A ceiling that nobody sets is asked about: yuan where a multiple stands."""

import pytest

from tests.strategies import LINE
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.unlikely import unlikely, unlikely_day


@pytest.mark.parametrize(("income", "routes", "keys"), [
    ({"ceiling": {"multiple": 1.5}}, {}, []),
    ({"ceiling": {"multiple": 3.0}}, {"income_drop": {"share": 0.3, "ceiling": {"multiple": 3.0}}}, []),
    ({"ceiling": {"multiple": 99}}, {}, ["income.ceiling"]),
    ({"ceiling": {"yuan": 11 * LINE}}, {}, ["income.ceiling"]),
    ({"ceiling": {"multiple": 1.5}, "group_ceilings": {"dibao": 50}}, {}, ["income.group_ceilings.dibao"]),
    ({"ceiling": {"multiple": 1.5}}, {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 20}}},
     ["routes.rigid_expenditure.ceiling"]),
])  # fmt: skip
def test_each_ceiling_far_above_the_line_is_named(income, routes, keys):
    standard = parse_standard({"income": income, "routes": routes})
    said = unlikely(standard, edge_limits(standard, LINE))
    assert [note.en.partition(":")[0] for note in said] == keys
    assert all("倍" in note.zh for note in said)


def asked(data, line=4_000.0):
    standard = parse_standard({"income": {"ceiling": {"multiple": 1.5}}} | data)
    return unlikely(standard, edge_limits(standard, standard.line or line))


def test_yuan_typed_for_a_multiple_are_asked_about_as_such():
    (said,) = asked({"income": {"ceiling": {"multiple": 6_000}}})
    assert "是不是 6,000 元？" in said.zh
    (said,) = asked({"income": {"ceiling": {"multiple": 99}}})
    assert "是不是" not in said.zh


@pytest.mark.parametrize(("money", "keys"), [
    # As a county officer typed them, and nothing was asked (issue 15).
    ({"help_cost": 1_000_000_000.0, "budget": 80_000.0}, ["help_cost", "budget"]),
    ({"line": 1.0}, ["line"]),
    ({"line": 4_000_000.0}, ["line"]),
    # Ten thousands for yuan: 0.3 for 3,000, 8 for 80,000.
    ({"help_cost": 0.3}, ["help_cost"]),
    ({"help_cost": 3_000.0, "budget": 8.0}, ["budget"]),
    ({"help_cost": 3_000.0, "budget": 2_000.0}, ["budget"]),
    ({"budget": 80_000_000_000.0}, ["budget"]),
    ({"help_cost": 3_000.0, "budget": 80_000.0}, []),
    ({"help_cost": 30_000.0, "budget": 20_000_000.0}, []),
    ({"help_cost": 0.0, "budget": 0.0}, []),
    ({"line": 2_500.0}, []),
])  # fmt: skip
def test_an_amount_that_nobody_sets_is_asked_about(money, keys):
    said = asked(money)
    assert [note.en.partition(":")[0] for note in said] == keys
    assert all("请核对" in note.zh for note in said)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        ("2019-01-01", True),
        ("2021-04-30", True),
        ("2021-05-01", False),
        ("2021-10-16", False),
        ("2022-01-01", False),
        (None, False),
    ],
)
def test_a_day_of_effect_of_rounds_long_filed_is_asked_about(day, asked):
    standard = parse_standard({"income": {"ceiling": {"multiple": 1.5}}, **({"effective": day} if day else {})})
    assert (unlikely_day(standard, "2021-10") is not None) is asked
