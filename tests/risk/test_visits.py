"""Visits are ordered, never cut: whoever qualifies by rule is listed, whatever the capacity and the probability."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.risk.visit_ranking import disagreements, visit_list

STANDINGS = {
    "lifted": ["1", "2", "3", "undetermined"],
    "unregistered": ["below_line", "edge_in", "edge_unknown", "edge_out"],
}
STATE = {"1": 1, "2": 2, "3": 3, "edge_in": 1, "edge_out": 1, "below_line": 0}
SCHEMA = {
    "household_id": pl.String, "county_code": pl.String, "township": pl.String, "village": pl.String, "kind": pl.String,
    "standing": pl.String, "state": pl.Int64, "below": pl.Boolean, "income_pc": pl.Float64, "p_slip": pl.Float64,
}  # fmt: skip


@st.composite
def households(draw):
    rows = []
    for number in range(draw(st.integers(1, 30))):
        kind = draw(st.sampled_from(sorted(STANDINGS)))
        standing = draw(st.sampled_from(STANDINGS[kind]))
        below = standing == "below_line" or (kind == "lifted" and draw(st.sampled_from([True, False, None])))
        rows.append({
            "household_id": f"h{number}", "county_code": "341524", "township": draw(st.sampled_from(["甲", "乙", None])),
            "kind": kind, "standing": standing, "state": STATE.get(standing), "below": below,
            "p_slip": draw(st.floats(0.001, 0.9)) if STATE.get(standing) else None,
        })  # fmt: skip
    return rows


def listed(rows, capacity):
    frame = pl.DataFrame([{**dict.fromkeys(SCHEMA), **row} for row in rows], schema=SCHEMA)
    return visit_list(frame.with_columns(p_low="p_slip", p_high="p_slip", reasons=pl.lit(None)), capacity)


def named(row):
    return row["below"] or row["standing"] in ("1", "2", "edge_in", "undetermined", "edge_unknown")


@given(households(), st.integers(0, 5))
def test_nobody_who_qualifies_is_left_out_and_all_of_them_come_before_who_the_model_alone_names(rows, capacity):
    result = listed(rows, capacity)
    assert {row["household_id"] for row in rows if named(row)} <= set(result["household_id"])
    for (_,), town in result.group_by("township"):
        assert town["visit"].sum() <= capacity
        ordered = town.sort("rank")
        by_model = ordered["by_rule"].is_null().to_list()
        assert by_model == sorted(by_model)
        # Chances of one event are compared, and no others: within a reason the likelier comes first.
        for (_,), alike in ordered.group_by("by_rule", maintain_order=True):
            chances = alike["p_slip"].drop_nulls().to_list()
            assert chances == sorted(chances, reverse=True)
            if alike["by_rule"][0] not in (None, "below_line"):
                assert alike["chance_of"].drop_nulls().n_unique() <= 1


def test_a_red_household_comes_before_a_likelier_blue_one_and_says_what_its_chance_is_of():
    rows = [
        {"household_id": "blue", "county_code": "c", "township": "t", "kind": "lifted", "standing": "3", "state": 3, "p_slip": 0.8},
        {"household_id": "red", "county_code": "c", "township": "t", "kind": "lifted", "standing": "1", "state": 1, "p_slip": 0.1},
        {"household_id": "asked", "county_code": "c", "township": "t", "kind": "lifted", "standing": "undetermined"},
        {"household_id": "edge", "county_code": "c", "township": "t", "kind": "unregistered", "standing": "edge_in",
         "state": 1, "p_slip": 0.05},
    ]  # fmt: skip
    result = listed(rows, 9)
    assert list(result.select("household_id", "by_rule", "chance_of").iter_rows()) == [
        ("red", "tier_1", "below_line"), ("edge", "standard", "below_line"), ("asked", "facts_missing", None),
        ("blue", None, "tier_2"),
    ]  # fmt: skip


def test_of_a_number_that_stands_twice_nobody_knows_whose_the_score_is():
    twice = {
        "household_id": "a",
        "county_code": "c",
        "township": "t",
        "kind": "lifted",
        "standing": "2",
        "state": 2,
        "p_slip": 0.3,
    }
    result = listed([twice, twice, {**twice, "county_code": "d"}], 9)
    assert result["p_slip"].to_list() == [None, None, 0.3]


def test_disagreements_are_those_far_off_the_average_of_their_own_tier():
    # Likelier than any red or yellow household, and likely for none of the blue ones: "b" turns yellow, which no red one can.
    rows = [
        ("a", 3, 0.5),
        ("b", 3, 0.25),
        *((f"b{at}", 3, 0.09) for at in range(8)),
        ("c", 2, 0.2),
        ("d", 1, 0.3),
        ("e", 1, 0.001),
    ]
    scores = pl.DataFrame(
        [{"household_id": one, "county_code": "c", "township": "t", "kind": "lifted", "state": state, "weight": 1.0,
          "p_slip": p, "p_low": p, "p_high": p, "reasons": None} for one, state, p in rows]
    )  # fmt: skip
    result = disagreements(scores)
    assert result.blue_high["household_id"].to_list() == ["a"]
    assert result.red_low["household_id"].to_list() == ["e"]
    assert (result.mean_blue, result.mean_red) == (pytest.approx(0.147), pytest.approx(0.1505))
    assert disagreements(scores.filter(pl.col("state") == 3)).red_low.is_empty()
