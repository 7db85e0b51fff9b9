"""Standards of other places: dated, with a source, and such as a county could begin from."""

import re

import pytest

from workbench.domain.parameters import poverty_line
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.domain.rules.standards_elsewhere import standards_elsewhere


@pytest.mark.parametrize("example", standards_elsewhere(), ids=lambda each: each.place[1])
def test_an_example_is_dated_has_its_source_and_can_be_begun_from(example):
    assert re.fullmatch(r"\d{4}(-\d{2})?", example.date)
    assert re.match(r"[a-z0-9.]+/", example.source)
    standard = parse_standard({"income": {"ceiling": example.ceiling.model_dump(exclude_none=True)}})
    assert edge_limits(standard, poverty_line("2019-10").value).ceiling > poverty_line("2019-10").value
