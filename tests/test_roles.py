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
from tests.server.roles_of_pages import ANONYMOUS, NEWCOMER, OPENS, opened, pages, section
from workbench.domain.procedure.roles import ROLES


def test_every_role_and_every_command_that_acts_for_an_account_is_in_the_table():
    assert set(ACTORS) == set(ROLES)
    assert {case.name.partition(" (")[0] for case in CASES} | set(NOT_TRIED) == commands_for_an_account()
    written = DOCUMENT.read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)`", written, re.MULTILINE) == [case.name.partition(" (")[0] for case in CASES]
    assert all(f"| {title} |" in written for title in pages().values())


@pytest.mark.deep
def test_the_table_is_what_happens(tmp_path):
    """Each refusal is of a right or an area, none of usage; and each command is done by somebody, or it proved nothing."""
    cells, said = table(prepare(tmp_path))
    written = document(cells)
    print(written)  # noqa: T201 - the table, shown where it differs
    assert {name for (name, _), cell in cells.items() if cell == ALLOWED} == {case.name for case in CASES}
    reasons = re.compile(
        "^1 .*(无权|不在其中|本范围内|登记中没有|没有公示中的户|须由|管理员|不能撤回)|^2 县区 .*期次 .* 中没有",
        re.DOTALL,
    )
    assert [(key, text) for key, text in said.items() if not reasons.search(text)] == []
    assert REFUSED in written
    assert DOCUMENT.read_text(encoding="utf-8").startswith(written)


@pytest.mark.deep
def test_the_table_of_pages_is_what_happens(tmp_path):
    """Nothing but the handbook opens for whoever is not signed in or has a first password, and accounts for the administrator alone."""
    outcomes = opened(tmp_path)
    print(section(outcomes))  # noqa: T201 - the table, shown where it differs
    assert {name for (name, path), outcome in outcomes.items() if path == "accounts" and outcome == OPENS} == {
        "administrator"
    }
    assert {path for (name, path), outcome in outcomes.items() if name == ANONYMOUS and outcome == OPENS} == {
        "login",
        "handbook",
    }
    assert {path for (name, path), outcome in outcomes.items() if name == NEWCOMER and outcome == OPENS} == {
        "password",
        "handbook",
    }
    assert DOCUMENT.read_text(encoding="utf-8").endswith(section(outcomes))
