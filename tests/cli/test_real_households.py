"""58,121 real households of another country, taken in by a mapping; the preview counted again with the csv module."""

import csv
from pathlib import Path

import pytest

from tests.cli.command import run_here

PROJECT = Path(__file__).parents[2]
TABLE = PROJECT / "tests" / "data" / "real" / "coneval2014.csv"
MAPPING = PROJECT / "data" / "examples" / "coneval2014.mapping.yaml"
LINE = 5000
STANDARD = """
line: 5000
income: {ceiling: {multiple: 1.5}, group_ceilings: {illness: 2.0}}
groups: [dilapidated_housing, illness]
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = tmp_path_factory.mktemp("real") / "store"
    done = run_here("intake", TABLE, "--round", "2019-05", "--mapping", MAPPING, "--store", place, "--json")
    assert done.status == 0, done.err
    record = done.record
    assert (record["accepted_households"], record["rejected_rows"], record["problems"]) == (58_121, 0, [])
    assert record["accepted_persons"] is None
    assert len(record["counties"]) == 32
    return place


@pytest.fixture(scope="module")
def rows():
    with TABLE.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _counted(rows):
    """In, below the line: households that the rows stand for."""
    inside = below = 0
    for row in rows:
        income, weight = float(row["income"]), int(row["factor_hog"])
        poor_housing, no_health_service = row["ic_cv"] == "1", row["ic_asalud"] == "1"
        ceiling = 10_000 if no_health_service else 7_500
        below += weight * (income < LINE)
        inside += weight * (LINE <= income < ceiling and (poor_housing or no_health_service))
    return inside, below


def _preview(workbench, store, tmp_path, *more):
    standard = tmp_path / "standard.yaml"
    standard.write_text(STANDARD, encoding="utf-8")
    return workbench("preview", "--round", "2019-05", "--standard", standard, "--store", store, "--json", *more).record


def test_the_whole_country(workbench, store, rows, tmp_path):
    record = _preview(workbench, store, tmp_path)
    assert (record["in"], record["below_line"]) == _counted(rows)
    assert record["rows"]["below_line"] == sum(float(row["income"]) < LINE for row in rows)
    assert (record["cannot_tell"], record["simulated"]) == (0, False)


@pytest.mark.parametrize("state", ["01", "07", "32"])
def test_a_state(workbench, store, rows, tmp_path, state):
    record = _preview(workbench, store, tmp_path, "--county", state)
    assert (record["in"], record["below_line"]) == _counted([row for row in rows if row["state"] == state])


def test_the_line_given_with_the_command(workbench, store, rows, tmp_path):
    record = _preview(workbench, store, tmp_path, "--line", "6000")
    assert record["below_line"] == sum(int(row["factor_hog"]) for row in rows if float(row["income"]) < 6000)


def test_group_membership(workbench, store, rows, tmp_path):
    record = _preview(workbench, store, tmp_path)
    ill = [row for row in rows if row["ic_asalud"] == "1"]
    assert record["by_group"]["illness"] == _counted(ill)[0]


def test_the_share_below_5000_of_the_states(workbench, store, tmp_path):
    shares = {}
    for township in _preview(workbench, store, tmp_path)["by_township"]:
        shares[township["county_code"]] = township["below_line"] / township["households"]
    assert max(shares, key=shares.get) == "07"
    assert min(shares.values()) == pytest.approx(0.141, abs=0.0006)
    assert max(shares.values()) == pytest.approx(0.596, abs=0.0006)
