"""Coverage from the command line: counts of yes, no and cannot tell that add up, by area and group; households on demand."""

import pytest
import yaml

from tests.cli.command import KEYS, refused
from workbench.domain.parameters import counties
from workbench.domain.rules.coverage import CHECK
from workbench.store.facts import FactStore

ROUND = "2019-10"
CODES = tuple(counties())


def test_answers_add_up_to_the_households_everywhere(workbench, city):
    record = workbench("coverage", "--round", ROUND, "--store", city, "--json").record
    assert set(record) >= KEYS["coverage"]
    assert record["simulated"]
    areas = [record, *record["by_group"].values(), *record["by_county"], *record["by_township"], *record["by_village"]]
    for area in areas:
        assert set(area["checks"]) == set(CHECK)
        for answers in area["checks"].values():
            assert answers["yes"] + answers["no"] + answers["cannot_tell"] == area["households"]
            assert answers["potential"] <= answers["no"] + answers["cannot_tell"]
    for level in ("by_county", "by_township", "by_village"):
        assert sum(area["households"] for area in record[level]) == record["households"]
        assert sum(area["unskilled_members"] for area in record[level]) == record["unskilled_members"]


def test_lifted_households_are_all_there_and_edge_households_are_those_of_the_standard(workbench, city, tmp_path):
    tiers = workbench("tier", "--round", ROUND, "--store", city, "--json").record
    standard = tmp_path / "standard.yaml"
    standard.write_text(
        yaml.safe_dump({"income": {"ceiling": {"multiple": 3}}, "require_group": True, "groups": ["illness"]})
    )
    words = ("--round", ROUND, "--store", city, "--standard", standard, "--json")
    result = workbench("coverage", *words).record["by_group"]
    assert result["lifted"]["households"] == sum(tiers["counts"].values())
    assert result["edge"]["households"] == workbench("preview", *words).record["in"] > 0


def test_where_a_standard_brings_nobody_in_that_is_said_with_zeros(workbench, city, tmp_path):
    standard = tmp_path / "standard.yaml"
    standard.write_text(yaml.safe_dump({"income": {"ceiling": {"multiple": 1.0}}}))
    done = workbench("coverage", "--round", ROUND, "--store", city, "--standard", standard, "--json")
    edge = done.record["by_group"]["edge"]
    assert (edge["households"], edge["checks"]["skill"]["yes"]) == (0, 0)


def test_households_are_listed_on_demand_with_their_gaps(workbench, city):
    plain = workbench("coverage", "--round", ROUND, "--county", "341524", "--store", city, "--json").record
    assert "list" not in plain
    listed = workbench("coverage", "--round", ROUND, "--county", "341524", "--store", city, "--list", "--json").record
    for name, answers in listed["checks"].items():
        assert answers["yes"] == sum(name in one["gaps"] for one in listed["list"])
        assert answers["cannot_tell"] == sum(name in one["cannot_tell"] for one in listed["list"])


def test_the_table_says_that_households_are_simulated_and_names_them(workbench, city):
    done = workbench("coverage", "--round", ROUND, "--county", "341524", "--store", city, "--list")
    assert done.status == 0
    assert "模拟数据" in done.out
    assert "劳动力无技能" in done.out
    assert "341599" in done.out


def test_a_city_is_the_sum_of_its_counties_none_read_together_with_another(workbench, city, monkeypatch):
    words = ("--round", ROUND, "--store", city, "--list", "--json")
    of_counties = [workbench("coverage", *words, "--county", code).record for code in CODES]
    read = FactStore.frame

    def of_one_county(store, round_name, county=None, *others):
        assert county is not None
        return read(store, round_name, county, *others)

    monkeypatch.setattr(FactStore, "frame", of_one_county)
    record = workbench("coverage", *words).record
    assert record["list"] == [each for one in of_counties for each in one["list"]]
    assert record["by_village"] == [each for one in of_counties for each in one["by_village"]]
    assert record["by_county"] == [each for one in of_counties for each in one["by_county"]]
    for group, counts in record["by_group"].items():
        assert counts["rows"] == sum(one["by_group"][group]["rows"] for one in of_counties)


@pytest.mark.parametrize(
    ("words", "said"), [(("--round", "2031-04"), "2031-04"), (("--round", ROUND, "--county", "110101"), "110101")]
)
def test_a_round_or_county_that_is_not_there_is_said(workbench, city, words, said):
    assert refused(workbench("coverage", *words, "--store", city), said)
