"""The layouts of the national system's lists and of our ledgers: columns under one name each, known by their headers."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.domain.parameters import load_yaml
from workbench.errors import QuestionError, Words
from workbench.intake.findings.problems import quoted_headers
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.mapping import Mapping

HOUSEHOLD = "户编号"
_MOST_SHOWN = 20
_RECOGNISED = 0.55
"""The share of a layout's columns, each weighed by how few layouts have it, that makes it recognised."""
_COVERED, _COVERED_MORE, _PART_OF_LAYOUT = 0.85, 0.08, 0.4
"""A file is likely a part of a layout that has this share of its columns, so much more than any other, and so many of its own."""


@dataclass(frozen=True)
class Column:
    """A column that the intake reads; `values` maps what may be written to its meaning ("" = says nothing)."""

    name: str
    type: str = "text"
    values: dict[str, str] | None = None
    feeds: bool = True
    multiple: bool = False
    personal: bool = False
    min: float | None = None
    measure: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A list known by its headers; `kind` is what the list says of all its households, with the reason.

    `mapping`: of a ledger whose rows are households, where each fact stands, under the columns' own names. `heads`: the
    head's name and ID number on it are kept with the persons.
    """

    name: str
    zh: str
    en: str
    columns: frozenset[str]
    optional: frozenset[str]
    kind: dict[str, Any] | None = None
    mapping: Mapping | None = None
    heads: bool = False


@cache
def columns() -> dict[str, Column]:
    """The known columns by name (`parameters/intake_columns.yaml`)."""
    entries: dict[str, dict[str, Any]] = load_yaml("intake_columns")
    return {
        name: Column(name, **{**entry, "aliases": tuple(entry.get("aliases", ()))}) for name, entry in entries.items()
    }


@cache
def layouts() -> tuple[Layout, ...]:
    """The known layouts (`parameters/intake_layouts.yaml`, and ledgers in `parameters/intake_ledgers.yaml`)."""
    persons = [
        Layout(**{**entry, "columns": frozenset(entry["columns"]), "optional": frozenset(entry["optional"])})
        for entry in load_yaml("intake_layouts")
    ]
    return (*persons, *(_ledger(entry) for entry in load_yaml("intake_ledgers")["layouts"]))


def _ledger(entry: dict[str, Any]) -> Layout:
    facts = load_yaml("intake_ledgers")["facts"]
    mapping = Mapping.model_validate({"key": HOUSEHOLD, "facts": {**facts, **entry.get("facts", {})}})
    columns = frozenset(entry["columns"])
    optional = (frozenset(entry["optional"]) | frozenset(mapping.named_columns())) - columns
    return Layout(
        entry["name"], entry["zh"], entry["en"], columns, optional, entry["kind"], mapping, entry.get("heads", False)
    )


@cache
def known_names() -> dict[str, str]:
    """Folded header -> the name of its column: own names first, then aliases, then other columns of layouts."""
    plain = {fold_header(name): name for layout in layouts() for name in sorted(layout.columns | layout.optional)}
    aliases = {fold_header(alias): column.name for column in columns().values() for alias in column.aliases}
    own = {fold_header(name): name for name in columns()}
    return {**plain, **aliases, **own}


@dataclass(frozen=True)
class Recognition:
    """Which list a file is: `sure` where it has what tells the layout from the others; else most of its columns are there."""

    layout: Layout
    lacking: tuple[str, ...]
    """The layout's columns that the file has not, the telling ones first."""
    sure: bool


def recognise(present: Collection[str]) -> Recognition | None:
    """The layout that a file of these columns has; None where it is none of them, or could be several."""
    nearest = nearest_layout(present)
    if HOUSEHOLD not in present:
        return None
    if _likeness(nearest, present) >= _RECOGNISED:
        return Recognition(nearest, _lacking(nearest, present), sure=True)
    covered = sorted(
        ((_covered(layout, present), layout) for layout in layouts()), key=lambda one: one[0], reverse=True
    )
    (most, layout), (next_most, _) = covered[:2]
    alike = len(layout.columns & set(present)) >= _PART_OF_LAYOUT * len(layout.columns)
    if most >= _COVERED and most - next_most >= _COVERED_MORE and alike and layout.mapping is None:
        return Recognition(layout, _lacking(layout, present), sure=False)
    return None


def nearest_layout(present: Collection[str]) -> Layout:
    """The layout that a file is most like."""
    return max(layouts(), key=lambda layout: _likeness(layout, present))


def refuse_without_household(path: str, headers: Sequence[str], present: Collection[str]) -> QuestionError:
    """Why a table of which no column tells households apart cannot be read."""
    nearest = nearest_layout(present)
    lacking = "、".join(_lacking(nearest, present)[:_MOST_SHOWN])
    seen = quoted_headers(headers)
    message = Words(
        f"认不出表格版式：没有一列是户编号；表头：{seen.zh}；最接近的是 {nearest.name} {nearest.zh}，缺少：{lacking}；"
        "请指明哪一列能区分各户；其他表格请给出列的对应（--mapping）",
        f"the layout is not recognised: no column holds household numbers; headers found: {seen.en}; the nearest is "
        f"{nearest.name} {nearest.en}, it lacks: {lacking}; say which column tells households apart, for any other table "
        "with a mapping that says where each fact comes from (--mapping)",
        code="intake.layout-not-recognised",
    )
    return QuestionError(path, message, "household_number")


def _lacking(layout: Layout, present: Collection[str]) -> tuple[str, ...]:
    # The household's number first, without which the others help nobody.
    return tuple(sorted(layout.columns - set(present), key=lambda name: (name != HOUSEHOLD, name)))


def _covered(layout: Layout, present: Collection[str]) -> float:
    """The share of a file's known columns that a layout has."""
    return len((layout.columns | layout.optional) & set(present)) / max(len(present), 1)


def _likeness(layout: Layout, present: Collection[str]) -> float:
    weight = _weights()
    return sum(weight[name] for name in layout.columns & set(present)) / sum(weight[name] for name in layout.columns)


@cache
def _weights() -> dict[str, float]:
    # A column that every layout has tells none from another.
    shared = Counter(name for layout in layouts() for name in layout.columns)
    return {name: 1 / count for name, count in shared.items()}
