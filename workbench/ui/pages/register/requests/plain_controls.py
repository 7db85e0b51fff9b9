"""The parts of the page for a browser that runs no script: every control is a button or a field of an ordinary form.

Templates say what a control sends in `data-send`, which a script turns into a request. Here the same controls also belong
to forms: a choice to the empty form `wb-choice` of the page, the controls of a list to `wb-look`, which leads to an address.
What is matched is what templates have escaped: no text of a file holds a tag.
"""

import re
from collections.abc import Mapping
from html import unescape

from markupsafe import Markup, escape

from workbench.safeguards.plain_data import read_json
from workbench.ui.kit.controls.pane_fields import Fields
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.requests.address import control_name

_BUTTON = re.compile(r'<button type="button"([^>]*?) data-send="([^"]*)"')
_FORM = re.compile(r'<form\b([^>]*?) data-send="([^"]*)"([^>]*)>')
_FILE_FORM = re.compile(r'<form\b[^>]* method="post"[^>]*>')
_LISTED = re.compile(r'<(select|input)\b([^>]*?) data-send="([^"]*)"')
_FIELD = re.compile(r"<input\b[^>]*>|<textarea\b[^>]*>[^<]*</textarea>|<select\b[^>]*>.*?</select>", re.DOTALL)
_CONTROLS = '<div class="wb-controls">'


def with_forms(html: Markup, query: str, token: str, t: Language) -> Markup:
    """A part whose controls work without a script; `query`: of the address, `token`: of the browser's cookie."""
    hidden = f'<input type="hidden" name="_xsrf" value="{escape(token)}">'
    text = _FILE_FORM.sub(lambda form: form[0] + hidden, str(html))
    text = _BUTTON.sub(r'<button type="submit" form="wb-choice" name="choice" value="\2"\1 data-send="\2"', text)
    # As it stands in the attribute, so that what comes back is what the script would have sent.
    text = _FORM.sub(
        lambda form: (
            f'<form method="post" action="?{escape(query)}"{form[1]} data-send="{form[2]}"{form[3]}>{hidden}'
            f'<input type="hidden" name="choice" value="{form[2]}">'
        ),
        text,
    )
    text = _LISTED.sub(_listed, text)
    look = f'<noscript><button class="wb-button" type="submit" form="wb-look">{escape(t("查看"))}</button></noscript>'
    return Markup(text.replace(_CONTROLS, _CONTROLS + look))  # noqa: S704 - escaped above and by the templates


def _listed(control: re.Match[str]) -> str:
    choice = read_json(unescape(control[3]))
    if choice.get("do") != "list":
        return control[0]
    return f'<{control[1]} form="wb-look" name="{control_name(choice["key"])}"{control[2]} data-send="{control[3]}"'


def filled_in(html: Markup, choice: str, fields: Fields, wrong: str) -> Markup:
    """A part in which the form that sends `choice` holds what was typed into it: it was refused, and nothing is lost.

    `wrong`: the fact or field that it was refused for, which is marked.
    """
    opening = f'name="choice" value="{escape(choice)}">'
    text = str(html)
    start = text.find(opening)
    if start < 0:
        return html
    end = text.find("</form>", start)
    waiting = {name: list(values) for name, values in fields.items()}
    form = _FIELD.sub(
        lambda each: _marked(_with_value(each[0], fields, waiting), wrong), text[start + len(opening) : end]
    )
    return Markup(text[: start + len(opening)] + form + text[end:])  # noqa: S704 - values escaped below


def _with_value(field: str, fields: Fields, waiting: Mapping[str, list[str]]) -> str:
    tag = field[: field.index(">")]
    name, kind = _attribute(tag, "name"), _attribute(tag, "type")
    if not name or kind == "hidden" or name not in fields:
        return field
    if kind in ("radio", "checkbox"):
        chosen = _attribute(tag, "value") in fields[name]
        plain = tag.replace(" checked", "")
        return f"{plain} checked>" if chosen else f"{plain}>"
    value = escape(waiting[name].pop(0)) if waiting[name] else ""
    if field.startswith("<textarea"):
        return f"{tag}>{value}</textarea>"
    if field.startswith("<select"):
        options = field.replace(" selected", "")
        return options.replace(f'<option value="{value}"', f'<option value="{value}" selected', 1)
    return re.sub(r' value="[^"]*"', "", tag) + f' value="{value}">'


def _marked(field: str, wrong: str) -> str:
    """The field, marked where it is the wrong one."""
    name = _attribute(field[: field.index(">")], "name")
    if not wrong or name not in (wrong, f"fact:{wrong}") or "aria-invalid" in field:
        return field
    return field.replace(" name=", ' aria-invalid="true" autofocus name=', 1)


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(match[1]) if match else ""
