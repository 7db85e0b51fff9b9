"""Ten random standards in three counties: all that is asked of them, counted household by household from the contract alone.

Facts are random and now and then not known, numbers stand twice, rounds pass counties over, rows weigh more than one. Only the
readings' own words (which groups "and the like" adds) are taken from the package, as data.
"""

import random
from fractions import Fraction
from itertools import count, pairwise

import polars as pl
import pytest

from tests.preview.hindsight_by_hand import by_hand, by_number, line_of, previous_of, slipped, steps_of
from tests.preview.scored import score_store
from tests.preview.test_hindsight_agrees import COUNTIES, FACTS, past_of, said
from tests.preview.test_past_frontier import VALUES
from tests.reference import CHECKS, GROUPS, edge, less, minus, number, per, tier, times
from tests.strategies import OWN_GROUPS
from workbench.domain.facts import FACT
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.counts.budget import carried_record
from workbench.preview.frontier.points import frontier, searched
from workbench.preview.frontier.request import expected_evidence, past_evidence
from workbench.preview.hindsight.cliff import cliff
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.preview.scope import PreviewScope
from workbench.statistics.reading_prices import price_record, reading_prices
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ALL_TEN = [0, *(pytest.param(each, marks=pytest.mark.deep) for each in range(1, 10))]
OWN = OWN_GROUPS[0]
MEMBERS = ("labour", "weak_labour", "students")
COST = 3000


def drawn_past(place):
    """A past in which each county has a round with a next one."""
    for seed in count(1000 * place):
        rounds = past_of(seed)
        if all(sum(code in counties for counties in rounds.values()) > 1 for code in COUNTIES):
            break
    draw = random.Random(place)  # noqa: S311 - no secret
    for row in (row for counties in rounds.values() for rows in counties.values() for row in rows):
        row |= {name: None if draw.random() < 0.15 else draw.choice([0, 0, 1, 2]) for name in MEMBERS}
    return rounds


def drawn_standard(place):
    """Any standard of the contract; ceilings in yuan are no lower than the highest line of the rounds."""
    draw = random.Random(10_000 + place)  # noqa: S311 - no secret
    multiples = (1.0, 1.1, 1.2, 1.2345, 1.5, 1.8, 2.0, 3.0)

    def ceiling():
        return (
            {"yuan": draw.choice([4000.0, 4827.0, 5000.5])}
            if draw.random() < 0.3
            else {"multiple": draw.choice(multiples)}
        )

    def some(names):
        return [name for name in names if draw.random() < 0.6]

    groups = (*GROUPS, OWN)
    return {
        "income": {
            "ceiling": ceiling(), "deduct_out_of_pocket": draw.random() < 0.3,
            "group_ceilings": {name: draw.choice(multiples) for name in some(groups)[:3]},
        },
        "own_groups": {OWN: "自定"}, "groups": some(groups), "require_group": draw.random() < 0.6, "exclusions": some(CHECKS),
        "routes": {
            name: {"share": draw.choice([0.0, 0.15, 0.3, 0.5, 1.0]), "ceiling": ceiling()}
            for name in some(["rigid_expenditure", "income_drop"])
        },
        "help_cost": float(COST),
    }  # fmt: skip


def written(root, rounds):
    names = ("household_id", "kind", "weight", *FACTS, *MEMBERS)
    types = dict.fromkeys((*GROUPS, *CHECKS, *OWN_GROUPS), pl.Boolean)
    types |= dict.fromkeys(("net_income", "income_pc", "out_of_pocket", "weight"), pl.Float64)
    types |= dict.fromkeys(("persons", *MEMBERS), pl.Int64)
    store = FactStore(root)
    for name, counties in rounds.items():
        tables = {
            code: pl.DataFrame([{key: row[key] for key in names} for row in rows], schema_overrides=types).to_arrow(
                compat_level=pl.CompatLevel.oldest()
            )
            for code, rows in counties.items()
        }
        store.write(name, tables, Origin(simulated=True))
    return store


def last_round(rounds, county, first="2019"):
    return max(name for name in rounds if county in rounds[name] and name >= first)


def households_of(rounds, name, county, kind="unregistered"):
    """The households of a round with what the round before says of them, every other fact of the contract not known."""
    held = by_number(rounds)
    return [
        {**dict.fromkeys(FACT), **row, "previous": previous_of(held, name, county, row["household_id"])}
        for row in rounds[name][county]
        if row["kind"] == kind
    ]


def with_ceiling(data, yuan):
    return {**data, "income": {**data["income"], "ceiling": {"yuan": yuan}}}


def weight_of(rows, results, wanted):
    return sum(row["weight"] for row, result in zip(rows, results, strict=True) if result is wanted)


@pytest.fixture
def case(request, tmp_path):
    rounds = drawn_past(request.param)
    return rounds, written(tmp_path, rounds), drawn_standard(request.param)


ten = pytest.mark.parametrize("case", ALL_TEN, indirect=True)


@ten
def test_hindsight_and_why_missed(case):
    rounds, store, data = case
    for county in COUNTIES:
        assert said(hindsight(PastScope(store, county), parse_standard(data))) == by_hand(rounds, data, county)


@ten
def test_both_sides_of_the_cliff(case):
    rounds, store, data = case
    for county in COUNTIES:
        sides = cliff(Hindsight.of(PastScope(store, county), parse_standard(data)))
        counted = {
            name: [side.households.households, side.labelled.households, side.slipped.households]
            for name, side in (("in", sides.just_in), ("out", sides.just_out))
        }
        assert counted == cliff_by_hand(rounds, data, county)


def cliff_by_hand(rounds, data, county):
    """Weights on either side of the ceiling: all, those with a label, those who slipped."""
    held, sums, ceiling = by_number(rounds), {"in": [0, 0, 0], "out": [0, 0, 0]}, data["income"]["ceiling"]
    for step in steps_of(rounds, county):
        lines = [line_of(name, data) for name in step]
        now = number(ceiling["yuan"]) if "yuan" in ceiling else times(ceiling["multiple"], lines[0])
        around = [max(now - times(0.1, lines[0]), Fraction(lines[0])), now, now + times(0.1, lines[0])]
        for household in households_of(rounds, step[0], county):
            lower, at, higher = (edge(household, with_ceiling(data, each), lines[0])[0] is True for each in around)
            slip = slipped(held, step, county, household, lines)
            for side, chosen in (("in", at and not lower), ("out", higher and not at)):
                for place, also in enumerate((True, slip is not None, slip is True)):
                    sums[side][place] += household["weight"] * (chosen and also)
    return sums


@ten
@pytest.mark.parametrize("households", [0, 2, 5, 9, 60])
def test_what_a_budget_carries(case, households):
    rounds, store, data = case
    for county in COUNTIES:
        name = last_round(rounds, county)
        scope, standard = PreviewScope(store, name, county), parse_standard(data)
        limits = scope.limits_of(standard)
        record = carried_record(scope.index_for(limits), limits, COST, households * COST)
        rows, line = households_of(rounds, name, county), line_of(name, data)
        for key, unknown in (("ceiling", False), ("even_if_all_in", True)):
            answer = record[key] and [record[key]["yuan"], *record[key]["in_range"], *record[key]["cost_range"]]
            assert answer == carried_by_hand(rows, data, line, households, unknown=unknown)


def carried_by_hand(rows, data, line, most, *, unknown):
    """The highest ceiling in whole yuan with no more than `most` households in; who is in and may be in, and what that costs."""

    def tested(row):
        if data["income"]["deduct_out_of_pocket"]:
            return per(minus(row["net_income"], row["out_of_pocket"]), row["persons"])
        return number(row["income_pc"])

    # Whoever comes in by income does so at the first whole yuan above it.
    incomes = [income for income in map(tested, rows) if income is not None]
    starts = sorted({line, *(each for each in (income // 1 + 1 for income in incomes) if line < each <= 5 * line)})
    best = None
    for start, following in pairwise([*starts, 5 * line + 1]):
        results = [edge(row, with_ceiling(data, Fraction(start)), line)[0] for row in rows]
        inside, open_ = weight_of(rows, results, True), weight_of(rows, results, None)
        if inside + (open_ if unknown else 0) <= most:
            best = [following - 1, inside, inside + open_, COST * inside, COST * (inside + open_)]
    return best


@ten
def test_the_price_of_each_reading(case):
    rounds, store, data = case
    for county in COUNTIES:
        name = last_round(rounds, county)
        line = line_of(name, data)
        record = price_record(reading_prices(PreviewScope(store, name, county), parse_standard(data)))
        prices = {point["point"]: {each["reading"]: each for each in point["readings"]} for point in record["points"]}
        rows = households_of(rounds, name, county)
        now = [edge(row, data, line)[0] for row in rows]
        every = [now]
        for point, reading, change in READINGS:
            results = [edge(*change(row, data), line)[0] for row in rows]
            every.append(results)
            price = prices[point][reading]
            assert [price["in"], price["cannot_tell"], price["newly_in"], price["leaving"], price["cost"], price["slips"]] == [
                weight_of(rows, results, True), weight_of(rows, results, None),
                sum(row["weight"] for row, new, old in zip(rows, results, now, strict=True) if new is True and old is not True),
                sum(row["weight"] for row, new, old in zip(rows, results, now, strict=True) if new is not True and old is True),
                COST * weight_of(rows, results, True), None,
            ], (county, point, reading)  # fmt: skip
        assert sum(len(each) for each in prices.values()) == len(READINGS) + 3
        agreed = [[result is True for result in results] for results in zip(*every, strict=True)]
        always, some = ([rule(each) for each in agreed] for rule in (all, any))
        assert record["act_today"]["households"] == weight_of(rows, always, True)
        assert record["ask_the_city"]["households"] == weight_of(rows, some, True) - weight_of(rows, always, True)
        lifted = households_of(rounds, name, county, "lifted")
        for reading in ("default", "either_half", "both_halves"):
            tiers = [tier(row, line, reading) for row in lifted]
            price = prices["level_1_halves"][reading]
            assert price["in"] == sum(row["weight"] for row, each in zip(lifted, tiers, strict=True) if each == 1)


def income_of(data, **changed):
    return {**data, "income": {**data["income"], **changed}}


def before(row, data):
    then = row["previous"] and row["previous"]["income_pc"]
    return {**row, "income_pc": then, "net_income": times(then, row["persons"])}, data


def named_only(row, data):
    ceilings = {name: each for name, each in data["income"]["group_ceilings"].items() if name in GROUPS}
    return row, {
        **income_of(data, group_ceilings=ceilings),
        "groups": [name for name in data["groups"] if name in GROUPS],
    }


def no_labour(row, data):
    counts = (row["labour"], row["weak_labour"])
    flag = False if any(counts) else None if None in counts else True
    return {**row, "x_added": flag}, {**data, "groups": [*data["groups"], "x_added"]}


def students(row, data):
    flag = less(0, row["students"])
    return {**row, "x_added": flag}, {**data, "groups": [*data["groups"], "x_added"]}


READINGS = [
    *(
        ("slightly_above", name, lambda row, data, each=each: (row, income_of(data, ceiling={"multiple": each})))
        for name, each in (("1.2", 1.2), ("1.5", 1.5), ("2.0", 2.0))
    ),
    ("group_required", "required", lambda row, data: (row, {**data, "require_group": True})),
    ("group_required", "not_required", lambda row, data: (row, {**data, "require_group": False})),
    ("income_months", "to_date", lambda row, data: (row, data)),
    ("income_months", "before", before),
    ("and_the_like", "eight", named_only),
    ("and_the_like", "no_labour", no_labour),
    ("and_the_like", "students", students),
]


@ten
def test_the_frontier_by_what_happened(case):
    rounds, store, data = case

    def counted(each, county):
        record = by_hand(rounds, whole(each), county)
        return sum(one["in"] for one in record["rounds"]), sum(one["caught"] for one in record["rounds"])

    for county in COUNTIES:
        at_hand = parse_standard(data)
        evidence, _ = past_evidence(PastScope(store, county), at_hand)
        front = frontier(evidence, at_hand, searched(evidence, at_hand, VALUES))
        own = counted(data, county)
        assert (front.at_hand.inside.households, front.at_hand.inside.slips) == own
        for point in front.points:
            inside, caught = counted(standard_data(point.standard), county)
            assert (point.inside.households, point.inside.slips, point.gain.slips) == (inside, caught, caught - own[1])


@ten
def test_the_frontier_by_what_is_expected(case):
    rounds, store, data = case
    # A number that stands twice has no score; which of two rows a made-up score is of would be this test's own question.
    once = {name: {code: unique(rows) for code, rows in counties.items()} for name, counties in rounds.items()}
    store = written(store.root / "once", once)
    for county in COUNTIES:
        name = next((each for each in ("2019-10", "2019-05") if county in once.get(each, {})), None)
        if name is None:
            continue  # scored under the line of 2019; of other years it would be carried over
        scores = {
            (row["county_code"], row["household_id"]): row["p_slip"] for row in score_store(store, name).to_dicts()
        }
        at_hand, rows = parse_standard(data), households_of(once, name, county)
        evidence, _ = expected_evidence(PreviewScope(store, name, county), at_hand)
        front = frontier(evidence, at_hand, searched(evidence, at_hand, VALUES))

        def counted(each, rows=rows, county=county, scores=scores):
            chosen = [row for row in rows if edge(row, whole(each), 3218)[0] is True]
            caught = sum(row["weight"] * scores.get((county, row["household_id"]), 0.0) for row in chosen)
            return sum(row["weight"] for row in chosen), pytest.approx(caught, abs=1e-6)

        for point in (front.at_hand, *front.points):
            assert (point.inside.households, point.inside.slips) == counted(standard_data(point.standard))


def unique(rows):
    return list({row["household_id"]: row for row in rows}.values())


def whole(data):
    """A standard with every key that the counts by hand read."""
    data = {"own_groups": {}, "routes": {}, "exclusions": [], "require_group": True, **data}
    return income_of(data, **{"deduct_out_of_pocket": False, "group_ceilings": {}, **data["income"]})
