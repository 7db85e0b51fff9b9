"""What an officer reads on a page, held to how offices write; and what of it is cut off."""

import re

from playwright.sync_api import Page

from workbench.ui.kit.texts.language import Language

OF_PROGRAMS = re.compile(r"\bx_[a-z]|\bslip-\d|§|YAML|Python|\bJSON\b", re.IGNORECASE)
"""Words of programs: a fact's code, a model's file, a clause's id, formats and languages of files."""
HYPHEN_FOR_MINUS = re.compile(r"(?<![\w.\-–/])-\d")
_CUT = """() => [...document.querySelectorAll("#rendered_cells *, main *, nav *")].filter((each) => {
  const style = getComputedStyle(each);
  const says = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  // A picture's text, a choice that opens, what is there for the ear alone, and what can be scrolled are not cut.
  return says && each.clientWidth > 1 && each.checkVisibility() && !["SELECT", "OPTION", "PRE", "TEXTAREA"].includes(each.tagName)
    && ["hidden", "clip"].includes(style.overflowX) && each.scrollWidth > each.clientWidth + 1;
}).map((each) => `${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""
_DIFFERENCES = [
    Language(code)(text) for code in ("zh", "en") for text in ("比本次选择多", "距上限（元）", "相差（百分点）")
]
_UNSIGNED = """(headers) => [...document.querySelectorAll("table")].flatMap((table) => [...(table.tHead?.rows[0]?.cells ?? [])]
  .flatMap((head, at) => headers.includes(head.textContent.trim())
    ? [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => row.cells[at]?.textContent.trim() ?? "") : []))
  .filter((text) => text && !/^[+−±–]/.test(text))"""
_PHONE = {"width": 390, "height": 844}


def lines_of_officers(page: Page) -> list[str]:
    """The lines of a page but for what is said to be for analysts."""
    page.evaluate("() => document.querySelectorAll('[data-analysts]').forEach((each) => { each.hidden = true; })")
    lines = page.locator("#rendered_cells, main").first.inner_text().splitlines()
    page.evaluate("() => document.querySelectorAll('[data-analysts]').forEach((each) => { each.hidden = false; })")
    return lines


def not_as_offices_write(page: Page) -> list[str]:
    """Lines with words of programs, or with a hyphen in the place of a minus sign; and differences in tables without a sign."""
    lines = [line for line in lines_of_officers(page) if OF_PROGRAMS.search(line) or HYPHEN_FOR_MINUS.search(line)]
    return [*lines, *page.evaluate(_UNSIGNED, _DIFFERENCES)]


def cut(page: Page) -> list[str]:
    """What says more than its box shows, on the screen of an office and on a telephone."""
    before = page.viewport_size
    here = page.evaluate(_CUT)
    page.set_viewport_size(_PHONE)
    there = page.evaluate(_CUT)
    page.set_viewport_size(before)
    return [*here, *(f"390 px: {each}" for each in there)]
