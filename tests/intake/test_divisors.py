"""A division by 0 is reported at the column that divides, once a row; a half fen is rounded up, whichever way a machine is off."""

import pytest

from tests.intake.person_lists import write_csv
from workbench.intake.export import read_export
from workbench.intake.tables.mapping import Mapping

HEADERS = ["id", "income", "size", "rooms"]


def divided(tmp_path, expression, *cells):
    path = write_csv(tmp_path / "t.csv", [HEADERS, ["1", *cells]])
    mapping = Mapping.model_validate({"key": "id", "facts": {"x_share": {"expression": expression}}})
    result = read_export(path, round_name="2019-05", county="341524", mapping=mapping)
    return [(one.column, one.value) for one in result.problems if one.reason == "division by zero"]


@pytest.mark.parametrize(
    ("expression", "cells", "reported"),
    [
        ("income / size", ("4000", "0", "2"), [("size", "0")]),
        ("income / size + rooms / size", ("4000", "0", "2"), [("size", "0")]),
        ("income / size / rooms", ("4000", "2", "0"), [("rooms", "0")]),
        ("income / size + income / rooms", ("4000", "0", "0"), [("rooms", "0"), ("size", "0")]),
        ("income / (size - rooms)", ("4000", "2", "2"), [("size", "2")]),
        ("(income + rooms) / (2 * size)", ("4000", "0", "2"), [("size", "0")]),
        ("income / 0", ("4000", "1", "2"), [("income", "4000")]),
        ("income / size", ("0", "2", "2"), []),
        ("income / size", ("4000", "", "2"), []),
    ],
)
def test_the_divisor_is_named(tmp_path, expression, cells, reported):
    assert sorted(divided(tmp_path, expression, *cells)) == reported


@pytest.mark.parametrize(
    ("expression", "cells", "yuan"),
    [
        ("income / size", ("44748.81", "6", ""), 7458.14),
        ("income / size", ("-44748.81", "6", ""), -7458.14),
        ("income * size", ("4129.6635", "10", ""), 41296.64),
        ("income + rooms", ("1", "", "0.005"), 1.01),
    ],
)
def test_a_computed_half_fen_is_rounded_as_on_paper(tmp_path, expression, cells, yuan):
    path = write_csv(tmp_path / "t.csv", [HEADERS, ["34152400000001", *cells]])
    mapping = Mapping.model_validate({"key": "id", "facts": {"net_income": {"expression": expression}}})
    result = read_export(path, round_name="2019-05", county="341524", kind="lifted", mapping=mapping)
    assert result.facts["341524"]["net_income"].to_pylist() == [yuan]


@pytest.mark.parametrize(
    ("stated", "written", "fact", "yuan"),
    [("家庭纯收入", "44748.81", "income_pc", 7458.14), ("工资性收入（元/人）", "1000.1125", "income_wage", 6000.68)],
)
def test_shares_and_products_of_persons_are_rounded_as_on_paper(tmp_path, stated, written, fact, yuan):
    path = write_csv(tmp_path / "list.csv", [["户编号", "家庭人口", stated], ["34152400000001", "6", written]])
    result = read_export(path, round_name="2019-05", county="341524", kind="lifted")
    assert result.facts["341524"][fact].to_pylist() == [yuan]
