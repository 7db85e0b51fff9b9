"""Mappings: what they may say, the words for what they may not, and the tables read with them."""

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.intake.person_lists import write_csv, write_xlsx
from workbench.errors import InputError
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult
from workbench.intake.reading.text import number
from workbench.intake.tables.mapping import Mapping, load_mapping

ROOT = Path(__file__).parents[2]
CONEVAL = ROOT / "tests" / "data" / "real" / "coneval2014.csv"
ROWS = [
    ["id", "county", "income", "size", "car"],
    ["01", "金寨县", "3,000.5", "2", "yes"],
    ["02", "99", "4000", "0", "no"],
]
FACTS = {"county_code": {"column": "county"}, "income_pc": {"column": "income"}}


def mapped(
    path: Path, facts: dict | None = None, key: object = "id", county: str | None = None, **options: object
) -> IntakeResult:
    mapping = Mapping.model_validate({"key": key, "facts": FACTS if facts is None else facts, **options})
    return read_export(path, round_name="2019-05", county=county, mapping=mapping)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "table.csv", ROWS)


def column(result: IntakeResult, name: str) -> list:
    return [value for code in result.facts for value in result.facts[code][name].to_pylist()]


def test_columns_constants_values_expressions(table):
    result = mapped(
        table,
        {
            "county_code": {"column": "county"},
            "kind": {"constant": "unregistered"},
            "persons": {"column": "size"},
            "has_car": {"column": "car", "values": {True: True, "no": False}},
            "net_income": {"expression": "(income + 100) * size - 1"},
            "x_share": {"expression": "income / size"},
            "x_rooms": {"column": "size"},
        },
    )
    assert list(result.facts) == ["341524", "99"]
    assert column(result, "household_id") == ["01", "02"]
    assert column(result, "has_car") == [True, False]
    assert column(result, "net_income") == [3100.5 * 2 - 1, None]  # of a household without persons
    assert column(result, "x_share") == [1500.25, None]
    assert [(one.row, one.reason) for one in result.problems] == [(3, "division by zero"), (3, "no persons")]
    assert column(result, "persons") == [2, None]


def test_persons_are_counted_only_where_they_are_known_of_each(table, tmp_path):
    assert mapped(table).accepted_persons is None
    gap = write_csv(tmp_path / "gap.csv", [["id", "size"], ["1", "3"], ["2", ""]])
    assert mapped(gap, {"persons": {"column": "size"}}, county="1").accepted_persons is None


def test_parquet_is_a_table_like_any_other(tmp_path):
    path = tmp_path / "panel.parquet"
    columns = {"id": [20190401000000001, 2], "income": [3000.5, float("nan")], "car": [True, None], "urban": [False, True],
               "size": pa.array([3, 1], pa.float64()), "where": pa.array(["99", "98"]).dictionary_encode()}  # fmt: skip
    pq.write_table(pa.table(columns), path)
    facts = {"county_code": {"column": "where"}, "income_pc": {"column": "income"}, "persons": {"column": "size"},
             "has_car": {"column": "car"}, "x_urban": {"column": "urban", "values": {True: True, False: False}}}  # fmt: skip
    result = mapped(path, facts)
    assert result.problems == ()
    assert list(result.facts) == ["98", "99"]
    assert column(result, "household_id") == ["2", "20190401000000001"]
    assert column(result, "income_pc") == [None, 3000.5]
    assert column(result, "has_car") == [None, True]
    assert column(result, "x_urban") == [True, False]
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputError, match="Parquet"):
        mapped(path, facts)


def test_yes_and_no_under_a_name_of_ones_own_ask_for_their_meaning(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["id", "urban"], ["1", "true"], ["2", "false"]])
    result = mapped(path, {"x_urban": {"column": "urban"}}, county="1")
    assert {one.reason for one in result.problems} == {"not a number"}
    assert all("values: {true: true, false: false}" in one.message.zh for one in result.problems)


def test_null_in_an_expression_is_null(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["id", "a", "b"], ["1", "", "2"], ["2", "3", "2"]])
    assert column(mapped(path, {"net_income": {"expression": "a * 0 + b"}}, county="1"), "net_income") == [None, 2]


def test_names_that_are_no_words_stand_in_backticks(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["id", "收入（元）", "人 数"], ["1", "10", "4"]])
    assert column(mapped(path, {"income_pc": {"expression": "`收入(元)` / `人 数`"}}, county="1"), "income_pc") == [2.5]


@pytest.mark.parametrize("expression", ["__import__('os')", "income ** 2", "income.real", "income if 1 else 2", "[1]", "income +", "", "1e400 * income", "True + 1"])  # fmt: skip
def test_expressions_that_are_refused(expression):
    with pytest.raises(ValueError, match=r"只能用列名、数字、\+ - \* / 和括号"):
        Mapping.model_validate({"key": ["id"], "facts": {"income_pc": {"expression": expression}}})


@pytest.mark.parametrize(
    ("written", "with_comma", "with_point"),
    [
        ("1.234,5", 1234.5, None), ("1.000", 1000.0, 1.0), ("1,5", 1.5, None), ("-3,2", -3.2, None), ("12,", 12.0, None),
        ("1_000", None, None), ("1_000,5", None, None), ("1.234.567,8", 1234567.8, None), ("1,2,3", None, None), ("1e3", 1000.0, 1000.0),
    ],
)  # fmt: skip
def test_a_number_is_read_by_the_decimal_that_the_file_has(written, with_comma, with_point):
    cell = pl.DataFrame({"cell": [written]})
    assert [cell.select(number(pl.col("cell"), decimal)).item() for decimal in ",."] == [with_comma, with_point]


def test_decimal_comma_separator_sheet_and_header_row(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["id", "note"], ["id", "income"], ["1", "1.234,5"]], delimiter=";")
    result = mapped(path, {"income_pc": {"column": "income"}}, county="1", separator=";", decimal=",", header_row=2)
    assert column(result, "income_pc") == [1234.5]
    book = write_xlsx(tmp_path / "t.xlsx", [["id", "income"], [7.0, 1.5]], name="Data")
    assert column(mapped(book, {"income_pc": {"column": "income"}}, county="1", sheet="Data"), "household_id") == ["7"]
    with pytest.raises(InputError, match=r"没有工作表.*'Dta'.*Data"):
        mapped(book, county="1", sheet="Dta")
    with pytest.raises(InputError, match="第 9 行没有表头"):
        mapped(book, county="1", header_row=9)


def test_bad_rows_are_reported_and_good_ones_kept(tmp_path):
    path = write_csv(
        tmp_path / "t.csv",
        [["a", "b", "income", "size", "state"], ["1", "1", "x", "1", "A"], ["1", "1", "5000", "1", "A"], ["", "1", "5000", "1", "A"],
         ["2", "1", "5000", "1.5", "B"], ["3", "1", "5000", "1", ""], ["4", "3.4E+17", "5000", "1", "A"], [], ["5", "1", "5000", "1", "A"]],
    )  # fmt: skip
    facts = {
        "county_code": {"column": "state"}, "income_pc": {"column": "income"}, "persons": {"column": "size"},
        "housing": {"column": "state", "values": {"A": 2}},
    }  # fmt: skip
    result = mapped(path, facts, key=["a", "b"])
    assert [(one.row, one.column, one.reason) for one in result.problems] == [
        (2, "income", "not a number"), (3, "a、b", "duplicate household"), (4, "a、b", "missing"),
        (5, "size", "not a whole number"), (5, "state", "unknown value"), (6, "county_code", "missing"), (7, "a、b", "damaged number"),
    ]  # fmt: skip
    assert (result.accepted_households, result.rejected_rows) == (3, 4)
    assert column(result, "household_id") == ["1-1", "5-1", "2-1"]
    assert column(result, "income_pc") == [None, 5000, 5000]
    assert column(result, "housing") == [2, 2, None]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"incme_pc": {"column": "income"}},
            "没有这个事实；最接近的是 'income_pc'.* no such fact; the nearest is 'income_pc'",
        ),
        ({"round": {"constant": "2019-05"}}, "所选期次"),
        ({"household_id": {"column": "id"}}, "由 key 决定"),
        ({"x_Größe": {"column": "income"}}, "小写字母"),
        ({"x_a": {"constant": "text"}}, "数或真假"),
        ({"income_pc": {"column": "a", "constant": 1}}, "有且只有一项.*column, constant"),
        ({"income_pc": {}}, "有且只有一项"),
        ({"income_pc": {"constant": 1, "values": {"a": 1}}}, "values 只能与 column 同用"),
        ({"kind": {"constant": "rich"}}, "'rich'.*lifted、registered、unregistered"),
        ({"housing": {"column": "a", "values": {"1": 3}}}, "3.*0、1、2"),
        ({"has_car": {"column": "a", "values": {"1": 1}}}, "has_car: 值 1"),
        ({"income_pc": {"colum": "income"}}, "没有这一项；最接近的是 'column'.* no such key; the nearest is 'column'"),
        ({"kind": {"expression": "1 + 1"}}, "表达式只得出数"),
    ],
)
def test_the_words_for_what_a_mapping_may_not_say(tmp_path, facts, words):
    path = tmp_path / "m.yaml"
    path.write_text(f"key: [id]\nfacts: {facts!r}\n".replace("True", "true"), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_mapping(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("facts: {income_pc: {column: a}}", "key: 缺少"),
        ("key: []\nfacts: {income_pc: {column: a}}", "key.*不能为空"),
        ("key: a\nfacts: {}", "facts.*不能为空"),
        ("key: a\nfact: {}", "fact: 没有这一项.*'facts'"),
        ("key: a\nseparator: ab\nfacts: {income_pc: {column: a}}", "separator 'ab'"),
        ("key: [a", "不是有效的 YAML"),
        ("- a", "key 和 facts 两部分"),
    ],
)
def test_the_words_for_what_is_no_mapping(tmp_path, text, words):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_mapping(path)
    with pytest.raises(InputError, match="读不到文件"):
        load_mapping(tmp_path / "absent.yaml")


def test_a_column_that_the_file_does_not_have(table):
    with pytest.raises(InputError, match=r"'incom'；最接近的是 'income'.*id、county、income"):
        mapped(table, {"county_code": {"column": "county"}, "income_pc": {"column": "incom"}})


def test_a_county_is_needed(table):
    with pytest.raises(InputError, match="--county"):
        mapped(table, {"income_pc": {"column": "income"}})
    assert list(mapped(table, {"income_pc": {"column": "income"}}, county="金寨县").facts) == ["341524"]


def test_58121_real_households_no_row_lost():
    mapping = load_mapping(ROOT / "data" / "examples" / "coneval2014.mapping.yaml")
    result = read_export(CONEVAL, round_name="2019-05", mapping=mapping)
    with CONEVAL.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert (result.accepted_households, result.rejected_rows, result.problems) == (len(rows), 0, ())
    assert len(rows) == 58121
    assert {code: table.num_rows for code, table in result.facts.items()} == Counter(row["state"] for row in rows)
    expected = {f"{row['proyecto']}-{row['folioviv']}-{row['foliohog']}": row for row in rows}
    assert len(expected) == len(rows)
    for table in result.facts.values():
        for fact in table.to_pylist():
            row = expected[fact["household_id"]]
            assert fact["income_pc"] == float(row["income"])
            assert fact["housing"] == 2 * int(row["ic_cv"])
            assert fact["illness"] == (row["ic_asalud"] == "1")
            assert fact["weight"] == float(row["factor_hog"])


def test_a_row_without_a_weight_above_nought_is_refused_where_the_file_has_weights(tmp_path):
    weights = ["2.5", "", "0", "-1", "many", "nan", "1"]
    rows = [["id", "county", "income", "w"], *([f"{n:02d}", "金寨县", "4000", w] for n, w in enumerate(weights))]
    result = mapped(write_csv(tmp_path / "weights.csv", rows), {**FACTS, "weight": {"column": "w"}})
    assert column(result, "weight") == [2.5, 1.0]
    assert (result.accepted_households, result.rejected_rows) == (2, 5)
    refused = [problem for problem in result.problems if problem.reason == "no weight"]
    assert [(problem.row, problem.column) for problem in refused] == [(row, "w") for row in (3, 4, 5, 6, 7)]


def test_an_amount_beyond_what_the_rules_can_compare_is_reported_and_not_known(tmp_path):
    rows = [["id", "county", "income"], ["01", "金寨县", "1e15"], ["02", "金寨县", "4000.005"]]
    result = mapped(write_csv(tmp_path / "large.csv", rows))
    assert column(result, "income_pc")[0] is None
    assert [(problem.row, problem.column, problem.reason) for problem in result.problems] == [
        (2, "income", "too large")
    ]


def test_a_county_chosen_against_the_tables_own_is_taken_and_said_once_for_each(tmp_path):
    rows = [*ROWS, ["03", "金寨县", "5000", "3", "no"], ["04", "", "5000", "3", "no"]]
    result = mapped(write_csv(tmp_path / "table.csv", rows), county="341522")
    assert list(result.facts) == ["341522"]
    others = [(one.row, one.column) for one in result.warnings if one.reason == "other county"]
    assert others == [(2, "county"), (3, "county")]
    assert not [one for one in mapped(tmp_path / "table.csv", county="341524").warnings if one.row == 2]
