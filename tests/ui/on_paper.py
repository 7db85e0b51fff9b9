"""What is wrong with a page as it is printed on A4: nothing scrolls on paper, so what does not fit is lost."""

from playwright.sync_api import Page

WIDTH, HEIGHT = 703, 1032
"""Of a sheet without its margins of 12 mm, at 96 pixels an inch."""

_LOST = """() => {
  const lost = [];
  const area = (document.querySelector("#rendered_cells, main") || document.body).getBoundingClientRect();
  for (const table of document.querySelectorAll("#rendered_cells table, main.wb-main table")) {
    const box = table.getBoundingClientRect();
    if (!table.checkVisibility() || box.width < 2) continue;
    const name = table.dataset.table || table.className;
    const panel = (table.closest(".wb-panel") || document.body).getBoundingClientRect();
    if (box.right > area.right + 1 || box.right > panel.right + 1) lost.push(["cut", name, Math.round(box.right - panel.right)]);
    for (const cell of table.querySelectorAll("th, td")) {
      const text = cell.innerText.trim(), size = parseFloat(getComputedStyle(cell).fontSize);
      const width = cell.clientWidth - parseFloat(getComputedStyle(cell).paddingLeft) - parseFloat(getComputedStyle(cell).paddingRight);
      // The box of a zoomed page is given in its own pixels, as the font is.
      if (text.length > 5 && /[\\u4e00-\\u9fff]{4}/.test(text) && width < 1.9 * size) lost.push(["a letter a line", name, text.slice(0, 30)]);
    }
  }
  const forScreens = ".wb-bar, .wb-button, .jupyter-button, .wb-expandable, input[type=search], input[type=file], summary";
  for (const each of document.querySelectorAll(forScreens))
    if (each.checkVisibility() && each.getBoundingClientRect().width > 1 && !each.closest("details[open]"))
      lost.push(["only for a screen", each.outerHTML.slice(0, 120)]);
  return lost;
}"""


def lost_on_paper(page: Page) -> list[list[str]]:
    """Tables that are cut, columns a letter wide, and what only a screen has a use for; the page is as it was afterwards."""
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    lost = page.evaluate(_LOST)
    page.emulate_media(media="screen")
    if before:
        page.set_viewport_size(before)
    return lost
