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
    limits = edge_limits(parse_standard({"income": income, "routes": routes}), LINE)
    said = unlikely(limits)
    assert [note.en.partition(":")[0] for note in said] == keys
    assert all("倍" in note.zh for note in said)


def test_yuan_typed_for_a_multiple_are_asked_about_as_such():
    (said,) = unlikely(edge_limits(parse_standard({"income": {"ceiling": {"multiple": 6_000}}}), 4_000.0))
    assert "是不是 6,000 元？" in said.zh
    (said,) = unlikely(edge_limits(parse_standard({"income": {"ceiling": {"multiple": 99}}}), 4_000.0))
    assert "是不是" not in said.zh


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
