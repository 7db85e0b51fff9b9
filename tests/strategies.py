"""Random households with nulls, and random standards, for hypothesis."""

import math
from fractions import Fraction

import polars as pl
from hypothesis import strategies as st

from tests.reference import CHECKS, GROUPS, GUARANTEES
from workbench.domain.facts import FACT, FactType

LINE = 3218.0
OWN_GROUPS = ("x_remote", "x_single_parent")
"""Facts that a county added by a mapping of its own, and may declare as key groups."""
POLARS = {
    FactType.STRING: pl.String,
    FactType.INTEGER: pl.Int64,
    FactType.FLOAT: pl.Float64,
    FactType.BOOLEAN: pl.Boolean,
}


def unknown_or(strategy):
    return st.one_of(st.none(), strategy)


# Values sit on and around the figures that the rules compare with, where mistakes show.
money = st.sampled_from(
    [0.0, 0.01, 500.0, 1609.0, 3000.0, 3217.99, 3218.0, 4827.0, 4826.99, 5792.4, 6436.0, 9654.0, 20000.0, -150.0]
)
count = st.integers(0, 4)

_FACTS = {
    "persons": st.integers(0, 5), "labour": count, "skilled": count, "weak_labour": count,
    "work_months": st.sampled_from([0.0, 0.5, 5.5, 6.0, 11.0]),
    "income_business": money, "income_property": money, "cost_business": money,
    "net_income": money, "income_pc": money, "out_of_pocket": money,
    "land_mu": st.sampled_from([0.0, 0.3, 0.6, 0.9, 0.89, 1.2, 5.0]),
    "cause": st.sampled_from(["缺资金", "因病"]),
    **dict.fromkeys(GUARANTEES, st.integers(0, 2)),
    **dict.fromkeys((*GROUPS, *CHECKS, *OWN_GROUPS), st.booleans()),
}  # fmt: skip

previous = unknown_or(st.fixed_dictionaries({"out_of_pocket": unknown_or(money), "income_pc": unknown_or(money)}))
household = st.fixed_dictionaries(
    {name: unknown_or(strategy) for name, strategy in _FACTS.items()} | {"previous": previous}
)
SHARES = [0.0, 0.1, 0.15, 0.3, 0.35, 0.5, 0.7, 0.3333, 1.0]
MULTIPLES = [1.0, 1.15, 1.2, 1.2345, 1.5, 1.8, 2.0, 3.0]
fen = st.integers(1, 3_000_000).map(lambda amount: amount / 100)


@st.composite
def at_a_bound(draw):
    """A household whose facts lie exactly at bounds of the rules, or one fen beside them."""
    result = draw(household)
    before = {"out_of_pocket": draw(fen), "income_pc": draw(fen)}

    def near(bound):
        return (math.floor(bound * 100) + draw(st.sampled_from([-1, 0, 0, 1]))) / 100

    def share():
        return Fraction(str(draw(st.sampled_from(SHARES))))

    persons = draw(st.integers(1, 5))
    ceiling = Fraction(str(draw(st.sampled_from(MULTIPLES)))) * Fraction(LINE)
    income = draw(fen)
    spent = near(
        draw(
            st.sampled_from([share() * Fraction(str(income)), Fraction("1.3") * Fraction(str(before["out_of_pocket"]))])
        )
    )
    fallen = near((1 - share()) * Fraction(str(before["income_pc"])))
    cost = draw(fen)
    return result | {
        "persons": persons,
        "income_business": near(Fraction(str(cost)) + persons * Fraction(LINE) / 2),
        "cost_business": cost,
        "out_of_pocket": spent,
        "net_income": draw(st.sampled_from([income, near(Fraction(str(spent)) + persons * ceiling)])),
        "income_pc": draw(st.sampled_from([near(ceiling), fallen])),
        "land_mu": draw(st.sampled_from([3 * persons, 3 * persons + 1, 3 * persons - 1])) / 10,
        "previous": draw(st.sampled_from([None, before])),
    }  # fmt: skip


households = st.lists(st.one_of(household, at_a_bound()), min_size=1, max_size=30)

_multiple = st.sampled_from(MULTIPLES)
ceiling = st.one_of(
    st.builds(lambda m: {"multiple": m}, _multiple),
    st.builds(lambda y: {"yuan": y}, st.sampled_from([3218.0, 4827.0, 5000.0])),
)


def _standard_of(own):
    """Standards of a county that declares these groups of its own."""
    groups = st.sampled_from((*GROUPS, *own))
    return st.fixed_dictionaries(
        {
            "income": st.fixed_dictionaries(
                {
                    "ceiling": ceiling,
                    "deduct_out_of_pocket": st.booleans(),
                    "group_ceilings": st.dictionaries(groups, _multiple, max_size=3),
                }
            ),
            "own_groups": st.just({name: f"群体{name}" for name in own}),
            "groups": st.lists(groups, unique=True, max_size=10),
            "require_group": st.booleans(),
            "routes": st.fixed_dictionaries(
                {},
                optional={
                    "rigid_expenditure": st.fixed_dictionaries({"share": st.sampled_from(SHARES), "ceiling": ceiling}),
                    "income_drop": st.fixed_dictionaries({"share": st.sampled_from(SHARES), "ceiling": ceiling}),
                },
            ),
            "exclusions": st.lists(st.sampled_from(CHECKS), unique=True, max_size=4),
        }
    )


standard = st.lists(st.sampled_from(OWN_GROUPS), unique=True, max_size=2).flatmap(_standard_of)


def _dtype(name):
    return pl.Boolean if name in OWN_GROUPS else POLARS[FACT[name].type]


def facts_frame(rows, **columns):
    """The households as the store would give them: current facts with those of the previous round joined on."""
    data = {name: pl.Series([row.get(name) for row in rows], dtype=_dtype(name)) for name in _FACTS}
    before = [row["previous"] for row in rows]
    return pl.DataFrame(data).with_columns(
        previous_out_of_pocket=pl.Series([b and b["out_of_pocket"] for b in before], dtype=pl.Float64),
        previous_income_pc=pl.Series([b and b["income_pc"] for b in before], dtype=pl.Float64),
        seen_before=pl.Series([b is not None for b in before]),
        **{name: pl.Series(values) for name, values in columns.items()},
    )
