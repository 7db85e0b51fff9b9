"""Rules that are stated once say of every household what they say stated anew, whoever asks and however many at once."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
from hypothesis import given

from tests.domain.test_cases import LIMITS, PARAMETERS, TIERS
from tests.domain.test_cases import household as make
from tests.domain.test_explanation import DEFAULT, flat
from tests.strategies import household
from workbench.domain.assistance.suggestions import propose_each
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.explanation import explain_edge, explain_tier
from workbench.domain.rules.standard import parse_standard
from workbench.register.stated_rules import Statements

STATED = Statements()


@given(row=household)
def test_a_household_is_explained_as_where_the_rules_are_stated_anew(row):
    facts = flat(row)
    assert explain_tier(facts, PARAMETERS, DEFAULT, ask=STATED.ask) == explain_tier(facts, PARAMETERS, DEFAULT)
    assert explain_edge(facts, LIMITS, ask=STATED.ask) == explain_edge(facts, LIMITS)
    assert propose_each([facts], PARAMETERS, STATED.ask) == propose_each([facts], PARAMETERS)


def test_rules_are_stated_once_and_another_figure_or_form_is_another_statement():
    statements, stated = Statements(most=2), []

    def doubled(frame):
        stated.append(1)
        return frame.select(pl.col("a") * 2)

    def ask(key, frame):
        return statements.ask((key,), doubled, frame)["a"].to_list()

    assert [ask("x", pl.DataFrame({"a": [number]})) for number in range(3)] == [[0], [2], [4]]
    assert len(stated) == 1
    assert ask("x", pl.DataFrame({"a": [0.5]})) == [1.0]
    assert len(stated) == 2
    ask("y", pl.DataFrame({"a": [1]}))
    # Bounded: the one asked for longest ago has given way.
    ask("x", pl.DataFrame({"a": [1]}))
    assert len(stated) == 4


def test_two_standards_are_never_answered_for_each_other():
    facts = make(TIERS["household"], {"kind": "unregistered", "income_pc": 5000.0})
    for multiple in (1.2, 2.0, 1.2):
        limits = edge_limits(parse_standard({"income": {"ceiling": {"multiple": multiple}}}), PARAMETERS.line)
        assert explain_edge(facts, limits, ask=STATED.ask) == explain_edge(facts, limits)


def test_each_of_many_threads_has_the_answer_to_its_own_frame():
    statements = Statements()

    def ask(number):
        frame = pl.DataFrame({"a": [number] * (number + 1)})
        return statements.ask(("same",), lambda each: each.select(pl.col("a") + 1), frame)["a"].to_list()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [[number + 1] * (number + 1) for number in range(200)]
