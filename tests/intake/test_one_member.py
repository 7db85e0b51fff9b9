"""Only a well-formed ID number, or the same 人编号, makes two rows one member; any other text names nobody."""

import polars as pl
import pytest

from tests.intake.person_lists import A2017, C2021, id_number, person, write_csv
from tests.variants import one_in
from workbench.intake.export import read_export
from workbench.intake.findings.result import household_ids

ROUND, COUNTY = "2023-10", "341524"
NO_IDS = [
    "无", "-", "/", "0", "未办理", "待补办", "不详", "3415241970", "34152419700101", "34159919700101****", "999999197001010012",
    "0" * 18, "1" * 18, "123456789012345678", "0" * 15, "341599197001010011234", id_number(1, born="19700231"), "３４１５２４", "3.41599E+17",
]  # fmt: skip
IDS = [id_number(1), id_number(1, tail="41"), id_number(1, tail="41B1"), id_number(1)[:-1] + "x", "341599700101001"]
HEAD, SPOUSE, CHILD = {"与户主关系": "户主"}, {"与户主关系": "配偶"}, {"与户主关系": "之子"}


def read(tmp_path, *people, headers=A2017):
    rows = [person(headers, serial, **cells) for serial, cells in enumerate(people, 1)]
    return read_export(write_csv(tmp_path / "list.csv", [headers, *rows]), round_name=ROUND, kind="lifted")


def persons(result):
    return pl.DataFrame(result.facts[COUNTY])["persons"].to_list()


def repeated(result):
    return [one.row for one in result.problems if one.reason == "duplicate person"]


@pytest.mark.parametrize("text", one_in(3, NO_IDS))
def test_a_text_that_is_no_id_number_makes_nobody_one(tmp_path, text):
    result = read(tmp_path, HEAD, {"证件号码": text, **SPOUSE}, {"证件号码": text, **CHILD})
    assert (persons(result), repeated(result)) == ([3], [])


@pytest.mark.parametrize("number", IDS)
def test_an_id_number_makes_two_rows_one_member(tmp_path, number):
    other = {"证件号码": number, **SPOUSE}
    result = read(tmp_path, {**HEAD, "证件号码": id_number(7)}, other, other)
    assert (persons(result), repeated(result)) == ([2], [4])


def test_a_certificate_is_its_holder_s_id_number(tmp_path):
    result = read(tmp_path, {"证件号码": id_number(1)}, {"证件号码": id_number(1, tail="41"), **SPOUSE})
    assert (persons(result), repeated(result)) == ([1], [3])


def test_the_number_of_a_person_still_makes_two_rows_one_member(tmp_path):
    same = {"证件号码": "无", "人编号": "0012345678901209", **SPOUSE}
    assert persons(read(tmp_path, HEAD, same, same)) == [2]


@pytest.mark.parametrize("text", ["无", "未办理"])
def test_heads_without_id_numbers_are_two_heads(tmp_path, text):
    head, spouse = {**HEAD, "证件号码": text}, {**SPOUSE, "证件号码": text}
    assert household_ids(read(tmp_path, head, spouse, head, spouse)) == set()


def test_a_head_s_id_number_that_is_none_sets_no_family_apart(tmp_path):
    one, other = {**HEAD, "户主证件号码": id_number(1)}, {**SPOUSE, "户主证件号码": "无"}
    assert persons(read(tmp_path, one, other, {**HEAD, **one}, headers=C2021)) == [3]
