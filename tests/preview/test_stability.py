"""The list of a standard over the rounds, followed household by household; kinds of families; the households at the ceiling."""

from collections import Counter
from itertools import pairwise

import polars as pl
import pytest

from tests.preview.hindsight_by_hand import by_number, previous_of
from tests.reference import edge as edge_of
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.hindsight.cliff import cliff, cliff_households
from workbench.preview.hindsight.families import by_family
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.stability import ABSENT, stability
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

COUNTY = "341522"
LINES = {"2019": 3218.0, "2020": 4000.0}
STANDARDS = [
    {"income": {"ceiling": {"multiple": 1.5}}},
    {"income": {"ceiling": {"multiple": 2.2}}, "require_group": False, "exclusions": ["has_car"]},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = FactStore(tmp_path_factory.mktemp("city"))
    write_city(store, simulate(6_000, 4, 3, divisions=DIVISIONS), Origin(simulated=True))
    return store


@pytest.fixture(scope="module")
def held(store):
    return by_number({name: {COUNTY: store.read(name, COUNTY).to_pylist()} for name in store.rounds_of(COUNTY)})


def standing_of(held, name, number, standard):
    """What the standard says of a household of a round, by plain rows."""
    rows = [row for row in held[name][COUNTY].get(number, []) if row["kind"] == "unregistered"]
    if len(rows) != 1:
        return ABSENT
    household = {**rows[0], "previous": previous_of(held, name, COUNTY, number)}
    edge, below, _ = edge_of(household, standard, LINES[name[:4]])
    return "below_line" if below is True else {True: "in", False: "out", None: "cannot_tell"}[edge]


@pytest.mark.parametrize("data", STANDARDS)
def test_every_household_is_followed_to_where_it_is_at_the_next_round(store, held, data):
    parsed = parse_standard(data)
    standard = {"routes": {}, **standard_data(parsed)}
    names = store.rounds_of(COUNTY)
    numbers = {number for name in names for number in held[name][COUNTY]}
    paths = {number: [standing_of(held, name, number, standard) for name in names] for number in numbers}
    done = stability(store, COUNTY, parsed)
    assert [(step.round_name, step.next_round) for step in done.steps] == list(pairwise(names))
    returned = set()
    for at, step in enumerate(done.steps):
        counted = Counter(path[at + 1] for path in paths.values() if path[at] == "in")
        assert step.by_standing == dict.fromkeys(step.by_standing, 0) | counted
        assert step.inside == counted.total() > 0
        assert step.entering == sum(path[at] != "in" and path[at + 1] == "in" for path in paths.values())
        if at + 2 == len(names):
            assert step.back is None
            continue
        back = {(names[at], number) for number, path in paths.items() if came_back(path[at : at + 3])}
        assert step.back == len(back)
        returned |= back
    assert set(done.returning.select("round", "household_id").iter_rows()) == returned
    assert returned


def came_back(path):
    return path[0] == "in" and path[1] != "in" and path[2] == "in"


def test_kinds_of_families_are_those_of_the_facts(store, held):
    past = Hindsight.of(PastScope(store, COUNTY), parse_standard(STANDARDS[1]))
    families = by_family(past, store)
    counted = Counter()
    for each in past.rounds:
        for number, caught in zip(each.slips.household_id.to_pylist(), each.caught.tolist(), strict=True):
            for kind in kinds_of(held[each.past.round_name][COUNTY][number][0]):
                counted[kind, "slips"] += 1
                counted[kind, "caught"] += caught
    assert {(kind, key): share[key] for kind, share in families.items() for key in ("slips", "caught")} == {
        (kind, key): counted[kind, key] for kind in families for key in ("slips", "caught")
    }
    assert all(families[kind]["slips"] for kind in families)


def kinds_of(row):
    """A labourer of either sort settles that there is labour; one count that is not known otherwise leaves it open."""
    labour = [row["labour"], row["weak_labour"]]
    kinds = {name: row[f"x_{name}"] for name in ("elderly_alone", "one_parent", "many_children")}
    kinds["no_labour"] = False if any(labour) else None if None in labour else True
    kinds["disabled_member"] = None if row["disabled"] is None else row["disabled"] > 0
    sure = [name for name, holds in kinds.items() if holds]
    return sure or (["unknown"] if None in kinds.values() else ["none"])


def test_the_households_at_the_ceiling_are_those_that_are_counted(store):
    past = Hindsight.of(PastScope(store, COUNTY), parse_standard(STANDARDS[1]))
    sides, frame = cliff(past), cliff_households(past)
    for name, side in (("just_in", sides.just_in), ("just_out", sides.just_out)):
        rows = frame.filter(side=name)
        assert len(rows) == side.households.rows > 0
        assert rows["slipped"].sum() == side.slipped.rows
        assert rows["slipped"].count() == side.labelled.rows
        below = rows["income"] < rows["ceiling"]
        assert below.all() if name == "just_in" else not below.any()
    assert frame.filter(pl.struct("side", "round", "household_id").is_duplicated()).is_empty()
