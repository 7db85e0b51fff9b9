"""Intake: every finding has its words and cure; a file with problems is checked and taken in, in a real Chromium."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page
from workbench.errors import StoreError
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.ui.intake_reasons import REASONS, told
from workbench.ui.intake_session import IntakeSession
from workbench.ui.language import Language

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
ROUND, COUNTY = "2019-10", "341522"
TODAY = dt.date(2019, 11, 1)
CJK = re.compile(r"[\u4e00-\u9fff]")
INTAKE = f"voila/render/intake.ipynb?round={ROUND}"


def read(root):
    session = IntakeSession(FactStore(root), TODAY, ROUND)
    session.give(EXPORT.name, EXPORT)
    session.result = session.read(lambda _done, _total: None)
    return session


def test_every_finding_of_the_sample_has_its_words_in_both_languages(tmp_path):
    session = read(tmp_path)
    assert session.found()
    for _, problem in session.found():
        assert problem.reason in REASONS
        assert all(told(problem, Language("zh")))


def test_rounds_are_offered_before_anything_is_stored(tmp_path):
    assert IntakeSession(FactStore(tmp_path), TODAY).rounds == ["2019-05", "2019-10", "2020-04"]


def test_nothing_is_written_before_it_is_taken_and_a_closed_round_refuses(tmp_path):
    session = read(tmp_path)
    assert session.store.rounds() == []
    assert session.take() == [COUNTY]
    session.store.close(ROUND)
    with pytest.raises(StoreError, match="已封存"):
        read(tmp_path).take()


def test_simulated_households_and_real_ones_do_not_mix(tmp_path):
    facts = read(tmp_path / "other").result.facts
    FactStore(tmp_path).write(ROUND, facts, Origin(simulated=True))
    with pytest.raises(StoreError, match="模拟数据"):
        read(tmp_path).take()


@pytest.mark.browser
def test_a_file_with_problems_is_checked_and_taken_in(page, voila_server, tmp_path):
    server = voila_server(tmp_path)
    open_page(page, f"{server.url}{INTAKE}")
    page.get_by_label("选择文件", exact=True).set_input_files(EXPORT)
    expect(page.locator("[data-figure=problems]")).to_be_visible(timeout=30_000)
    expected = read(tmp_path / "checked")
    count = len(expected.result.problems)
    expect(page.locator("[data-figure=problems] .wb-figure-value")).to_have_text(str(count))
    assert FactStore(tmp_path).rounds() == []
    page.get_by_label("类别").select_option("problem")
    expect(page.locator("table[data-table=findings] tbody tr")).to_have_count(min(count, 25))
    with page.expect_download() as download:
        page.get_by_role("button", name="下载问题清单（CSV）").click()
    rows = list(csv.reader(download.value.path().open(encoding="utf-8-sig")))
    assert len(rows) == count + 1
    page.get_by_role("button", name="收下", exact=True).click()
    expect(page.locator("[data-taken]")).to_contain_text("霍邱县")
    assert FactStore(tmp_path).counties(ROUND) == [COUNTY]
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.browser
def test_what_is_no_export_is_said_and_english_is_english(page, voila_server, tmp_path):
    server = voila_server(tmp_path / "store")
    wrong = tmp_path / "=x.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    open_page(page, f"{server.url}{INTAKE}&lang=en")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in ("serious", "critical")] == []
    assert [text for text in page.locator("main").inner_text().splitlines() if CJK.search(text)] == []
    page.get_by_label("Choose a file", exact=True).set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("the layout is not recognised", timeout=30_000)
