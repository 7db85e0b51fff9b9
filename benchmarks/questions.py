"""How many questions settle a household, against asking every fact that the rules read.

Each visit is played with the round's facts as the true answers: once knowing what the round before recorded, once
knowing nothing of the household but how others answer, and once with the records taken for certain and every tenth
fact lost.

Run: python -m benchmarks.questions [--households 200]
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.report import table
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.visits.decision_rule import FROM_BEFORE, DecisionRule, tier_rule
from workbench.domain.visits.shortest_visit import Usual, VisitedHousehold, questions_of
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.statistics.shortest_visit import usual_answers
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

COUNTY, SEED, LOST = "341524", 1, 0.1
Facts = dict[str, Any]


def played(truths: Sequence[Facts], visits: list[VisitedHousehold], rule: DecisionRule, usual: Usual) -> list[int]:
    """The number of questions that each visit takes."""
    counts = [0] * len(visits)
    while any(questions := questions_of(visits, rule, usual)):
        for at, listed in enumerate(questions):
            if listed:
                name, visit = listed[0].fact, visits[at]
                value = truths[at][name]
                unanswerable = visit.unanswerable | ({name} if value is None else set())
                visits[at] = VisitedHousehold({**visit.answers, name: value}, visit.recorded, unanswerable)
                counts[at] += 1
    return counts


def main(households: int) -> None:
    """Print the mean number of questions of each way to begin."""
    with tempfile.TemporaryDirectory() as folder:
        store = FactStore(Path(folder))
        for made in simulate(20_000, 2, SEED, divisions=DIVISIONS):
            store.write(made.round, made.facts, Origin(simulated=True))
        measured(store, households)


def measured(store: FactStore, households: int) -> None:
    """Play the visits of some lifted households of a county in the store's last round."""
    before, now = store.rounds()[-2:]
    rule = tier_rule(tier_parameters(now), reading("default"))
    lifted = store.frame_with_previous(now, COUNTY, kind="lifted").filter(pl.col("seen_before"))
    chosen = lifted.sort("household_id").sample(min(households, len(lifted)), seed=SEED)
    truths = chosen.select(rule.columns).to_dicts()
    usual = usual_answers(store, now, COUNTY, "lifted", rule)
    recorded = {row["household_id"]: row for row in store.frame(before, COUNTY).to_dicts()}
    fixed = [{name: truth[name] for name in FROM_BEFORE & set(rule.columns)} for truth in truths]
    last = [{**recorded[number], **each} for number, each in zip(chosen["household_id"], fixed, strict=True)]
    partly = [_with_losses(each, rule, random.Random(number)) for number, each in enumerate(truths)]  # noqa: S311
    whole = [len(rule.askable)] * len(truths)
    ways = [
        ("knowing the round before", [VisitedHousehold({}, each) for each in last], whole),
        ("knowing nothing", [VisitedHousehold({}, each) for each in fixed], whole),
        (
            "records certain, a tenth lost",
            [VisitedHousehold(each, each) for each in partly],
            [sum(each[name] is None for name in rule.askable) for each in partly],
        ),
    ]
    rows = []
    for label, visits, every in ways:
        asked = played(truths, visits, rule, usual)
        mean, of_all = sum(asked) / len(asked), sum(every) / len(every)
        rows.append([label, f"{mean:.2f}", f"{of_all:.2f}", f"{mean / of_all:.2f}"])
    table(
        f"Questions a household ({len(truths)} lifted households)", ["beginning", "asked", "asking all", "ratio"], rows
    )


def _with_losses(truth: Facts, rule: DecisionRule, draw: random.Random) -> Facts:
    return {name: None if name in rule.askable and draw.random() < LOST else value for name, value in truth.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=200)
    main(parser.parse_args().households)
