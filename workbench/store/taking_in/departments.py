"""A department's list matched to the households of a round, and what it adds to them. What is doubtful is listed, not taken.

A household is found by its number, by an ID number that its persons have, or by a name in its village: the last, and whatever
two of them contradict, is for a person to confirm. What another source said is not overwritten, unless somebody says so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl
import pyarrow as pa

from workbench.errors import InputError, Words
from workbench.intake.department_list import LISTED, Department
from workbench.intake.findings.result import IntakeResult, to_arrow
from workbench.intake.persons import identity_numbers
from workbench.intake.reading.sheet import ROW
from workbench.store.arrow.tables import read_columns
from workbench.store.facts import FactStore
from workbench.store.personal import persons_path

_KEY, _COUNTY = "household_id", "county_code"
_OF_A_PLACE = r"(?:村民委员会|村委会|居民委员会|居委会|社区|村)$"
# What is worked out beside a list's own columns; no header begins with the mark.
_HOW, _MAY, _NUMBER, _IDS, _NAMES, _SAID, _NEW = "#how", "#may", "#number", "#ids", "#names", "#said", "#new"


class MatchedBy(StrEnum):
    """What the household of a row was found by, or why it is not sure; the values are those of the command's JSON (contract §5)."""

    CONFIRMED = "confirmed"
    NUMBER = "number"
    ID_NUMBER = "id"
    NAME = "name"
    SEVERAL = "several"
    SHARED = "shared"
    DISAGREE = "disagree"
    NOTHING = "none"


_SURE = (MatchedBy.NUMBER, MatchedBy.ID_NUMBER, MatchedBy.CONFIRMED)


@dataclass(frozen=True)
class Doubt:
    """A row of a list whose household a person must confirm: those that it may be."""

    row: int
    households: tuple[str, ...]
    reason: Words


@dataclass(frozen=True)
class Contradiction:
    """A fact of a household of which the list says another thing than what is stored."""

    county_code: str
    household_id: str
    fact: str
    stored: Any
    listed: Any


@dataclass(frozen=True)
class Additions:
    """What a list adds: `facts` by county, of households that it changes. `matched`: rows by how their household was found.

    `contradictions` are taken only where somebody said so; `confirmed_before`: facts that already stood as the list says.
    """

    facts: Mapping[str, pa.Table]
    matched: Mapping[MatchedBy, int]
    doubtful: tuple[Doubt, ...]
    unmatched: tuple[int, ...]
    contradictions: tuple[Contradiction, ...]


def additions(
    store: FactStore, round_name: str, counties: Collection[str], listed: Department, result: IntakeResult,
    confirmed: Mapping[int, str], *, replace: bool = False,
) -> Additions:  # fmt: skip
    """Match the rows of a list to the households of some counties in a round; writes nothing.

    `confirmed`: the household of a row, as a person said it. Raises InputError for one that is not there.
    """
    rows = pl.DataFrame(result.persons[LISTED])
    stored = pl.concat(
        [store.frame(round_name, county).with_columns(pl.lit(county).alias(_COUNTY)) for county in counties],
        how="diagonal_relaxed",
    )
    people = pl.concat([_people(store, round_name, county, stored) for county in counties])
    _check_confirmed(confirmed, stored, rows)
    matched = _matched(rows, stored, people, confirmed)
    sure = matched.filter(pl.col(_HOW).is_in(_SURE))
    said = _said(sure, listed)
    contradictions = tuple(_contradictions(said, stored))
    return Additions(
        dict(_facts(said, stored, replace=replace)),
        {MatchedBy(how): count for how, count in sorted(sure[_HOW].value_counts().iter_rows())},
        tuple(Doubt(row, tuple(sorted(each)), _WHY[how]) for row, each, how in _doubtful(matched)),
        tuple(matched.filter(pl.col(_HOW) == MatchedBy.NOTHING)[ROW].to_list()),
        contradictions,
    )


def as_result(added: Additions, layout: str, *, simulated: bool) -> IntakeResult:
    """What a list adds, as it is taken in; `layout`: which list it is."""
    facts = dict(added.facts)
    return IntakeResult(layout, facts, {}, sum(map(len, facts.values())), None, 0, (), (), (), simulated=simulated)


_WHY = {
    MatchedBy.NAME: Words(
        "姓名和村相同，请核实是否此户",
        "the same name in the same village: confirm that it is this household",
        code="store.same-name-in-village",
    ),
    MatchedBy.SEVERAL: Words(
        "证件号码在几户中都有，请核实是哪一户",
        "several households have this ID number: confirm which it is",
        code="store.id-number-of-several",
    ),
    MatchedBy.SHARED: Words(
        "几户都用这个户编号，请指明县区，或核对编号",
        "several households have this number: name the county, or check the number",
        code="store.number-of-several-households",
    ),
    MatchedBy.DISAGREE: Words(
        "户编号与证件号码指向不同的户，请核实",
        "the household number and the ID number are of different households",
        code="store.numbers-disagree",
    ),
}


def _people(store: FactStore, round_name: str, county: str, stored: pl.DataFrame) -> pl.DataFrame:
    """The persons kept of a county: the household, the ID (its first 18 characters), the name, the village's bare name."""
    path = persons_path(store.root, round_name, county)
    schema = {_KEY: pl.String, "id_number": pl.String, "name": pl.String}
    persons = pl.DataFrame(read_columns(path, list(schema))) if path.exists() else pl.DataFrame(schema=schema)
    places = stored.filter(pl.col(_COUNTY) == county).select(_KEY, _bare("village").alias("village"))
    return persons.cast(schema).select(  # type: ignore[arg-type]
        _KEY, identity_numbers.person_key(pl.col("id_number")), "name"
    ).join(places, on=_KEY, how="inner")  # fmt: skip


def _bare(name: str) -> pl.Expr:
    """A village without what is written behind its name, here so and there otherwise."""
    return pl.col(name).cast(pl.String).str.replace(_OF_A_PLACE, "")


def _check_confirmed(confirmed: Mapping[int, str], stored: pl.DataFrame, rows: pl.DataFrame) -> None:
    known, listed = set(stored[_KEY]), set(rows[ROW])
    for row, household in confirmed.items():
        if household not in known or row not in listed:
            what = (
                Words("名单中没有这一行", "the list has no such row", code="store.list-no-such-row")
                if row not in listed
                else Words("本期次没有这一户", "the round has no such household", code="store.round-no-such-household")
            )
            raise InputError(what.after(f"{row}={household} (--confirm): "))


def _matched(
    rows: pl.DataFrame, stored: pl.DataFrame, people: pl.DataFrame, confirmed: Mapping[int, str]
) -> pl.DataFrame:
    """Each row with the households that it may be, and how they were found."""
    by_number = rows.join(stored.select(_KEY), on=_KEY, how="semi").select(ROW, pl.col(_KEY).alias(_NUMBER))
    # Only a whole number tells one person from another; a masked one or a stand-in names nobody.
    ids = rows.select(ROW, identity_numbers.person_key(pl.col("id_number"))).drop_nulls()
    by_id = (
        ids.join(people.drop_nulls("id_number"), on="id_number").group_by(ROW).agg(pl.col(_KEY).unique().alias(_IDS))
    )
    names = rows.select(ROW, pl.coalesce("name", "head").alias("name"), _bare("village").alias("village")).drop_nulls()
    by_name = names.join(people, on=["name", "village"]).group_by(ROW).agg(pl.col(_KEY).unique().alias(_NAMES))
    said = pl.DataFrame(
        {ROW: list(confirmed), _SAID: list(confirmed.values())}, schema={ROW: rows.schema[ROW], _SAID: pl.String}
    )
    each = rows.join(by_number, on=ROW, how="left")
    for more in (by_id, by_name, said):
        each = each.join(more, on=ROW, how="left", maintain_order="left")
    number, ids_, names_ = pl.col(_NUMBER), pl.col(_IDS), pl.col(_NAMES)
    one_id = ids_.list.len() == 1
    # What a person confirmed comes first; two numbers that contradict each other come before either is believed.
    how = (
        pl.when(pl.col(_SAID).is_not_null()).then(pl.lit(MatchedBy.CONFIRMED))
        .when(number.is_not_null() & ids_.is_not_null() & ~ids_.list.contains(number)).then(pl.lit(MatchedBy.DISAGREE))
        .when(number.is_not_null()).then(pl.lit(MatchedBy.NUMBER))
        .when(one_id).then(pl.lit(MatchedBy.ID_NUMBER)).when(ids_.is_not_null()).then(pl.lit(MatchedBy.SEVERAL))
        .when(names_.is_not_null()).then(pl.lit(MatchedBy.NAME)).otherwise(pl.lit(MatchedBy.NOTHING))
    )  # fmt: skip
    # Of a doubtful row this household is a guess; `additions` uses those of the sure ones alone.
    household = pl.coalesce(_SAID, number, ids_.list.first())
    # Two counties may use one number, and a county one twice: what a list says of it may then be of either household.
    shared = stored.filter(pl.col(_KEY).is_duplicated())[_KEY].unique()
    sure = how.is_in(_SURE)
    return each.with_columns(
        pl.when(sure & household.is_in(shared.implode())).then(pl.lit(MatchedBy.SHARED)).otherwise(how).alias(_HOW),
        household.alias(_KEY),
        pl.concat_list(*(pl.coalesce(several, pl.lit([], pl.List(pl.String))) for several in (ids_, names_)),
                       pl.when(number.is_not_null()).then(pl.concat_list(number)).otherwise(pl.lit([], pl.List(pl.String)))).alias(_MAY),
    )  # fmt: skip


def _doubtful(matched: pl.DataFrame) -> Iterator[tuple[int, set[str], MatchedBy]]:
    for row, may, how in matched.filter(pl.col(_HOW).is_in(list(_WHY))).select(ROW, _MAY, _HOW).iter_rows():
        yield row, set(may), MatchedBy(how)


def _said(sure: pl.DataFrame, listed: Department) -> pl.DataFrame:
    """What the list says of each household that was found: a row a household, a column a fact."""
    given = [fact for fact in listed.columns if fact in sure.columns]
    sums = [_together(fact, listed.columns[fact]["each"]) for fact in given]
    sets = [pl.lit(value).alias(fact) for fact, value in listed.sets.items()]
    return sure.group_by(_KEY, maintain_order=True).agg(sums).with_columns(sets)


def _together(fact: str, each: str) -> pl.Expr:
    """The members' figures added up, not known where one is not; or the one figure that all rows give."""
    value = pl.col(fact)
    if each == "member":
        return pl.when(~value.is_null().any()).then(value.sum()).alias(fact)
    return pl.when(value.drop_nulls().n_unique() == 1).then(value.drop_nulls().first()).alias(fact)


def _pairs(said: pl.DataFrame, stored: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    facts = [name for name in said.columns if name != _KEY]
    known = stored.select(_KEY, _COUNTY, *(pl.col(name).alias(f"#{name}") for name in facts))
    return facts, said.join(known, on=_KEY, how="inner", maintain_order="left")


def _contradictions(said: pl.DataFrame, stored: pl.DataFrame) -> Iterator[Contradiction]:
    """Where the list and the store both know, and differ; those that are taken (`replace`) are said as well."""
    facts, pairs = _pairs(said, stored)
    for name in facts:
        # Null on either side contradicts nothing: one of the two does not know.
        differing = pairs.filter((pl.col(name) != pl.col(f"#{name}")).fill_null(value=False))
        for county, household, before, after in differing.select(_COUNTY, _KEY, f"#{name}", name).iter_rows():
            yield Contradiction(county, household, name, before, after)


def _facts(said: pl.DataFrame, stored: pl.DataFrame, *, replace: bool) -> Iterator[tuple[str, pa.Table]]:
    """The facts of the households that change, by county; what the list does not say stays as it is stored."""
    facts, pairs = _pairs(said, stored)
    # Whichever comes first, the other fills what it does not know.
    values = [
        (pl.coalesce(name, f"#{name}") if replace else pl.coalesce(f"#{name}", name))
        .cast(stored.schema[name])
        .alias(name)
        for name in facts
    ]
    new = pairs.select(
        _KEY,
        _COUNTY,
        *values,
        pl.any_horizontal(
            value.ne_missing(pl.col(f"#{name}")) for name, value in zip(facts, values, strict=True)
        ).alias(_NEW),
    )
    for (county,), part in new.filter(_NEW).partition_by(_COUNTY, as_dict=True).items():
        yield str(county), to_arrow(part.drop(_NEW, _COUNTY).sort(_KEY))
