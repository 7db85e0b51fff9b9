"""The frame of every page: what stays between pages, and the home page that says what needs doing."""

import datetime as dt
import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, opened
from tests.ui.stores import HOSTILE, hostile_store, simulated_store
from workbench.domain.rounds import deadline, next_round
from workbench.errors import InputError
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.pages.home.overview import overview, render_overview

COUNTY, ROUND = "341522", "2019-10"
CJK = re.compile(r"[\u4e00-\u9fff]")
STANDARD = "voila/render/county_standard.ipynb"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


def no_link(_page, **_query):
    return ""


def test_rounds_are_filed_by_the_end_of_their_month():
    assert deadline("2019-05") == dt.date(2019, 5, 31)
    assert deadline("2020-04") == dt.date(2020, 4, 30)
    assert [next_round(name) for name in ("2019-05", "2019-10", "2020-04")] == ["2019-10", "2020-04", "2020-10"]


def test_a_place_is_what_the_address_asks_for_where_it_is_stored(store):
    assert (Place(store, "2019-05", COUNTY).round_name, Place(store, "2019-05", COUNTY).county) == ("2019-05", COUNTY)
    fallen_back = Place(store, "1999-01", "<script>", city=True)
    assert (fallen_back.round_name, fallen_back.county, fallen_back.only_county) == (ROUND, "", None)
    assert Place(store).county == store.counties(ROUND)[0]


def test_what_is_not_stored_is_refused_and_changes_nothing(store):
    place = Place(store, ROUND, COUNTY)
    for round_name, county in ((ROUND, "999999"), ("1999-01", COUNTY), (ROUND, "")):
        with pytest.raises(InputError):
            place.choose(round_name, county)
    assert (place.round_name, place.county) == (ROUND, COUNTY)


def test_names_are_written_as_each_language_does():
    zh, en = Language("zh"), Language("en")
    assert (round_title("2019-05", zh), round_title("2019-05", en)) == ("2019年5月", "May 2019")
    assert [round_title(name, zh) for name in ("2020-04", "2021-10")] == ["2020年上半年", "2021年下半年"]
    assert round_title("2021-10", en) == "October 2021"
    assert (zh.date(dt.date(2019, 5, 31)), en.date(dt.date(2019, 5, 31))) == ("2019年5月31日", "31 May 2019")
    assert (county_name("", zh), county_name(COUNTY, en), county_name("x<1", zh)) == ("全市", "Huoqiu County", "x<1")


def test_the_overview_counts_what_the_rules_say_and_names_what_is_lacking(store):
    result = overview(Place(store, ROUND, COUNTY))
    assert result.tiers["undetermined"].households >= max(result.lacking.values())
    assert list(result.lacking.values()) == sorted(result.lacking.values(), reverse=True)
    city = overview(Place(store, ROUND, city=True))
    parts = [overview(Place(store, ROUND, code)) for code in store.counties(ROUND)]
    assert city.edge.inside.households == sum(part.edge.inside.households for part in parts)
    assert city.head is None
    # Named in the order of the counties: a count alone says to nobody whom to call.
    assert city.without_standard == list(city.standards) == list(store.counties(ROUND))


@pytest.mark.parametrize(
    ("today", "said"), [((2019, 10, 30), "还有 1 天"), ((2019, 10, 31), "今天截止"), ((2019, 11, 1), "已过")]
)
def test_the_deadline_is_told(store, today, said):
    html = render_overview(overview(Place(store, ROUND, COUNTY)), Language("zh"), dt.date(*today), no_link)
    assert said in html
    assert ("本期数据尚未封存" in html) == (said == "已过")


def at_home(store):
    return render_overview(overview(Place(store, ROUND, COUNTY)), Language("zh"), dt.date(2019, 10, 1), no_link)


def test_home_says_how_far_the_model_is_and_what_to_do(store, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_MODELS", str(tmp_path / "models"))
    assert "请管理员训练模型并评分" in at_home(store)
    marker = store.root / ".training"
    marker.write_text(str(os.getpid()), encoding="utf-8")
    try:
        assert "演示模型正在训练，约五分钟" in at_home(store)
        assert "请管理员训练模型并评分" not in at_home(store)
        marker.write_text("no process", encoding="utf-8")  # left behind by one that was killed
        assert "请管理员训练模型并评分" in at_home(store)
    finally:
        marker.unlink()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "in_use.json").write_text('{"model": "made-up"}', encoding="utf-8")
    assert "请管理员为本期评分" in at_home(store)
    assert "训练" not in at_home(store)


@pytest.mark.deep  # that each page leads on to the others with both: test_everybody
@pytest.mark.browser
def test_county_and_round_stay_from_page_to_page(page, store, voila_server):
    server = voila_server(store.root)
    page.goto(server.url)
    expect(page.locator("h1")).to_have_text("全市 · 2019年下半年")
    page.get_by_label("县区", exact=True).select_option("霍邱县")
    expect(page.locator("h1")).to_have_text("霍邱县 · 2019年下半年")
    page.get_by_label("期次", exact=True).select_option("2019年5月")
    expect(page.locator("h1")).to_have_text("霍邱县 · 2019年5月")
    assert [violations["id"] for violations in Axe().run(page).response["violations"]] == []
    page.locator(".wb-nav").get_by_role("link", name="边缘户标准").click()
    expect(page.locator("h1")).to_have_text("边缘户标准 · 霍邱县")
    expect(page.get_by_label("期次")).to_have_value("2019年5月")
    page.get_by_label("县区").select_option("金寨县")
    expect(page).to_have_url(re.compile("county=341524.*round=2019-05"))
    expect(page).to_have_title("边缘户标准 · 金寨县 · 六安市边缘户标准工作台")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("County standard · Jinzhai County")
    page.get_by_role("link", name="Home").click()
    expect(page.locator("h1")).to_have_text("Jinzhai County · May 2019")
    assert [text for text in page.locator("main").all_inner_texts() if CJK.search(text)] == []
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.browser
@pytest.mark.deep
def test_a_choice_can_be_linked_and_made_again_by_a_reload(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{STANDARD}?county=341524&round=2019-05")
    page.get_by_label("县区").select_option("霍邱县")
    expect(page).to_have_url(re.compile("county=341522"))
    page.reload()
    expect(page.locator("h1")).to_have_text("边缘户标准 · 霍邱县")
    page.get_by_text("怎样看这一页").click()
    expect(page.get_by_text("移动滑块时")).to_be_visible()


@pytest.mark.deep
@pytest.mark.browser
def test_home_without_facts_says_what_to_do(page, voila_server, tmp_path):
    server = voila_server(tmp_path)
    page.goto(server.url)
    expect(page.locator("[data-first-steps] li")).to_have_count(3)
    page.locator("[data-step=intake]").get_by_role("link", name="去办理").click()
    opened(page, ".wb-drop")


@pytest.mark.deep
@pytest.mark.browser
def test_names_of_regions_from_files_are_text_at_home(page, voila_server, tmp_path):
    store = hostile_store(tmp_path, county=HOSTILE)
    server = voila_server(store.root)
    page.goto(server.url)
    expect(page.locator("h1")).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0
    assert page.title() != "broken"
