"""Two standards household by household: as many as the counts say, and a reason for each."""

import polars as pl
import pytest

from tests.ui.stores import simulated_store
from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules.edge import ROUTES, edge_limits
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


OWN = {**PLAIN, "exclusions": [], "own_groups": {"x_elderly_alone": "纯老人户"}}


def undetermined(**facts):
    """A household in no group known, of whom one group is not known; out of every route but the income's."""
    known = dict.fromkeys((*KEY_GROUPS, *CROSS_CHECKS, "x_elderly_alone"), False)
    routes = {f"route_{route}{suffix}": False for route in ROUTES for suffix in ("", "_before")}
    sides = {f"{name}{suffix}": False for name in ("excluded", "below_line") for suffix in ("", "_before")}
    return {
        **known,
        **routes,
        **sides,
        "income": 5_000.0,
        "disaster": None,
        "route_income_before": None,
        "edge_before": None,
        **facts,
    }


def limits_of(data):
    return edge_limits(parse_standard(data), 4_000.0)


def test_who_comes_in_has_the_reason_of_the_result_that_is_new():
    row = undetermined(edge=True, route_income=True, x_elderly_alone=True)
    new, before = reasons(row, limits_of(OWN), limits_of({**PLAIN, "exclusions": []}))
    assert (new.kind, new.names) == ("group", ("x_elderly_alone",))
    assert (before.kind, before.names) == ("unknown_before", ("disaster",))


def test_who_comes_in_where_a_finding_that_only_theirs_asks_for_is_not_known():
    row = undetermined(
        edge=True, route_income=True, route_income_before=True, excluded_before=None, has_car=None, illness=True
    )
    new, before = reasons(row, limits_of({**PLAIN, "exclusions": []}), limits_of({**PLAIN, "exclusions": ["has_car"]}))
    assert (new.kind, new.names) == ("exclusion", ("has_car",))
    assert before.names == ("disaster", "has_car")


@pytest.mark.parametrize(
    ("ours", "facts", "kind"),
    [
        ({"income": {"ceiling": {"multiple": 1.1}}}, {}, "ceiling"),
        ({"income": {"ceiling": {"multiple": 1.5}}, "groups": ["illness"]}, {}, "no_group"),
        (
            {"income": {"ceiling": {"multiple": 1.5}}, "exclusions": ["has_car"]},
            {"excluded": True, "has_car": True},
            "exclusion",
        ),
    ],
)
def test_who_is_out_for_certain_now_has_the_reason_of_that(ours, facts, kind):
    row = undetermined(edge=False, route_income=False, **facts)
    assert [why.kind for why in reasons(row, limits_of(ours), limits_of({**PLAIN, "exclusions": []}))] == [
        kind,
        "unknown_before",
    ]


def test_who_cannot_be_told_any_more_lacks_what_ours_asks_for():
    row = undetermined(edge=None, edge_before=False, has_car=None, route_income_drop=None, previous_income_pc=None)
    dropped = {
        **PLAIN,
        "exclusions": [],
        "groups": ["illness"],
        "routes": {"income_drop": {"share": 0.2, "ceiling": {"multiple": 2.0}}},
    }
    (why,) = reasons(row, limits_of(dropped), limits_of(PLAIN))
    # Neither the car nor the disaster: ours asks for neither.
    assert (why.kind, why.names) == ("unknown", ("income_drop",))
