"""The table of roles (docs/roles.md) is what happens: every cell tried again, and none of the program's commands missing."""

import re

import pytest

from tests.roles import (
    ACTORS,
    ALLOWED,
    CASES,
    DOCUMENT,
    NOT_TRIED,
    REFUSED,
    commands_for_an_account,
    document,
    prepare,
    table,
)
from workbench.domain.people import ROLES


def test_every_role_and_every_command_that_acts_for_an_account_is_in_the_table():
    assert set(ACTORS) == set(ROLES)
    assert {case.name.partition(" (")[0] for case in CASES} | set(NOT_TRIED) == commands_for_an_account()
    written = DOCUMENT.read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)`", written, re.MULTILINE) == [case.name.partition(" (")[0] for case in CASES]


@pytest.mark.deep
def test_the_table_is_what_happens(tmp_path):
    """Each refusal is of a right or an area, none of usage; and each command is done by somebody, or it proved nothing."""
    cells, said = table(prepare(tmp_path))
    written = document(cells)
    print(written)  # noqa: T201 - the table, shown where it differs
    assert {name for (name, _), cell in cells.items() if cell == ALLOWED} == {case.name for case in CASES}
    reasons = re.compile("无权|不在其中|本范围内没有|中没有|须由|管理员")
    assert [(key, text) for key, text in said.items() if not (text.startswith("1 ") and reasons.search(text))] == []
    assert REFUSED in written
    assert written == DOCUMENT.read_text(encoding="utf-8")
