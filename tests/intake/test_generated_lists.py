"""Forty lists of random columns, words, order, units, titles and formats: no household lost, no fact wrong, each column said."""

from functools import cache

import polars as pl
import pytest

from tests.intake.generated_lists import COUNTY, make
from workbench.intake.export import read_export

SEEDS = range(40)
_LEAST_MATCHED = 0.9


@pytest.fixture(scope="module")
def listed_and_read(tmp_path_factory):
    """`listed_and_read(seed)`: a list with its truth, and what was read of it; each is made and read once for both tests."""

    @cache
    def made(seed):
        listed = make(tmp_path_factory.mktemp("generated"), seed)
        return listed, read_export(listed.path, round_name="2023-10", county=COUNTY, kind="lifted")

    return made


def taken(result):
    return {match.header: match.means for match in result.columns}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_household_is_lost_and_no_fact_is_wrong(listed_and_read, seed):
    listed, result = listed_and_read(seed)
    rows = pl.DataFrame(result.facts[COUNTY]).to_dicts()
    assert {row["household_id"] for row in rows} == set(listed.facts)
    for row in rows:
        for fact, value in listed.facts[row["household_id"]].items():
            assert row.get(fact) in (value, None), (fact, value, row.get(fact), listed.means)
    wrong = {header: means for header, means in taken(result).items() if means not in (listed.means[header], None)}
    assert wrong == {}
    assert list(taken(result)) == list(listed.means)
    assert all(match.reason.zh and match.reason.en for match in result.columns)


def test_nine_of_ten_columns_are_matched_without_help(listed_and_read):
    meant = matched = 0
    missed = []
    for seed in SEEDS:
        listed, read = listed_and_read(seed)
        result = taken(read)
        for header, means in listed.means.items():
            meant += means is not None
            matched += means is not None and result[header] == means
            missed += [header] if means is not None and result[header] is None else []
    assert matched >= _LEAST_MATCHED * meant, (matched, meant, sorted(set(missed)))
