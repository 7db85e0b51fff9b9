"""What is said of a list's columns: the layout that it has, what is likely and what is not used, units."""

from collections.abc import Sequence
from typing import Any

from workbench.domain.facts import KINDS
from workbench.errors import Words
from workbench.intake.findings.problems import quoted_headers
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.matching.measured import unit_notes
from workbench.intake.matching.vocabulary import Vocabulary, of_persons
from workbench.intake.tables.layouts import Recognition, columns

_MOST_NAMED = 20


def matching_notes(
    matches: Sequence[ColumnMatch], vocabulary: Vocabulary, recognised: Recognition | None
) -> list[Words]:
    """The layout, the columns that are likely or not used, the units, and what the layout says of the households."""
    notes = [_layout_note(recognised)]
    notes += _used(matches, recognised)
    notes += unit_notes(matches, vocabulary)
    # What is only like a part of a layout does not say of what kind its households are (0027).
    layout = recognised.layout if recognised and recognised.sure else None
    # A column that says the kind of each household outranks what the layout suggests of all of them.
    if layout is not None and layout.kind is not None and not any(match.means == "户类型" for match in matches):
        notes.append(_kind_note(layout.kind))
    return notes


def _layout_note(recognised: Recognition | None) -> Words:
    if recognised is None:
        return Words("版式：各单位自有的名单", "layout: a list of an office's own", code="intake.layout-own")
    layout = recognised.layout
    if recognised.sure:
        return Words(
            f"版式：{layout.name} {layout.zh}", f"layout: {layout.name} {layout.en}", code="intake.layout-recognised"
        )
    lacking = "、".join(recognised.lacking[:_MOST_NAMED]) + ("…" if len(recognised.lacking) > _MOST_NAMED else "")
    return Words(
        f"版式：很可能是 {layout.name} {layout.zh}的一部分；通常有而这里没有的列：{lacking}",
        f"layout: probably a part of {layout.name} {layout.en}; usual columns that are not there: {lacking}",
        code="intake.layout-likely",
    )


def _used(matches: Sequence[ColumnMatch], recognised: Recognition | None) -> list[Words]:
    """The columns that were taken for something by likeness, and those not used."""
    likely = [match for match in matches if match.likely]
    notes = []
    if likely:
        named = quoted_headers([f"{match.header}→{match.means}" for match in likely])
        notes.append(
            Words("很可能的列，请核对：", "columns that are likely, please check: ", code="intake.columns-likely")
            + named
        )
    of_layout = recognised.layout.columns | recognised.layout.optional if recognised else frozenset()
    strange = [match.header for match in matches if match.means is None or _strange(match.means, of_layout)]
    if strange:
        notes.append(
            Words("未用的列：", "columns not used: ", code="intake.columns-not-used") + quoted_headers(strange)
        )
    return notes


def _strange(name: str, of_layout: frozenset[str]) -> bool:
    """Whether a column of a person list belongs to another list and is not read: no fact comes from it."""
    return name in of_persons().targets and name not in of_layout and name not in columns()


def _kind_note(kind: dict[str, Any]) -> Words:
    """What a list is taken to say of the kind of all its households, and why."""
    zh, en = KINDS[kind["value"]]
    doubt = Words("", "") if kind["verified"] else Words("（未经核实）", " (not verified)")
    return (
        Words(
            f"户类型按“{zh}”：{kind['reason']}", f"kind taken as {en}: {kind['reason_en']}", code="intake.kind-taken-as"
        )
        + doubt
    )
