"""A page without its content is an error, never a page: the cell that draws it has to have an output."""

import logging
from typing import Any

from nbformat.v4 import new_output

_DRAWS = "draws_page"
NOTICE = """<div class="wb-notice" role="alert" data-blank>
<h1>页面没有画出来 <span lang="en">The page was not drawn</span></h1>
<p>服务器太忙，页面的内容没有传到。已自动重开过一次的，请过几分钟再刷新。</p>
<p lang="en">The server is too busy: the content of this page did not arrive. If it was reopened once already, reload it in a few minutes.</p>
</div>"""
"""What stands in place of the content; app.js reopens a page that holds it, once."""


def mark_drawing_cell(notebook: Any) -> None:
    """Mark the cell that shows the page: the last one with code, as everywhere in Jupyter."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code[-1:]:
        cell.metadata[_DRAWS] = True


def refuse_blank(cell: Any, cell_index: int, execute_reply: Any) -> None:  # noqa: ARG001 - the executor's hook
    """Put the notice in place of an output that is missing although the cell ran well."""
    if cell.metadata.get(_DRAWS) and not cell.outputs and execute_reply["content"]["status"] == "ok":
        logging.getLogger(__name__).error("a page was drawn without content: the output of its cell is missing")
        # The executor gives up on an output that comes late, and Voilà draws the page without it and answers 200.
        cell.outputs = [new_output("display_data", data={"text/html": NOTICE})]  # type: ignore[no-untyped-call]
