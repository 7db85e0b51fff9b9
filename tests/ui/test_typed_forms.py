"""What somebody types into a form stays while the pane around it is drawn again: every such form says whose it is."""

import re
from pathlib import Path

import pytest

import workbench.ui

FORM = re.compile(r"<form\b(?P<tag>.*?data-send.*?)>(?P<body>.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(?:select|textarea|input(?![^>]*type=\"(?:hidden|checkbox)\"))")
TEMPLATES = sorted(Path(workbench.ui.__file__).parent.rglob("*.html"))


def typed_into(path: Path):
    """The opening tags of the forms of a template that hold a field to type or choose in."""
    return [form["tag"] for form in FORM.finditer(path.read_text(encoding="utf-8")) if FIELD.search(form["body"])]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_is_typed_outlives_a_redraw(path):
    assert [tag for tag in typed_into(path) if "data-draft" not in tag and "data-ticks" not in tag] == []


def test_there_are_such_forms():
    assert sum(len(typed_into(path)) for path in TEMPLATES) > 10
