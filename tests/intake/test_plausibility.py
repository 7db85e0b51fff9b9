"""Plausibility: rules in YAML, held against the facts of any file; each household, the median of a county's, the title's date."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.odd_files import book
from tests.intake.person_lists import write_csv
from workbench.domain.facts import FACT
from workbench.errors import FileError, InputError
from workbench.intake.export import read_export
from workbench.intake.findings.conditions import parse_condition
from workbench.intake.findings.rules import own_rules, read_rules
from workbench.intake.tables.mapping import Mapping

ROUND, COUNTY = "2019-10", "341524"
PLAIN = {
    "persons": 3, "labour": 1, "skilled": 0, "weak_labour": 1, "students": 1, "seriously_ill": 0, "chronically_ill": 0,
    "disabled": 0, "severely_disabled": 0, "work_months": 8, "income_wage": 9000, "income_business": 4000, "income_property": 0,
    "income_transfer": 2000, "cost_business": 900, "net_income": 14100, "income_pc": 4700, "out_of_pocket": 500, "land_mu": 3,
    "exit_year": 2018, "housing_grade": "B", "dilapidated_housing": "否", "illness": "否", "cause": "缺资金",
}  # fmt: skip


def read(tmp_path, households, names=None, titles=()):
    """A table whose columns are facts, read by a mapping."""
    names = names or list(PLAIN)
    rows = [
        [f"34159999{place:06d}", *[str({**PLAIN, **each}[name]) for name in names]]
        for place, each in enumerate(households)
    ]
    path = write_csv(tmp_path / "t.csv", [*([title] for title in titles), ["户号", *names], *rows])
    facts = {name: {"column": name} for name in names}
    options = {"header_row": len(titles) + 1} if titles else {}
    mapping = Mapping.model_validate({"key": "户号", "facts": facts, **options})
    return read_export(path, round_name=ROUND, county=COUNTY, mapping=mapping)


def reported(result):
    return {(each.reason, each.column) for each in (*result.problems, *result.warnings)}


def facts(result):
    return pl.DataFrame(result.facts[COUNTY])


def test_a_plain_household_is_no_finding(tmp_path):
    assert reported(read(tmp_path, [{}, {"income_pc": 4750, "net_income": 14250, "income_wage": 9150}])) == set()


@pytest.mark.parametrize(
    ("reason", "column", "changed"),
    [
        ("no persons", "人数", {"persons": 0}),
        ("no persons", "人数", {"persons": -1}),
        ("year of exit", "脱贫年度", {"exit_year": 1985}),
        ("year of exit", "脱贫年度", {"exit_year": 2020}),
        ("year of exit", "脱贫年度", {"exit_year": 45300}),
        ("income does not add up", "人均纯收入", {"income_pc": 4800}),
        ("parts do not add up", "家庭纯收入", {"income_transfer": 3000}),
        ("negative income", "人均纯收入", {"income_pc": -4700, "net_income": -14100}),
        ("negative amount", "合规自付支出", {"out_of_pocket": -1}),
        ("negative amount", "工资性收入", {"income_wage": -9000}),
        ("more members than persons", "在校生", {"students": 4}),
        ("more members than persons", "大病", {"seriously_ill": 4}),
        ("more labour than persons", "劳动力", {"labour": 2, "weak_labour": 2}),
        ("more skilled than labour", "技能劳动力", {"skilled": 2}),
        ("more severe than disabled", "重度残疾人", {"severely_disabled": 1}),
        ("work months of a household", "务工时间(月)", {"work_months": 37}),
        ("cause without a case", "主要致贫原因", {"cause": "因残"}),
        ("cause without an illness", "主要致贫原因", {"cause": "因病"}),
        ("wages without work", "工资性收入", {"work_months": 0}),
        ("land area", "耕地面积(亩)", {"land_mu": 100.5}),
        ("housing grade against dilapidated", "危房户", {"housing_grade": "C"}),
        ("housing grade against dilapidated", "危房户", {"dilapidated_housing": "是"}),
    ],
)
def test_a_household_that_cannot_be_or_is_unlikely_is_found_at_its_row(tmp_path, reason, column, changed):
    result = read(tmp_path, [{}, changed, {}])
    hit = [each for each in (*result.problems, *result.warnings) if (each.reason, each.column) == (reason, column)]
    assert [each.row for each in hit] == [3]


@pytest.mark.parametrize(
    "changed",
    [
        {"exit_year": 1986}, {"exit_year": 2019}, {"persons": 1, "labour": 1, "weak_labour": 0, "income_pc": 14100},
        {"income_pc": 4700.9}, {"labour": 2, "weak_labour": 1}, {"work_months": 36}, {"land_mu": 100},
        {"housing_grade": "D", "dilapidated_housing": "是"}, {"income_business": -100, "net_income": 10000, "income_pc": 3333.33},
    ],
    ids=str,
)  # fmt: skip
def test_what_lies_just_within_the_bounds_is_none(tmp_path, changed):
    assert reported(read(tmp_path, [{}, changed, {}])) == set()


def test_what_cannot_be_is_not_known_what_is_unlikely_stays(tmp_path):
    result = read(tmp_path, [{"persons": 0}, {"exit_year": 2099}, {"students": 9}])
    assert facts(result)["persons"].to_list() == [None, 3, 3]
    assert facts(result)["exit_year"].to_list() == [2018, None, 2018]
    assert facts(result)["students"].to_list() == [1, 1, 9]
    assert result.accepted_persons is None


def test_a_fact_that_is_missing_makes_no_finding(tmp_path):
    assert reported(read(tmp_path, [{"persons": "", "exit_year": "", "income_transfer": ""}])) == set()
    assert reported(read(tmp_path, [{}], ["students", "work_months", "income_wage"])) == set()


@pytest.mark.parametrize(
    ("amount", "is_found"),
    [(0.47, True), (99.99, True), (100, False), (200_000, False), (200_000.01, True), (4700, False), (0, True)],
)
def test_a_median_of_another_unit_is_a_finding_in_any_file(tmp_path, amount, is_found):
    result = read(tmp_path, [{"income_pc": amount}] * 3, ["income_pc"])
    assert (("median out of range", "人均纯收入") in reported(result)) is is_found
    assert facts(result)["income_pc"].to_list() == [amount] * 3


def test_the_median_is_per_head_and_of_those_who_have_any(tmp_path):
    names = ["persons", "net_income", "income_property", "out_of_pocket"]
    result = read(
        tmp_path, [{"net_income": 290, "income_property": each, "out_of_pocket": 0} for each in (0, 0, 0.5)], names
    )
    assert reported(result) == {("median out of range", "家庭纯收入"), ("median out of range", "财产性收入")}


def test_one_odd_household_moves_no_median(tmp_path):
    assert reported(read(tmp_path, [{}, {}, {"income_pc": 0.47}], ["income_pc"])) == set()


def test_a_median_names_its_county_and_what_it_is(tmp_path):
    result = read(tmp_path, [{"income_pc": 0.47, "net_income": 1.41}], ["persons", "income_pc", "net_income"])
    (message, *_) = [each.message for each in result.problems if each.column == "人均纯收入"]
    assert message.zh.startswith("金寨县，人均纯收入，中位数 0.47：")
    assert message.en.startswith("Jinzhai County, 人均纯收入, median 0.47: ")


@pytest.mark.parametrize(
    ("title", "is_found"),
    [
        ("金寨县2019年10月名单", False), ("截至2019年9月30日", False), ("数据日期：2019-10-08", False), ("20191008", False),
        ("六政办〔2019〕15号附件", False), ("六政办(2016)15号附件", False), ("2019年度", False), ("联系电话 0564-2019201", False),
        ("金寨县2018年名单", True), ("2021年度脱贫人口", True), ("截至2019年3月", True), ("数据日期：2020/05/20", True), ("20180520", True),
        ("统计表", False),
    ],
)  # fmt: skip
def test_a_title_of_another_time_is_a_finding(tmp_path, title, is_found):
    result = read(tmp_path, [{}], ["persons", "land_mu"], [title])
    assert (("title of another time", "") in reported(result)) is is_found


# -- rules as data ------------------------------------------------------------------------------------------------------


def test_each_rule_says_where_it_comes_from_and_what_to_do():
    for rule in own_rules():
        assert set(rule.source) == {"reference", "entered"}
        assert rule.what.en
        assert rule.cure.en


GOOD = """
rules:
  - id: x rooms
    what: 房间多于十间
    where: x_rooms
    severity: warning
    check: x_rooms > 10 and not dibao
    cure: {zh: 请核实, en: please check}
"""


def broken(**changes):
    rule = {
        "id": "a",
        "what": "甲",
        "where": "persons",
        "severity": "warning",
        "check": "persons > 9",
        "cure": "乙",
    } | changes
    lines = [f"{name}: {value}" for name, value in rule.items() if value is not None]
    return "rules:\n  - " + "\n    ".join(lines) + "\n"


def test_a_county_writes_rules_in_the_same_form(tmp_path):
    path = tmp_path / "341524.yaml"
    path.write_text(GOOD, encoding="utf-8")
    (rule,) = read_rules(path)
    assert (rule.where, rule.what.words.en) == (["x_rooms"], "房间多于十间")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "应只有一项 rules"),
        ("- a", "应只有一项 rules"),
        ("rules: {}", "应只有一项 rules"),
        (broken(where="person"), "最接近的是 'persons'"),
        (broken(check="person > 9"), "没有 'person'"),
        (broken(check="persons >"), "读不懂"),
        (broken(check="persons"), "不能混用"),
        (broken(check="persons > 1 and not labour"), "不能混用"),
        (broken(check="cause > 1"), "不能混用"),
        (broken(check="persons == '3'"), "不能混用"),
        (broken(check="abs(cause) > 1"), "不能混用"),
        (broken(check="persons + 1"), "不是真假"),
        (broken(check="__import__('os').system('true') == 0"), "不能用"),
        (broken(check="persons in [1]"), "不能用的比较"),
        (broken(severity="error"), "severity 用 problem 或 warning"),
        (broken(cure=None), "缺少"),
        (broken(level="3"), "没有这一项"),
        (broken(of="median", where="cause", check="median > 1"), "没有中位数"),
        (broken(of="median", check="persons > 1"), "没有 'persons'"),
        ("rules: [*a]", None),
        ("rules:\n\t- x", None),
    ],
)
def test_a_broken_file_of_rules_is_refused_in_words(tmp_path, text, said):
    path = tmp_path / "341524.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_rules(path)
    assert said is None or said in refused.value.words.zh
    assert "341524.yaml" in refused.value.words.zh


NAMES = ["persons", "labour", "dibao", "cause"]


@given(
    st.recursive(
        st.sampled_from(["persons < 1", "labour == 2", "dibao", "cause == '因病'", "abs(labour - persons) > 1"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda each: f"({each[0]}) {each[1]} ({each[2]})"
            ),
            inner.map(lambda each: f"not ({each})"),
        ),
        max_leaves=6,
    ),
    st.fixed_dictionaries(
        {
            "persons": st.integers(0, 3),
            "labour": st.integers(0, 3),
            "dibao": st.booleans(),
            "cause": st.sampled_from(["因病", "因学"]),
        }
    ),
)
def test_a_condition_means_what_python_means_where_all_is_known(text, values):
    frame = pl.DataFrame([values])
    assert frame.select(parse_condition(text, FACT).evaluate({})).item() is eval(text, {"abs": abs}, values)  # noqa: S307 - made here


@pytest.mark.parametrize(
    "text", ["persons < 1", "persons < 1 and dibao", "not persons < 1", "abs(persons) / labour > 1"]
)
def test_a_condition_over_what_is_not_known_cannot_tell(text):
    frame = pl.DataFrame(
        {"persons": [None], "dibao": [True], "labour": [0]},
        schema={"persons": pl.Int64, "dibao": pl.Boolean, "labour": pl.Int64},
    )
    assert frame.select(parse_condition(text, FACT).evaluate({})).item() is None


def test_a_condition_without_end_is_refused():
    with pytest.raises(InputError):
        parse_condition("(" * 60 + "persons" + ")" * 60 + " + 0" * 200, FACT)
    with pytest.raises(InputError):
        parse_condition("not " * 60 + "dibao", FACT)


def test_findings_of_several_sheets_stand_sheet_by_sheet_each_from_its_top(tmp_path):
    def rows(first):
        names = ["户号", "persons", "income_pc"]
        return [names, [f"3415999{first:07d}", "0", "4700"], [f"3415999{first + 1:07d}", "3", "不详"], [f"3415999{first + 2:07d}", "0", "五千"]]  # fmt: skip

    path = book(tmp_path / "t.xlsx", ("甲乡", rows(1)), ("乙乡", rows(11)))
    facts = {name: {"column": name} for name in ("persons", "income_pc")}
    result = read_export(
        path, round_name=ROUND, county=COUNTY, mapping=Mapping.model_validate({"key": "户号", "facts": facts})
    )
    places = [(each.sheet, each.row) for each in result.problems if each.row is not None]
    assert {reason for reason, _ in reported(result)} >= {"no persons", "not a number"}
    assert places == sorted(places, key=lambda place: (["甲乡", "乙乡"].index(place[0]), place[1]))
    assert {sheet for sheet, _ in places} == {"甲乡", "乙乡"}


def test_a_finding_of_a_household_is_named_by_a_reason_of_its_own():
    # The page looks its words up by the reason: of two rules under one, it showed those of the other.
    rules = [rule for rule in own_rules() if rule.of == "households"]
    words = {}
    for rule in rules:
        assert words.setdefault(rule.id, rule.what) == rule.what
