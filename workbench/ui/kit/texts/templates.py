"""HTML from templates, everything from files escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workbench.ui.kit.texts.language import Language

_UI = Path(__file__).parents[2]
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(sorted(_UI.rglob("templates"))),  # a page's own lie beside it, those of all in the kit
    autoescape=True,
    # A name that a template misspells is an error, and not an empty place on a page.
    undefined=StrictUndefined,
    # Or every line with a tag alone would leave an empty line in what the browser gets.
    trim_blocks=True,
    lstrip_blocks=True,
)


def _sentence(text: str) -> str:
    """The text with its first letter large."""
    # Not `capitalize`, which makes every other letter small: names and acronyms would suffer.
    return text[:1].upper() + text[1:]


_ENVIRONMENT.filters["sentence"] = _sentence


def compile_all() -> None:
    """Compile every template: once for all processes that are forked from this one, instead of in each as it is first asked for."""
    for name in _ENVIRONMENT.list_templates():
        _ENVIRONMENT.get_template(name)


def render(name: str, language: Language, **values: Any) -> Markup:
    """The template `<name>.html` in some `templates/`; in it `t` is the language."""
    return Markup(_ENVIRONMENT.get_template(f"{name}.html").render(t=language, **values))  # noqa: S704 - escaped there
