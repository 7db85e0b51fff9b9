"""Names that are markup or a formula, on every page that shows names and in every download: text, nothing more."""

import csv
import re
import zipfile
from pathlib import Path
from xml.dom.minidom import parseString

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser import assert_no_console_errors, open_page
from tests.ui.scored import ROUND, put_model_in_use, put_scores
from tests.ui.stores import FORMULA, IMAGE, NAMES, named_store
from workbench.store.schema import Origin

pytestmark = pytest.mark.browser
COUNTY = "341524"
EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
BEGINS_A_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = named_store(tmp_path_factory.mktemp("named") / "store")
    put_scores(store, Origin())
    put_model_in_use(store)
    return store


@pytest.fixture
def watched_page(page):
    """A page that is seen to do nothing that a name tells it to: no dialog, no image."""
    fired = []
    page.on("dialog", lambda dialog: (fired.append(dialog.message), dialog.dismiss()))
    yield page
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='http://x']").count() == 0
    assert fired == []
    assert_no_console_errors(page)


@pytest.fixture
def go(watched_page, store, voila_server):
    server = voila_server(store.root)

    def open_(name, more=""):
        open_page(watched_page, f"{server.url}voila/render/{name}.ipynb?county={COUNTY}&round={ROUND}{more}")
        return watched_page

    return open_


def shows_both(page, place):
    """Both names are read, as they are written, at a place of the page."""
    for name in NAMES:
        expect(page.locator(place).first).to_contain_text(name)


def cells_of(path):
    """Every cell of a CSV or a workbook; in a workbook no cell is anything but a value."""
    if path.suffix == ".csv":
        return [cell for row in csv.reader(path.open(encoding="utf-8-sig")) for cell in row]
    with zipfile.ZipFile(path) as opened:
        sheets = [opened.read(name).decode() for name in opened.namelist() if "worksheets/sheet" in name]
    assert [sheet for sheet in sheets if re.search(r"<f[ >]|<hyperlink", sheet)] == []
    workbook = CalamineWorkbook.from_path(path)
    return [
        str(cell)
        for name in workbook.sheet_names
        for row in workbook.get_sheet_by_name(name).to_python()
        for cell in row
    ]


def downloaded(page, tmp_path, *buttons):
    """What the buttons give, after a look at each file: both names are in it, and no cell of a CSV begins a formula."""
    for button in buttons:
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}{Path(download.value.suggested_filename).suffix}"
        download.value.save_as(path)
        cells = cells_of(path)
        assert any(IMAGE in cell for cell in cells)
        assert any(FORMULA in cell for cell in cells)
        if path.suffix == ".csv":
            # A number below nought is a number to every spreadsheet.
            words = [cell for cell in cells if not NUMBER.fullmatch(cell)]
            assert [cell for cell in words if cell.startswith(BEGINS_A_FORMULA)] == []


def test_home(watched_page, store, voila_server):
    server = voila_server(store.root)
    watched_page.goto(f"{server.url}?county={COUNTY}")
    watched_page.get_by_label("县区", exact=True).select_option(IMAGE)
    expect(watched_page.locator("h1")).to_contain_text(IMAGE)


def test_county_standard(go):
    page = go("county_standard")
    shows_both(page, ".wb-panel:has(h2:text-is('上限附近的户')) table[data-table=chosen-households]")
    shows_both(page, "table[data-table=townships]")
    page.get_by_label("标准名称").fill(FORMULA + IMAGE)
    page.get_by_label("收入上限（输入）").fill("1.9")
    page.get_by_label("收入上限（输入）").press("Enter")
    expect(page.locator("[data-yaml]")).to_contain_text("onerror")
    for button in page.locator(".wb-expandable").get_by_role("button").all():
        button.click()
    shows_both(page, "table[data-table=changes]")
    page.get_by_label("县区").select_option(IMAGE)
    expect(page.locator("h1")).to_contain_text(IMAGE)


def test_early_warning_and_a_household(go, tmp_path):
    page = go("early_warning")
    shows_both(page, "table[data-table=households]")
    downloaded(page, tmp_path, "下载名单（Excel）", "下载名单（CSV）")
    page.get_by_role("button", name="走访清单").click()
    expect(page.locator("table[data-table=households] thead")).to_contain_text("为何列入")
    shows_both(page, "table[data-table=households]")
    downloaded(page, tmp_path, "下载名单（Excel）", "下载名单（CSV）")
    page.get_by_label("乡镇", exact=True).select_option(FORMULA)
    expect(page.locator("table[data-table=households]")).not_to_contain_text(f"{IMAGE} · ")
    page.get_by_role("button", name="意见不一的户").click()
    expect(page.locator("table[data-table=disagreements]")).to_be_visible()
    page.get_by_role("button", name="规则与模型").click()
    for name in NAMES:
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".wb-story h2").first).to_contain_text(name)
        expect(page.locator("table[data-table=rounds]")).to_be_visible()
        page.get_by_role("button", name="返回名单").click()


def test_a_household_that_an_address_names(go):
    page = go("early_warning", f"&household={IMAGE}nobody")
    expect(page.get_by_role("alert")).to_contain_text(f"户编号 {IMAGE}nobody")


@pytest.mark.deep
def test_scenario_lab(go, tmp_path):
    page = go("scenario_lab")
    page.locator(".wb-name").fill(IMAGE)
    page.locator(".wb-name").press("Tab")
    page.locator(".wb-copy input").fill("1.8")
    page.locator(".wb-copy").get_by_role("button").click()
    expect(page.locator(".wb-name")).to_have_count(2)
    page.locator(".wb-name").nth(1).fill(FORMULA)
    page.locator(".wb-name").nth(1).press("Tab")
    expect(page.locator(".wb-name").nth(1)).to_have_value(FORMULA)
    page.get_by_label("方案名称").fill(f"{FORMULA} {IMAGE}")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_contain_text(f"{FORMULA} {IMAGE}")
    chart = page.locator(".wb-chart svg").first
    expect(chart).to_contain_text(IMAGE)
    for share in (0.3, 0.5, 0.7):
        box = chart.bounding_box()
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.6 * box["height"])
    downloaded(page, tmp_path, "下载全部表格（Excel）", "下载比较表（CSV）")
    with page.expect_download() as picture:
        page.get_by_role("button", name="SVG").first.click()
    drawn = parseString(picture.value.path().read_bytes())  # noqa: S318 - our own
    assert {each.tagName for each in drawn.getElementsByTagName("*")}.isdisjoint(
        {"img", "script", "foreignObject", "a"}
    )
    assert IMAGE in "".join(each.firstChild.data for each in drawn.getElementsByTagName("text"))


def test_model(go):
    expect(go("model").locator("table[data-table=counties]")).to_contain_text("onerror")


@pytest.fixture
def export(tmp_path):
    """The sample with both names in it, and in its own: a household, a township, a column that nobody knows."""
    lines = EXPORT.read_text(encoding="gb18030").splitlines()
    rows = list(csv.reader(lines))
    header = next(number for number, row in enumerate(rows) if "户编号" in row)
    household, township, village = (rows[header].index(name) for name in ("户编号", "乡", "村"))
    rows[header].append(IMAGE)
    for number, row in enumerate(rows[header + 1 :]):
        row.append("")
        row[township], row[village] = NAMES[number % 2], NAMES[(number + 1) % 2]
    rows[header + 1][household] = FORMULA
    rows[header + 1][rows[header].index("劳动技能")] = IMAGE
    rows[header + 2][rows[header].index("健康状况")] = FORMULA
    path = tmp_path / f"{FORMULA}{IMAGE}".replace("/", "_")
    path = path.with_name(path.name + ".csv")
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return path


def test_intake(watched_page, voila_server, tmp_path, export):
    page = watched_page
    store, files = tmp_path / "store", tmp_path / "files"
    files.mkdir()
    server = voila_server(store)
    open_page(page, f"{server.url}voila/render/intake.ipynb?round={ROUND}")
    page.get_by_label("选择文件", exact=True).set_input_files(export)
    expect(page.locator("[data-file]")).to_contain_text(export.name)
    expect(page.locator("[data-notes]")).to_contain_text(IMAGE)
    downloaded(page, files, "下载问题清单（Excel）", "下载问题清单（CSV）")
    page.get_by_role("button", name="确认导入", exact=True).click()
    expect(page.locator("[data-taken]")).to_be_visible()
    wrong = tmp_path / f"{IMAGE}.csv".replace("/", "_")
    wrong.write_text(f'"{IMAGE}","=HYPERLINK(""http://x"",""y"")"\n1,2\n', encoding="utf-8")
    page.get_by_label("选择文件", exact=True).set_input_files(wrong)
    for name in NAMES:
        expect(page.locator("[data-matching]")).to_contain_text(name)
    expect(page.locator("[data-file]")).to_contain_text(wrong.name)
