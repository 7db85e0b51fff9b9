"""What the register keeps as codes, as this run speaks it."""

from workbench.cli.language import label
from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.roles import ROLES
from workbench.domain.procedure.workflow import EDGE_PROPOSALS, STEPS
from workbench.errors import Words
from workbench.register.assessment import EDGE, RISK
from workbench.register.standards.effect import RESULTS

KINDS = {RISK: Words("风险等级", "risk tiers"), EDGE: Words("边缘户", "edge households")}
"""The two procedures of the notice: tiers of lifted households, and edge households."""


def role_label(name: str) -> str:
    """Return the name of a role, as this run speaks it."""
    return label((ROLES[name].zh, ROLES[name].en))


def step_label(name: str) -> str:
    """Return the name of a step of the procedure."""
    return label((STEPS[name].zh, STEPS[name].en))


def case_step_label(name: str) -> str:
    """Return the name of a step of a case; `open` is the first, which nobody takes by itself."""
    return label(("立案", "open") if name == "open" else (CASE_STEPS[name].zh, CASE_STEPS[name].en))


def rule_label(result: str | None) -> str | None:
    """What the rules say of a household: a tier as it is, or a result of the edge rules."""
    return label(RESULTS[result]) if result is not None and result in RESULTS else result


def proposal_label(name: str | None) -> str | None:
    """What was proposed: a tier as it is, or a step of the edge register."""
    return label(EDGE_PROPOSALS[name]) if name is not None and name in EDGE_PROPOSALS else name
