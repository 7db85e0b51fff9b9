"""A page without its content is an error, never a page: the cell that draws it has to have an output."""

import logging
from typing import Any

from nbformat.v4 import new_output

_DRAWS = "draws_page"
_WORDS = {
    "zh": ("页面没有画出来", "服务器太忙，页面的内容没有传到。已自动重开过一次的，请过几分钟再刷新。"),
    "en": (
        "The page was not drawn",
        "The server is too busy: the content of this page did not arrive. If it was reopened once already, reload it in a few minutes.",
    ),
}


def notice(lang: str) -> str:
    """What stands in place of the content, in the language of the page; app.js reopens a page that holds it, once."""
    title, text = _WORDS[lang]
    return f'<div class="wb-notice" role="alert" data-blank>\n<h1>{title}</h1>\n<p>{text}</p>\n</div>'


def mark_drawing_cell(notebook: Any, lang: str) -> None:
    """Mark the cell that shows the page, with the page's language: the last one with code, as everywhere in Jupyter."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code[-1:]:
        cell.metadata[_DRAWS] = lang


def refuse_blank(cell: Any, cell_index: int, execute_reply: Any) -> None:  # noqa: ARG001 - the executor's hook
    """Put the notice in place of an output that is missing although the cell ran well."""
    lang = cell.metadata.get(_DRAWS)
    if lang and not cell.outputs and execute_reply["content"]["status"] == "ok":
        logging.getLogger(__name__).error("a page was drawn without content: the output of its cell is missing")
        # The executor gives up on an output that comes late, and Voilà draws the page without it and answers 200.
        cell.outputs = [new_output("display_data", data={"text/html": notice(lang)})]  # type: ignore[no-untyped-call]
