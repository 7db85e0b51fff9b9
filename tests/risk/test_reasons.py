"""Reasons say why this household and not its neighbour: against those of its tier that are as near to the line."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from workbench.domain.facts import FAMILY_FLAGS
from workbench.risk.data.features import extra_features, nearness
from workbench.risk.model.peers import Peers
from workbench.risk.scoring.reason_topics import TOPICS, topics_of
from workbench.risk.scoring.scoring import score

LAST = "2020-10"


@pytest.fixture(scope="module")
def scores(city, model):
    return pl.DataFrame(score(city, LAST, model).table)


def first_reason(reasons):
    return next(
        (each["topic"] for each in reasons if each["topic"] not in ("base", "rest") and each["points"] > 0), None
    )


def test_no_first_reason_is_that_of_more_than_half_of_the_likeliest(scores):
    likeliest = scores.sort("p_slip", descending=True).head(200)
    firsts = Counter(first_reason(reasons) for reasons in likeliest["reasons"].to_list())
    assert max(firsts.values()) <= 100, firsts
    assert len(firsts) >= 5, firsts


def test_reasons_add_up_to_the_logit(scores):
    points = scores["reasons"].list.eval(pl.element().struct.field("points")).list.sum().to_numpy()
    p = scores["p_slip"].to_numpy()
    assert np.allclose(points, np.log(p / (1 - p)))


def made_up(rows=4_000, seed=1):
    rng = np.random.default_rng(seed)
    income = 4_000 * np.exp(rng.exponential(0.6, rows))
    frame = pl.DataFrame({
        "kind": np.where(rng.random(rows) < 0.4, "lifted", "unregistered"), "state": rng.integers(1, 4, rows),
        "income_pc": income, "line": 4_000.0, "near_line": 6_000.0,
    })  # fmt: skip
    near = nearness(frame)
    points = np.column_stack([-2 * near, rng.normal(0, 0.4, rows)])
    return frame, near, points, 1 / (1 + np.exp(3 - points.sum(axis=1)))


def test_peers_are_of_the_same_standing_and_as_near_to_the_line():
    frame, near, points, p = made_up()
    peers = Peers.fitted(frame, points, p, np.ones(len(p)))
    assert set(peers.means) == {"1", "2", "3", "unregistered"}
    means = peers.of(frame)
    # What nearness adds is that of the peers but for what is inside a cell; the rest is their average, nothing.
    likely = p > np.quantile(p, 0.9)
    assert (
        np.abs(points[:, 0] - means[:, 0])[likely].mean()
        < 0.25 * np.abs(points[:, 0] - points[:, 0].mean())[likely].mean()
    )
    assert np.abs(means[:, 1]).max() < 0.3
    assert np.allclose(means.mean(axis=0), points.mean(axis=0), atol=0.02)
    assert (np.diff(peers.cuts["unregistered"]) > 0).all()
    assert np.isfinite(near).all()


def test_whose_income_or_standing_is_not_known_has_peers_too():
    frame, _, points, p = made_up()
    peers = Peers.fitted(frame, points, p, np.ones(len(p)))
    strange = frame.head(3).with_columns(
        income_pc=pl.Series([None, 5_000.0, 5_000.0]), kind=pl.Series(["lifted", "registered", None], dtype=pl.String)
    )
    assert np.isfinite(peers.of(strange)).all()


def test_facts_of_a_mapping_are_called_by_their_own_names():
    # What kind a family is stays out: by that the choice of a standard is judged.
    topics = topics_of(extra_features(["household_id", "x_rooms", "x_rent", *FAMILY_FLAGS]))
    assert topics[: len(TOPICS)] == TOPICS
    assert [topic.name for topic in topics[len(TOPICS) :]] == ["x_rooms", "x_rent"]
    assert topics[-1].raises == ("“rent”偏不利", "“rent” counts against it")
