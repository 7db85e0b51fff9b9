"""Visits are ordered, never cut: whoever qualifies by rule is listed, whatever the capacity and the probability."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from workbench.risk.visit_ranking import disagreements, visit_list

KINDS = st.sampled_from(["lifted", "unregistered", "registered"])


@st.composite
def households(draw):
    count = draw(st.integers(1, 30))
    rows = []
    for number in range(count):
        kind = draw(KINDS)
        state = draw(st.sampled_from([None, 0, 1, 2, 3] if kind == "lifted" else [None, 0, 1]))
        scored = kind != "registered" and state not in (None, 0)
        rows.append({
            "household_id": f"h{number}", "county_code": "341524", "township": draw(st.sampled_from(["甲", "乙", None])),
            "kind": kind, "state": state if kind != "registered" else None, "below": draw(st.sampled_from([True, False, None])),
            "p_slip": draw(st.floats(0.001, 0.9)) if scored else None,
        })  # fmt: skip
    return rows


@given(households(), st.integers(0, 5), st.sets(st.integers(0, 29), max_size=5))
def test_nobody_who_qualifies_is_left_out(rows, capacity, chosen):
    schema = {"household_id": pl.String, "county_code": pl.String, "township": pl.String, "kind": pl.String,
              "state": pl.Int64, "below": pl.Boolean, "p_slip": pl.Float64}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema)
    scores = frame.filter(pl.col("p_slip").is_not_null()).with_columns(
        p_low=pl.col("p_slip"), p_high=pl.col("p_slip"), reasons=pl.lit(None)
    )
    qualifying = [f"h{one}" for one in chosen]
    result = visit_list(frame.drop("p_slip"), scores, qualifying, capacity)
    listed = set(result["household_id"])
    for row in rows:
        by_tier = row["kind"] == "lifted" and row["state"] in (1, 2)
        if by_tier or (row["below"] and row["kind"] != "registered") or row["household_id"] in qualifying:
            assert row["household_id"] in listed
    for (_,), town in result.group_by("township"):
        assert town["visit"].sum() <= capacity
        ordered = town.sort("rank")
        by_model = ordered.filter(pl.col("by_rule").ne_missing("below_line"))["p_slip"].drop_nulls().to_list()
        assert by_model == sorted(by_model, reverse=True)


def test_disagreements_are_those_beyond_the_other_tiers_average():
    rows = [("a", 3, 0.5), ("b", 3, 0.01), ("c", 2, 0.2), ("d", 1, 0.3), ("e", 1, 0.001)]
    scores = pl.DataFrame(
        [{"household_id": one, "county_code": "c", "township": "t", "kind": "lifted", "state": state, "weight": 1.0,
          "p_slip": p, "p_low": p, "p_high": p, "reasons": None} for one, state, p in rows]
    )  # fmt: skip
    result = disagreements(scores)
    assert result.blue_high["household_id"].to_list() == ["a"]
    assert result.red_low["household_id"].to_list() == ["e"]
    assert result.mean_blue == (0.5 + 0.01) / 2
    assert disagreements(scores.filter(pl.col("state") == 3)).blue_high.is_empty()
