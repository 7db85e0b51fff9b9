"""The panel: labels as an independent reading of the rules finds them; nothing of later rounds in a feature."""

import polars as pl
import pytest

from tests.reference import tier
from workbench.domain.parameters import poverty_line
from workbench.risk.data.features import FEATURES, feature_frame
from workbench.risk.data.panel import HISTORY, PanelReader
from workbench.store.facts import FactStore


def states(store, name):
    """(kind, state) by household, slowly."""
    line = poverty_line(name).value
    before = store.previous_round(name)
    past = {} if before is None else {row["household_id"]: row for row in store.read(before).to_pylist()}
    results = {}
    for row in store.read(name).to_pylist():
        if row["kind"] == "registered" or row["income_pc"] is None:
            continue
        below = row["income_pc"] < line
        if row["kind"] == "unregistered":
            results[row["household_id"]] = (row["kind"], 0 if below else 1)
            continue
        state = 0 if below else tier(row | {"previous": past.get(row["household_id"])}, line)
        if state is not None:
            results[row["household_id"]] = (row["kind"], state)
    return results


def test_labels_agree_with_a_slow_reading(city):
    reader = PanelReader(city)
    step = reader.transitions()[1]
    labelled = reader.labelled(step)
    labels = dict(labelled.select("household_id", "slip").iter_rows())
    before, after = states(city, step.start), states(city, step.end)
    compared = 0
    for household, slip in labels.items():
        start, end = before.get(household), after.get(household)
        if start is None or start[1] == 0:
            assert slip is None
        elif end is not None and start[0] == end[0]:
            assert slip == (end[1] < start[1])
            compared += 1
    assert compared > 3000


def test_history_is_that_of_earlier_rounds(city):
    reader = PanelReader(city)
    step = reader.transitions()[-1]
    frame = reader.frame(step)
    rounds = city.rounds()
    for lag, name in ((1, rounds[-3]), (2, rounds[-4])):
        past = pl.DataFrame(city.read(name, columns=["household_id", *HISTORY]))
        joined = frame.join(past, on="household_id", how="inner", suffix="_then")
        for fact in HISTORY:
            assert joined[f"{fact}_{lag}"].equals(joined[f"{fact}_then"].cast(joined[f"{fact}_{lag}"].dtype))
    assert frame["income_pc_3"].null_count() == len(frame)


def test_features_know_nothing_of_the_next_round(city, tmp_path):
    """The features of a round are the same when the rounds after it do not exist."""
    reader = PanelReader(city)
    step = reader.transitions()[1]
    whole = feature_frame(reader.labelled(step).with_columns(start=pl.lit(step.start)), FEATURES)
    fewer = FactStore(tmp_path)
    for name in city.rounds()[:2]:
        tables = {code: city.read(name, code) for code in city.counties(name)}
        fewer.write(name, tables, city.origin(name))
    cut = PanelReader(fewer)
    alone = feature_frame(cut.frame(cut.next_transition(step.start)).with_columns(start=pl.lit(step.start)), FEATURES)
    unknown_yet = "months_ahead"  # when the next round will be
    assert alone.drop(unknown_yet).equals(whole.drop(unknown_yet))


def test_a_household_that_stands_twice_is_not_followed(city, tmp_path):
    store = FactStore(tmp_path)
    rounds = city.rounds()[:2]
    for name in rounds:
        table = pl.DataFrame(city.read(name, "341524"))
        twice = pl.concat([table, table.head(1)]) if name == rounds[1] else table
        store.write(name, {"341524": twice.to_arrow()}, city.origin(name))
    first = store.read(rounds[1], "341524")["household_id"][0].as_py()
    reader = PanelReader(store)
    assert reader.labelled(reader.transitions()[0]).filter(household_id=first)["slip"].to_list() in ([None], [])
    assert reader.frame(reader.next_transition(rounds[1])).filter(household_id=first).is_empty()


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_a_share_keeps_whole_histories(city, share):
    some, every = PanelReader(city, share=share), PanelReader(city)
    chosen = [set(some.frame(step)["household_id"]) for step in some.transitions()]
    all_of = [set(every.frame(step)["household_id"]) for step in every.transitions()]
    assert len(chosen[0]) == pytest.approx(share * len(all_of[0]), rel=0.15)
    assert chosen[1] & all_of[0] == chosen[0] & all_of[1]


def test_the_line_given_by_hand_counts_in_every_round(city):
    reader = PanelReader(city, line=5000)
    assert {(step.line, step.line_next) for step in reader.transitions()} == {(5000, 5000)}
    frame = reader.frame(reader.transitions()[0])
    assert frame.filter(pl.col("kind") == "unregistered", pl.col("income_pc") < 5000)["state"].unique().to_list() == [0]


def test_money_of_any_size_gives_the_same_features(city, tmp_path):
    """Thousands of yuan, or another currency: with the line in the same money nothing changes."""
    money = ["income_wage", "income_business", "income_property", "income_transfer", "cost_business", "net_income",
             "income_pc", "out_of_pocket"]  # fmt: skip
    large = FactStore(tmp_path)
    for name in city.rounds()[:3]:
        facts = pl.DataFrame(city.read(name)).with_columns(pl.col(money) * 1024)
        large.write(
            name, {str(code): part.to_arrow() for (code,), part in facts.group_by("county_code")}, city.origin(name)
        )
    whole, scaled = PanelReader(city, line=4000), PanelReader(large, line=4000 * 1024)
    step = whole.transitions()[1]
    frames = [
        reader.frame(reader.transitions()[1]).sort("household_id").with_columns(start=pl.lit(step.start))
        for reader in (whole, scaled)
    ]
    first, second = (feature_frame(frame, FEATURES).select(pl.selectors.numeric()) for frame in frames)
    for name in first.columns:
        known = first[name].is_not_null()
        assert known.equals(second[name].is_not_null())
        assert (first[name] - second[name]).abs().max() in (None, pytest.approx(0, abs=1e-9)), name


def test_each_county_goes_from_its_own_round_to_its_own_next(city, tmp_path):
    """One county is not stored in the second round: it keeps its history, and its transition leaps over that round."""
    store = FactStore(tmp_path)
    names, passed = city.rounds()[:3], city.counties(city.rounds()[0])[0]
    for name in names:
        codes = [code for code in city.counties(name) if (name, code) != (names[1], passed)]
        store.write(name, {code: city.read(name, code) for code in codes}, city.origin(name))
    reader = PanelReader(store)
    steps = {(step.start, step.end): step for step in reader.transitions()}
    others = tuple(code for code in city.counties(names[0]) if code != passed)
    assert {pair: step.counties for pair, step in steps.items()} == {
        (names[0], names[1]): others, (names[0], names[2]): (passed,), (names[1], names[2]): others,
    }  # fmt: skip
    leap = reader.labelled(steps[names[0], names[2]])
    assert set(leap["county_code"]) == {passed}
    before, after = states(store, names[0]), states(store, names[2])
    labels = {row["household_id"]: row["slip"] for row in leap.iter_rows(named=True) if row["kind"] == "unregistered"}
    labelled = {one: slip for one, slip in labels.items() if slip is not None}
    assert len(labelled) > 100
    for household, slip in labelled.items():
        assert slip == (after[household][1] < before[household][1])
    _, together = reader.labelled_from(names[0])
    assert set(together["county_code"]) == {passed, *others}
    last = reader.frame(reader.next_transition(names[2])).filter(pl.col("county_code") == passed)
    past = pl.DataFrame(city.read(names[0], passed, ["household_id", "income_pc"]))
    joined = last.join(past, on="household_id", how="inner", suffix="_then")
    assert len(joined) > 100
    assert joined["income_pc_1"].equals(joined["income_pc_then"])
    assert joined["line_1"].unique().to_list() == [poverty_line(names[0]).value]
