"""What the columns of a file were taken for, as a mapping: the same that a person may write, keep and carry along."""

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.matching.units import times_persons
from workbench.intake.matching.vocabulary import fact_of, meanings, settled_too
from workbench.intake.tables.layouts import HOUSEHOLD, columns
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.sources import ColumnSource, Source, Value

_PARTS = ("income_wage", "income_business", "income_property", "income_transfer", "cost_business")


StatedValues = Lookup[str, Lookup[str, Value | None]]
"""By header what a person said that texts of its column mean."""
_NOTHING: StatedValues = MappingProxyType({})


def mapping_of_households(matches: Sequence[ColumnMatch], *, said: StatedValues = _NOTHING) -> Mapping:
    """The mapping of a list of households; what only another fact settles comes after what a column says."""
    taken = [match for match in matches if match.means is not None]
    key = [match.header for match in taken if match.means == "household_id"]
    facts: dict[str, Source] = {}
    for match in taken:
        fact = fact_of(str(match.means))
        if match.means != "household_id" and fact not in facts:
            facts[fact] = Source(column=match.header, values=_values(match, said), unit=match.unit)
    for match in taken:
        for fact, values in settled_too(str(match.means)).items():
            facts.setdefault(fact, Source(column=match.header, values=_settled(match, values, said)))
    facts |= {name: source for name, source in _incomes(facts).items() if name not in facts}
    return Mapping(key=key, facts=facts, headers=[match.header for match in matches])


def mapping_of_persons(matches: Sequence[ColumnMatch], *, said: StatedValues) -> Mapping:
    """The mapping of a list of persons."""
    sources = {
        match.means: ColumnSource(column=match.header, unit=match.unit, values=_words(said.get(match.header)))
        for match in matches
        if match.means in columns()
    }
    return Mapping(
        key=[sources[HOUSEHOLD].column],
        rows="persons",
        columns={str(name): source for name, source in sources.items() if name != HOUSEHOLD},
        facts={},
        headers=[match.header for match in matches],
    )


def derived_incomes(facts: Lookup[str, Source]) -> dict[str, Source]:
    """The facts of a mapping that only follow from its other columns."""
    return {name: source for name, source in _incomes(_without_incomes(facts)).items() if facts.get(name) == source}


def _without_incomes(facts: Lookup[str, Source]) -> dict[str, Source]:
    return {name: source for name, source in facts.items() if source.expression is None}


def _values(match: ColumnMatch, said: StatedValues) -> dict[str, Any] | None:
    usual, own = meanings(str(match.means), match.header), said.get(match.header)
    return usual if not own else {**(usual or {}), **own}


def _settled(match: ColumnMatch, values: Lookup[str, Any], said: StatedValues) -> dict[str, Any]:
    """What the texts of a column mean for a further fact: one that a person explained, what its meaning means there."""
    usual = meanings(str(match.means), match.header) or {}
    own = {
        text: next((values[one] for one, meaning in usual.items() if meaning == value and one in values), None)
        for text, value in said.get(match.header, {}).items()
    }
    return {**values, **own}


def _words(said: Lookup[str, Value | None] | None) -> dict[str, str] | None:
    return {text: "" if word is None else str(word) for text, word in said.items()} if said else None


def _incomes(facts: Lookup[str, Source]) -> dict[str, Source]:
    """The income of the household from its parts or its persons, and that per person from the household's."""
    persons, per_person, of_household = (facts.get(name) for name in ("persons", "income_pc", "net_income"))
    parts = [facts.get(name) for name in _PARTS]
    incomes: dict[str, Source] = {}
    if all(part is not None for part in parts):
        terms = {name: _term(part) for name, part in zip(_PARTS, parts, strict=True) if part is not None}
        if persons:
            terms |= {
                name: f"{term} * {_term(persons)}"
                for name, term in terms.items()
                # Parts in yuan a person are made the household's before they are summed.
                if times_persons(facts[name].unit, name)
            }
        # What the business cost is the last of the parts.
        *gains, cost = terms.values()
        total = f"{' + '.join(gains)} - {cost}"
        incomes["net_income"] = Source(expression=total)
        # A net income that the list states goes before the sum of the parts.
        if persons and not per_person and not of_household:
            incomes["income_pc"] = Source(expression=f"({total}) / {_term(persons)}")
    elif persons and per_person and not of_household:
        incomes["net_income"] = Source(expression=f"{_term(per_person)} * {_term(persons)}")
    if persons and of_household and not per_person:
        # In 元/人 the amount is one for each person already.
        divided = "" if times_persons(of_household.unit, "net_income") else f" / {_term(persons)}"
        incomes["income_pc"] = Source(expression=f"{_term(of_household)}{divided}")
    return incomes


def _term(source: Source) -> str:
    return f"`{source.column}`" + (f" * {source.factor:g}" if source.factor != 1 else "")
