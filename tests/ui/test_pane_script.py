"""What a pane's script does between a form that was sent and its answer: nothing is sent twice, nothing that is typed is lost."""

import pytest

from workbench.ui.kit.frame.scripted import STATIC

FORMS = """
<form data-send='{"do": "visit"}' data-draft="visit"><input name="income"><button type="submit">登记</button></form>
<form data-send='{"do": "review"}' data-ticks="entries">
<input type="checkbox" name="household" value="1 34159900000001"><input name="reason"><button type="submit">退回</button></form>
"""
KERNEL = """
window.kernel = { sent: [], listeners: {}, html: "", get: (name) => window.kernel[name],
  send: (message) => window.kernel.sent.push(message), off: () => {},
  on: (name, listener) => { window.kernel.listeners[name] = listener; } };
window.done = () => window.kernel.listeners["msg:custom"]({ kind: "done" });
null;
"""


@pytest.fixture
def pane(page):
    """A page that shows the forms as a kernel would, and the messages that the kernel was sent."""
    # An address of its own, answered here: what a page of none types is kept nowhere.
    page.route("http://pane.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://pane.test/")
    page.evaluate(KERNEL)
    page.evaluate("html => { window.kernel.html = html; }", FORMS)
    script = (STATIC / "pane.js").read_text(encoding="utf-8").replace("export default", "window.pane =")
    page.add_script_tag(content=script)
    page.evaluate("window.pane.render({ model: window.kernel, el: document.body })")
    return page


def sent(pane):
    return pane.evaluate("window.kernel.sent.map((each) => each.choice)")


def test_a_form_of_one_record_takes_nothing_in_until_it_is_answered(pane):
    income, button = pane.locator("[name=income]"), pane.get_by_role("button", name="登记")
    income.fill("5498")
    button.click()
    income.press_sequentially("00")
    income.press("Enter")
    assert [each["fields"] for each in sent(pane)] == [{"income": ["5498"]}]
    assert income.input_value() == "5498"
    pane.evaluate("done()")
    income.press("End")
    income.press_sequentially("00")
    assert income.input_value() == "549800"


def test_a_reason_typed_before_the_refusal_of_its_list_is_drawn_is_sent(pane):
    pane.locator("[name=household]").check()
    button, reason = pane.locator("form").nth(1).locator("button"), pane.locator("[name=reason]")
    button.click()
    reason.fill("收入佐证不足")
    pane.evaluate("window.kernel.listeners['change:html']()")
    pane.evaluate("done()")
    button.click()
    refused, again = (each["fields"] for each in sent(pane))
    assert (refused["reason"], again["reason"]) == ([""], ["收入佐证不足"])
    assert refused["household"] == again["household"] == ["1 34159900000001"]
