"""The template for unregistered households: filled in by an office, it reads back as it was filled in, without a question."""

import re
import zipfile
from html import escape

import polars as pl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.command import run
from tests.intake.person_lists import id_number
from workbench.domain.facts import CAUSES, FACT, FactType
from workbench.domain.parameters import load_yaml
from workbench.intake.export import read_export
from workbench.intake.isolation.parent import read_apart
from workbench.intake.matching.list_decision import decision_of_mapping
from workbench.intake.offered.template import template

ROUND, COUNTY = "2023-10", "341524"
SOURCES = {name: source["column"] for name, source in load_yaml("intake_ledgers")["facts"].items()}
LEVELS = {0: "无困难", 1: "潜在困难", 2: "有困难"}


@pytest.fixture(scope="module", params=[None, COUNTY])
def empty(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    path.write_bytes(template("zh", request.param))
    return path


def headers(path):
    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]


def filled(path, target, rows):
    """The template with rows put into it as an office does: its sheets, drop-downs and formats stay."""
    names = headers(path)
    cells = [
        "".join(f'<c t="inlineStr"><is><t>{escape(str(row.get(name, "")))}</t></is></c>' if row.get(name) not in (None, "") else "<c/>"
                for name in names)
        for row in rows
    ]  # fmt: skip
    body = "".join(f'<row r="{place}">{each}</row>' for place, each in enumerate(cells, 2))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            content = old.read(entry).decode()
            new.writestr(
                entry,
                content.replace("</sheetData>", f"{body}</sheetData>") if entry.endswith("sheet1.xml") else content,
            )
    return target


def written(name, value):
    """A fact as somebody chooses it in the template."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return (
        LEVELS[value]
        if value is not None and name in ("food", "clothing", "education", "medical", "housing", "water")
        else value
    )


def values():
    one = {
        FactType.BOOLEAN: st.booleans(),
        FactType.FLOAT: st.integers(1000, 9000).map(float),
        FactType.INTEGER: st.integers(1, 2),
    }
    named = {"cause": st.sampled_from(CAUSES), "housing_grade": st.sampled_from("ABCD"), "township": st.just("梅山镇"),
             "village": st.just("三合村"), "county_code": st.just(COUNTY), "persons": st.integers(3, 9), "land_mu": st.integers(0, 90).map(float),
             "work_months": st.integers(0, 30).map(float)}  # fmt: skip
    facts = {
        name: named[name] if name in named else one[FACT[name].type]
        for name in SOURCES
        if name not in ("kind", "exit_year")
    }
    return st.fixed_dictionaries(
        {name: facts[name] if name in ("county_code", "persons") else st.none() | facts[name] for name in facts}
    )


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(values(), min_size=1, max_size=5))
def test_whatever_is_filled_in_is_read_back(empty, tmp_path, households):
    rows = [
        {
            "户编号": f"W{place:05d}",
            **{SOURCES[name]: written(name, value) for name, value in each.items()},
            "县": "金寨县",
        }
        for place, each in enumerate(households, 1)
    ]
    result = read_export(filled(empty, tmp_path / "filled.xlsx", rows), round_name=ROUND)
    assert result.layout == "unregistered_template"
    assert [each for each in result.problems if each.row is not None] == []
    facts = pl.DataFrame(result.facts[COUNTY])
    assert set(facts["kind"]) == {"unregistered"}
    for name in households[0]:
        assert facts[name].to_list() == [each[name] for each in households], name


def test_the_head_is_kept_with_the_persons_and_nowhere_else(empty, tmp_path):
    rows = [
        {"户编号": "W1", "县": "金寨县", "人数": 2, "户主姓名": "赵甲", "证件号码": id_number(1)},
        {"户编号": "W2", "县": "霍邱县", "人数": 1},
        {"户编号": "W3", "县": "金寨县", "人数": 1, "户主姓名": "钱乙"},
    ]
    result = read_apart(filled(empty, tmp_path / "filled.xlsx", rows), round_name=ROUND)
    assert sorted(result.facts) == ["341522", "341524"]
    people = pl.DataFrame(result.persons[COUNTY])
    assert people.select("household_id", "name", "id_number").rows() == [
        ("W1", "赵甲", id_number(1)),
        ("W3", "钱乙", None),
    ]
    assert list(result.persons) == [COUNTY]
    assert "赵甲" not in str(result.facts)


def test_an_empty_template_is_no_household_and_says_so(empty, tmp_path):
    result = read_export(filled(empty, tmp_path / "filled.xlsx", []), round_name=ROUND)
    assert (result.accepted_households, result.rejected_rows) == (0, 0)


def test_a_row_without_a_number_or_a_county_is_refused_with_the_reason(empty, tmp_path):
    rows = [{"县": "金寨县", "人数": 2, "户主姓名": "赵甲"}, {"户编号": "W2", "人数": 1}]
    result = read_export(filled(empty, tmp_path / "filled.xlsx", rows), round_name=ROUND)
    assert (result.accepted_households, result.rejected_rows) == (0, 2)
    assert "赵甲" not in str(result.problems)


def test_columns_that_an_office_does_not_use_may_be_deleted(tmp_path):
    rows = [["户编号", "县", "人数", "低保户", "备注（未建档立卡户模板）"], ["W1", "金寨县", "2", "是", ""]]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    result = read_export(path, round_name=ROUND)
    assert pl.DataFrame(result.facts[COUNTY]).select("kind", "persons", "dibao").row(0) == ("unregistered", 2, True)


def test_it_has_drop_downs_and_a_sheet_that_explains_every_column(empty):
    book = python_calamine.CalamineWorkbook.from_path(empty)
    assert len(book.sheet_names) == 2
    explained = [row[0] for row in book.get_sheet_by_index(1).to_python()]
    assert set(headers(empty)) <= set(explained)
    sheet = zipfile.ZipFile(empty).read("xl/worksheets/sheet1.xml").decode()
    lists = re.findall(r'<dataValidation type="list".*?<formula1>"(.*?)"</formula1>', sheet)
    assert "是,否" in lists
    assert "A,B,C,D" in lists
    assert "无困难,潜在困难,有困难" in lists
    assert any(each.startswith("因病,") for each in lists)
    assert any("金寨县" in each for each in lists)


def test_the_command_writes_it_and_refuses_a_county_that_is_none(capsys, tmp_path):
    out = tmp_path / "模板.xlsx"
    done = run(capsys, "intake", "template", "--out", out, "--county", "金寨县", "--json")
    assert done.record == {"file": str(out), "layout": "unregistered_template", "county_code": COUNTY}
    assert headers(out)[0] == "户编号"
    assert run(capsys, "intake", "template", "--out", out, "--county", "没有县").status == 2


def test_heads_stay_where_a_column_of_the_template_is_changed(empty, tmp_path):
    row = {"户编号": "34152401000001", "县": "金寨县", "户主姓名": "张三", "证件号码": id_number(1), "人数": 3}
    path = filled(empty, tmp_path / "t.xlsx", [row])
    seen = []
    plain = read_export(path, round_name=ROUND, look=seen.append)
    overview = seen[-1]
    decision = decision_of_mapping(overview.mapping, overview.headers)
    mapping = decision.mapping().model_copy(update={"headers": overview.headers})
    changed = read_export(path, round_name=ROUND, mapping=mapping)
    assert changed.persons[COUNTY].to_pylist() == plain.persons[COUNTY].to_pylist()
    assert changed.facts[COUNTY].to_pylist()[0]["persons"] == 3
