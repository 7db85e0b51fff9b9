"""A day as people type it: years first, in any of the ways that they are written, and nothing that is no day."""

import datetime as dt

import pytest

from workbench.domain.procedure.typed_days import typed_day


@pytest.mark.parametrize(
    "text",
    ["2021-10-08", "2021-10-8", "2021/10/8", "2021.10.08", "2021年10月8日", "2021年10月8", "20211008", " 2021-10-08 ", "２０２１－１０－０８",
     "2021-10-08 00:00:00"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text):
    assert typed_day(text) == dt.date(2021, 10, 8)


@pytest.mark.parametrize(
    "text", ["", "10/08/2021", "8.10.2021", "2021-10", "2021-02-30", "2021-13-01", "202110", "昨天", "2021-10-08 09:30"]
)
def test_what_is_no_day_or_might_be_two_is_none(text):
    assert typed_day(text) is None
