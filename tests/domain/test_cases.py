"""The rules in sentences: cases that those who own the notice can read, in `cases/*.yaml`."""

from pathlib import Path

import pytest
import yaml

from workbench.domain.facts import FACT, FactType
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.explanation import explain_edge, explain_tier
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard

CASES = Path(__file__).parent / "cases"
TIERS = yaml.safe_load((CASES / "tiers.yaml").read_text(encoding="utf-8"))
EDGE = yaml.safe_load((CASES / "edge.yaml").read_text(encoding="utf-8"))
PARAMETERS = tier_parameters("2019-10")
LIMITS = edge_limits(parse_standard(EDGE["standard"]), PARAMETERS.line)


def household(base, changes):
    facts = {name: None if value == "unknown" else value for name, value in {**base, **changes}.items()}
    return {
        name: float(value) if name in FACT and FACT[name].type is FactType.FLOAT and value is not None else value
        for name, value in facts.items()
    }


def by_sentence(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["say"] for case in cases])


@by_sentence(TIERS["cases"])
def test_tier(case):
    explanation = explain_tier(household(TIERS["household"], case["facts"]), PARAMETERS, reading("default"))
    if case["tier"] == "unknown":
        assert (explanation.result, explanation.possible, explanation.missing) == (
            None,
            case["possible"],
            case["missing"],
        )
        assert explanation.changes == []
    else:
        assert (explanation.result, explanation.possible, explanation.missing) == (case["tier"], [case["tier"]], [])


@by_sentence(EDGE["cases"])
def test_edge(case):
    explanation = explain_edge(household(EDGE["household"], case["facts"]), LIMITS)
    assert (explanation.result or "cannot_tell") == case["edge"]
    assert explanation.missing == case.get("missing", [])
