"""What a person writes into a cell, looked at before it is used: Python's own message would name an operator, and not the argument."""

from collections.abc import Mapping
from typing import Any

from workbench.errors import InputError, Words
from workbench.preview.counts.budget import check_budget


def check_counties_first(counties: Any, round_name: Any) -> None:
    """Raise InputError where a round stands in the place of the counties: the order is another than that of one place."""
    if isinstance(counties, str) or not isinstance(round_name, str | None):
        raise InputError(
            Words(
                '先写县区代码的列表，再写期次，如 open_counties(["341524", "341522"], "2019-10")',
                'a list of county codes first, then the round: open_counties(["341524", "341522"], "2019-10")',
                code="ui.notebook-counties-first",
            )
        )


def check_named(standards: Any) -> None:
    """Raise InputError where standards come without names; a single one is a mapping too, of its keys."""
    if not isinstance(standards, Mapping) or "income" in standards:
        raise InputError(
            Words(
                '标准要带名称，如 {"1.5 倍": reference()}',
                'give standards with their names: {"1.5": reference()}',
                code="ui.notebook-standards-without-names",
            )
        )


def budget_of(given: Any) -> float:
    """A yearly budget in yuan; raises InputError for what is no number, or none that a budget can be."""
    if not isinstance(given, int | float):
        raise InputError(
            Words(
                f"预算 {given!r}：应为数字（元），如 80000",
                f"budget {given!r}: a number of yuan, e.g. 80000",
                code="ui.notebook-budget-no-number",
            )
        )
    return check_budget(given)
