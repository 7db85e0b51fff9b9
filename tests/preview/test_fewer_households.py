"""Why pay for more households when fewer catch as many: who the others are, counted household by household, and what is said of them."""

from dataclasses import replace

import polars as pl
import pytest

from tests.ui.scored import ROUND, scored_store
from workbench.domain.facts import KEY_GROUPS
from workbench.domain.rules.round_rules import UNREGISTERED, apply_rules, rules_of_round
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.errors import Words
from workbench.preview.frontier.fewer import PastPair
from workbench.preview.frontier.fewer_words import fewer_words
from workbench.preview.frontier.request import expected_evidence, frontier_record, past_evidence
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standard_in_use
from workbench.store.arrow.score_tables import read_scores
from workbench.store.round_scope import RoundScope

COUNTY = "341522"
AT_HAND = Words("手头标准", "the standard at hand")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def standard(store):
    used = standard_in_use(RoundScope(store, ROUND, COUNTY), register=None).standard
    return parse_standard(standard_data(used) | {"county": COUNTY, "help_cost": 3000.0})


@pytest.fixture(scope="module")
def record(store, standard):
    evidence, ranked = expected_evidence(PreviewScope(store, ROUND, COUNTY), standard)
    return frontier_record(evidence, standard, ranked)


def inside(store, standard, round_name=ROUND):
    """Who is in, by the rules alone, with the key groups that each is surely in."""
    scope = PreviewScope(store, round_name, COUNTY)
    facts = scope.facts_with_previous(None, kind=UNREGISTERED)
    ruled = apply_rules(facts, rules_of_round(round_name, scope.limits_of(standard))).unregistered
    return {row["household_id"]: row for row in ruled.to_dicts() if row["edge"]}


def test_the_point_is_the_first_that_catches_as_many(record):
    number, own = record["fewest"]["point"], record["at_hand"]
    points = record["points"]
    assert points[number]["gain"]["slips"] > -0.05
    assert all(point["gain"]["slips"] <= -0.05 for point in points[:number])
    assert record["fewest"]["households_less"] == own["in"] - points[number]["in"] > 0
    assert record["fewest"]["cost_less"] == 3000 * record["fewest"]["households_less"]


def test_whom_one_alone_brings_in_is_counted_household_by_household(store, standard, record):
    other = parse_standard(record["points"][record["fewest"]["point"]]["standard"])
    ours, theirs = inside(store, standard), inside(store, other)
    likely = {
        row["household_id"]: row["p_slip"]
        for row in pl.DataFrame(read_scores(store.root, ROUND, ["household_id", "p_slip"], COUNTY)).to_dicts()
    }
    for side, ids, rows in (
        ("only_at_hand", ours.keys() - theirs.keys(), ours),
        ("only_point", theirs.keys() - ours.keys(), theirs),
    ):
        counted = record["fewest"][side]
        assert counted["in"] == len(ids)
        assert counted["slips"] == pytest.approx(sum(likely.get(each) or 0.0 for each in ids), abs=1e-6)
        groups = {name: sum(rows[each][name] is True for each in ids) for name in KEY_GROUPS}
        none = sum(not any(rows[each][name] for name in KEY_GROUPS) for each in ids)
        assert counted["by_group"] == {name: count for name, count in {**groups, "none": none}.items() if count}


def test_what_became_of_them_in_past_rounds_is_counted_household_by_household(store, standard, record):
    other = parse_standard(record["points"][record["fewest"]["point"]]["standard"])
    sides = [Hindsight.of(PastScope(store, COUNTY), each) for each in (standard, other)]
    pair = PastPair.of(*sides)
    counted = [[0, 0], [0, 0]]
    for each in sides[0].rounds:
        ours, theirs = (set(inside(store, one, each.past.round_name)) for one in (standard, other))
        slipped = set(each.slips.household_id.to_pylist())
        for at, only in enumerate((ours - theirs, theirs - ours)):
            counted[at][0] += len(only)
            counted[at][1] += len(only & slipped)
    assert [[side.households, side.slips] for side in (pair.only_ours, pair.only_theirs)] == counted
    assert counted[0][0] > 0


@pytest.mark.parametrize("happened", [False, True])
def test_one_sentence_says_chance_and_money(store, standard, record, happened):
    if happened:
        wide = parse_standard(
            standard_data(standard) | {"income": {"ceiling": {"multiple": 2.0}}, "require_group": False}
        )
        evidence, ranked = past_evidence(PastScope(store, COUNTY), wide)
        record = frontier_record(evidence, wide, ranked)
    said = [each.zh for each in fewer_words(record, {}, AT_HAND)]
    point = record["points"][record["fewest"]["point"]]
    low, high = point["gain"]["interval"]
    assert said[0].startswith("一句话：")
    assert ("在偶然之内" in said[0]) == (low <= 0 <= high)
    assert f"每年少 {record['fewest']['cost_less']:,.0f} 元" in said[0]
    assert "差在谁" in said[1]
    if happened:
        assert "知道结果以后挑出来的" in said[-1]
    else:
        assert ("§2.2-b" in said[-1]) == bool(point["notes"])


def test_where_nobody_does_with_fewer_nothing_is_said(record):
    assert fewer_words(record | {"fewest": None}, {}, AT_HAND) == []


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.02, 0.2), "换来了看得出的多抓住"),
        ((-0.1, 0.1), "没有换来看得出的差别"),
        ((-0.2, -0.02), "户少的那一标准反而多"),
    ],
)
def test_the_money_is_said_to_have_bought_what_the_past_bears_out(store, standard, record, interval, said):
    side = Hindsight.of(PastScope(store, COUNTY), standard)
    narrow = parse_standard(standard_data(standard) | {"income": {"ceiling": {"multiple": 1.1}}})
    pair = PastPair.of(side, Hindsight.of(PastScope(store, COUNTY), narrow))
    pair = replace(pair, difference=replace(pair.difference, interval=interval))
    words = fewer_words(record, {}, AT_HAND, pair)
    assert said in words[-1].zh
    assert ("超出偶然" in words[2].zh) == (interval[0] > 0 or interval[1] < 0)
    # The past is no independent witness of what was picked by a model that learned from it.
    assert "偏大" in words[2].zh


def test_clearly_better_never_stands_beside_no_need_to_change_unexplained(store, standard):
    """A point may be clearly better and no reason to change: it takes more households, and that is said."""
    for multiple in (1.1, 1.3, 1.5, 2.0):
        at_hand = parse_standard(standard_data(standard) | {"income": {"ceiling": {"multiple": multiple}}})
        evidence, ranked = past_evidence(PastScope(store, COUNTY), at_hand)
        made = frontier_record(evidence, at_hand, ranked)
        clearly = [point for point in made["points"] if point["gain"]["verdict"] == "clearly_better"]
        if made["proposal"] is None and clearly:
            assert f"“明显好于”的 {len(clearly)} 个都要纳入更多户" in made["no_proposal"].zh
            assert all(point["in"] > made["at_hand"]["in"] for point in clearly)
            break
    else:
        pytest.fail("no standard at hand that points beat clearly with more households")
