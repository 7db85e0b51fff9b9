"""A list that names only the heads: what it would count of members is not counted, so that what is known stays known."""

from typing import Any

import polars as pl

from workbench.domain.facts import FAMILY_FLAGS
from workbench.domain.parameters import load_yaml
from workbench.errors import Words
from workbench.intake.persons.members import Members, parsed
from workbench.intake.tables.layouts import HOUSEHOLD

_RELATION, _HEAD = "与户主关系", "户主"
_HALF = 0.5
HEADS_ONLY = Words(
    "名单只列户主：人数、劳动力、在校生、患病、务工等由成员数出的事实不改动，已知的照旧",
    "the list names only heads of households: facts counted from members (persons, labour, students, illness, work) are left "
    "as they are known",
    code="intake.heads-only",
)


def names_only_heads(members: Members) -> bool:
    """Whether each row is the head of another household, and the list does not say that heads live alone."""
    frame = members.frame
    if _RELATION not in members.present or frame.is_empty():
        return False
    heads = bool((frame[f"={_RELATION}"] == _HEAD).fill_null(value=False).all())
    if not heads or frame[HOUSEHOLD].n_unique() < len(frame):
        return False
    stated = _stated()
    if stated not in members.present:
        return True
    persons = frame.select(parsed(stated)).to_series().drop_nulls()
    if persons.is_empty():  # of a single row nobody can say
        return len(frame) > 1
    # Where most heads are said to live alone, it is a whole list of single persons.
    return int((persons > 1).sum()) >= _HALF * len(persons)


def without_member_facts(households: pl.DataFrame, members: Members) -> pl.DataFrame:
    """The facts that the rows of the heads themselves say of their households; the others are not touched."""
    rules = load_yaml("intake_facts")
    counted = [*rules["counts"], *rules["sums"], "severely_disabled", *FAMILY_FLAGS]
    counted += [fact for fact, rule in rules["codes"].items() if _of_members(rule, members.present)]
    if _stated() not in members.present:
        counted.append("persons")
        if "net_income" in households.columns and households["net_income"].null_count() == len(households):
            # Where no household has one it was to come from the persons; kept empty, it would wipe what is known.
            counted.append("net_income")
    return households.drop(name for name in counted if name in households.columns)


def _of_members(rule: dict[str, Any], present: frozenset[str]) -> bool:
    """Whether a fact comes from the members alone."""
    return rule.get("per") == "member" or (
        "members" in rule and not any(source["column"] in present for source in rule["from"])
    )


def _stated() -> str:
    return str(load_yaml("intake_facts")["persons"]["column"])
