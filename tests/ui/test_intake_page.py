"""Intake: every finding has its words and cure; a file with problems is checked and taken in, in a real Chromium."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.cli.command import run_program
from tests.intake.odd_files import ODD
from tests.ui.registers import COUNTY as DEMONSTRATED
from tests.ui.registers import act_as, acting, demonstration_store
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.roles import Area
from workbench.domain.rules.legal_readings import reading
from workbench.errors import InputError, StoreError
from workbench.intake.isolation.transfer import take_over
from workbench.jobs.job_files import JobFiles
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.audit.log import AuditEvent
from workbench.statistics.tiers import UNDETERMINED_KEY, count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope
from workbench.store.schema import Origin
from workbench.ui.kit.controls.long_work import CancelledWork
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake import views
from workbench.ui.pages.intake.account import Following
from workbench.ui.pages.intake.matching_view import matching_html
from workbench.ui.pages.intake.reasons import problem_in_words, reasons
from workbench.ui.pages.intake.state import IntakeSession
from workbench.ui.pages.intake.views import findings_html, options_html, outcome_html, runs_of_rows

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
ROUND, COUNTY = "2019-10", "341522"
TODAY = dt.date(2019, 11, 1)
CJK = re.compile(r"[\u4e00-\u9fff]")
INTAKE = f"voila/render/intake.ipynb?round={ROUND}"


def read(root):
    session = IntakeSession(FactStore(root), TODAY, ROUND)
    session.give(EXPORT.name, EXPORT)
    session.put(session.asked().read(lambda _done, _total: None))
    return session


def take(session):
    session.take("pages:tester", dt.datetime(2019, 11, 1, 9, tzinfo=dt.UTC))


def test_every_finding_of_the_sample_has_its_words_in_both_languages(tmp_path):
    session = read(tmp_path)
    assert session.listed_problems()
    for _, problem in session.listed_problems():
        assert problem.reason in reasons()
        assert all(problem_in_words(problem, Language("zh")))


def test_what_is_the_same_in_neighbouring_rows_is_said_once(tmp_path):
    session = read(tmp_path)
    findings = session.listed()
    lines = runs_of_rows(findings)
    assert len(lines) < len(findings)
    # Nothing is lost, nothing told twice: each line stands for as many findings as it has rows.
    assert sum(1 if last is None else last - first.row + 1 for _, first, last in lines) == len(findings)
    shown = [(first.row, last) for _, first, last in lines if first.row != last]
    session.number = 0
    html = str(findings_html(session, Language("zh")))
    assert f"{len(findings)} 条" in html
    pages = -(-len(lines) // 25)
    assert f"共 {pages} 页" in html
    assert shown


def test_after_taking_in_it_is_said_what_cannot_be_told_and_that_villages_can_begin(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "following", lambda: Following(register=True, facts=True, accounts=False))
    session = read(tmp_path)
    take(session)
    html = str(outcome_html(session, Language("zh"), reading=False))
    scope = RoundScope(session.store, ROUND, COUNTY)
    counts = count_tiers(lifted_facts(scope), tier_parameters(ROUND), reading("default")).city
    unknown = round(counts[UNDETERMINED_KEY].households)
    assert unknown > 0
    assert f"其中 {unknown} 户缺事实" in html
    assert "../../register?county=341522" in html


def test_after_an_import_nobody_is_led_to_what_refuses_them_and_all_somewhere(tmp_path, monkeypatch):
    session = read(tmp_path / "city")
    take(session)
    register = open_register(session.store)
    now = dt.datetime(2019, 11, 1, 9, tzinfo=dt.UTC)
    first_account(register, NewAccount("admin", "管理员", "administrator"), now)
    add_accounts(register.acting_user("admin", now), [NewAccount("officer", "经办", "county_officer", Area(COUNTY))])
    with acting(session.store, monkeypatch) as become:
        become("admin")
        html = str(outcome_html(session, Language("zh"), reading=False))
        assert '<a class="wb-button" href="../../accounts">建立账号</a>' in html
        assert "下一步：为县区、乡镇和村的人员建立账号" in html
        assert re.findall(r'href="([^"?]+)', html) == ["../../accounts"]
        become("officer")
        html = str(outcome_html(session, Language("zh"), reading=False))
        assert re.findall(r'href="([^"?]+)', html) == ["../../register", "county_standard.ipynb", "early_warning.ipynb"]


def test_an_officer_is_offered_the_own_county_only(tmp_path, monkeypatch):
    session = read(tmp_path)
    offered = re.compile(r'<option value="(\d+)"')
    assert len(offered.findall(str(options_html(session, Language("zh"))))) > 1
    monkeypatch.setattr(views, "own_county", lambda: COUNTY)
    assert offered.findall(str(options_html(session, Language("zh")))) == [COUNTY]


@pytest.mark.parametrize(
    ("file", "round_name", "named"),
    [
        (EXPORT.name, "2019-10", ""), (EXPORT.name, "2021-10", "2019-10"), (EXPORT.name, "2019-05", "2019-10"),
        ("户信息_20191204.xlsx", "2019-10", ""), ("户信息_20231218.xlsx", "2019-10", "2023-12"),
        ("2020年4月 名单.xlsx", "2020-04", ""), ("监测对象信息 (22).xlsx", "2019-10", ""), ("341522_2019.csv", "2021-10", ""),
        ("34152219990101123X.csv", "2021-10", ""),
    ],
)  # fmt: skip
def test_a_file_named_for_another_round_is_asked_about(file, round_name, named):
    assert views.other_month(file, round_name) == named


def test_the_question_of_another_round_stands_until_the_file_is_taken_in(tmp_path):
    session = IntakeSession(FactStore(tmp_path), TODAY, "2019-05")
    session.give(EXPORT.name, EXPORT)
    session.put(session.asked().read(lambda _done, _total: None))
    asked = "文件名写的是 2019年下半年，将导入的是 2019年5月"
    assert asked in outcome_html(session, Language("zh"), reading=False)
    take(session)
    assert asked not in outcome_html(session, Language("zh"), reading=False)


def test_a_large_file_that_was_checked_is_taken_in_by_a_job_of_the_server(tmp_path, monkeypatch):
    session = read(tmp_path)
    assert "在后台导入" not in outcome_html(session, Language("zh"), reading=False)
    monkeypatch.setattr(views, "LARGE", 1)
    assert "在后台导入" not in outcome_html(session, Language("zh"), reading=False)  # nobody would do it
    monkeypatch.setenv("WORKBENCH_UPLOADS", str(tmp_path))
    assert "在后台导入" in outcome_html(session, Language("zh"), reading=False)
    count = session.result.accepted_households
    session.take_later("officer", "经办人", dt.datetime(2019, 11, 1, 9, tzinfo=dt.UTC))
    assert session.result is None
    (job,) = JobFiles(tmp_path).open_jobs()
    assert (job.request.kind, job.request.county, job.request.account) == ("take_in", COUNTY, "officer")
    assert take_over(JobFiles(tmp_path).payload(job.id)).accepted_households == count
    with pytest.raises(StoreError):
        session.take_later("officer", "经办人", dt.datetime(2019, 11, 1, 9, tzinfo=dt.UTC))


def test_rounds_are_offered_before_anything_is_stored(tmp_path):
    assert IntakeSession(FactStore(tmp_path), TODAY).rounds == ["2019-05", "2019-10", "2020-04"]


def test_nothing_is_written_before_it_is_taken_and_a_closed_round_refuses(tmp_path):
    session = read(tmp_path)
    assert session.store.rounds() == []
    take(session)
    assert session.outcome.taken == (COUNTY,)
    session.store.close(ROUND)
    with pytest.raises(StoreError, match="已封存"):
        take(read(tmp_path))


def test_simulated_households_and_real_ones_do_not_mix(tmp_path):
    facts = read(tmp_path / "other").result.facts
    FactStore(tmp_path).write(ROUND, facts, Origin(simulated=True))
    with pytest.raises(StoreError, match="模拟数据"):
        take(read(tmp_path))


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda session: session.choose("2019-05", ""), id="round", marks=pytest.mark.deep),
        pytest.param(lambda session: session.give_county("341524"), id="county"),
        pytest.param(
            lambda session: session.give_mapping("m.yaml", b"key: a\nfacts: {income_pc: {column: b}}\n"),
            id="mapping",
            marks=pytest.mark.deep,
        ),
        pytest.param(lambda session: session.give("another.csv", EXPORT), id="file", marks=pytest.mark.deep),
    ],
)
def test_what_was_read_for_another_choice_is_neither_shown_nor_taken_in(tmp_path, choose):
    session = read(tmp_path)
    before = session.asked()
    late = before.read(lambda _done, _total: None)
    choose(session)
    assert (session.result, session.listed_problems()) == (None, [])
    session.put(late)
    assert session.outcome is None
    with pytest.raises(StoreError):
        take(session)
    assert session.store.rounds() == []


def test_turning_back_to_what_was_read_needs_no_reading(tmp_path):
    session = read(tmp_path)
    session.choose("2019-05", "")
    session.choose(ROUND, "")
    assert session.result is not None


OWN_LIST = ODD / "own_list.csv"


def checked(session, path, name=None):
    session.give(name or path.name, path)
    session.put(session.asked().read(lambda _done, _total: None))
    return str(outcome_html(session, Language("zh"), reading=False))


def test_what_a_list_does_not_say_is_asked_for_by_the_pages_own_controls(tmp_path):
    session = IntakeSession(FactStore(tmp_path), TODAY, ROUND)
    asked = checked(session, OWN_LIST)
    assert "没有写属于哪个县区" in asked
    assert "没有写各户是哪一种" in asked
    assert '<option value="lifted" selected>' in asked.partition("data-answers")[2]
    session.give_county("341525")
    asked = checked(session, OWN_LIST)
    assert "属于哪个县区" not in asked.partition("data-answers")[2]
    assert "可能是已脱贫" in asked
    assert "--" not in asked
    session.give_kind("lifted")
    shown = checked(session, OWN_LIST)
    assert "各单位自有的名单" in shown
    columns = str(matching_html(session, Language("zh"))).partition('data-table="columns"')[2]
    assert all(match.header in columns for match in session.result.columns)
    assert session.result.accepted_households == 40
    with pytest.raises(InputError, match="没有这种户"):
        session.give_kind("everybody")


def test_what_would_be_forgotten_is_said_before_it_is_taken_in(tmp_path):
    session = read(tmp_path)
    assert "data-forgotten" not in str(outcome_html(session, Language("zh"), reading=False))
    take(session)
    lines = EXPORT.read_text(encoding="gb18030").splitlines()
    row = next(number for number, line in enumerate(lines) if "人均纯收入（元）" in line)
    income = lines[row].split(",").index("人均纯收入（元）")
    emptied = [
        ",".join("" if n == income else cell for n, cell in enumerate(line.split(","))) for line in lines[row + 1 :]
    ]
    later = tmp_path / "后来.csv"
    later.write_text("\n".join([*lines[: row + 1], *emptied]), encoding="gb18030")
    shown = checked(session, later)
    assert session.outcome.comparison.forgotten["income_pc"] > 0
    assert "由已知变为空" in shown
    assert "人均纯收入" in shown.partition("data-forgotten")[2].partition("</p>")[0]
    assert "未知" in shown.partition('data-table="changes"')[2]
    take(session)
    assert "data-comparison" not in str(outcome_html(session, Language("zh"), reading=False))


def test_a_cancelled_reading_ends_at_its_next_report(tmp_path):
    session = read(tmp_path)

    def report(_done, _total):
        raise CancelledWork

    with pytest.raises(CancelledWork):
        session.asked().read(report)


def test_where_there_is_a_register_the_chain_is_told(tmp_path):
    session = read(tmp_path)
    register = open_register(session.store)
    take(session)
    with register.engine.connect() as connection:
        recorded = connection.execute(select(AuditEvent.account, AuditEvent.action)).all()
    assert ("pages:tester", "facts_taken_in") in [tuple(each) for each in recorded]


def test_a_file_that_cannot_be_used_is_named_as_its_owner_does_and_in_one_language(tmp_path):
    for content in (b"", b"a,b\n1,2\n", b"PK\x03\x04nothing", "户编号,".encode() + b"\xff\xff\n"):
        path = tmp_path / "given"
        path.write_bytes(content)
        session = IntakeSession(FactStore(tmp_path / "store"), TODAY, ROUND)
        session.give("名单.csv", path)
        session.put(session.asked().read(lambda _done, _total: None))
        trouble = session.outcome.trouble
        assert str(tmp_path) not in str(trouble)
        assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", trouble.zh)
    with pytest.raises(InputError) as refused:
        session.give_mapping("对应.yaml", b"key: []")
    assert refused.value.words.zh == "对应.yaml: key []: 不能为空"


@pytest.mark.browser
@pytest.mark.deep  # a file checked, its findings downloaded, taken in, in every run: test_hostile_names
def test_a_file_with_problems_is_checked_and_taken_in(page, voila_server, tmp_path):
    server = voila_server(tmp_path)
    open_page(page, f"{server.url}{INTAKE}")
    page.get_by_label("选择文件", exact=True).set_input_files(EXPORT)
    expect(page.locator("[data-figure=problems]")).to_be_visible()
    expected = read(tmp_path / "checked")
    count = len(expected.result.problems)
    expect(page.locator("[data-figure=problems] .wb-figure-value")).to_have_text(str(count))
    assert FactStore(tmp_path).rounds() == []
    page.locator('select[data-send=\'{"do": "kind"}\']').select_option("problem")
    # One line for neighbouring rows that say the same; the list to download keeps each.
    lines = runs_of_rows([("problem", each) for each in expected.result.problems])
    expect(page.locator("table[data-table=findings] tbody tr")).to_have_count(min(len(lines), 25))
    with page.expect_download() as download:
        page.get_by_role("button", name="下载问题清单（CSV）").click()
    rows = list(csv.reader(download.value.path().open(encoding="utf-8-sig")))
    assert len(rows) == count + 1
    page.get_by_role("button", name="确认导入", exact=True).click()
    expect(page.locator("[data-taken]")).to_contain_text("霍邱县")
    assert FactStore(tmp_path).counties(ROUND) == [COUNTY]
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
@pytest.mark.browser
def test_what_is_no_export_is_said_and_english_is_english(page, voila_server, tmp_path):
    server = voila_server(tmp_path / "store")
    wrong = tmp_path / "=x.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    open_page(page, f"{server.url}{INTAKE}&lang=en")
    assert serious(page, contrast=False) == []
    assert [text for text in page.locator("main").inner_text().splitlines() if CJK.search(text)] == []
    page.get_by_label("Choose a file", exact=True).set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("No column was read as the household number")
    assert not CJK.search(page.get_by_role("alert").inner_text())
    expect(page.locator("[data-file]")).to_have_text("=x.csv")
    page.get_by_label("Choose a file", exact=True).set_input_files(EXPORT)
    expect(page.locator("[data-file]")).to_contain_text("custom export of monitored households")
    expect(page.get_by_role("alert")).to_have_count(0)


def long_export(path, times=80):
    """The sample's rows over and over, with numbers of their own: long enough to be seen while it is read."""
    lines = EXPORT.read_text(encoding="gb18030").splitlines()
    with path.open("w", encoding="utf-8") as opened:
        opened.writelines(f"{line}\n" for line in lines[:3])
        for turn in range(times):
            opened.writelines(re.sub(r"34152\d{3}", f"34{turn:06d}", line) + "\n" for line in lines[3:])
    return path


@pytest.mark.deep
@pytest.mark.browser
def test_reading_can_be_cancelled_and_another_round_is_read_anew(page, voila_server, tmp_path):
    server = voila_server(tmp_path / "store")
    long = long_export(tmp_path / "long.csv")
    open_page(page, f"{server.url}{INTAKE}")
    page.get_by_label("选择文件", exact=True).set_input_files(long)
    expect(page.locator(".wb-work:visible")).to_have_count(1)
    page.locator(".wb-work:visible").get_by_role("button", name="取消").click()
    expect(page.locator(".wb-work:visible")).to_have_count(0)
    expect(page.locator("[data-intake=waiting]")).to_contain_text("还没有检查")
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator(".wb-work:visible")).to_have_count(1)
    page.get_by_label("期次").select_option("2019年5月")
    expect(page.locator("[data-intake=checked] [data-file]")).to_contain_text("2019年5月")
    expect(page.locator(".wb-work:visible")).to_have_count(0)
    page.get_by_role("button", name="不导入，换一个文件").click()
    expect(page.locator("[data-intake]")).to_have_count(0)
    assert FactStore(tmp_path / "store").rounds() == []
    assert_no_console_errors(page)


@pytest.mark.deep
@pytest.mark.browser
def test_where_people_sign_in_only_the_countys_officer_takes_its_facts_in(
    page, voila_server, tmp_path, tmp_path_factory
):
    store = demonstration_store(tmp_path_factory, 3000)
    server = voila_server(store.root)
    ledger = tmp_path / "模拟台账.xlsx"
    run_program("ledger", "--round", ROUND, "--county", DEMONSTRATED, "--out", str(ledger), "--store", str(store.root))

    def hand_in():
        open_page(page, f"{server.url}{INTAKE}")
        page.get_by_label("选择文件", exact=True).set_input_files(ledger)

    open_page(page, f"{server.url}{INTAKE}")
    expect(page.locator("main")).to_contain_text("请先登录")
    expect(page.get_by_label("选择文件", exact=True)).to_have_count(0)
    act_as(page, server, "analyst")
    hand_in()
    expect(page.locator(".wb-drop [role=status]:visible")).to_contain_text("只有县级经办人或管理员")
    expect(page.locator("[data-intake]")).to_have_count(0)
    act_as(page, server, f"officer-{DEMONSTRATED}")
    hand_in()
    page.locator("[data-intake=checked]").get_by_role("button", name="确认导入").click()
    expect(page.locator("[data-taken]")).to_be_visible()
