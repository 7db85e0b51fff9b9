"""A division by 0 is reported at the column that divides, once a row, with what stands there."""

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
