"""What is being typed into a control outlives an answer to something else that draws its pane again, and is sent once left."""

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser import open_page

PAGE = """
import json
import ipywidgets
from workbench.ui.kit.controls.pane import Pane
heard = []
def html():
    other, field = (json.dumps({"do": name}) for name in ("other", "field"))
    return (
        f"<select data-send=\'{other}\'><option>a</option><option>b</option></select>"
        f"<label>Field <input type=text value=x data-send=\'{field}\'></label><label>Next <input type=text></label><p>{heard}</p>"
    )
def take(choice):
    heard.append(choice["do"] + " " + choice["value"])
    pane.html = html()
pane = Pane(take)
pane.html = html()
ipywidgets.VBox([pane])
"""
OTHER = """() => {
    const other = document.querySelector("select[data-send]");
    other.value = "b";
    other.dispatchEvent(new Event("change", { bubbles: true }));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("leave", [pytest.param("Tab", marks=pytest.mark.deep), "Enter"])
def test_what_is_being_typed_stays_and_is_sent_once(page, voila_server, tmp_path, leave):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PAGE)], metadata=kernel)
    nbformat.write(notebook, folder / "typing.ipynb")
    server = voila_server(tmp_path / "store", folder)
    open_page(page, server.url + "voila/render/typing.ipynb")
    field = page.get_by_label("Field")
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.evaluate(OTHER)
    expect(page.locator("p", has_text="other b")).to_be_visible()
    expect(field).to_have_value("12")
    page.keyboard.press(leave)
    heard = page.locator("p", has_text="field 12")
    expect(heard).to_have_text("['other b', 'field 12']")
    page.get_by_label("Next").click()
    page.evaluate(OTHER)
    expect(page.locator("p", has_text="other b")).to_have_text("['other b', 'field 12', 'other b']")
