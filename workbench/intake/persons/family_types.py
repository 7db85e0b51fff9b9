"""What kind of family a household is, from its members' ages and relations; null where these do not say (`FAMILY_FLAGS`)."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workbench.domain.facts import FAMILY_FLAGS
from workbench.domain.parameters import load_yaml
from workbench.intake.persons import identity_numbers
from workbench.intake.persons.members import ID_NUMBER, parsed

_BORN, _RELATION = "出生日期", "与户主关系"
_HEAD, _SPOUSE, _CHILD, _IN_LAW, _GRANDCHILD = "户主", "配偶", "子女", "子女配偶", "孙辈"
_AGE = "#age"
_MONTHS = 12
_COUPLE = 2
_ELDERLY, _ONE_PARENT, _CHILDREN = FAMILY_FLAGS
# A year, then a month, as people write them: 1970-01-31, 1970.1, 1970年1月, 19700131.
_WRITTEN = r"^((?:18|19|20)\d{2})(?:[-/.年]\s*(\d{1,2})(?:\D.*)?|(\d{2})(?:\d{2})?)$"


def family_names(present: frozenset[str]) -> tuple[str, ...]:
    """Which of FAMILY_FLAGS a list with these columns may say something of."""
    if not {ID_NUMBER, _BORN} & present:
        return ()
    # Without relations nobody can say who is whose parent.
    return tuple(FAMILY_FLAGS) if _RELATION in present else (_ELDERLY, _CHILDREN)


def with_ages(members: pl.DataFrame, present: frozenset[str], round_name: str) -> pl.DataFrame:
    """Members with the column that `of_members` asks, where the list says anything of it.

    A column, not part of what is aggregated: that names the age some twenty times, and what it is read from as often.
    """
    return members.with_columns(_age(present, round_name).alias(_AGE)) if family_names(present) else members


def of_members(present: frozenset[str]) -> Iterator[pl.Expr]:
    """The flags of a household as the members listed make them, under `*name`: aggregates over the rows of `with_ages`."""
    names = family_names(present)
    if not names:
        return
    rules = load_yaml("intake_facts")["family_types"]
    age = pl.col(_AGE)
    minor = age < rules["minor"]["under"]
    yield _every(age >= rules["elderly"]["from"]).alias(f"*{_ELDERLY}")
    yield _many(minor, rules["many_children"]["minors"]).alias(f"*{_CHILDREN}")
    if _ONE_PARENT in names:
        yield _one_parent(minor).alias(f"*{_ONE_PARENT}")


def of_households(present: frozenset[str], incomplete: str) -> Iterator[pl.Expr]:
    """The flags of whole households; with a member missing (`incomplete`) only what no further member can change."""
    settled: dict[str, Any] = {_ELDERLY: False, _CHILDREN: True}
    for name in family_names(present):
        said = pl.col(f"*{name}")
        sure = ~pl.col(incomplete) if name not in settled else ~pl.col(incomplete) | (said == settled[name])
        yield pl.when(sure).then(said).alias(name)


def without_empty(households: pl.DataFrame) -> pl.DataFrame:
    """The households without those flags of which nothing is known of anybody."""
    # Left out, not emptied: an empty column would wipe what is known of the households from elsewhere (0004).
    empty = [name for name in FAMILY_FLAGS if name in households.columns and not households[name].count()]
    return households.drop(empty)


def _age(present: frozenset[str], round_name: str) -> pl.Expr:
    """Whole years at the first day of the round's month; null where no month of birth is known that could be one."""
    born = [identity_numbers.birth_month(pl.col(ID_NUMBER))] if ID_NUMBER in present else []
    born += [_written(pl.col(_BORN))] if _BORN in present else []
    year, month = (int(part) for part in round_name.split("-"))
    months = year * _MONTHS + month - 1 - pl.coalesce(born)
    # Born in the month itself nobody has had that birthday by its first day.
    return pl.when(months >= 0).then((months - 1).clip(0) // _MONTHS)


def _written(text: pl.Expr) -> pl.Expr:
    """Months from year 0 of a birth date as it is written."""
    parts = text.str.strip_chars().str.extract_groups(_WRITTEN)
    year, first, second = (parts.struct.field(str(place)).cast(pl.Int64, strict=False) for place in (1, 2, 3))
    month = pl.coalesce(first, second)
    return pl.when(month.is_between(1, _MONTHS)).then(year * _MONTHS + month - 1)


def _every(holds: pl.Expr) -> pl.Expr:
    """Kleene's "and" over the members: one of whom it is false settles it, whoever else is not known."""
    return pl.when((~holds).any()).then(pl.lit(value=False)).when(~holds.is_null().any()).then(pl.lit(value=True))


def _some(holds: pl.Expr) -> pl.Expr:
    """Kleene's "or" over the members."""
    return pl.when(holds.any()).then(pl.lit(value=True)).when(~holds.is_null().any()).then(pl.lit(value=False))


def _many(minor: pl.Expr, least: int) -> pl.Expr:
    possible = minor.fill_null(value=True).sum()
    return pl.when(minor.sum() >= least).then(pl.lit(value=True)).when(possible < least).then(pl.lit(value=False))


def _one_parent(minor: pl.Expr) -> pl.Expr:
    """Whether minors live with exactly one parent: those of the head, those of the head's children, and any others."""
    relation = parsed(_RELATION)
    child, grandchild = ((relation == each).fill_null(value=False) for each in (_CHILD, _GRANDCHILD))
    # Nobody is married before coming of age, whatever is not said of them.
    married = relation.is_in([_SPOUSE, _IN_LAW]).fill_null(value=False)
    others = _some(minor & ~child & ~grandchild & ~married)
    # Whose children the others are, a list does not say.
    elsewhere = pl.when(~others).then(pl.lit(value=False))
    return (_some(minor & child) & _alone(minor)) | (_some(minor & grandchild) & _alone_below(minor)) | elsewhere


def _alone(minor: pl.Expr) -> pl.Expr:
    """Whether the head is the only parent of the head's children."""
    relation = parsed(_RELATION)
    spouses, heads = (relation == _SPOUSE).sum(), (relation == _HEAD).sum()
    # An adult of whom it is not said may be the spouse.
    unclear = (relation.is_null() & ~minor.fill_null(value=False)).any()
    return pl.when(spouses > 0).then(pl.lit(value=False)).when((heads == 1) & ~unclear).then(pl.lit(value=True))


def _alone_below(minor: pl.Expr) -> pl.Expr:
    """Whether one only of the generation between is listed; with nobody of it the grandparents bring the children up."""
    relation = parsed(_RELATION)
    between = relation.is_in([_CHILD, _IN_LAW]).fill_null(value=False)
    grown, open_ = (between & ~minor.fill_null(value=False)).sum(), (between & minor.is_null()).any()
    unclear = open_ | (relation.is_null() & ~minor.fill_null(value=False)).any()
    couple = (grown == _COUPLE) & ((relation == _IN_LAW).sum() == 1)
    # Two of the head's own children: which of them is the parent, a list does not say.
    return (
        pl.when(unclear)
        .then(pl.lit(None, pl.Boolean))
        .when(grown == 1)
        .then(pl.lit(value=True))
        .when((grown == 0) | couple)
        .then(pl.lit(value=False))
    )
