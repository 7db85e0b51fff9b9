"""Two families under one household number: a contradiction at both, and no household; one family in two places: not known where."""

from collections.abc import Iterable

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.persons import identity_numbers
from workbench.intake.persons.members import HEAD_ID, ID_NUMBER, NAME, PERSON, Members, parsed
from workbench.intake.reading.sheet import ROW
from workbench.intake.reading.text import fold
from workbench.intake.tables.layouts import HOUSEHOLD
from workbench.intake.tables.table import TWO_FAMILIES

_TWO_PLACES = Words(
    "与同户其他行的地方不同；此项记为未知，请统一后再导入",
    "not the place of the household's other rows; it is not known until the rows agree",
)
_RELATION, _STATED = "与户主关系", "人数"
_PLACES = ("乡", "村")


def without_two_families(members: Members, findings: Findings) -> Members:
    """The members without those of numbers that two families share; reported at the first row of each family."""
    shared = _shared(members)
    if shared.is_empty():
        return members
    of_both = pl.col(HOUSEHOLD).is_in(shared.implode())
    rows = members.frame.filter(of_both)
    places = [name for name in _PLACES if name in members.present]
    family = pl.struct(*places, _family(members.present))
    first = rows.filter(pl.struct(HOUSEHOLD, family.alias("#family")).is_first_distinct())
    findings.problem(first.select(row=ROW, value=pl.col(HOUSEHOLD)), HOUSEHOLD, "two families", TWO_FAMILIES)
    rejected = pl.concat([members.rejected, rows], how="diagonal")
    return Members(members.frame.filter(~of_both), members.present, rejected)


def report_two_places(members: Members, findings: Findings) -> pl.DataFrame:
    """The members, with a place that the rows of a household do not agree on reported and not known."""
    frame = members.frame
    for name in (place for place in _PLACES if place in members.present):
        place = pl.col(name)
        differs = place.drop_nulls().n_unique().over(HOUSEHOLD) > 1
        other = differs & place.is_not_null() & (place != place.drop_nulls().first().over(HOUSEHOLD))
        rows = frame.filter(other).unique(HOUSEHOLD, keep="first", maintain_order=True)
        findings.problem(rows.select(row=ROW, value=place), name, "contradiction", _TWO_PLACES)
        frame = frame.with_columns(pl.when(~differs).then(place).alias(name))
    return frame


def _shared(members: Members) -> pl.Series:
    """The household numbers under which two families stand."""
    present = members.present
    places = [pl.col(name) if name in present else pl.lit(None, pl.String).alias(name) for name in _PLACES]
    relation = parsed(_RELATION) if _RELATION in present else pl.lit(None, pl.String)
    head, spouse = relation == "户主", relation == "配偶"
    stated = parsed(_STATED) if _STATED in present else pl.lit(None, pl.Int64)
    who = _who(present)
    signs = members.frame.select(HOUSEHOLD, *places, head.alias("head"), spouse.alias("spouse"),
                                 who.alias("who"), stated.alias("stated"), _family(present).alias("family"))  # fmt: skip
    heads, spouses = pl.col("who").filter(pl.col("head")), pl.col("who").filter(pl.col("spouse"))
    of_heads = [pl.col(name).filter(pl.col("head")) for name in _PLACES]
    grouped = signs.group_by(HOUSEHOLD, maintain_order=True).agg(
        heads=heads.n_unique(), spouses=spouses.n_unique(), places=_several(of_heads),
        families=pl.col("family").drop_nulls().n_unique(), all_places=_several(map(pl.col, _PLACES)),
        # Rows enough for both families. Of a single person a row entered twice would look the same.
        full=(pl.len() >= 2 * pl.col("stated").max()) & (pl.col("stated").max() > 1),
    )  # fmt: skip
    apart = pl.col("places") | (pl.col("spouses") > 1) | pl.col("full").fill_null(value=False)
    families = pl.col("families") > 1
    if _RELATION in present:
        # Two heads alone may be a slip of the pen: something else has to set the families apart (0027).
        return grouped.filter((pl.col("heads") > 1) & (apart | families))[HOUSEHOLD]
    return grouped.filter(pl.col("all_places") | families)[HOUSEHOLD]


def _several(places: Iterable[pl.Expr]) -> pl.Expr:
    """Whether rows name two places; a blank one, in a township or a village, contradicts nothing."""
    return pl.any_horizontal([place.drop_nulls().n_unique() > 1 for place in places])


def _family(present: frozenset[str]) -> pl.Expr:
    """What names the family of a row, where the list repeats it: the head's ID number."""
    return identity_numbers.person_key(fold(pl.col(HEAD_ID))) if HEAD_ID in present else pl.lit(None, pl.String)


def _who(present: frozenset[str]) -> pl.Expr:
    """What tells persons apart; each row is one where the list has nothing."""
    known = [identity_numbers.person_key(pl.col(ID_NUMBER))] if ID_NUMBER in present else []
    known += [pl.col(name) for name in (PERSON, NAME) if name in present]
    return pl.coalesce(*known, pl.col(ROW).cast(pl.String))
