"""Layouts and styles of widgets that say nothing: a browser is told of one only once something of it is set."""

from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import ipywidgets
from ipywidgets.widgets.trait_types import InstanceDict
from ipywidgets.widgets.widget_style import Style

_PARTS = ("layout", "style")
_OWNERS: "WeakKeyDictionary[ipywidgets.Widget, WeakSet[ipywidgets.Widget]]" = WeakKeyDictionary()
"""Of each part that no browser was told of, the widgets that were told of without it."""


def say_only_what_is_set() -> None:
    """Have widgets made from now on be drawn without a layout and a style, until something of them is set.

    A browser takes either for unset. For each it would make a model, and for each view of its widget another view that
    listens to forty properties: in a page of two hundred widgets that takes longer than the widgets themselves.
    """
    for kind in _kinds_of(ipywidgets.Widget):
        for name in _PARTS:
            trait = kind.class_own_traits().get(name)
            if isinstance(trait, InstanceDict):
                trait.metadata["to_json"] = _reference
    for part in (ipywidgets.Layout, Style):
        part.open = _open_when_set
        part.notify_change = _tell_when_set


def _kinds_of(kind: type[ipywidgets.Widget]) -> set[type[ipywidgets.Widget]]:
    """A class of widgets with all that derive from it."""
    return {kind, *(each for below in kind.__subclasses__() for each in _kinds_of(below))}


def _reference(part: ipywidgets.Widget, owner: ipywidgets.Widget) -> str | None:
    """A part as the state of its widget has it."""
    if not _is_said(part):
        _OWNERS.setdefault(part, WeakSet()).add(owner)
        return None
    return f"IPY_MODEL_{part.model_id}"


def _is_said(part: ipywidgets.Widget) -> bool:
    return part.comm is not None


def _open_when_set(part: ipywidgets.Widget) -> None:
    # Names that begin so say which class of the browser's it is.
    if any(not name.startswith("_") for name in part.get_state(drop_defaults=True)):
        ipywidgets.Widget.open(part)


def _tell_when_set(part: ipywidgets.Widget, change: Any) -> None:
    """Tell the browser of a property of a part, and first of the part where it has not heard of it."""
    ipywidgets.Widget.notify_change(part, change)
    if _is_said(part) or change["name"] not in part.keys:
        return
    part.open()
    # What was set may be what it was by default: then there is still nothing to say.
    if _is_said(part):
        name = "layout" if isinstance(part, ipywidgets.Layout) else "style"
        for owner in _OWNERS.pop(part, ()):
            owner.send_state(name)
