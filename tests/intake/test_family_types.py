"""What kind of family a household is, of the ages and relations of its members; what a list does not say stays unknown."""

import polars as pl
import pytest

from tests.intake.person_lists import A2017, C2021, id_number, person, write_csv
from workbench.domain.facts import FAMILY_FLAGS
from workbench.intake.export import read_export
from workbench.intake.persons.family_types import of_members

ROUND, COUNTY = "2023-10", "341524"
ALONE, ONE_PARENT, CHILDREN = FAMILY_FLAGS
OLD, GROWN, SCHOOL, SMALL = "19500101", "19850101", "20100101", "20200101"
RELATIONS = {"head": "户主", "spouse": "配偶", "son": "之子", "daughter": "女儿", "in-law": "之儿媳", "grandson": "之孙子",
             "mother": "之母", "sister": "之姐", "nobody": "", "stranger": "邻居"}  # fmt: skip


def member(relation, born, **cells):
    return {"与户主关系": RELATIONS[relation], "#born": born, **cells}


def read(tmp_path, *people, headers=A2017, **listed):
    rows = []
    for serial, cells in enumerate(people, 1):
        born = cells.pop("#born", None)
        known = {} if born is None else {"证件号码": id_number(serial, born=born)}
        rows.append(person(headers, serial, **{**known, **cells, **listed}))
    return read_export(write_csv(tmp_path / "list.csv", [headers, *rows]), round_name=ROUND, kind="unregistered")


def flags(result):
    facts = pl.DataFrame(result.facts[COUNTY])
    return {name: facts[name][0] if name in facts.columns else None for name in FAMILY_FLAGS}


def columns(result):
    return set(pl.DataFrame(result.facts[COUNTY]).columns) & set(FAMILY_FLAGS)


FAMILIES = {
    "a couple of old people": ([("head", OLD), ("spouse", OLD)], (True, False, False)),
    "one of them sixty this month": ([("head", OLD), ("spouse", "19631002")], (False, False, False)),
    "one of them sixty last month": ([("head", OLD), ("spouse", "19630930")], (True, False, False)),
    "a couple and two children": ([("head", GROWN), ("spouse", GROWN), ("son", SCHOOL), ("daughter", SMALL)], (False, False, False)),
    "and a third": ([("head", GROWN), ("spouse", GROWN), ("son", SCHOOL), ("daughter", SMALL), ("son", SMALL)], (False, False, True)),
    "a mother and her son": ([("head", GROWN), ("son", SCHOOL)], (False, True, False)),
    "who is of age": ([("head", GROWN), ("son", "20050930")], (False, False, False)),
    "with her own mother": ([("head", GROWN), ("son", SCHOOL), ("mother", OLD)], (False, True, False)),
    "grandparents and their grandson": ([("head", OLD), ("spouse", OLD), ("grandson", SCHOOL)], (False, False, False)),
    "and his father": ([("head", OLD), ("spouse", OLD), ("son", GROWN), ("grandson", SCHOOL)], (False, True, False)),
    "and his mother too": ([("head", OLD), ("son", GROWN), ("in-law", GROWN), ("grandson", SCHOOL)], (False, False, False)),
    "or his father's sister": ([("head", OLD), ("son", GROWN), ("daughter", GROWN), ("grandson", SCHOOL)], (False, None, False)),
    "a younger sister": ([("head", GROWN), ("sister", SCHOOL)], (False, None, False)),
    "somebody grown, of whom nothing is said": ([("head", GROWN), ("nobody", GROWN), ("son", SCHOOL)], (False, None, False)),
    "or what is said is no relation": ([("head", GROWN), ("stranger", GROWN), ("son", SCHOOL)], (False, None, False)),
    "a member of no known age": ([("head", OLD), ("spouse", None)], (None, False, False)),
    "who may be a child": ([("head", GROWN), ("son", None)], (False, None, False)),
    "or a third child": ([("head", GROWN), ("spouse", GROWN), ("son", SMALL), ("son", SMALL), ("son", None)], (False, False, None)),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_families(tmp_path, family):
    people, expected = FAMILIES[family]
    given = [member(relation, born, **({} if born else {"证件号码": "无"})) for relation, born in people]
    assert flags(read(tmp_path, *given)) == dict(zip(FAMILY_FLAGS, expected, strict=True))


def test_a_member_missing_leaves_open_what_one_more_could_change(tmp_path):
    couple = flags(read(tmp_path, member("head", OLD), member("spouse", OLD), 人数="3"))
    assert couple == {ALONE: None, ONE_PARENT: None, CHILDREN: None}
    grown = [member("head", GROWN), *(member("son", SMALL) for _ in range(3))]
    assert flags(read(tmp_path, *grown, 人数="5")) == {ALONE: False, ONE_PARENT: None, CHILDREN: True}


@pytest.mark.parametrize("born", ["20100131", "2010-01-31", "2010/1/31", "2010.1", "2010年1月", "201001"])
def test_an_age_is_of_the_date_of_birth_where_no_number_says_it(tmp_path, born):
    child = {"与户主关系": "之子", "出生日期": born, "证件号码": "无"}
    mother = {"与户主关系": "户主", "出生日期": "1985-01-01", "证件号码": "无"}
    assert flags(read(tmp_path, mother, child, headers=C2021)) == {ALONE: False, ONE_PARENT: True, CHILDREN: False}


@pytest.mark.parametrize("born", ["2030-01-01", "不详", "2010", "2010-13-01"])
def test_a_date_that_is_none_says_no_age(tmp_path, born):
    child = {"与户主关系": "之子", "出生日期": born, "证件号码": "无"}
    assert flags(read(tmp_path, member("head", GROWN), child, headers=C2021))[ONE_PARENT] is None


def test_a_list_that_says_nothing_of_families_wipes_nothing_that_is_known(tmp_path):
    """Of a column that is empty throughout what is known of the households from elsewhere would be lost."""
    blind = [{"与户主关系": each, "证件号码": "无"} for each in ("户主", "之子", "之子", "之女")]
    assert columns(read(tmp_path, *blind)) == set()
    without = [header for header in A2017 if header != "证件号码"]
    assert columns(read(tmp_path, member("head", GROWN), headers=without)) == set()
    unrelated = [header for header in A2017 if header != "与户主关系"]
    assert columns(read(tmp_path, member("head", OLD), headers=unrelated)) == {ALONE, CHILDREN}
    # Nor does one that names only the heads.
    heads = [person(A2017, serial, household=f"0012345678901{serial}", 人数="3") for serial in (1, 2, 3)]
    listed = read_export(write_csv(tmp_path / "heads.csv", [A2017, *heads]), round_name=ROUND, kind="unregistered")
    assert listed.heads_only
    assert columns(listed) == set()


def test_a_birth_is_read_once_however_often_an_age_is_asked():
    """What is aggregated names the age some twenty times: nearly all that reading a short list took was to read births."""
    asked = list(of_members(frozenset(A2017)))
    assert len(asked) == len(FAMILY_FLAGS)
    assert not {"证件号码", "出生日期"} & {name for each in asked for name in each.meta.root_names()}
