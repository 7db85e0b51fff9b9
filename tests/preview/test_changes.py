"""Two standards household by household: as many as the counts say, and a reason for each."""

import polars as pl
import pytest

from tests.ui.stores import simulated_store
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.household_changes import changed_households, households_under_both, reasons
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope

COUNTY, ROUND = "341522", "2019-10"
NARROW = {
    "income": {"ceiling": {"multiple": 1.3}, "group_ceilings": {"disability": 1.5}},
    "groups": ["illness", "disability"],
}
WIDE = {
    "income": {"ceiling": {"multiple": 1.8}},
    "routes": {"income_drop": {"share": 0.2, "ceiling": {"multiple": 2.5}}},
    "exclusions": ["has_car"],
}
DEDUCTED = {
    "income": {"ceiling": {"multiple": 1.5}, "deduct_out_of_pocket": True},
    "require_group": False,
    "line": 3000,
}
PLAIN = {"income": {"ceiling": {"multiple": 1.5}}, "exclusions": ["has_business", "has_car"]}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


@pytest.mark.parametrize(
    ("ours", "theirs"), [(WIDE, NARROW), (NARROW, WIDE), (DEDUCTED, PLAIN), (PLAIN, WIDE), (PLAIN, PLAIN)]
)
def test_as_many_change_as_the_preview_counts_and_each_has_its_reason(store, ours, theirs):
    scope = PreviewScope(store, ROUND, COUNTY)
    first, second = parse_standard(ours), parse_standard(theirs)
    result = changed_households(households_under_both(scope, first, second), first)
    counted = preview(scope, first, second)
    comes_in = result.filter(pl.col("edge").fill_null(value=False))
    goes_out = result.filter(pl.col("edge_before").fill_null(value=False))
    assert (len(comes_in), len(goes_out)) == (counted["newly_in"], counted["leaving"])
    limits = scope.limits_of(first), scope.limits_of(second)
    for row in result.to_dicts():
        assert reasons(row, *limits), row


def test_a_reason_names_what_differs(store):
    scope = PreviewScope(store, ROUND, COUNTY)
    ours, theirs = parse_standard(WIDE), parse_standard(NARROW)
    limits = scope.limits_of(ours), scope.limits_of(theirs)
    results = {
        why.kind
        for row in changed_households(households_under_both(scope, ours, theirs), ours).to_dicts()
        for why in reasons(row, *limits)
    }
    assert {"ceiling", "group", "route"} <= results
