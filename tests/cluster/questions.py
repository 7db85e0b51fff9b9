"""What is asked of a store on one computer and on a cluster, and how the answers are compared."""

import json

from typer.testing import CliRunner

from workbench.cli.app import app
from workbench.cli.language import speaking

_STANDARD = """
income: {ceiling: {multiple: 1.5}, group_ceilings: {disability: 1.8}}
groups: [dilapidated_housing, dibao, illness, disability]
require_group: true
routes:
  rigid_expenditure: {share: 0.5, ceiling: {multiple: 2.0}}
  income_drop: {share: 0.3, ceiling: {multiple: 2.0}}
exclusions: [has_car, has_commercial_housing]
help_cost: 3000
"""
_OTHER = """
income: {ceiling: {multiple: 1.4}, deduct_out_of_pocket: true}
groups: [illness, disability]
require_group: true
help_cost: 2000
"""
NAMES = [
    "tier", "tier of a county", "changes", "coverage", "coverage in force", "preview", "preview of what is left",
    "sweep", "sweep of shares", "sweep of lines", "hindsight", "hindsight of a county",
    "frontier", "frontier of the past", "frontier of the past of a county",
]  # fmt: skip
_TIMES = {"seconds", "milliseconds", "engine"}


def questions(folder):
    """By name, the arguments of each command that may run on a cluster."""
    standard, other = folder / "standard.yaml", folder / "other.yaml"
    standard.write_text(_STANDARD)
    other.write_text(_OTHER)
    of_round, ours, theirs = ["--round", "2019-10"], ["--standard", str(standard)], ["--standard", str(other)]
    against = ["--against", str(other)]
    return {
        "tier": ["tier", *of_round],
        "tier of a county": ["tier", *of_round, "--county", "341524"],
        "changes": ["changes", *of_round],
        "coverage": ["coverage", *of_round, *ours, "--list"],
        "coverage in force": ["coverage", *of_round],
        "preview": ["preview", *of_round, *ours, *against, "--carry", "80000"],
        "preview of what is left": ["preview", *of_round, *theirs],
        "sweep": ["sweep", *of_round, *ours, *against, "--vary", "income.ceiling.multiple=1.0:2.0:0.1"],
        "sweep of shares": [
            "sweep", *of_round, *ours, "--vary", "routes.income_drop.share=0.1:0.5:0.1",
            "--vary", "routes.rigid_expenditure.share=0.2:0.6:0.2",
        ],
        "sweep of lines": ["sweep", *of_round, *theirs, "--vary", "line=3000:3400:200", "--vary", "help_cost=1000:2000:500"],
        "hindsight": ["hindsight", *ours, *against],
        "hindsight of a county": ["hindsight", *theirs, "--county", "341522"],
        "frontier": ["frontier", *ours],
        "frontier of the past": ["frontier", *theirs, "--hindsight"],
        "frontier of the past of a county": ["frontier", *ours, "--hindsight", "--county", "341522"],
    }  # fmt: skip


def answer(arguments, store, *more):
    """What a command answers in this process, times left out; its words where it refuses."""
    # In one language, whichever the command before it spoke in this process.
    with speaking("zh"):
        result = CliRunner().invoke(app, [*arguments, "--store", str(store), "--json", *more])
    assert result.exit_code == 0, result.output
    return without_times(json.loads(result.stdout))


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in _TIMES}
    return [without_times(each) for each in value] if isinstance(value, list) else value
