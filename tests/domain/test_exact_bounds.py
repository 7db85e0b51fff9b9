"""Equality decides: a household exactly at a share, a multiple or a ceiling is not beyond it (contract §1)."""

import pytest

from tests.engines import ENGINES, columns, native
from tests.strategies import facts_frame
from workbench.domain.parameters import check_line, tier_parameters
from workbench.domain.rules.criteria import BIT
from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.exact import MOST_BOUND, MOST_PEOPLE, MOST_SHARE, MOST_YUAN, to_the_fen
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard
from workbench.domain.rules.tiers import tier_frame
from workbench.errors import InputError, StandardError

LINE = 2995.0
_OPEN = {"ceiling": {"multiple": 3.0}}


def held(criterion, engine, **facts):
    """Whether a criterion holds for a household."""
    frame = native(facts_frame([{"previous": None, **facts}]), engine)
    result = columns(tier_frame(frame, tier_parameters("2018-10"), reading("default")), ["criteria_true"], engine)
    return bool(result["criteria_true"][0] & BIT[criterion])


def edge(engine, routes=None, income=None, line=LINE, **facts):
    """Whether a household is in, by a route or by the income route alone."""
    data = {"income": income or {"ceiling": {"multiple": 1.0}}, "require_group": False, "routes": routes or {}}
    frame = native(facts_frame([{"previous": None, **facts}]), engine)
    return columns(edge_frame(frame, edge_limits(parse_standard(data), line)), ["edge"], engine)["edge"][0]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("criterion", "at", "beyond"),
    [
        ("rigid_expenditure", {"out_of_pocket": 3.3, "net_income": 11.0}, {"out_of_pocket": 3.31, "net_income": 11.0}),
        (
            "rigid_expenditure",
            {"out_of_pocket": 1.43, "net_income": 5.0, "previous": {"out_of_pocket": 1.1, "income_pc": None}},
            {"out_of_pocket": 1.44, "net_income": 5.0, "previous": {"out_of_pocket": 1.1, "income_pc": None}},
        ),
        ("near_line", {"income_pc": 4492.5}, {"income_pc": 4492.49}),
        (
            "small_industry",
            {"persons": 3, "income_business": 4492.6, "cost_business": 0.1},
            {"persons": 3, "income_business": 4492.59, "cost_business": 0.1},
        ),
        (
            "no_stable_income",
            {"work_months": 0.0, "persons": 3, "income_business": 4492.6, "cost_business": 0.1},
            {"work_months": 0.0, "persons": 3, "income_business": 4492.59, "cost_business": 0.1},
        ),
        (
            "no_resources",
            {"persons": 3, "land_mu": 0.9, "income_business": 0.0, "income_property": 0.0},
            {"persons": 3, "land_mu": 0.8999, "income_business": 0.0, "income_property": 0.0},
        ),
    ],
)
def test_criteria(engine, criterion, at, beyond):
    assert not held(criterion, engine, **at)
    assert held(criterion, engine, **beyond)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("share", "spent", "income"), [(0.35, 3605.0, 10300.0), (0.3333, 33.33, 100.0), (0.07, 0.49, 7.0)]
)
def test_expenditure_at_a_share(engine, share, spent, income):
    routes = {"rigid_expenditure": {"share": share, **_OPEN}}
    given = {"net_income": income, "income_pc": 3000.0}
    assert edge(engine, routes, out_of_pocket=spent, **given) is False
    assert edge(engine, routes, out_of_pocket=round(spent + 0.01, 2), **given) is True


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("share", "before", "now", "line"), [(0.7, 20000.0, 6000.0, 2995.0), (0.1, 3218.0, 2896.2, 2500.0)]
)
def test_a_fall_by_a_share(engine, share, before, now, line):
    routes = {"income_drop": {"share": share, **_OPEN}}
    previous = {"income_pc": before, "out_of_pocket": None}
    assert edge(engine, routes, line=line, income_pc=now, previous=previous) is False
    assert edge(engine, routes, line=line, income_pc=round(now - 0.01, 2), previous=previous) is True


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("multiple", "ceiling"), [(1.15, 3444.25), (1.1, 3294.5), (1.2345, 3697.33)])
def test_a_ceiling_in_multiples(engine, multiple, ceiling):
    income = {"ceiling": {"multiple": multiple}}
    assert edge(engine, income=income, income_pc=ceiling) is False
    assert edge(engine, income=income, income_pc=round(ceiling - 0.01, 2)) is True


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("persons", [3, 7, 11])
def test_what_is_left_after_expenditure_is_compared_without_dividing(engine, persons):
    income = {"ceiling": {"yuan": 3333.33}, "deduct_out_of_pocket": True}
    at = round(3333.33 * persons + 0.1, 2)
    assert edge(engine, income=income, persons=persons, net_income=at, out_of_pocket=0.1) is False
    assert edge(engine, income=income, persons=persons, net_income=round(at - 0.01, 2), out_of_pocket=0.1) is True
    line = round(LINE * persons + 0.1, 2)
    assert edge(engine, income=income, persons=persons, net_income=line, out_of_pocket=0.1) is True
    assert edge(engine, income=income, persons=persons, net_income=round(line - 0.01, 2), out_of_pocket=0.1) is False


@pytest.mark.parametrize("engine", ENGINES)
def test_the_largest_amounts_do_not_wrap(engine):
    most = MOST_YUAN - 0.01
    routes = {"rigid_expenditure": {"share": MOST_SHARE - 0.0001, **_OPEN}}
    assert edge(engine, routes, out_of_pocket=most, net_income=most, income_pc=3000.0) is False
    assert edge(engine, routes, out_of_pocket=most, net_income=-most, income_pc=3000.0) is True
    high = {"ceiling": {"yuan": MOST_BOUND}, "deduct_out_of_pocket": True}
    given = {"persons": MOST_PEOPLE, "out_of_pocket": 0.0}
    assert edge(engine, income=high, line=9999.99, net_income=most, **given) is True
    assert edge(engine, income=high, line=9999.99, net_income=-most, **given) is False


@pytest.mark.parametrize(
    ("written", "held"),
    [(2.675, 2.68), (1.005, 1.01), (-2.675, -2.68), (0.1 + 0.2, 0.3), (3218.0, 3218.0), (2.674, 2.67)],
)
def test_half_a_fen_is_rounded_up_as_written(written, held):
    assert to_the_fen(written) == held


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("income.ceiling.multiple", {"income": {"ceiling": {"multiple": 1.23456}}}),
        ("income.group_ceilings.disability", {"income": {"ceiling": {"multiple": 2.0}, "group_ceilings": {"disability": 1.23456}}}),
        ("routes.rigid_expenditure.share", {"routes": {"rigid_expenditure": {"share": 0.12345, **_OPEN}}}),
        ("routes.income_drop.share", {"routes": {"income_drop": {"share": 0.12345, **_OPEN}}}),
        ("routes.rigid_expenditure.share", {"routes": {"rigid_expenditure": {"share": 51, **_OPEN}}}),
        ("income.ceiling.yuan", {"income": {"ceiling": {"yuan": 1e9}}}),
    ],
)  # fmt: skip
def test_a_bound_too_fine_or_too_large_is_refused_by_name(key, part):
    with pytest.raises(StandardError) as refused:
        parse_standard({"income": _OPEN, **part})
    assert list(refused.value.problems) == [key]


def test_a_ceiling_in_multiples_that_is_too_high_is_refused():
    with pytest.raises(StandardError, match=r"income\.ceiling"):
        edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1e6}}}), LINE)


def test_money_of_a_standard_is_held_to_the_fen():
    standard = parse_standard({"line": 2995.005, "income": {"ceiling": {"yuan": 4000.125}}, "help_cost": 0.005})
    assert (standard.line, standard.income.ceiling.yuan, standard.help_cost) == (2995.01, 4000.13, 0.01)
    assert check_line(3218.005) == 3218.01


def test_a_figure_of_the_tiers_with_too_many_decimals_is_refused():
    figures = tier_parameters("2019-10")
    with pytest.raises(InputError, match="expenditure_share"):
        type(figures)(**{**vars(figures), "expenditure_share": 0.33333})
