"""What would change a result does change it, and nothing smaller of the same fact does."""

import pytest
from hypothesis import given

from tests.domain.test_cases import EDGE, LIMITS, PARAMETERS, TIERS
from tests.domain.test_cases import household as make
from tests.strategies import LINE, household
from workbench.domain.facts import FACT
from workbench.domain.members import members_agree
from workbench.domain.rules.counterfactual import smallest_changes
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.explanation import explain_edge, explain_tier, tier_results
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard
from workbench.domain.rules.tiers import TIER_FACTS

DEFAULT = reading("default")


def flat(row):
    before = row["previous"]
    return {
        **row,
        "seen_before": before is not None,
        "previous_out_of_pocket": before and before["out_of_pocket"],
        "previous_income_pc": before and before["income_pc"],
    }


@given(row=household)
def test_every_change_of_a_tier_gives_the_result_it_promises(row):
    facts = flat(row)
    explanation = explain_tier(facts, PARAMETERS, DEFAULT)
    assert [change.steps for change in explanation.changes] == sorted(change.steps for change in explanation.changes)
    for change in explanation.changes:
        again = explain_tier({**facts, change.fact: change.after}, PARAMETERS, DEFAULT)
        assert again.result == change.result != explanation.result


@given(row=household)
def test_every_change_in_or_out_gives_the_result_it_promises(row):
    facts = flat(row)
    explanation = explain_edge(facts, LIMITS)
    for change in explanation.changes:
        assert explain_edge({**facts, change.fact: change.after}, LIMITS).result == change.result != explanation.result


@pytest.mark.parametrize(
    ("fact", "changes", "after", "tier"),
    [
        ("income_pc", {}, 4826.99, 2),
        ("income_pc", {"income_pc": 4826.99}, 4827, 3),
        ("income_pc", {"income_pc": 4827.6}, 4826.99, 2),  # down by 0.61, though the next whole yuan down is farther
        ("water", {}, 1, 2),
        ("work_months", {"cause": "缺资金"}, 5.9, 2),
    ],
)
def test_the_smallest_change_of_one_fact(fact, changes, after, tier):
    explanation = explain_tier(make(TIERS["household"], changes), PARAMETERS, DEFAULT)
    change = next(change for change in explanation.changes if change.fact == fact)
    assert (change.after, change.result) == (after, tier)


def test_the_rules_are_stated_a_few_times_for_all_facts_together():
    facts, stated = make(TIERS["household"], {}), []

    def outcome(frame):
        stated.append(len(frame))
        return tier_results(PARAMETERS, DEFAULT, frame)

    changes = smallest_changes(facts, TIER_FACTS, TIER_FACTS, outcome)
    assert changes == explain_tier(facts, PARAMETERS, DEFAULT).changes
    # One turn of all facts, two to the fen up and two down; fact by fact it was forty.
    assert len(stated) <= 5


def test_a_fall_below_the_line_is_no_mere_out():
    explanation = explain_edge(make(EDGE["household"], {"income_pc": 3300.0}), LIMITS)
    change = next(change for change in explanation.changes if change.fact == "income_pc")
    assert (change.after, change.result) == (3217.99, "below_line")
    below = explain_edge(make(EDGE["household"], {"income_pc": 3000.0}), LIMITS)
    assert (below.result, below.changes[0].after, below.changes[0].result) == ("below_line", 3218, "in")


def test_a_change_to_a_share_goes_one_fen_beyond_it():
    routes = {"rigid_expenditure": {"share": 0.35, "ceiling": {"multiple": 3.0}}}
    limits = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.0}}, "routes": routes}), LINE)
    facts = make(EDGE["household"], {"net_income": 10_300.0, "out_of_pocket": 3605.0, "income_pc": 5000.0})
    explanation = explain_edge(facts, limits)
    changes = {change.fact: (change.after, change.result) for change in explanation.changes}
    assert (explanation.result, changes["out_of_pocket"], changes["net_income"]) == (
        "out",
        (3605.01, "in"),
        (10_299.99, "in"),
    )


def test_facts_that_contradict_each_other_hide_no_change():
    facts = make(TIERS["household"], {"labour": 1, "skilled": 2, "income_pc": 3000.0})
    changes = {change.fact: change.after for change in explain_tier(facts, PARAMETERS, DEFAULT).changes}
    assert changes["income_pc"] == 4827


@pytest.mark.parametrize(
    ("facts", "agree"),
    [
        ({"persons": 3, "labour": 2, "weak_labour": 1, "skilled": 2}, True),
        ({"persons": 2, "labour": 2, "weak_labour": 1}, False),
        ({"persons": 4, "labour": 1, "skilled": 2}, False),
        ({"persons": 4, "labour": None, "skilled": 2}, True),
        ({}, True),
    ],
)
def test_members_agree_unless_their_numbers_cannot_all_be_true(facts, agree):
    assert members_agree(facts) is agree


def test_changes_keep_members_possible():
    facts = make(TIERS["household"], {"persons": 2})
    for change in explain_tier(facts, PARAMETERS, DEFAULT).changes:
        changed = {**facts, change.fact: change.after}
        assert changed["labour"] + changed["weak_labour"] <= changed["persons"]
        assert changed["skilled"] <= changed["labour"]


def test_far_thresholds_are_found_to_the_fen():
    explanation = explain_edge(make(EDGE["household"], {"income_pc": 90_000.0}), LIMITS)
    change = next(change for change in explanation.changes if change.fact == "income_pc")
    assert (change.after, change.result) == (4826.99, "in")


def test_traces_name_facts_figures_and_clause():
    for trace in explain_tier(make(TIERS["household"], {}), PARAMETERS, DEFAULT).criteria:
        assert trace.clause.startswith("§2.1.1")
        assert set(trace.facts) <= {*FACT, "previous_out_of_pocket"}
        assert all(isinstance(value, (int, float)) for value in trace.parameters.values())
