"""The layouts of the national system's lists and of our ledgers: columns under one name each, known by their headers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.domain.parameters import load_yaml
from workbench.errors import FileError, Words
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.mapping import Mapping

HOUSEHOLD = "户编号"
_LONGEST_SHOWN = 1000
_RECOGNISED = 0.55
"""The share of a layout's columns, each weighed by how few layouts have it, that makes it recognised."""


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
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A list known by its headers; `kind` is what the list says of all its households, with the reason.

    `mapping`: of a ledger whose rows are households, where each fact stands, under the columns' own names.
    """

    name: str
    zh: str
    en: str
    columns: frozenset[str]
    optional: frozenset[str]
    kind: dict[str, Any] | None = None
    mapping: Mapping | None = None


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
    optional = (frozenset(entry["optional"]) | frozenset(mapping.columns())) - columns
    return Layout(entry["name"], entry["zh"], entry["en"], columns, optional, entry["kind"], mapping)


@cache
def _names() -> dict[str, str]:
    """Folded header -> the name of its column: own names first, then aliases, then other columns of layouts."""
    plain = {fold_header(name): name for layout in layouts() for name in sorted(layout.columns | layout.optional)}
    aliases = {fold_header(alias): column.name for column in columns().values() for alias in column.aliases}
    own = {fold_header(name): name for name in columns()}
    return {**plain, **aliases, **own}


def known_as(folded_header: str) -> str | None:
    """The name of the column that a folded header is known to stand for; None for any other."""
    return _names().get(folded_header)


def canonical(headers: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The file's headers by column name, and the headers that are no known column.

    Of several that name one column, its own name goes before an alias, else the first counts.
    """
    found: dict[str, str] = {}
    unknown = []
    for header in headers:
        name = _names().get(fold_header(header))
        if name is None or (name in found and fold_header(header) != fold_header(name)):
            unknown.append(header)
            continue
        if name in found:
            unknown.append(found[name])
        found[name] = header
    return found, unknown


def recognise(path: str, headers: Sequence[str]) -> Layout:
    """The layout that a file has. Raises InputError that lists the headers found, the nearest layout, what it lacks."""
    found = set(canonical(headers)[0])
    nearest = max(layouts(), key=lambda layout: _likeness(layout, found))
    if _likeness(nearest, found) >= _RECOGNISED and HOUSEHOLD in found:
        return nearest
    lacking = "、".join(sorted(nearest.columns - found, key=_importance))
    seen = _beginning("、".join(headers))
    message = Words(
        f"认不出表格版式；表头：{seen or '无'}；最接近的是 {nearest.name} {nearest.zh}，缺少：{lacking}；"
        "其他表格请给出列的对应（--mapping）",
        f"the layout is not recognised; headers found: {seen or 'none'}; the nearest is {nearest.name} {nearest.en}, "
        f"it lacks: {lacking}; for any other table give a mapping that says where each fact comes from (--mapping)",
    )
    raise FileError(path, message)


def _beginning(text: str) -> str:
    """What a message shows of headers without end."""
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _likeness(layout: Layout, found: set[str]) -> float:
    weight = _weights()
    return sum(weight[name] for name in layout.columns & found) / sum(weight[name] for name in layout.columns)


@cache
def _weights() -> dict[str, float]:
    shared = Counter(name for layout in layouts() for name in layout.columns)
    return {name: 1 / count for name, count in shared.items()}


def _importance(name: str) -> tuple[bool, str]:
    return name != HOUSEHOLD, name
