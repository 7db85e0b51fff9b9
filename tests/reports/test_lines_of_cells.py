"""Cells of a ledger are looked up where they were made before, and how high a row is hangs on the cell with the most lines."""

from math import ceil

import pytest

from workbench.reports.ledgers.table import lines_needed, width_of


@pytest.mark.parametrize("words", ["", "a", "户" * 9, "a" * 40, "一二\n三", "\n", "a\n" + "b" * 30 + "\n户"])
@pytest.mark.parametrize("width", [0.5, 1, 5, 11.5])
def test_a_text_of_one_line_takes_what_its_parts_take(words, width):
    room = max(width - 1, 1)
    assert lines_needed(words, width) == sum(max(1, ceil(width_of(part) / room)) for part in words.split("\n"))
