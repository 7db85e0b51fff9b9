"""Assistance: cases in sentences; a measure for every member; nothing ends with a tier; what is unknown stays open."""

import inspect
from itertools import product
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_cases import by_sentence, household
from tests.engines import ENGINES, columns, native
from tests.strategies import POLARS, facts_frame, households, unknown_or
from workbench.domain.assistance import housing_decision, measures, suggestions
from workbench.domain.assistance.housing_decision import QUESTIONS, decide_housing
from workbench.domain.assistance.measures import Level, catalogue
from workbench.domain.assistance.suggestions import ASSISTANCE_FACTS, propose_each
from workbench.domain.facts import FACT
from workbench.domain.parameters import load_yaml, tier_parameters
from workbench.domain.rules import coverage
from workbench.domain.rules.coverage import CHECKS, coverage_frame
from workbench.errors import InputError

CASES = Path(__file__).parent / "cases"
ASSISTANCE = yaml.safe_load((CASES / "assistance.yaml").read_text(encoding="utf-8"))
HOUSING = yaml.safe_load((CASES / "housing.yaml").read_text(encoding="utf-8"))
COVERAGE = yaml.safe_load((CASES / "coverage.yaml").read_text(encoding="utf-8"))
PARAMETERS = tier_parameters("2019-10")
CATALOGUE = measures.measures()
PARTS = [measure.name for measure in CATALOGUE.values() if measure.part]


def propose(facts, parameters):
    return propose_each([facts], parameters)[0]


def by_name(proposals):
    return {proposal.measure.name: proposal for proposal in proposals}


@by_sentence(ASSISTANCE["cases"])
def test_measures(case):
    result = propose(household(ASSISTANCE["household"], case["facts"]), PARAMETERS)
    proposed = by_name(result.household)
    assert set(case.get("has", [])) <= set(proposed)
    assert not set(case.get("not", [])) & set(proposed)
    if "undecided" in case:
        assert list(result.undecided) == case["undecided"]
    if "people" in case:
        expected = {name: None if people == "unknown" else people for name, people in case["people"].items()}
        assert {name: proposal.people for name, proposal in by_name(result.persons).items()} == expected


@by_sentence(HOUSING)
def test_housing(case):
    answers = {name: case.get(name) for name in QUESTIONS}
    result = decide_housing(household({}, case["facts"]), **answers)
    if case["outcome"] == "unknown":
        assert (result.outcome, list(result.possible), list(result.missing)) == (
            None,
            case["possible"],
            case["missing"],
        )
    else:
        assert (result.outcome, result.possible, result.missing) == (case["outcome"], (case["outcome"],), ())


@by_sentence(COVERAGE)
def test_coverage(case):
    facts = household(dict.fromkeys(coverage.COVERAGE_FACTS), case["facts"])
    frame = pl.DataFrame({name: pl.Series([value], dtype=POLARS[FACT[name].type]) for name, value in facts.items()})
    (row,) = coverage_frame(frame).to_dicts()
    assert row[f"gap_{case['check']}"] == (None if case["gap"] == "unknown" else case["gap"])
    assert row[f"potential_{case['check']}"] == case.get("potential", False)


# -- properties -----------------------------------------------------------------------------------------------------------

count = unknown_or(st.integers(0, 4))
members = st.fixed_dictionaries(
    {"persons": unknown_or(st.integers(1, 8)), **dict.fromkeys(["labour", "skilled", "weak_labour", "students"], count)}
)


@given(members)
def test_every_member_has_a_measure(facts):
    result = propose(facts, PARAMETERS)
    for_each = [one.people for one in result.persons if one.measure.name in (*PARTS, "member_to_verify")]
    assert for_each
    if facts["persons"] is None:
        assert None in for_each
    else:
        assert sum(for_each) >= facts["persons"]


@given(households, st.sampled_from([None, 0, 1, 2, 3]))
def test_no_measure_depends_on_a_tier(rows, tier):
    for row in rows[:3]:
        plain = propose(row, PARAMETERS)
        assert propose({**row, "tier": tier, "filed_tier": tier}, PARAMETERS) == plain


def test_nothing_in_the_rules_of_assistance_reads_a_tier_or_takes_a_measure_away():
    assert not {"tier", "filed_tier"} & set(ASSISTANCE_FACTS)
    for module in (suggestions, measures, housing_decision, coverage):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            assert not {"tier", "filed_tier"} & set(inspect.signature(function).parameters), name


@given(households)
def test_every_proposal_has_its_reason_and_what_is_undecided_names_unknown_facts(rows):
    facts = dict.fromkeys(ASSISTANCE_FACTS) | rows[0]
    result = propose(facts, PARAMETERS)
    for proposal in (*result.household, *result.persons):
        assert proposal.reasons
        assert all(reason.words.zh and reason.clause.startswith("§") for reason in proposal.reasons)
    for missing in result.undecided.values():
        assert missing
        assert all(facts[name] is None for name in missing)


@given(households)
def test_households_proposed_for_together_have_what_each_alone_has(rows):
    every = _complete(rows).to_dicts()
    assert propose_each(every, PARAMETERS) == [propose(facts, PARAMETERS) for facts in every]


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "polars"])
@given(rows=households)
def test_engines_agree(engine, rows):
    frame = _complete(rows)
    gaps = [f"{kind}_{check.name}" for check in CHECKS for kind in ("gap", "potential")]
    wanted = columns(coverage_frame(frame), [*gaps, "unskilled"], "polars")
    assert columns(coverage_frame(native(frame, engine)), [*gaps, "unskilled"], engine) == wanted


def _complete(rows):
    """The households with every fact that assistance reads; those that the strategy does not give are not known."""
    frame = facts_frame(rows)
    absent = {name: pl.lit(None, POLARS[FACT[name].type]) for name in ASSISTANCE_FACTS if name not in frame.columns}
    return frame.with_columns(**absent)


answer = st.sampled_from([True, False, None])


@given(st.sampled_from([None, 0, 1, 2]), st.sampled_from([None, "A", "B", "C", "D"]), st.tuples(answer, answer, answer))
def test_the_housing_tree_leaves_open_just_what_the_unknown_answers_leave_open(housing, grade, answers):
    given_answers = dict(zip(QUESTIONS, answers, strict=True))
    result = decide_housing({"housing": housing, "housing_grade": grade}, **given_answers)
    unsafe = housing_decision.is_unsafe({"housing": housing, "housing_grade": grade})
    choices = [[True, False] if one is None else [one] for one in (unsafe, *answers)]
    reachable = {_walk(*chosen) for chosen in product(*choices)}
    assert set(result.possible) == reachable
    assert result.outcome == (reachable.pop() if len(result.possible) == 1 else None)
    assert bool(result.missing) == (result.outcome is None)


def _walk(unsafe, eligible, own, supporters):
    """The sentence of §3.4-b, answered throughout."""
    if not unsafe:
        return "safe"
    if eligible:
        return "renovation"
    if own:
        return "own_renovation"
    return "supporters_renovation" if supporters else "land_programmes"


# -- the catalogue --------------------------------------------------------------------------------------------------------


def test_every_measure_has_a_clause_labels_and_something_it_is_proposed_from():
    for measure in CATALOGUE.values():
        assert measure.clause.startswith("§")
        assert measure.zh
        assert measure.en
        if measure.level is Level.HOUSEHOLD:
            assert measure.triggers or measure.chosen_by == "housing"
        else:
            assert all(measure.role)


def test_every_cause_that_the_notice_can_help_with_leads_to_a_measure():
    caused = {
        value
        for measure in CATALOGUE.values()
        for trigger in measure.triggers
        if trigger.fact == "cause"
        for value in trigger.values
    }
    assert set(FACT["cause"].values) - caused == {
        "因残",
        "缺劳力",
        "缺资金",
        "其他",
    }  # by members, by criteria, by none
    assert CATALOGUE["funding"].triggers[0].criterion == "short_of_funds"


@pytest.mark.parametrize(
    ("when", "said"),
    [({"fact": "labor", "is": [1]}, "labor"), ({"cause": ["因懒"]}, "因懒"), ({"criterion": "poor"}, "poor"), ({"sometimes": True}, "sometimes")],
)  # fmt: skip
def test_a_catalogue_that_names_what_there_is_not_is_refused(when, said):
    declared = load_yaml("measures")
    broken = {"name": "x", "zh": "甲", "en": "x", "clause": "§3.1", "when": [when]}
    with pytest.raises(InputError, match=said):
        catalogue({**declared, "household": [broken]})
