"""A paper made of a template and the figures of a filing, in a sandbox: a template names values, and does nothing."""

from io import BytesIO
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workbench.errors import InputError, Words
from workbench.reports.templates.placeholders import COLUMNS, ITEM, LISTS, ROW, TOTAL, VALUES

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If, nodes.For,
)  # fmt: skip
_NAMES = frozenset({*VALUES, *LISTS, ITEM, ROW, TOTAL})
_UNREADABLE = Words(
    "模板的标记不完整或不能识别，请从默认模板改起",
    "the marks of the template are incomplete or not known; start from the default template",
    code="reports.template-not-parsed",
)


def filled(template: bytes, values: dict[str, Any]) -> Any:
    """The template with every placeholder filled, as a python-docx document; raises InputError where it asks for anything else.

    Loops are over the lists of `values` only and never within each other, so that the paper is as long as they are.
    """
    # Late: only whoever makes a paper waits for it.
    from docxtpl import DocxTemplate  # noqa: PLC0415

    document = DocxTemplate(BytesIO(template))
    try:
        document.render(values, jinja_env=_Environment(autoescape=True))
    except TemplateError:
        raise InputError(_UNREADABLE) from None
    return document.docx


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox without filters, tests and functions; what is no plain name of a value is refused before it runs.

    A sandbox alone would still allow what takes for ever, such as a loop over a range of numbers.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        check_nodes(parsed)
        return parsed


def check_nodes(parsed: nodes.Node) -> None:
    """Raise InputError for whatever a template says beyond names of values, conditions on them and loops over lists."""
    for node in _within(parsed):
        known = isinstance(node, _ALLOWED)
        if isinstance(node, nodes.Name):
            known = node.name in _NAMES
        elif isinstance(node, nodes.Getattr):
            known = isinstance(node.node, nodes.Name) and node.node.name in (ROW, TOTAL) and node.attr in COLUMNS
        elif isinstance(node, nodes.For):
            # One in another would grow as their product.
            known = isinstance(node.iter, nodes.Name) and node.iter.name in LISTS and not node.recursive
            known = known and not any(isinstance(each, nodes.For) for part in node.body for each in _within(part))
        elif isinstance(node, nodes.If):
            known = isinstance(node.test, nodes.Name)
        if not known:
            raise InputError(_UNREADABLE)


def _within(node: nodes.Node) -> list[nodes.Node]:
    """A node and all below it, without recursion: a template may nest as deep as it likes."""
    waiting, seen = [node], []
    while waiting:
        seen.append(waiting.pop())
        waiting.extend(seen[-1].iter_child_nodes())
    return seen
