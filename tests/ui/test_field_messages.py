"""What a form asks for is said by the page, in its language and beside the field, and never by the browser in its own."""

import re

import pytest
from playwright.sync_api import expect

from workbench.server.application import FRAME

FORM = """<form><details><summary>…</summary><label>名称 <input name="name" required maxlength="9"></label></details>
<label>天数 <input type="number" name="days" min="1" max="366" value="{days}"></label>
<label>日期 <input type="date" name="day" max="2021-10-16" value="2021-10-17" required></label>
<label>口令 <input name="word" minlength="8"></label>
<label>选择 <select name="kind" required><option value=""></option><option value="a">a</option></select></label>
<label>文件 <input type="file" name="file" required></label>
<fieldset><label><input type="radio" name="result" value="1" required>1</label><label><input type="radio" name="result" value="2" required>2</label></fieldset>
<label><input type="checkbox" name="sure" required>是</label><button>送出</button></form>"""
SAID = {
    "zh-CN": {
        "name": "必填", "days": "不能小于 1", "day": "不能晚于 2021-10-16", "word": "至少 8 个字", "kind": "请选一项",
        "file": "请选择文件", "sure": "请先勾选这一项",
    },
    "en": {
        "name": "Must be filled in", "days": "Must not be less than 1", "day": "Must not be after 2021-10-16",
        "word": "At least 8 characters", "kind": "Choose one", "file": "Choose a file", "sure": "Tick this first",
    },
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("lang", list(SAID))
def test_every_constraint_is_said_beside_its_field_in_the_language_of_the_page(page, lang):
    page.set_content(f'<!doctype html><html lang="{lang}"><body>{FORM.format(days=-5)}</body></html>')
    page.add_script_tag(path=FRAME / "fields.js")
    page.locator("[name=word]").press_sequentially("abc")
    page.get_by_role("button", name="送出").click()
    for name, words in SAID[lang].items():
        expect(page.locator(f"label:has([name={name}]) > .wb-field-error")).to_have_text(words)
    # One for the group of buttons, and not one for each.
    expect(page.locator("fieldset > .wb-field-error")).to_have_count(1)
    # The first is gone to, out of the fold that hid it.
    expect(page.locator("[name=name]")).to_be_focused()
    page.locator("[name=name]").fill("甲")
    expect(page.locator("label:has([name=name]) > .wb-field-error")).to_have_count(0)
    page.locator("[name=days]").fill("400")
    expect(page.locator("label:has([name=days]) > .wb-field-error")).to_contain_text("366")
    page.locator("[value='2']").check()
    expect(page.locator("fieldset > .wb-field-error")).to_have_count(0)
    assert page.locator("[aria-invalid]").count() == len(SAID[lang]) - 1


DAY = """<label>日期 <span class="wb-day"><input type="text" name="day" data-day data-least="2021-10-01" data-most="2021-10-16" value="2021-10-10">
<button type="button" data-calendar>▾</button></span></label><label>模板 <input type="file" name="file"></label><button>别处</button>"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "wrong", "late", "early"),
    [
        ("zh-CN", "日期应如 2021-10-31", "不能晚于 2021-10-16", "不能早于 2021-10-01"),
        pytest.param("en", "like 2021-10-31", "Must not be after", "Must not be before", marks=pytest.mark.deep),
    ],
)
def test_a_day_is_typed_and_a_file_chosen_in_the_language_of_the_page(page, tmp_path, lang, wrong, late, early):
    """A browser's own fields speak its language: 10/31/2021 and “Choose File” on a Chinese page."""
    page.set_content(f'<!doctype html><html lang="{lang}"><body>{DAY}</body></html>')
    page.add_script_tag(path=FRAME / "fields.js")
    field, said = page.locator("[name=day]"), page.locator("label:has([name=day]) > .wb-field-error")
    for typed in ("20211008", "2021年10月8日", "２０２１／１０／８"):
        field.fill(typed)
        page.get_by_role("button", name="别处").focus()
        expect(field).to_have_value("2021-10-08")
        expect(said).to_have_count(0)
    for typed, message in (("10/08/2021", wrong), ("2021-02-30", wrong), ("2021-10-17", late), ("2021-09-30", early)):
        field.fill(typed)
        page.get_by_role("button", name="别处").focus()
        expect(said).to_contain_text(message)
        expect(field).to_have_value(typed)
    field.fill("2021-10-09")
    expect(said).to_have_count(0)
    name = page.locator(".wb-file-name")
    expect(name).to_have_text("还没有选择" if lang != "en" else "None chosen yet")
    (tmp_path / "红头.docx").write_bytes(b"x")
    page.get_by_label("模板").set_input_files(tmp_path / "红头.docx")
    expect(name).to_have_text("红头.docx")


def test_every_frame_of_a_page_loads_what_says_it():
    frames = [path for path in FRAME.parent.iterdir() if "links.js" in (text(path) if path.is_file() else "")]
    assert len(frames) >= 2
    assert [path.name for path in frames if "fields.js" not in text(path)] == []
    # A form that asks the browser for its own words says nothing of ours.
    asking = re.compile(r"reportValidity|setCustomValidity")
    assert [path.name for path in FRAME.iterdir() if asking.search(text(path))] == []


def text(path):
    return path.read_text(encoding="utf-8")
