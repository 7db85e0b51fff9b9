"""Two families never make one household, and a list of heads alone takes away nothing that is known."""

from pathlib import Path

import polars as pl
import pytest

from tests.intake.person_lists import A2017, D2023, id_number, person, write_csv
from workbench.intake.export import read_export
from workbench.intake.findings.result import household_ids
from workbench.intake.tables.mapping import Mapping
from workbench.store.facts import FactStore
from workbench.store.ingest import take_in
from workbench.store.personal import persons_path
from workbench.store.schema import Origin

ODD = Path(__file__).parent.parent / "data" / "odd"
ROUND = "2023-10"
COUNTY = "341524"
ONE, OTHER = "34159999100001", "34159999100002"


def read(tmp_path: Path, *people: dict[str, str], headers: list[str] = A2017):
    rows = [person(headers, serial, **{"household": ONE, **cells}) for serial, cells in enumerate(people, 1)]
    return read_export(write_csv(tmp_path / "list.csv", [headers, *rows]), round_name=ROUND)


def reasons(result) -> list[tuple[int | None, str]]:
    return [(one.row, one.reason) for one in result.problems if one.reason in ("two families", "contradiction")]


HEAD, SPOUSE = {"与户主关系": "户主"}, {"与户主关系": "配偶"}
THERE = {"乡(镇)": "麻埠镇", "行政村": "红桥村"}


@pytest.mark.parametrize("name", ["two_families_one_number.csv", "two_families_no_count.csv"])
def test_two_families_of_two_townships_are_reported_at_both(name):
    result = read_export(ODD / name, round_name=ROUND)
    assert (household_ids(result), result.rejected_rows) == (set(), 6)
    assert reasons(result) == [(2, "two families"), (5, "two families")]


def test_two_families_of_one_village_are_told_by_their_couples_or_their_counts(tmp_path):
    couples = read(tmp_path, HEAD, SPOUSE, HEAD, SPOUSE)
    assert household_ids(couples) == set()
    counts = read(
        tmp_path,
        {**HEAD, "人数": "2"},
        {"人数": "2", "与户主关系": "之子"},
        {**HEAD, "人数": "2"},
        {"人数": "2", "与户主关系": "之子"},
    )
    assert household_ids(counts) == set()


def test_other_households_of_the_file_are_read(tmp_path):
    result = read(tmp_path, HEAD, {**HEAD, **THERE}, {**HEAD, "household": OTHER})
    assert (household_ids(result), result.rejected_rows) == ({OTHER}, 2)


@pytest.mark.parametrize(
    "people",
    [
        (HEAD, SPOUSE, {"与户主关系": "之子"}), (HEAD, HEAD), (HEAD, {**HEAD, "证件号码": id_number(1), "人编号": "1", **THERE}),
        ({**HEAD, "人数": "2"}, {**SPOUSE, "人数": "2"}),
    ],
)  # fmt: skip
def test_one_family_is_one_household(tmp_path, people):
    assert household_ids(read(tmp_path, *people)) == {ONE}


def test_a_family_in_two_places_is_one_whose_place_is_not_known(tmp_path):
    result = read(tmp_path, HEAD, {**SPOUSE, "行政村": "红桥村"})
    assert reasons(result) == [(3, "contradiction")]
    (fact,) = pl.DataFrame(result.facts[COUNTY]).to_dicts()
    assert (fact["township"], fact["village"], fact["persons"]) == ("梅山镇", None, 2)


def test_two_families_in_a_list_of_households_and_through_a_mapping(tmp_path):
    rows = [
        ["户编号", "乡镇", "村", "人均纯收入"],
        [ONE, "梅山镇", "新村", "5000"],
        [ONE, "麻埠镇", "红桥村", "6000"],
        [OTHER, "梅山镇", "新村", "5000"],
    ]
    path = write_csv(tmp_path / "t.csv", rows)
    mapping = Mapping.model_validate(
        {"key": "户编号", "facts": {"township": {"column": "乡镇"}, "income_pc": {"column": "人均纯收入"}}}
    )
    for options in ({"kind": "lifted"}, {"mapping": mapping}):
        result = read_export(path, round_name=ROUND, county=COUNTY, **options)
        assert (household_ids(result), reasons(result)) == ({OTHER}, [(2, "two families"), (3, "two families")])


# -- heads only ---------------------------------------------------------------------------------------------------------


def taken(tmp_path: Path, *names: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    store = FactStore(tmp_path / "store")
    for name in names:
        take_in(store, ROUND, [read_export(ODD / name, round_name=ROUND)], Origin())
    persons = pl.read_parquet(persons_path(store.root, ROUND, COUNTY), hive_partitioning=False)
    return pl.DataFrame(store.read(ROUND, COUNTY)).sort("household_id"), persons


def test_a_later_list_of_heads_alone_changes_nothing_that_was_counted(tmp_path):
    full, members = taken(tmp_path, "full.csv")
    after, members_after = taken(tmp_path, "heads_only_no_count.csv")
    assert after["persons"].to_list() == [3, 3, 3]
    assert after.equals(full)
    assert members_after.equals(members)


def test_the_list_of_heads_says_what_it_is():
    result = read_export(ODD / "heads_only_no_count.csv", round_name=ROUND)
    assert result.heads_only
    assert not {"persons", "labour", "students", "work_months", "dibao", "illness"} & set(
        result.facts[COUNTY].column_names
    )
    assert any("只列户主" in note.zh for note in result.notes)


def test_heads_with_the_persons_stated_keep_the_number_and_leave_the_members(tmp_path):
    rows = [{**HEAD, "人数": "3"}, {**HEAD, "人数": "2", "household": OTHER}]
    result = read(tmp_path, *rows)
    frame = pl.DataFrame(result.facts[COUNTY])
    assert (frame["persons"].to_list(), frame["net_income"].to_list()) == ([3, 2], [15000.0, 10000.0])
    assert not {"labour", "students"} & set(frame.columns)


def test_people_who_live_alone_are_counted(tmp_path):
    result = read(tmp_path, {**HEAD, "人数": "1"}, {**HEAD, "人数": "1", "household": OTHER})
    frame = pl.DataFrame(result.facts[COUNTY])
    assert (frame["persons"].to_list(), frame["labour"].to_list(), result.heads_only) == ([1, 1], [1, 1], False)


def test_a_first_list_of_heads_knows_no_number_of_persons(tmp_path):
    result = read(tmp_path, HEAD, {**HEAD, "household": OTHER}, headers=D2023)
    assert "persons" not in result.facts[COUNTY].column_names


# -- blank places -------------------------------------------------------------------------------------------------------

FULL, NO_PLACE, NO_VILLAGE = ("梅山镇", "新村", "5000"), ("", "", "6000"), ("梅山镇", "", "6000")
ELSEWHERE, VILLAGE_ALONE = ("麻埠镇", "红桥村", "6000"), ("", "新村", "6000")


def listed(tmp_path, *rows):
    path = write_csv(tmp_path / "t.csv", [["户编号", "乡镇", "村", "人均纯收入"], *([ONE, *row] for row in rows)])
    result = read_export(path, round_name=ROUND, county=COUNTY, kind="lifted")
    facts = pl.DataFrame(result.facts[COUNTY]) if COUNTY in result.facts else pl.DataFrame({"income_pc": []})
    return facts["income_pc"].to_list(), [(one.row, one.reason) for one in result.problems]


@pytest.mark.parametrize("blank", [NO_PLACE, NO_VILLAGE, VILLAGE_ALONE])
def test_a_blank_place_is_no_other_place(tmp_path, blank):
    assert listed(tmp_path, FULL, blank) == ([5000.0], [(3, "duplicate household")])
    assert listed(tmp_path, blank, FULL) == ([6000.0], [(3, "duplicate household")])


@pytest.mark.parametrize("blank", [NO_PLACE, NO_VILLAGE])
def test_a_row_without_its_place_is_of_neither_of_two_families(tmp_path, blank):
    assert listed(tmp_path, blank, FULL, ELSEWHERE) == ([], [(row, "two families") for row in (2, 3, 4)])


def test_two_townships_are_two_places_whatever_else_is_blank(tmp_path):
    assert listed(tmp_path, FULL, ("麻埠镇", "", "6000")) == ([], [(2, "two families"), (3, "two families")])


@pytest.mark.parametrize("blank", [{"行政村": ""}, {"乡(镇)": ""}, {"乡(镇)": "", "行政村": ""}])
def test_a_head_whose_place_is_blank_is_no_other_family(tmp_path, blank):
    assert household_ids(read(tmp_path, HEAD, {**HEAD, **blank})) == {ONE}
    unrelated = [header for header in A2017 if header != "与户主关系"]
    assert household_ids(read(tmp_path, {}, blank, headers=unrelated)) == {ONE}
