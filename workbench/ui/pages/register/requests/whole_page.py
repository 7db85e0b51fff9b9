"""The whole register page around its parts: what a browser gets that comes by an address, or runs no script."""

from markupsafe import Markup

from workbench.ui.kit.controls.pane_fields import Fields
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.requests.answers import Answer
from workbench.ui.pages.register.requests.parts import help_html
from workbench.ui.pages.register.requests.plain_controls import filled_in, with_forms


def whole_page(answer: Answer, t: Language, token: str, script: str, typed: tuple[str, Fields] | None = None) -> Markup:
    """The page's content. `token`: of the browser's cookie; `script`: where that of panes is; `typed`: a form that was refused.

    A form is the text of its choice (`data-send`) with its fields: it comes back filled in.
    """
    parts = {name: with_forms(html, answer.query, token, t) for name, html in answer.parts.items()}
    if typed is not None:
        choice, fields = typed
        parts["body"] = filled_in(parts["body"], choice, fields, answer.wrong)
    return render(
        "register_frame", t,
        parts=parts, notice=answer.notice, help=help_html(t), query=answer.query, look=answer.look, token=token,
        script=script, batches=answer.batches,
    )  # fmt: skip
