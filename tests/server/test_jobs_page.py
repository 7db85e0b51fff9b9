"""The page of the jobs: written by the server, usable without a script, and open to whom jobs concern."""

import re
import shutil

import pytest
from filelock import FileLock
from playwright.sync_api import expect

from tests.browser import new_page, serious, start_server, wait_until
from tests.jobs.runners import SECONDS
from tests.register.conftest import COUNTY, ROUND, opened_office
from tests.server.visitor import Visitor
from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Area
from workbench.errors import Words
from workbench.jobs.child import CHILD_LOCK
from workbench.jobs.job import LEDGER, SCORE, JobRequest, Progress, State
from workbench.jobs.job_files import JobFiles
from workbench.register.access.accounts import NewAccount, add_accounts
from workbench.settings import NOTEBOOKS

PEOPLE = ("admin", "officer", "second", "analyst", "other", "village")
RUNNING = Progress(Words("评分 43,530 户", "scoring 43,530 households"), 3, 7)


@pytest.fixture(scope="module")
def office(city, tmp_path_factory):
    opened = opened_office(shutil.copytree(city, tmp_path_factory.mktemp("jobs") / "store"), None)
    add_accounts(
        opened.admin,
        [
            NewAccount("other", "别县", "county_officer", Area("341522")),
            NewAccount("village", "村里", "village_worker", Area(COUNTY, "梅山镇", "小南京村")),
        ],
    )
    yield opened
    opened.register.engine.dispose()


@pytest.fixture(scope="module")
def root(office):
    return office.register.facts.root


@pytest.fixture(scope="module")
def server(root):
    running = start_server(root, NOTEBOOKS, root.parent / "server.log")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def people(server):
    """Everybody, signed in: on simulated data by choosing whom to act as."""
    signed_in = {name: Visitor(server) for name in PEOPLE}
    for name, visitor in signed_in.items():
        assert visitor.sign_in(name, "")[0] == 200
    return signed_in


@pytest.fixture
def put(root):
    """A job of another moment, put there as it would be, and taken away after the test.

    The server does and ends none of them: as far as it can see, a process of the server before it is still at work.
    """
    files, made = JobFiles(root), []
    files.folder.mkdir(exist_ok=True)

    def at(request, state=State.DONE, result=()):
        job = files.add(request, now_in_beijing())
        made.append(job.id)
        if state is not State.QUEUED:
            files.begin(job.id, now_in_beijing())
            files.report(job.id, RUNNING)
        if state not in (State.QUEUED, State.RUNNING):
            files.end(job.id, state, result, now_in_beijing())
        return job

    with FileLock(files.folder / CHILD_LOCK):
        yield at
        for each in made:
            shutil.rmtree(files.folder / each)


def ledger(account="officer", of="summary"):
    return JobRequest(LEDGER, ROUND, COUNTY, account, "县办甲", {"of": of})


def test_it_is_open_to_whom_jobs_concern_and_linked_for_them(server, people):
    for name in ("admin", "officer", "analyst"):
        assert people[name].status("jobs")[0] == 200
        assert "后台任务" in people[name].get("")[1]
    assert people["village"].status("jobs")[0] == 403
    assert "后台任务" not in people["village"].get("")[1]
    assert Visitor(server).get("jobs")[0].endswith("/login")


def test_each_is_offered_what_is_theirs_to_ask_for(people):
    offered = {name: set(re.findall(r'name="kind" value="(\w+)"', people[name].get("jobs")[1])) for name in PEOPLE[:4]}
    assert offered["officer"] == {"score", "ledger", "file"}
    assert offered["analyst"] == offered["admin"] == {"score", "train"}


def test_a_ledger_is_asked_for_done_and_fetched_by_whoever_asked(root, people):
    fields = {"action": "start", "kind": "ledger", "of": "summary", "county": COUNTY, "round": ROUND}
    status, text = people["officer"].post("jobs", fields)
    assert status == 200
    assert "已排队" in text
    files = JobFiles(root)
    (job,) = (each for each in files.all() if each.request.kind == LEDGER)
    wait_until(lambda: files.job(job.id).state is State.DONE, SECONDS, "the server does no job")
    _, text = people["officer"].get("jobs")
    assert "已完成" in text
    assert f"/jobs/{job.id}/file" in text
    assert people["officer"].status(f"jobs/{job.id}/file")[0] == 200
    # To whoever else sees the job it is no file: it may hold what only the asker may read.
    for name in ("admin", "second"):
        assert "台账已生成" in people[name].get("jobs")[1]
        assert people[name].status(f"jobs/{job.id}/file")[0] == 404


def test_people_see_the_own_jobs_and_their_areas(people, put):
    put(ledger())
    put(JobRequest(SCORE, ROUND, None, "analyst", "分析"))
    shown = {
        name: set(re.findall(r'data-job="\S+".*?<th scope="row">(.*?)</th>', people[name].get("jobs")[1], re.DOTALL))
        for name in PEOPLE[:5]
    }
    assert {name for name, titles in shown.items() if "生成台账：汇总表" in titles} == {
        "admin",
        "officer",
        "second",
        "analyst",
    }
    assert {name for name, titles in shown.items() if "重新评分" in titles} == {
        "admin",
        "officer",
        "second",
        "analyst",
        "other",
    }


def test_only_the_asker_and_the_administrator_cancel(root, people, put):
    job = put(ledger(), State.RUNNING)
    for name in ("second", "analyst"):
        assert people[name].post("jobs", {"action": "cancel", "job": job.id})[0] == 400
    assert people["other"].post("jobs", {"action": "cancel", "job": job.id})[0] == 404
    assert people["admin"].post("jobs", {"action": "cancel", "job": job.id})[0] == 200
    assert JobFiles(root).job(job.id).cancelled_by == "admin"


def test_what_may_not_be_asked_for_is_refused_in_words(people):
    other = {"action": "start", "kind": "ledger", "of": "risk", "county": "341522", "round": ROUND}
    for name, fields, says in (
        ("officer", other, "您的范围是"),
        ("officer", {"action": "start", "kind": "train", "round": ""}, "无权训练模型"),
        ("officer", {**other, "county": COUNTY, "of": "<b>"}, "没有这种台账"),
        ("officer", {"action": "start", "kind": "take_in", "round": ROUND}, "没有这种任务"),
        ("officer", {"action": "start", "kind": "score", "round": "2030-04"}, "2030年上半年"),
        ("officer", {"action": "cancel", "job": "../../x"}, "没有这件任务"),
    ):
        status, text = people[name].post("jobs", fields)
        assert (status, says in text) == (400, True), (fields, text)
    assert people["officer"].post("jobs", other, token=False)[0] == 403
    assert people["officer"].post("jobs", {"action": "nothing"})[0] == 400


def test_a_filing_is_first_told_and_done_when_it_is_confirmed(people):
    fields = {"action": "ask", "kind": "file", "of": "risk", "county": COUNTY, "round": ROUND}
    status, text = people["officer"].post("jobs", fields)
    assert status == 200
    assert "将备案 0 户" in text
    assert "确认备案" in text


def test_the_list_follows_without_a_script(people, put):
    assert "http-equiv" not in people["officer"].get("jobs")[1]
    put(ledger(), State.RUNNING)
    text = people["officer"].get("jobs")[1]
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text
    assert "评分 43,530 户" in text
    assert '<progress max="7" value="3"' in text


def test_one_that_did_not_finish_is_told_as_that(people, put):
    put(ledger(), State.UNFINISHED, (Words("服务器停止时这件任务还没有做完。", "The server ended."),))
    text = people["officer"].get("jobs")[1]
    assert 'data-state="unfinished"' in text
    assert "没有做完（服务器停过）" in text
    assert "The server ended." in people["officer"].get("jobs?lang=en")[1]


@pytest.mark.browser
def test_the_list_follows_with_a_script_and_keeps_nobody_out(browser, server, root, put):
    job = put(ledger(), State.RUNNING)
    put(ledger(of="risk"), State.DONE, (Words("做完了", "done"), Words("还有", "more")))
    page = new_page(browser)
    page.goto(f"{server.url}login")
    page.locator("form:has(input[value='officer']) button").click()
    expect(page.locator(".wb-bar-out")).to_be_visible()
    for lang in ("zh", "en"):
        page.goto(f"{server.url}jobs?lang={lang}")
        expect(page.locator("progress")).to_be_visible()
        assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    JobFiles(root).end(job.id, State.DONE, (Words("好了", "all is well"),), now_in_beijing())
    expect(page.locator("text=all is well")).to_be_visible()
    page.context.close()
