"""Accounts as an administrator types them: fields of a form, or rows pasted from a spreadsheet."""

import csv
from collections.abc import Callable

from workbench.domain.parameters import counties
from workbench.domain.procedure.roles import ROLES, Area
from workbench.errors import InputError, Words, WorkbenchError
from workbench.register.access.accounts import NewAccount
from workbench.store.facts import FactStore

MOST_ROWS = 50
FIELDS = ("account", "name", "role", "county", "township", "village")
_HEADERS = {"账号", "account"}


def account_of(asked: Callable[[str], str], facts: FactStore) -> NewAccount:
    """The account that a form names, checked; `asked` gives the text of a field."""
    account, name, role, county, township, village = (asked(field).strip() for field in FIELDS)
    area = Area(_county(county, facts), township or None, village or None)
    return NewAccount(account, name, _role(role), area).checked()


def accounts_pasted(text: str, facts: FactStore) -> list[NewAccount]:
    """The accounts of pasted rows (tabs or commas between); raises InputError, which names every row that is wrong."""
    rows = [_cells(line) for line in text.splitlines() if line.strip()]
    # Copied out of a spreadsheet, its own header often comes along.
    if rows and rows[0][0].casefold() in _HEADERS:
        rows = rows[1:]
    if not 0 < len(rows) <= MOST_ROWS:
        raise InputError(
            Words(
                f"粘贴了 {len(rows)} 行；一次 1 至 {MOST_ROWS} 行，每行：账号、姓名、角色、县区、乡镇、村",
                f"{len(rows)} rows were pasted; 1 to {MOST_ROWS} at once, each: account, name, role, county, township, village",
                code="server.rows-pasted-once-account",
            )
        )
    made, problems = [], []
    for number, cells in enumerate(rows, 1):
        try:
            made.append(_account_in(cells, facts))
        except WorkbenchError as error:
            problems.append(Words(f"第 {number} 行：{error.words.zh}", f"row {number}: {error.words.en}"))
    if problems:
        raise InputError(Words("\n".join(each.zh for each in problems), "\n".join(each.en for each in problems)))
    return made


def _cells(line: str) -> list[str]:
    """The cells of a row, between tabs or commas of either width."""
    tabs = "\t" in line
    # A comma as a Chinese keyboard types it; in a name between tabs it stays what it is.
    cells = next(csv.reader([line if tabs else line.replace("，", ",")], delimiter="\t" if tabs else ","))
    return [cell.strip() for cell in cells] or [""]


def _account_in(cells: list[str], facts: FactStore) -> NewAccount:
    if any(cells[len(FIELDS) :]):
        raise InputError(
            Words(
                f"多于 {len(FIELDS)} 格：应为账号、姓名、角色、县区、乡镇、村",
                f"more than {len(FIELDS)} cells: account, name, role, county, township, village are expected",
                code="server.more-cells-account-name",
            )
        )
    return account_of(dict(zip(FIELDS, [*cells, *[""] * len(FIELDS)], strict=False)).__getitem__, facts)


def _role(text: str) -> str:
    """A role by its name in either language; what is none is refused where the account is checked."""
    named = {each: role.name for role in ROLES.values() for each in (role.name, role.zh, role.en)}
    return named.get(text, text)


def _county(text: str, facts: FactStore) -> str | None:
    """A county by code or name: a unit of the city, or a region that the store has facts of."""
    named = {each: unit.code for unit in counties().values() for each in (unit.code, unit.zh, unit.en)}
    if not text or text in named:
        return named.get(text)
    if any(text in facts.counties(round_name) for round_name in facts.rounds()):
        return text
    raise InputError(
        Words(
            f"没有“{text}”这个县区；请写代码或全名，如 341524、金寨县",
            f"there is no county {text!r}; give its code or full name, such as 341524 or Jinzhai County",
            code="server.no-county-give-code",
        )
    )
