"""simulate, intake, close: what they write, what they refuse, and that doing it twice changes nothing."""

import csv
import hashlib
import json
import os
import re
import stat
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.cli.command import KEYS, refused
from workbench.store.facts import FactStore

ROUND = ("--round", "2019-10")
GOOD = Path(__file__).parent / "standards" / "good.yaml"


def _contents(store):
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*.parquet"))
    }


def _changed_at(store):
    return {path.relative_to(store).as_posix(): path.stat().st_mtime_ns for path in sorted(store.rglob("*.parquet"))}


# -- simulate ------------------------------------------------------------------------------------------------------


@pytest.mark.deep  # of the simulation in every run: simulation/test_city
def test_simulating_twice_gives_the_same_bytes(workbench, tmp_path):
    options = ("--households", 300, "--rounds", 2, "--seed", 5)
    first = workbench("simulate", *options, "--store", tmp_path / "a", "--json").record
    assert set(first) >= KEYS["simulate"]
    assert list(first["households_by_round"]) == ["2019-05", "2019-10"]
    workbench("simulate", *options, "--store", tmp_path / "b")
    workbench("simulate", *options, "--store", tmp_path / "b")
    assert _contents(tmp_path / "a") == _contents(tmp_path / "b") != {}
    workbench("simulate", *options[:-1], 6, "--store", tmp_path / "b")
    assert _contents(tmp_path / "a") != _contents(tmp_path / "b")


def test_a_new_city_leaves_nothing_of_the_old_one(workbench, city_copy):
    workbench("simulate", "--households", 50, "--rounds", 1, "--store", city_copy)
    assert FactStore(city_copy).rounds() == ["2019-05"]
    assert {path.name for path in (city_copy / "truth").iterdir() if any(path.iterdir())} == {"round=2019-05"}


def test_simulated_numbers_can_be_nobodys(city):
    numbers = pl.DataFrame(FactStore(city).read("2019-10", columns=["household_id"]))["household_id"]
    assert numbers.str.starts_with("341599").all()


def test_simulating_over_real_facts_is_refused(workbench, tmp_path, monitoring):
    workbench("intake", monitoring, *ROUND, "--store", tmp_path)
    before = _contents(tmp_path)
    done = workbench("simulate", "--households", 10, "--rounds", 1, "--store", tmp_path, "--json")
    assert refused(done, "不是模拟数据", "--store")
    assert _contents(tmp_path) == before


def test_simulating_over_a_closed_round_is_refused(workbench, city_copy):
    workbench("close", "--round", "2019-05", "--store", city_copy)
    before = _contents(city_copy)
    done = workbench("simulate", "--households", 10, "--rounds", 1, "--store", city_copy)
    assert refused(done, "已封存", "2019-05")
    assert _contents(city_copy) == before


# -- intake --------------------------------------------------------------------------------------------------------


def test_intake_says_what_it_took_and_what_is_wrong(workbench, tmp_path, monitoring):
    done = workbench("intake", monitoring, *ROUND, "--store", tmp_path, "--json")
    record = done.record
    assert done.status == 1  # one row was refused
    assert set(record) >= KEYS["intake"]
    assert (record["accepted_households"], record["rejected_rows"], record["changed_counties"]) == (300, 1, ["341522"])
    assert record["accepted_persons"] + record["rejected_rows"] == 925
    assert {frozenset(problem) for problem in record["problems"]} == {
        frozenset({"row", "column", "value", "reason", "message"})
    }
    output = workbench("intake", monitoring, *ROUND, "--store", tmp_path)
    assert output.status == 1
    assert record["problems"][0]["message"] in output.out


def test_intake_twice_changes_nothing(workbench, tmp_path, monitoring, register):
    files = (monitoring, register, *ROUND, "--store", tmp_path, "--json")
    assert workbench("intake", *files).record["changed_counties"] == ["341522", "341524"]
    before = _changed_at(tmp_path)
    assert len(before) == 6  # facts, persons and the sources of the facts, of two counties
    again = workbench("intake", *files).record
    assert (again["changed_counties"], _changed_at(tmp_path)) == ([], before)
    assert "没有变化" in workbench("intake", *files[:-1]).out


@pytest.mark.deep
def test_several_files_are_as_one_after_another(workbench, tmp_path, monitoring, register):
    workbench("intake", monitoring, register, *ROUND, "--store", tmp_path / "together")
    for file in (monitoring, register):
        workbench("intake", file, *ROUND, "--store", tmp_path / "apart")
    for county in ("341522", "341524"):
        together, apart = (FactStore(tmp_path / name).read("2019-10", county) for name in ("together", "apart"))
        assert together.equals(apart)


def test_a_file_given_twice_is_refused_and_shared_households_are_told(workbench, tmp_path, monitoring):
    assert refused(workbench("intake", monitoring, monitoring, *ROUND, "--store", tmp_path), "给了两次")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(Path(monitoring).read_bytes())
    once = workbench("intake", monitoring, *ROUND, "--store", tmp_path / "once", "--json").record
    both = workbench("intake", monitoring, copy, *ROUND, "--store", tmp_path / "both", "--json").record
    assert both["accepted_households"] == once["accepted_households"]
    assert "300 户两份文件都有" in "".join(both["notes"])


def test_a_corrected_phone_number_is_kept(workbench, tmp_path, monitoring):
    workbench("intake", monitoring, *ROUND, "--store", tmp_path)
    text = monitoring.read_bytes().decode("gb18030")
    phone = re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text).group()
    corrected = tmp_path / monitoring.name
    corrected.write_bytes(text.replace(phone, "13900000001").encode("gb18030"))
    before = _changed_at(tmp_path)
    assert workbench("intake", corrected, *ROUND, "--store", tmp_path, "--json").record["changed_counties"] == [
        "341522"
    ]
    after = {path: when for path, when in _changed_at(tmp_path).items() if not path.startswith("batches/")}
    changed = {path for path, when in after.items() if before[path] != when}
    assert changed == {"personal/round=2019-10/county_code=341522/persons.parquet"}


def test_a_dry_run_writes_nothing(workbench, tmp_path, monitoring):
    store = tmp_path / "store"
    done = workbench("intake", monitoring, *ROUND, "--dry-run", "--store", store, "--json")
    assert (done.status, done.record["dry_run"], done.record["accepted_households"]) == (1, True, 300)
    assert not store.exists()


def test_a_closed_round_is_refused(workbench, tmp_path, monitoring, register):
    workbench("intake", monitoring, *ROUND, "--store", tmp_path)
    closed = workbench("close", *ROUND, "--store", tmp_path, "--json").record
    assert closed == {"round": "2019-10", "closed": ["341522"]}
    before = _contents(tmp_path)
    # the other file's county is open, but nothing is half written
    assert refused(workbench("intake", register, monitoring, *ROUND, "--store", tmp_path), "霍邱县", "已封存")
    assert _contents(tmp_path) == before
    assert workbench("close", *ROUND, "--store", tmp_path, "--json").record["closed"] == []
    assert "此前已封存" in workbench("close", *ROUND, "--store", tmp_path).out


def test_a_simulated_county_is_refused(workbench, city_copy, monitoring):
    before = _contents(city_copy)
    assert refused(workbench("intake", monitoring, *ROUND, "--store", city_copy), "模拟数据", "--store")
    assert _contents(city_copy) == before


def test_all_problems_as_a_table_that_office_software_opens(workbench, tmp_path, monitoring):
    table = tmp_path / "问题.csv"
    words = ("intake", monitoring, *ROUND, "--dry-run", "--problems", table, "--store", tmp_path / "s", "--json")
    record = workbench(*words).record
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")  # without it a spreadsheet takes Chinese for something else
    with table.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert Counter(row["类别"] for row in rows) == {"问题": len(record["problems"]), "提示": len(record["warnings"])}
    assert {row["列"] for row in rows} >= {"证件号码"}
    assert all(cell[:1] not in "=+-@" for row in rows for cell in row.values() if cell)


def test_a_problem_list_that_cannot_be_written_stops_the_intake(workbench, tmp_path, monitoring):
    store = tmp_path / "store"
    done = workbench("intake", monitoring, *ROUND, "--problems", tmp_path / "no" / "p.csv", "--store", store)
    assert refused(done, "无法写入", "p.csv")
    assert not store.exists()


# -- personal data -------------------------------------------------------------------------------------------------


def _personal_values(store):
    """Every name, ID number and phone of the store's persons."""
    values = set()
    for path in (store / "personal").rglob("*.parquet"):
        persons = pl.read_parquet(path, hive_partitioning=False)
        for column in ("name", "id_number", "phone", "household_phone"):
            if column in persons.columns:
                values |= set(persons[column].drop_nulls())
    return {value for value in values if len(value) > 1}


def test_persons_are_kept_apart_and_for_the_owner_only(workbench, tmp_path, monitoring, register):
    previous = os.umask(0)  # the most permissive: the folder must be closed whatever the system's habit
    try:
        workbench("intake", monitoring, register, *ROUND, "--store", tmp_path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "personal").stat().st_mode) == 0o700
    files = [path for path in (tmp_path / "personal").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_nothing_personal_in_facts_nor_in_what_commands_print(workbench, tmp_path, monitoring, register):
    printed = [workbench("intake", monitoring, register, *ROUND, "--store", tmp_path, "--json").out]
    values = _personal_values(tmp_path)
    numbers = {value for value in values if re.fullmatch(r"\d{11}|\d{17}[\dXx].*", value)}
    assert len(numbers) > 1000
    household = FactStore(tmp_path).read("2019-10", columns=["household_id"])["household_id"][0].as_py()
    printed += [
        workbench(*words, *ROUND, "--store", tmp_path, "--json").out
        for words in (("tier",), ("explain", household, "--county", "341522"), ("preview", "--standard", GOOD))
    ]
    for text in printed:
        assert json.loads(text)
        assert [number for number in numbers if number in text] == []
    for path in (tmp_path / "facts").rglob("*.parquet"):
        facts = pl.read_parquet(path, hive_partitioning=False)
        held = {value for column in facts.select(pl.col(pl.String)) for value in column.drop_nulls()}
        assert held & values == set()


@pytest.mark.parametrize("command", ["tier", "preview"])
def test_rounds_of_real_exports_are_not_called_simulated(workbench, tmp_path, monitoring, command):
    workbench("intake", monitoring, *ROUND, "--store", tmp_path)
    more = () if command == "tier" else ("--standard", GOOD)
    assert "模拟" not in workbench(command, *ROUND, *more, "--store", tmp_path).out
