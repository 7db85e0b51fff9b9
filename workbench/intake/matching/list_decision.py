"""What a person decides of the columns of a list, as a value that changes by copies and becomes a mapping.

It begins as what the columns were taken for, or as a mapping that somebody kept; whatever is not decided stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.errors import InputError, Words
from workbench.intake.matching.as_mapping import derived_incomes, mapping_of_households, mapping_of_persons
from workbench.intake.matching.column_match import ColumnMatch, How
from workbench.intake.matching.units import unit_of
from workbench.intake.matching.vocabulary import Target, fact_of, meanings, of_households, of_persons, settled_too
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.layouts import HOUSEHOLD, columns
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.sources import Source, Value

KEY = "household_id"
_DECIDED = Words("人工指定", "decided by a person", code="intake.column-decided")
_FORM = ("encoding", "separator", "decimal")


@dataclass(frozen=True)
class ColumnDecision:
    """A column: what it is taken for (None: not used), the unit of its numbers, what texts mean against the usual."""

    header: str
    means: str | None = None
    unit: str | None = None
    values: dict[str, Value | None] = field(default_factory=dict)


@dataclass(frozen=True)
class ListDecision:
    """What the rows and columns of a list are; `others`: sources of facts that are no plain column (constants, expressions)."""

    persons: bool
    columns: tuple[ColumnDecision, ...]
    others: dict[str, Source] = field(default_factory=dict)
    place: TablePlace = field(default_factory=TablePlace)
    form: dict[str, Any] = field(default_factory=dict)

    def column(self, header: str) -> ColumnDecision:
        """The decision of a header; raises InputError where there is no such column."""
        decision = next((each for each in self.columns if each.header == header), None)
        if decision is None:
            raise InputError(
                Words("这份文件没有这一列", "the file has no such column", code="intake.file-no-such-column")
            )
        return decision

    def with_meaning(self, header: str, means: str | None, *, together: bool = False) -> "ListDecision":
        """Take a column for another thing; whatever was taken for that before no longer is.

        `together`: households are told apart by this column and those that already tell them apart.
        """
        if means is not None and means not in targets(persons=self.persons):
            raise InputError(Words("没有这个事实", "no such fact", code="intake.no-such-fact"))
        # Unit and meanings of texts belonged to what the column was taken for before.
        changed = replace(self.column(header), means=means, unit=None, values={})
        lost = set() if means is None or together else {each.header for each in self.columns if self._same(each, means)}
        return replace(
            self,
            columns=tuple(
                changed if each.header == header else ColumnDecision(each.header) if each.header in lost else each
                for each in self.columns
            ),
        )

    def with_unit(self, header: str, unit: str) -> "ListDecision":
        """Take the numbers of a column to be in a unit; raises InputError for one that its fact cannot have."""
        column = self.column(header)
        target, known = targets(persons=self.persons).get(column.means or ""), unit_of(unit)
        if target is None or known is None or known.measure != target.measure:
            raise InputError(
                Words("这一列不能用这个单位", "the column cannot have this unit", code="intake.column-cannot-unit")
            )
        return self._with(replace(column, unit=unit))

    def with_value(self, header: str, text: str, value: Value | None) -> "ListDecision":
        """Take a text of a column to mean a value (None: it says nothing)."""
        column = self.column(header)
        if column.means is None or value not in (*accepted_values(column.means, persons=self.persons), None):
            raise InputError(
                Words("这一列没有这个值", "the column has no such value", code="intake.column-no-such-value")
            )
        return self._with(replace(column, values={**column.values, text: value}))

    def mapping(self) -> Mapping:
        """Return the decision as a mapping. Raises InputError, in words, where no column tells households apart, or none gives a fact."""
        taken = {each.means for each in self.columns if each.means is not None}
        if (HOUSEHOLD if self.persons else KEY) not in taken:
            raise InputError(_NO_KEY)
        if not taken - {HOUSEHOLD, KEY} and not self.others:
            raise InputError(_NO_FACT)
        matches = [
            ColumnMatch(each.header, each.means, How.MAPPING, 1.0, _DECIDED, unit=each.unit) for each in self.columns
        ]
        said = {each.header: each.values for each in self.columns if each.values}
        made = mapping_of_persons(matches, said=said) if self.persons else mapping_of_households(matches, said=said)
        present = {fold_header(each.header) for each in self.columns}
        others = {
            name: source for name, source in self.others.items()
            # What rests on a column that this file does not have cannot be read from it.
            if name not in made.facts and all(fold_header(one) in present for one in source.columns())
        }  # fmt: skip
        update: dict[str, Any] = {"facts": {**made.facts, **others}, **self.form}
        if self.place.header_rows is not None:
            update["header_rows"] = list(self.place.header_rows)
        if self.place.sheets:
            update["sheets"] = list(self.place.sheets)
        return made.model_copy(update=update)

    def _same(self, column: ColumnDecision, means: str) -> bool:
        if column.means is None or self.persons:
            return column.means == means
        return fact_of(column.means) == fact_of(means)

    def _with(self, changed: ColumnDecision) -> "ListDecision":
        return replace(self, columns=tuple(changed if each.header == changed.header else each for each in self.columns))


_NO_KEY = Words(
    "还没有指明哪一列是户编号（能区分各户的列）；请在“认作”一栏中选定",
    "no column is said to be the household number (whatever tells households apart); choose it under “taken for”",
)
_NO_FACT = Words(
    "除户编号外，还没有一列有用；请在“认作”一栏中至少选定一列",
    "besides the household number no column is used; choose at least one under “taken for”",
)


def targets(*, persons: bool) -> dict[str, Target]:
    """What a column may be taken for."""
    if not persons:
        return of_households().targets
    return {name: target for name, target in of_persons().targets.items() if name in columns()}


def accepted_values(means: str, *, persons: bool) -> tuple[Value, ...]:
    """The values that texts of a column may mean, of a list of codes; of a list of persons the national system's words."""
    if persons:
        words = columns()[means].values or {}
        # Reversed twice: of several texts with one meaning the first stays, in the order of the list.
        return tuple({meaning: text for text, meaning in reversed(words.items()) if meaning}.values())[::-1]
    return tuple(dict.fromkeys(value for value in (meanings(means, "") or {}).values() if value is not None))


def usual_value(means: str, header: str, text: str, *, persons: bool) -> Value | None:
    """What a text of a column means where nobody decides it; None where that is not known."""
    if persons:
        words = columns()[means].values or {}
        meaning = _folded(words).get(fold_header(text))
        return next((word for word in accepted_values(means, persons=True) if words.get(str(word)) == meaning), None)
    return _folded(meanings(means, header) or {}).get(fold_header(text))


def decision_of_matches(matches: Sequence[ColumnMatch], *, persons: bool, kind: str | None) -> ListDecision:
    """What the columns were taken for; `kind`: what the layout says of all households."""
    known = targets(persons=persons)
    decided = tuple(
        ColumnDecision(each.header, each.means if each.means in known else None, each.unit) for each in matches
    )
    said = any(each.means in ("户类型", "监测对象类别", "脱贫属性") for each in decided)
    return ListDecision(persons, decided, {} if kind is None or said else {"kind": Source(constant=kind)})


def decision_of_mapping(mapping: Mapping, headers: Iterable[str]) -> ListDecision:
    """What a mapping says of the columns of a file."""
    form = {name: getattr(mapping, name) for name in _FORM if getattr(mapping, name) not in (None, ".")}
    key = {fold_header(part) for part in mapping.key}
    if mapping.rows == "persons":
        by_header = {fold_header(source.column): (name, source) for name, source in mapping.columns.items()}
        listed = tuple(_of_persons(header, key, by_header) for header in headers)
        return ListDecision(True, listed, dict(mapping.facts), mapping.place(), form)  # noqa: FBT003 - a field
    facts = _plain_columns(mapping)
    decided = tuple(_of_household(header, key, facts) for header in headers)
    covered = {fact for each in decided if each.means not in (None, KEY) for fact in settled_too(str(each.means))}
    # What only follows from the columns is made anew with them; kept beside them it would outlive a changed decision.
    covered |= {str(each.means) for each in decided} | set(derived_incomes(mapping.facts))
    others = {name: source for name, source in mapping.facts.items() if name not in covered}
    return ListDecision(False, decided, others, mapping.place(), form)  # noqa: FBT003 - a field


def _of_persons(header: str, key: set[str], by_header: dict[str, tuple[str, Any]]) -> ColumnDecision:
    folded = fold_header(header)
    if folded in key:
        return ColumnDecision(header, HOUSEHOLD)
    if folded not in by_header:
        return ColumnDecision(header)
    name, source = by_header[folded]
    return ColumnDecision(header, name, source.unit, dict(source.values or {}))


def _plain_columns(mapping: Mapping) -> dict[str, tuple[str, Source]]:
    """Return by folded header the one fact that it is taken for, the first of several: the others may follow from it."""
    by_header: dict[str, tuple[str, Source]] = {}
    for fact, source in mapping.facts.items():
        if source.column is not None and fact in of_households().targets:
            by_header.setdefault(fold_header(source.column), (fact, source))
    return by_header


def _of_household(header: str, key: set[str], facts: dict[str, tuple[str, Source]]) -> ColumnDecision:
    folded = fold_header(header)
    if folded in key:
        return ColumnDecision(header, KEY)
    if folded not in facts:
        return ColumnDecision(header)
    fact, source = facts[folded]
    usual = meanings(fact, header) or {}
    # `...` for a text without a usual meaning, since None is a meaning: it says nothing.
    values = {text: value for text, value in (source.values or {}).items() if usual.get(text, ...) != value}
    return ColumnDecision(header, fact, source.unit, values)


def _folded(words: dict[str, Any]) -> dict[str, Any]:
    return {fold_header(text): meaning for text, meaning in words.items()}
