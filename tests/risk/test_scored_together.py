"""A round is read once for all that is asked of it, and small counties are scored together: the same scores, in less."""

import shutil

import polars as pl
import pytest

from workbench.risk.scoring import by_county
from workbench.risk.scoring.by_county import score_by_county
from workbench.store import facts as fact_store
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore
from workbench.store.scores import read_head

ROUND, LATE = "2020-04", "341524"


def copied(city, folder, counties=None):
    """The city, of some counties only; one of them came into the store a round later than the others."""
    for path in city.root.glob("facts/round=*/county_code=*"):
        code, name = path.name.partition("=")[2], path.parent.name.partition("=")[2]
        if (counties is None or code in counties) and (code, name) != (LATE, city.rounds()[0]):
            shutil.copytree(path, folder / path.relative_to(city.root))
    return FactStore(folder)


def scored(store, model):
    made = score_by_county(store, ROUND, model)
    return made, pl.DataFrame(read_scores(store.root, ROUND)), read_head(store.root, ROUND)


def test_counties_scored_together_have_the_scores_that_each_has_alone(city, model, tmp_path, monkeypatch):
    store = copied(city, tmp_path / "store")
    together = scored(store, model)
    monkeypatch.setattr(by_county, "_AT_ONCE", 0)
    alone = scored(store, model)
    assert together[0] == alone[0]
    assert together[1].equals(alone[1])
    assert together[2] == alone[2]
    assert together[1]["county_code"].n_unique() == len(city.counties(ROUND))


def test_counties_of_other_rounds_are_not_scored_together(city, tmp_path):
    store = copied(city, tmp_path / "store")
    groups = list(by_county._together(store, ROUND))
    assert [LATE] in groups
    assert [code for group in groups for code in group] == store.counties(ROUND)
    assert max(map(len, groups)) > 1


@pytest.mark.parametrize("few", [1, 3])
def test_more_counties_take_no_more_readings(city, model, tmp_path, monkeypatch, few):
    """A file opened costs by itself: eight small counties were most of what a score took."""
    readings = []
    read = fact_store.read_files
    monkeypatch.setattr(fact_store, "read_files", lambda *given: readings.append(1) or read(*given))
    counties = [code for code in city.counties(ROUND) if code != LATE]
    of_few, of_all = (
        readings_of(copied(city, tmp_path / name, chosen), model, readings)
        for name, chosen in (("few", counties[:few]), ("all", counties))
    )
    assert of_few == of_all


def readings_of(store, model, readings):
    readings.clear()
    score_by_county(store, ROUND, model)
    return len(readings)


def test_a_large_county_is_scored_in_pieces_that_add_up(city, model, tmp_path, monkeypatch):
    """Written as they come, and what one county took goes back before the next one is read."""
    store = copied(city, tmp_path / "store")
    whole, given_back, sizes = scored(store, model), [], []
    score = by_county.scored
    monkeypatch.setattr(by_county, "_AT_ONCE", 0)
    monkeypatch.setattr(by_county, "_WRITTEN", 100)
    monkeypatch.setattr(by_county, "give_back", lambda: given_back.append(1))
    monkeypatch.setattr(
        by_county, "scored", lambda used, piece, read: sizes.append(len(piece)) or score(used, piece, read)
    )
    in_pieces = scored(store, model)
    assert in_pieces[0] == whole[0]
    assert in_pieces[1].equals(whole[1])
    assert max(sizes) == 100
    assert len(given_back) == sum(len(store.frame(ROUND, code)) > 100 for code in store.counties(ROUND))
