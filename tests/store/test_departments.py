"""Departments' lists: matched to households, what is doubtful listed and not taken, what others said not overwritten in silence."""

import hashlib
import json
import shutil

import polars as pl
import pytest

from tests.cli.command import refused, run, run_here
from tests.intake.person_lists import A2017, id_number, person, sheet, write_csv
from tests.variants import one_in
from workbench.store.batches.batch import batches
from workbench.store.facts import FactStore
from workbench.store.taking_in.provenance import fact_sources

ROUND, COUNTY = "2019-10", "341524"
ONE, TWO, THREE = (f"3415999910000{number}" for number in (1, 2, 3))
HEADERS = ["户编号", "姓名", "证件号码", "村", "自付费用"]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Three households of one village: 张1 and 张2, 张3, 张4. Not to be changed."""
    folder = tmp_path_factory.mktemp("base")
    people = [
        person(A2017, 1, ONE, 人数="2"),
        person(A2017, 2, ONE, 人数="2", 与户主关系="配偶"),
        person(A2017, 3, TWO),
        person(A2017, 4, THREE),
    ]
    path = write_csv(folder / "base.csv", sheet(A2017, *people))
    done = run_here("intake", path, "--round", ROUND, "--store", folder / "store", "--json")
    assert done.status == 0, done
    return folder / "store"


@pytest.fixture
def store(base, tmp_path):
    return FactStore(shutil.copytree(base, tmp_path / "store"))


@pytest.fixture
def add(store, tmp_path, capsys):
    def added(which, *rows, headers=HEADERS, options=()):
        path = write_csv(tmp_path / f"{which}.csv", [headers, *rows])
        done = run(
            capsys, "intake", "add", path, "--list", which, "--round", ROUND, "--store", store.root, "--json", *options
        )
        return done.record if done.out else done

    return added


def stored(store, *facts):
    return pl.DataFrame(store.read(ROUND, COUNTY)).select(facts).rows()


def test_by_household_number_and_by_id_number(store, add):
    record = add("disaster", [ONE, "", "", "", ""], ["", "", id_number(3), "", ""], headers=HEADERS)
    assert record["matched"] == {"id": 1, "number": 1}
    assert stored(store, "disaster") == [(True,), (True,), (None,)]
    assert (record["changed"], record["changed_facts"], record["forgotten"]) == (2, {"disaster": 2}, {})


@pytest.mark.parametrize("written", one_in(4, [f"{ONE}.0", f"户{ONE}", f"'{ONE}", "3.4159999100001E13"]))
def test_a_household_number_under_another_guise(add, written):
    assert add("disaster", [written, "", "", "", ""])["matched"] == {"number": 1}


@pytest.mark.parametrize("written", one_in(3, [id_number(3, tail="11"), f" {id_number(3)} ", id_number(3).lower()]))
def test_an_id_number_of_a_certificate_or_between_blanks(add, written):
    assert add("disabled", ["", "", written, "", ""])["matched"] == {"id": 1}


@pytest.mark.parametrize("village", one_in(2, ["三合村", "三合", "三合村委会", "三合村民委员会"]))
def test_a_name_in_the_village_is_for_a_person_to_confirm(store, add, village):
    record = add("disaster", ["", "张3", "", village, ""])
    assert [(each["row"], each["households"]) for each in record["doubtful"]] == [(2, [TWO])]
    assert record["batch"] is None
    assert stored(store, "disaster") == [(None,)] * 3
    record = add("disaster", ["", "张3", "", village, ""], options=["--confirm", f"2={TWO}"])
    assert (record["matched"], record["doubtful"]) == ({"confirmed": 1}, [])
    assert stored(store, "disaster") == [(None,), (True,), (None,)]


@pytest.mark.parametrize("number", one_in(3, ["34159919700101****", "999999197001010011", "0" * 18]))
def test_a_number_that_is_nobody_s_matches_nobody(store, add, tmp_path, capsys, number):
    path = write_csv(tmp_path / "more.csv", sheet(A2017, person(A2017, 5, "34159999100005", 证件号码=number)))
    # Done, with what is wrong with the number.
    assert run(capsys, "intake", path, "--round", ROUND, "--store", store.root).status in (0, 1)
    assert add("disaster", ["", "", number, "", ""])["unmatched_rows"] == [2]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param([ONE, "", "", "", ""], marks=pytest.mark.deep),
        ["", "", id_number(1), "", ""],
        pytest.param([ONE, "", id_number(2), "", ""], marks=pytest.mark.deep),
    ],
)
def test_a_number_that_two_counties_use_is_for_a_person_to_say_whose(store, add, tmp_path, row):
    other = write_csv(tmp_path / "other.csv", sheet(A2017, person(A2017, 9, ONE)))
    assert run_here(
        "intake", other, "--round", ROUND, "--store", store.root, "--county", "341525", "--json"
    ).status == 0  # fmt: skip
    record = add("disaster", row)
    assert ([(each["row"], each["households"]) for each in record["doubtful"]], record["batch"]) == ([(2, [ONE])], None)
    assert "指明县区" in str(record["doubtful"][0]["message"])
    assert add("disaster", row, options=("--confirm", f"2={ONE}"))["batch"] is None
    # With the county named it is one household's.
    assert sum(add("disaster", row, options=("--county", COUNTY))["matched"].values()) == 1
    assert stored(store, "disaster")[0] == (True,)
    assert store.read(ROUND, "341525").column("disaster").to_pylist() == [None]


def test_two_keys_of_different_households_are_doubtful(store, add):
    record = add("disaster", [ONE, "", id_number(3), "", ""])
    assert [each["households"] for each in record["doubtful"]] == [[ONE, TWO]]
    assert stored(store, "disaster") == [(None,)] * 3


def test_nobody_is_listed_by_row_and_no_name_or_number_is_said(add):
    done = add(
        "disaster",
        ["", "李四", id_number(99), "三合村", ""],
        ["99999999999999", "", "", "", ""],
        ["", "张1", "", "他村", ""],
    )
    assert done["unmatched_rows"] == [2, 3, 4]
    assert "李四" not in json.dumps(done, ensure_ascii=False)
    assert id_number(99) not in json.dumps(done)


def test_what_another_source_said_is_not_overwritten_without_saying_so(store, add):
    before = stored(store, "dilapidated_housing", "illness")
    assert before[0] == (False, False)
    record = add("dilapidated", [ONE, "", "", "", ""])
    assert [(each["stored"], each["listed"], each["taken"]) for each in record["contradictions"]] == [
        (False, True, False)
    ]
    assert stored(store, "dilapidated_housing", "illness") == before
    record = add("dilapidated", [ONE, "", "", "", ""], options=["--replace"])
    assert [each["taken"] for each in record["contradictions"]] == [True]
    assert stored(store, "dilapidated_housing")[0] == (True,)


def test_payments_of_the_members_are_added_up(store, add):
    rows = (["", "", id_number(1), "", "1200.50"], ["", "", id_number(2), "", "300"], ["", "", id_number(3), "", ""])
    add("illness", *rows, options=["--replace"])
    assert stored(store, "out_of_pocket", "illness") == [(1500.5, True), (None, True), (None, False)]


def test_a_payment_that_is_no_number_is_a_problem_and_the_households_is_not_known(store, add):
    record = add(
        "illness", [ONE, "", id_number(1), "", "1200"], [ONE, "", id_number(2), "", "一千"], options=["--replace"]
    )
    assert [(each["row"], each["reason"]) for each in record["problems"]] == [(3, "not a number")]
    assert stored(store, "out_of_pocket")[0] == (None,)


def test_the_same_list_again_changes_nothing(add):
    add("disaster", [ONE, "", "", "", ""])
    again = add("disaster", [ONE, "", "", "", ""])
    assert (again["batch"], again["added"], again["changed"]) == (None, 0, 0)


def test_each_fact_knows_its_file_list_and_day_and_undoing_puts_that_back_too(store, add, tmp_path, capsys):
    add("disaster", [ONE, "", "", "", ""])
    sources = fact_sources(store.root, ROUND, COUNTY, ONE)
    assert (sources["disaster"].batch, sources["disaster"].list) == (2, "department:disaster")
    assert sources["disaster"].sha256 == hashlib.sha256((tmp_path / "disaster.csv").read_bytes()).hexdigest()
    assert sources["disaster"].at == batches(store.root)[1].at
    assert (sources["income_pc"].file, sources["income_pc"].list, sources["income_pc"].batch) == (
        "base.csv",
        "a2017",
        1,
    )
    assert "out_of_pocket" not in sources
    shown = run(capsys, "intake", "sources", ONE, "--round", ROUND, "--store", store.root, "--json").record
    assert shown["sources"]["disaster"]["file"] == "disaster.csv"
    assert run(capsys, "intake", "undo", "2", "--store", store.root).status == 0
    assert "disaster" not in fact_sources(store.root, ROUND, COUNTY, ONE)
    assert run(capsys, "intake", "undo", "1", "--store", store.root).status == 0
    assert list(store.root.glob("provenance/**/*.parquet")) == []


def test_a_later_file_is_the_source_of_what_it_changes_only(store, tmp_path, capsys):
    changed = [person(A2017, 3, TWO, 人均纯收入="6000"), person(A2017, 4, THREE)]
    path = write_csv(tmp_path / "later.csv", sheet(A2017, *changed))
    assert run(capsys, "intake", path, "--round", ROUND, "--store", store.root).status == 0
    sources = fact_sources(store.root, ROUND, COUNTY, TWO)
    assert (sources["income_pc"].file, sources["persons"].file) == ("later.csv", "base.csv")
    assert {each.file for each in fact_sources(store.root, ROUND, COUNTY, THREE).values()} == {"base.csv"}


@pytest.mark.parametrize(
    ("headers", "row", "options", "said"),
    [
        (["姓名", "备注"], ["张3", "x"], [], "姓名和村"),
        (HEADERS, [ONE, "", "", "", ""], ["--confirm", "x"], "应如"),
        (HEADERS, [ONE, "", "", "", ""], ["--confirm", "9=1"], "没有这一行"),
        (HEADERS, [ONE, "", "", "", ""], ["--confirm", "2=1"], "没有这一户"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(add, headers, row, options, said):
    assert refused(add("disaster", row, headers=headers, options=options), said)


def test_a_list_that_is_none_says_which_there_are(add):
    assert refused(add("nobody", [ONE, "", "", "", ""]), "dibao 民政部门低保名单")
