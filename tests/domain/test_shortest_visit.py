"""The questions of the shortest visit suffice: no answer to a question left out changes what is settled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import LINE, household, standard
from workbench.domain.facts import not_known
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.explanation import explain_edge, explain_tier, lacking_for_line
from workbench.domain.rules.legal_readings import reading, readings
from workbench.domain.rules.standard import parse_standard
from workbench.domain.visits.decision_rule import FROM_BEFORE, edge_rule, tier_rule
from workbench.domain.visits.shortest_visit import VisitedHousehold, open_questions, questions_of

FIGURES = tier_parameters("2019-10")
TIERS = tier_rule(FIGURES, reading("default"))
BLUE = {
    "labour": 2, "skilled": 1, "weak_labour": 0, "persons": 4, "land_mu": 4.0, "income_business": 9000.0,
    "cost_business": 1000.0, "income_property": 0.0, "work_months": 10.0, "out_of_pocket": 500.0, "net_income": 60000.0,
    "income_pc": 15000.0, "cause": "因病", "food": 0, "clothing": 0, "education": 0, "medical": 0, "housing": 0, "water": 0,
    "seen_before": True, "previous_out_of_pocket": 400.0,
}  # fmt: skip


def visited(truths, recorded, rule):
    """Visits in which each question is answered as it truly is, or not at all: what is certain then, and what was asked."""
    records = [
        {**each, **{name: truth.get(name) for name in FROM_BEFORE}}
        for truth, each in zip(truths, recorded, strict=True)
    ]
    visits = [VisitedHousehold({}, record) for record in records]
    while any(questions := questions_of(visits, rule)):
        for at, (truth, listed) in enumerate(zip(truths, questions, strict=True)):
            name = listed[0].fact if listed else None
            assert name not in visits[at].answers
            if name is not None:
                unanswerable = {name} if not_known(name, truth.get(name)) else set()
                visits[at] = VisitedHousehold(
                    {**visits[at].answers, name: truth.get(name)}, records[at], visits[at].unanswerable | unanswerable
                )
    return visits


def hold(truths, recorded, others, rule):
    """What was settled stays so whatever the facts left unasked are; undetermined is only who was asked everything."""
    truths, recorded, others = ([facts_of(each) for each in listed[:3]] for listed in (truths, recorded, others))
    for each in visited(truths, recorded, rule):
        certain = each.certain(rule)
        (result,) = rule.results([certain])
        unasked = [fact for fact in rule.askable if fact not in each.answers]
        completions = [{**certain, **{fact: other[fact] for fact in unasked}} for other in others]
        assert not unasked if result is None else set(rule.results(completions)) == {result}


def facts_of(drawn):
    """A drawn household with what the round before says of it."""
    before = drawn.get("previous")
    return {
        **{name: value for name, value in drawn.items() if name != "previous"},
        "seen_before": before is not None,
        "previous_out_of_pocket": (before or {}).get("out_of_pocket"),
        "previous_income_pc": (before or {}).get("income_pc"),
    }


three = st.lists(household, min_size=3, max_size=3)


FEW_OR_MANY = pytest.mark.parametrize(
    "examples", [pytest.param(2, id="few"), pytest.param(150, id="many", marks=pytest.mark.deep)]
)


OTHER_READINGS = sorted(set(readings()) - {"default"})


@FEW_OR_MANY
@pytest.mark.parametrize("name", [*(pytest.param(each, marks=pytest.mark.deep) for each in OTHER_READINGS), "default"])
def test_no_fact_left_unasked_changes_the_tier(name, examples):
    def check(truths, recorded, others):
        hold(truths, recorded, others, tier_rule(FIGURES, reading(name)))

    settings(max_examples=examples, deadline=None)(given(three, three, three)(check))()


@FEW_OR_MANY
def test_no_fact_left_unasked_changes_what_a_standard_says(examples):
    def check(truths, recorded, others, drawn):
        hold(truths, recorded, others, edge_rule(edge_limits(parse_standard(drawn), LINE)))

    settings(max_examples=examples, deadline=None)(given(three, three, three, standard)(check))()


@settings(max_examples=10, deadline=None)
@given(household)
def test_an_undetermined_household_has_a_list_that_can_settle_it(drawn):
    facts = facts_of(drawn)
    known = {name: value for name, value in facts.items() if value is not None}
    explained = explain_tier(facts, FIGURES, reading("default"), with_changes=False)
    questions = open_questions(VisitedHousehold(known, facts), TIERS)
    assert bool(questions) == (explained.result is None)
    assert all(each.recorded is None for each in questions)


def test_ten_facts_prove_a_stable_household():
    questions = open_questions(VisitedHousehold({}, BLUE), TIERS)
    assert {each.fact for each in questions} == {
        "food", "clothing", "education", "medical", "housing", "water", "income_pc", "work_months", "skilled", "cause",
    }  # fmt: skip
    assert all(each.recorded == BLUE[each.fact] for each in questions)


def test_a_missing_fact_is_asked_before_those_to_be_confirmed():
    questions = open_questions(VisitedHousehold({}, {**BLUE, "water": None}), TIERS)
    assert questions[0].fact == "water"
    assert questions[0].recorded is None


def test_nobody_is_asked_what_the_recorded_facts_settle():
    assert open_questions(VisitedHousehold(BLUE, BLUE), TIERS) == []


def test_an_answer_that_settles_ends_the_questions():
    poor = {**BLUE, "labour": 0, "skilled": 0, "weak_labour": 0, "food": 2}
    before = open_questions(VisitedHousehold({"food": 2}, poor), TIERS)
    assert {each.fact for each in before} == {"labour", "weak_labour"}
    assert open_questions(VisitedHousehold({"food": 2, "labour": 0, "weak_labour": 0}, poor), TIERS) == []


@pytest.mark.parametrize("persons", [0, None])
def test_a_household_of_no_persons_is_asked_how_many_there_are(persons):
    known = {**BLUE, "land_mu": 0.1, "income_business": 0.0, "cost_business": 0.0, "work_months": 0.0, "labour": 0,
             "weak_labour": 0, "persons": persons}  # fmt: skip
    assert [each.fact for each in open_questions(VisitedHousehold(known, known), TIERS)] == ["persons"]
    assert "persons" in explain_tier(known, FIGURES, reading("default")).missing


def test_many_are_judged_as_one_by_one():
    households = [VisitedHousehold({}, BLUE), VisitedHousehold({}, {**BLUE, "food": None, "income_pc": None})]
    assert questions_of(households, TIERS) == [open_questions(each, TIERS) for each in households]


def test_a_settled_answer_is_weighed_by_the_usual_ones():
    usual = {"income_pc": (3000.0, 4000.0, 15000.0, 20000.0), "cause": ("因病", "缺资金")}
    weights = {each.fact: each.weight for each in open_questions(VisitedHousehold({}, BLUE), TIERS, usual)}
    assert weights["income_pc"] == 0.5  # two of the four would be near the line
    assert weights["cause"] == 0.0


def test_who_is_excluded_is_asked_for_the_income_before_the_visit_ends():
    limits = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.5}}, "exclusions": ["has_car"]}), LINE)
    rule = edge_rule(limits)
    excluded = {"has_car": True}
    # Out of the standard whatever the income, and below the line for all that anybody knows.
    assert explain_edge(excluded, limits).result == "out"
    assert lacking_for_line(explain_edge(excluded, limits)) == ["income_pc"]
    assert [each.fact for each in open_questions(VisitedHousehold(excluded), rule)] == ["income_pc"]
    for income, result in ((LINE - 0.01, "below_line"), (LINE, "out")):
        answered = {**excluded, "income_pc": income}
        assert open_questions(VisitedHousehold(answered), rule) == []
        assert rule.results([answered]) == [result]
        assert lacking_for_line(explain_edge(answered, limits)) == []
