"""A panel unlike ours: annual rounds, other money, few columns, rotating households, columns that change their meaning."""

import csv
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.cli.command import run_here
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore

pytestmark = (
    pytest.mark.deep
)  # what drifts, and that scores are those judged, in every run: risk/test_drift, test_risk_commands
ROUNDS = ("2010-06", "2011-06", "2012-06", "2013-06", "2014-06")
CHANGED = "2013-06"
HOUSEHOLDS, STAYS, REGIONS = 700, 4, 6
LINE, MEDIAN = 9000, 16_000
NEW_REGION = "R99"
MAPPING = """
key: hid
encoding: utf-8
separator: ","
facts:
  county_code: {column: region}
  kind: {constant: unregistered}
  income_pc: {column: income}
  persons: {column: persons}
  x_schooling: {column: schooling}
  x_visits: {column: visits}
  x_debts: {column: debts}
  x_dwelling: {column: dwelling}
  x_rent: {column: rent}
"""
DRIFTING = {"x_visits", "x_debts", "x_dwelling", "x_rent"}
"""Suddenly all zero; never zero any more; new codes; another unit."""
KEYS = {
    "log_loss", "brier", "auc", "ece", "base_rate", "baseline_auc", "baseline_log_loss", "explained_share", "by_county",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A store; `record`: what the training said."""

    store: Path
    record: dict | None = None

    def words(self, *words):
        return *words, "--store", self.store, "--json"


def _panel(seed):
    """Rows by round; each household stays four rounds, and a quarter of them is replaced each year."""
    random, living, results, newest = np.random.default_rng(seed), [], {}, 0
    for number, name in enumerate(ROUNDS):
        living = [each for each in living if each["until"] > number]
        while len(living) < HOUSEHOLDS:
            until = number + STAYS if number else 1 + newest % STAYS
            newest += 1
            new = name == ROUNDS[-1] and len(living) >= HOUSEHOLDS - 40
            living.append(
                {
                    "hid": f"{newest:05d}",
                    "region": NEW_REGION if new else f"R{random.integers(REGIONS):02d}",
                    "until": until,
                    "lasting": random.normal(0, 0.45),
                    "persons": random.integers(1, 7),
                }
            )
        results[name] = [_row(random, each, changed=name >= CHANGED) for each in living]
    return results


def _row(random, household, *, changed):
    return {
        "hid": household["hid"],
        "region": household["region"],
        "income": round(MEDIAN * math.exp(household["lasting"] + random.normal(0, 0.25)), 2),
        "persons": household["persons"],
        "schooling": round(8 + 4 * household["lasting"] + random.normal(0, 1), 1),
        "visits": 0 if changed else random.choice([0, 0, 1, 2, 3]),
        "debts": random.choice([0, 0, 1, 2, 3]) + (1 if changed else 0),
        "dwelling": random.choice([1, 2, 3]) + (10 if changed and random.random() < 0.5 else 0),
        "rent": round(math.exp(random.normal(5, 0.5)) * (12 if changed else 1), 2),
    }


@pytest.fixture(scope="module")
def panel():
    return _panel(2010)


@pytest.fixture(scope="module")
def taken(panel, tmp_path_factory):
    place = tmp_path_factory.mktemp("foreign")
    (place / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    for name, rows in panel.items():
        table = place / f"{name}.csv"
        with table.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        done = run_here(
            "intake", table, "--round", name, "--mapping", place / "mapping.yaml", "--store", place / "store", "--json"
        )
        assert (done.status, done.record["accepted_households"]) == (0, HOUSEHOLDS), done.err
    return Place(place / "store")


@pytest.fixture(scope="module")
def trained(taken):
    """A place of the panel with a model that was trained without the last round."""
    done = run_here(*taken.words("train", "--line", LINE, "--until", ROUNDS[-2]))
    assert done.status == 0, done.err
    return replace(taken, record=done.record)


@pytest.fixture(scope="module")
def assessed(trained):
    done = run_here(*trained.words("evaluate", "--round", ROUNDS[-2]))
    assert done.status == 0, done.err
    return done.record


@pytest.fixture(scope="module")
def scored(trained):
    done = run_here(*trained.words("score", "--round", ROUNDS[-2]))
    assert done.status == 0, done.err
    return read_scores(trained.store, ROUNDS[-2]).to_pylist()


def _outcomes(panel, start, end):
    """By household at or above the line at the start, and found again: whether it is below it at the end."""
    later = {row["hid"]: row["income"] < LINE for row in panel[end]}
    return {row["hid"]: later[row["hid"]] for row in panel[start] if row["income"] >= LINE and row["hid"] in later}


def test_what_it_learns_from(panel, trained):
    record, steps = trained.record, list(pairwise(ROUNDS[:-1]))
    outcomes = [_outcomes(panel, *step) for step in steps]
    assert FactStore(trained.store).rounds() == list(ROUNDS)
    assert record["transitions"] == [{"start": start, "end": end} for start, end in steps]
    assert record["rows"] == sum(map(len, outcomes))
    assert record["slips"] == sum(sum(each.values()) for each in outcomes)
    assert 0.03 < record["base_rate"] < 0.12
    assert record["line"] == LINE
    assert {"income_pc", "x_schooling"} <= set(record["facts_used"])


def test_drifting_columns_are_named_and_kept_out(trained):
    record = trained.record
    assert set(record["excluded"]) == DRIFTING
    assert {each["fact"] for each in record["drift"]} >= DRIFTING
    assert not DRIFTING & set(record["facts_used"])


def test_judged_on_the_round_held_out(panel, assessed):
    outcomes = _outcomes(panel, *ROUNDS[-2:])
    assert assessed.keys() >= KEYS
    assert assessed["trained_on"] is False
    assert assessed["explained_share"] is None
    assert (assessed["rows"], assessed["slips"]) == (len(outcomes), sum(outcomes.values()))
    assert assessed["base_rate"] == pytest.approx(sum(outcomes.values()) / len(outcomes))
    assert assessed["auc"] > 0.6
    assert len(assessed["by_county"]) == REGIONS


def test_judged_on_a_round_that_it_learnt_from(workbench, trained):
    assert workbench(*trained.words("evaluate", "--round", ROUNDS[-3])).record["trained_on"] is True


def test_the_scores_are_those_that_were_judged(panel, assessed, scored):
    p = {row["household_id"]: row["p_slip"] for row in scored}
    losses = [-math.log(p[hid] if slipped else 1 - p[hid]) for hid, slipped in _outcomes(panel, *ROUNDS[-2:]).items()]
    assert assessed["log_loss"] == pytest.approx(sum(losses) / len(losses), rel=1e-9)


def test_everyone_who_can_slip_is_scored_once(panel, scored):
    can_slip = sorted(row["hid"] for row in panel[ROUNDS[-2]] if row["income"] >= LINE)
    assert sorted(row["household_id"] for row in scored) == can_slip
    for row in scored:
        assert 0 < row["p_low"] <= row["p_slip"] <= row["p_high"] < 1
        logit = math.log(row["p_slip"] / (1 - row["p_slip"]))
        assert sum(reason["points"] for reason in row["reasons"]) == pytest.approx(logit, abs=1e-9)


def test_a_region_never_seen_before_is_scored(workbench, panel, trained):
    done = workbench(*trained.words("score", "--round", ROUNDS[-1]))
    assert done.status == 0, done.err
    rows = read_scores(trained.store, ROUNDS[-1]).to_pylist()
    new = {row["hid"] for row in panel[ROUNDS[-1]] if row["region"] == NEW_REGION and row["income"] >= LINE}
    assert new == {row["household_id"] for row in rows if row["county_code"] == NEW_REGION}
    assert len(new) > 20
    assert all(0 < row["p_slip"] < 1 for row in rows)
