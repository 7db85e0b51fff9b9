"""Rows chosen from a frame: all of them are the frame itself, a null chooses none."""

import polars as pl

from workbench.intake.findings.result import by_county
from workbench.intake.reading.rows import rows_where
from workbench.intake.reading.text import fold, fold_columns

FRAME = pl.DataFrame({"a": [1, 2, None], "b": ["x", "y", "z"]})


def test_a_frame_of_which_all_rows_are_wanted_is_not_copied():
    assert rows_where(FRAME, pl.col("b") != "") is FRAME
    assert rows_where(FRAME, FRAME["b"] != "") is FRAME


def test_rows_of_which_it_is_not_known_are_not_wanted():
    assert rows_where(FRAME, pl.col("a") > 0)["b"].to_list() == ["x", "y"]
    assert rows_where(FRAME, pl.col("a") > 1)["b"].to_list() == ["y"]
    assert rows_where(FRAME.clear(), pl.col("a") > 1).is_empty()


def test_columns_that_no_folding_changes_stay_and_the_others_are_folded():
    cells = ["是", "1,5", "残疾、健康", "㈱", "１２", " x", "x\u3000", "a\u200b", "é", "豈", "𠀀", "，", None, ""]
    frame = pl.DataFrame({"same": ["是", "1,5", "残疾、健康", None] * 3 + ["", "x"], "folded": cells})
    result = fold_columns(frame, ["same", "folded"])
    assert result.equals(frame.with_columns(fold(pl.col("same")), fold(pl.col("folded"))))
    # Cell by cell: one that is folded must not be missed for being alone.
    for cell in cells:
        alone = pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String})
        assert fold_columns(alone, ["cell"]).equals(alone.with_columns(fold(pl.col("cell"))))


def test_one_county_and_several_are_cut_alike():
    frame = pl.DataFrame({"county_code": ["341502", "341502", "341503"], "x": ["a", "b", "c"]})
    cut = by_county(frame)
    assert {code: table["x"].to_pylist() for code, table in cut.items()} == {"341502": ["a", "b"], "341503": ["c"]}
    assert by_county(frame.head(2))["341502"].equals(cut["341502"])
    assert by_county(frame, ["x"])["341503"].column_names == ["x"]
    assert by_county(frame.clear()) == {}
