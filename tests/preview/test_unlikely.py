"""A ceiling that nobody sets is asked about: yuan where a multiple stands."""

import pytest

from tests.strategies import LINE
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.unlikely import unlikely


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
