"""What is asked before a visit is recorded: figures that contradict each other, and those that open a case (§2.1.3, §2.2-d).

Nothing here forbids: an income may be below nought. Whoever typed it says once that it is so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection

from workbench.domain.facts import FACT
from workbench.domain.procedure.corrections import corrected
from workbench.domain.rules.exact import shared_to_the_fen
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.errors import RefusedError, Words
from workbench.intake.findings.households import doubts, households_of
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import Rules, poverty, rules_of
from workbench.register.cases.precedence import running_cases

Correction = tuple[Mapping[str, Any], Mapping[str, Any]]
"""The facts of a household (a row of the store's frame), and those that a visit changes."""
_A_PERSON = "income_pc"


def visit_questions(
    user: ActingUser, connection: Connection, round_name: str, corrections: Sequence[Correction]
) -> dict[str, list[Words]]:
    """What is to be confirmed before these corrections are recorded, by household; nothing of one that raises no question."""
    questions: dict[str, list[Words]] = {}
    for county in sorted({facts["county_code"] for facts, changes in corrections if changes}):
        here = [(facts, changes) for facts, changes in corrections if changes and facts["county_code"] == county]
        before = households_of(facts for facts, _ in here)
        after = households_of({**facts, **corrected(facts, changes)} for facts, changes in here)
        rules = rules_of(connection, round_name, county, user.today)
        with_case = running_cases(connection, county)
        for household, words in (*_below(before, after, rules), *_doubtful(before, after, round_name)):
            # A case that runs is not opened a second time.
            if words.code != _OPENS or household not in with_case:
                questions.setdefault(household, []).append(words)
    return questions


def refuse_unconfirmed(
    user: ActingUser, connection: Connection, round_name: str, corrections: Sequence[Correction]
) -> None:
    """Raise RefusedError, with what is to be confirmed, where these corrections raise questions."""
    questions = visit_questions(user, connection, round_name, corrections)
    if not questions:
        return
    several = len(corrections) > 1
    said = [
        (words.after(f"{household}: ") if several else words) for household, each in questions.items() for words in each
    ]
    asked = Words("；".join(each.zh for each in said), "; ".join(each.en for each in said))
    raise RefusedError(
        Words(
            f"请核对，没有登记：{asked.zh}。确属实情的，确认后再登记",
            f"please check, nothing was recorded: {asked.en}. If it is so, confirm it and record the visit",
            code="register.visit-to-confirm",
        ),
        field="confirmed",
    )


_OPENS = "register.visit-opens-case"


def _below(before: pl.DataFrame, after: pl.DataFrame, rules: Rules) -> list[tuple[str, Words]]:
    """The households that these figures put below the line."""
    newly = poverty(after, rules).fill_null(value=False) & ~poverty(before, rules).fill_null(value=False)
    return [(row["household_id"], _opens(row, rules)) for row in after.filter(newly).iter_rows(named=True)]


def _opens(row: Mapping[str, Any], rules: Rules) -> Words:
    own = rules.limits.line if rules.limits is not None and row["kind"] == UNREGISTERED else None
    line = f"{rules.parameters.line if own is None else own:,.10g}"
    a_person = row[_A_PERSON]
    income = Words("", "") if a_person is None else Words(f"：人均 {a_person:,.10g}", f": {a_person:,.10g} a person")
    sum_of = income + _divided(row)
    return Words(
        f"登记后此户低于扶贫标准（{line} 元），转入返贫致贫认定程序，并立案{sum_of.zh}",
        f"once recorded the household is below the poverty line ({line} yuan) and a case is opened{sum_of.en}",
        code=_OPENS,
    )


def _doubtful(before: pl.DataFrame, after: pl.DataFrame, round_name: str) -> list[tuple[str, Words]]:
    """What a file with these figures would be asked, and was not before: of what stood so already nobody here typed anything."""
    stood = doubts(before, round_name)
    rows = {row["household_id"]: row for row in after.iter_rows(named=True)}
    return [
        (household, _said(fact, rows[household], rule.what.words))
        for (household, fact, number), rule in doubts(after, round_name).items()
        if (household, fact, number) not in stood
    ]


def _said(fact: str, row: Mapping[str, Any], what: Words) -> Words:
    value = row[fact]
    shown = f" {value:,.10g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
    label = FACT[fact]
    said = Words(f"{label.zh}{shown}：{what.zh}", f"{label.en}{shown}: {what.en}")
    return said + _divided(row) if fact == _A_PERSON else said


def _divided(row: Mapping[str, Any]) -> Words:
    """Whose share the income a person is: the other figures that are to be checked with it."""
    income, persons = row.get("net_income"), row.get("persons")
    if income is None or not persons:
        return Words("", "")
    return Words(
        f"（家庭纯收入 {income:,.10g} ÷ {persons} 人 = {shared_to_the_fen(income, persons):,.10g}）",
        f" (net income {income:,.10g} / {persons} persons = {shared_to_the_fen(income, persons):,.10g})",
    )
