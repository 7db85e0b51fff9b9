"""The register page request by request, without any script: addresses, plain forms, what is refused, files, two people at once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request

import pytest
from python_calamine import CalamineWorkbook

from tests.browser import start_server, wait_until
from tests.server.visitor import Visitor
from tests.ui.registers import COUNTY, ROUND, demonstration_store
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.access.acting_user import open_register
from workbench.settings import NOTEBOOKS
from workbench.ui.pages.register import search
from workbench.ui.pages.register.search import record_search

HERE = {"county": COUNTY, "round": ROUND}
ROWS = re.compile(r'<th scope="row"><button[^>]*>([^<]+)</button>')


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 3000)


def waits_for_the_lock(pid):
    """Whether a thread of a server waits for the register's lock: SQLite sleeps and asks again; nothing else of it sleeps."""
    return any(task.read_text() == "hrtimer_nanosleep" for task in Path(f"/proc/{pid}/task").glob("*/wchan"))


def one_row(store, query, *values):
    with open_register(store).engine.connect() as connection:
        return connection.exec_driver_sql(query, values).first()


def page(visitor, **query):
    """Where one is led, and the page."""
    return visitor.get(f"register?{urlencode({**HERE, **query})}")


def send(visitor, query, choice, **fields):
    """Press a control of the page at an address, as its plain form sends it; status and page."""
    return visitor.post(f"register?{urlencode({**HERE, **query})}", {"choice": json.dumps(choice), **fields})


def ask(visitor, query, choice, **more):
    """What the script of the page gets for a choice."""
    sent = Request(  # noqa: S310 - our own server
        f"{visitor.server.url}register?{urlencode({**HERE, **query})}",
        json.dumps({"choice": choice, **more}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json", "X-XSRFToken": visitor.token()},
    )
    with visitor.opener.open(sent, timeout=300) as answer:
        return json.load(answer)


def reviewer(store):
    """A township's reviewer who has something to review, and the township."""
    township = one_row(store, "SELECT township FROM entry WHERE stage = 'proposed' AND kind = 'risk'")[0]
    query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township = ?"
    return one_row(store, query, township)[0], township


def worker(store):
    """A village worker with a household of the own village that nobody has visited."""
    rows = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    query = "SELECT 1 FROM entry WHERE township = ?"
    own = next(row for row in rows if row["kind"] == "lifted" and one_row(store, query, row["township"]) is None)
    query = "SELECT account FROM account WHERE township = ? AND village = ?"
    return one_row(store, query, own["township"], own["village"])[0], own["household_id"]


def test_nobody_signed_in_is_told_so(server):
    assert "请先登录" in page(Visitor(server))[1]
    assert "Sign in first" in page(Visitor(server), lang="en")[1]


def test_a_list_is_looked_at_by_its_address_alone(act):
    officer = act(f"officer-{COUNTY}")
    _, text = page(officer, view="risk")
    townships = re.findall(r'<option value="([^"]+)"', text.partition('name="township"')[2].partition("</select>")[0])
    wanted = townships[0]
    _, text = page(officer, view="risk", township=wanted, sort="changed")
    assert ROWS.findall(text)
    assert re.search(rf'<option value="{wanted}" selected>', text)
    assert "没有符合条件的户" in page(officer, view="risk", search="没有这一户")[1]
    for nonsense in ({"view": "nowhere"}, {"page": "-1"}, {"page": "9" * 30}, {"by_rule": "x" * 50}, {"filing": "9"}):
        assert officer.status(f"register?{urlencode({**HERE, 'view': 'risk', **nonsense})}")[0] == 200


def test_a_choice_that_looks_about_leads_to_an_address(act, server):
    officer = act(f"officer-{COUNTY}")
    form = {"_xsrf": officer.token(), "choice": json.dumps({"do": "list", "key": "number", "value": 1})}
    address = f"{server.url}register?{urlencode({**HERE, 'view': 'risk'})}"
    with officer.opener.open(address, urlencode(form).encode(), timeout=300) as answer:
        led_to, turned = answer.url, answer.read().decode()
    assert parse_qs(urlsplit(led_to).query)["page"] == ["2"]
    first, again = page(officer, view="risk")[1], officer.get(led_to.removeprefix(server.url))[1]
    assert ROWS.findall(turned) == ROWS.findall(again) != ROWS.findall(first)


def test_a_form_that_is_refused_comes_back_as_it_was_typed(act, store):
    account, household = worker(store)
    village = act(account)
    _, text = page(village, view="risk", household=household)
    # The form's own choice, as it stands in the page.
    choice = json.loads(unescape(re.search(r'name="choice" value="([^"]*visit[^"]*)"', text)[1]))
    typed = {domain: f"{domain} <已看>" for domain in VISIT_DOMAINS} | {"visitors": "甲、乙", "day": "2019-10-09"}
    status, text = send(village, {"household": household}, choice, **typed, **{"fact:work_months": "很多"})
    assert status == 200
    assert "应为" in text
    for value in typed.values():
        assert value.replace("<", "&lt;").replace(">", "&gt;") in text
    assert 'name="fact:work_months"' in text
    assert 'value="很多"' in text
    # The field that is wrong is marked, and the browser goes to it.
    assert re.search(r'<input type="text" aria-invalid="true" autofocus name="fact:work_months"', text)
    assert (
        ask(village, {"view": "risk", "household": household}, {**choice, "fields": {"day": ["x"]}})["wrong"] == "day"
    )
    assert one_row(store, "SELECT count(*) FROM visit WHERE household_id = ?", household)[0] == 0
    _, text = send(village, {"household": household}, choice, **typed)
    assert "走访已登记" in text
    assert one_row(store, "SELECT count(*) FROM visit WHERE household_id = ?", household)[0] == 1


def test_nothing_is_done_without_the_token_of_the_page(act, store):
    account, _ = reviewer(store)
    before = one_row(store, "SELECT events FROM audit_head")
    township = act(account)
    query = f"register?{urlencode({**HERE, 'view': 'risk'})}"
    assert township.post(query, {"choice": json.dumps({"do": "batch", "step": "agree"})}, token=False)[0] == 403
    assert township.post(query, {"document": "risk_ledger"}, token=False)[0] == 403
    assert one_row(store, "SELECT events FROM audit_head")[0] - before[0] <= 1  # the sign-in
    assert township.post(query, {"choice": "{"})[0] == 400
    assert township.post(query, {"choice": "[]"})[0] == 400
    assert township.post(query, {})[0] == 400


def test_a_plan_comes_back_with_the_page_and_whoever_moved_on_meanwhile_is_named(act, store):
    account, township = reviewer(store)
    person = act(account)
    query = {"view": "risk", "township": township}
    planned = ask(person, query, {"do": "batch", "step": "agree"})["parts"]["done"]
    marks = re.findall(r'name="household" value="([^"]+)"', planned)
    assert f"将审核通过 {len(marks)} 户" in planned
    fields = {"step": ["agree"], "household": marks}
    before = one_row(store, "SELECT count(*) FROM entry WHERE stage = 'proposed' AND kind = 'risk'")[0]
    stale = {**fields, "household": [f"9{marks[0]}", *marks[1:]]}
    refused = ask(person, query, {"do": "confirm", "fields": stale})
    assert "parts" not in refused  # what is on the page stays as it is
    assert marks[0].split()[1] in refused["notice"]
    assert one_row(store, "SELECT count(*) FROM entry WHERE stage = 'proposed' AND kind = 'risk'")[0] == before
    done = ask(person, query, {"do": "confirm", "fields": fields}, batches=4)
    assert done["batches"] == 5
    assert "乡镇审核通过" in done["parts"]["done"]
    steps = one_row(store, "SELECT count(*) FROM entry_step")
    ask(person, query, {"do": "confirm", "fields": fields})  # sent twice, as by a browser that lost the answer
    assert one_row(store, "SELECT count(*) FROM entry_step") == steps
    withdrawal = dict(re.findall(r'name="(step)" value="([^"]+)"', done["parts"]["done"]))
    choice = {"do": "withdraw_batch", "fields": {"step": [withdrawal["step"]], "household": marks}}
    assert f"已撤回 {len(marks)} 户" in ask(person, query, choice)["parts"]["done"]
    assert one_row(store, "SELECT count(*) FROM entry WHERE stage = 'proposed' AND kind = 'risk'")[0] == before


def test_what_no_page_of_the_person_sends_is_refused(act, store):
    account, household = worker(store)
    village = act(account)
    for step in ("agree", "return", "file", "withdraw", "nothing"):
        fields = {"step": [step], "household": [f"1 {household}"], "reason": ["因为"]}
        assert ask(village, {"view": "risk"}, {"do": "confirm", "fields": fields})["notice"]
    assert ask(village, {"view": "round"}, {"do": "confirm_closing", "asked": 2, "households": 0})["notice"]
    other = one_row(store, "SELECT household_id FROM entry WHERE stage = 'proposed'")[0]
    assert "没有这一户" in ask(village, {"view": "risk"}, {"do": "household", "household": other})["notice"]
    assert "没有这一户" in page(village, view="risk", household=other)[1]
    assert ask(village, {"view": "risk"}, {"do": "typed", "fact": "x" * 3000, "value": ""})["notice"]


@pytest.mark.deep  # a killed writer of the register: tests/register/killed.py
def test_a_server_killed_in_the_middle_of_a_step_has_done_nothing_and_the_next_one_does_it(store, tmp_path):
    running = start_server(store.root, NOTEBOOKS, tmp_path / "log.txt")
    name, township = reviewer(store)
    query = "SELECT household_id, version, stage FROM entry WHERE stage = 'proposed' AND kind = 'risk' AND township = ?"
    household, version, _ = one_row(store, query, township)
    step = {"view": "risk", "household": household}, {"do": "review"}
    fields = {"step": "agree", "household": f"{version} {household}"}
    visitor = Visitor(running)
    visitor.sign_in(name)
    # Whoever else writes has the register's lock: the step is begun, and cannot be done.
    with open_register(store).engine.connect() as connection, ThreadPoolExecutor(1) as threads:
        connection.execution_options(register_writes=True).begin()
        sent = threads.submit(send, visitor, *step, **fields)
        wait_until(lambda: waits_for_the_lock(running.process.pid), 30, "no step is under way")
        running.process.kill()
        running.process.wait()
        with pytest.raises(OSError):  # noqa: PT011 - however the connection ends
            sent.result()
    again = start_server(store.root, NOTEBOOKS, tmp_path / "log.txt")
    try:
        assert one_row(store, f"{query} AND household_id = ?", township, household) == (household, version, "proposed")
        visitor = Visitor(again)
        visitor.sign_in(name)
        assert send(visitor, *step, **fields)[0] == 200
        assert one_row(store, "SELECT stage FROM entry WHERE household_id = ?", household)[0] == "reviewed"
    finally:
        again.stop()


def test_files_are_downloads_and_what_is_lacking_is_said(act):
    officer = act(f"officer-{COUNTY}")
    address = f"{officer.server.url}register?{urlencode({**HERE, 'view': 'risk'})}"
    form = urlencode({"_xsrf": officer.token(), "document": "list"}).encode()
    with officer.opener.open(address, form, timeout=300) as answer:
        assert answer.headers["Content-Disposition"].endswith(".xlsx")
        assert answer.headers["Cache-Control"] == "no-store"
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.read())).get_sheet_by_index(0).to_python()
    assert set(ROWS.findall(page(officer, view="risk")[1])) <= {row[0] for row in rows}
    status, text = officer.post(f"register?{urlencode({**HERE, 'view': 'documents'})}", {"document": "public"})
    assert (status, "监督电话" in text) == (200, True)


def test_two_people_asked_at_once_each_see_their_own_area(act, store):
    village, officer = act(worker(store)[0]), act(f"officer-{COUNTY}")
    own = {
        "village": set(ROWS.findall(page(village, view="risk")[1])),
        "officer": set(ROWS.findall(page(officer, view="risk")[1])),
    }
    assert len(own["village"]) < len(own["officer"])
    with ThreadPoolExecutor(8) as threads:
        asked = [
            (name, threads.submit(page, visitor, view="risk", lang=lang))
            for lang in ("zh", "en", "zh")
            for name, visitor in (("village", village), ("officer", officer))
        ]
        for name, answer in asked:
            assert set(ROWS.findall(answer.result()[1])) == own[name]


def test_a_search_in_the_bar_leads_to_the_household_or_the_list(act, store):
    account, household = worker(store)
    led_to, text = page(act(account), search=household)
    assert parse_qs(urlsplit(led_to).query)["household"] == [household]
    assert f'data-household="{household}"' in text


def test_a_search_that_stands_in_an_address_is_on_the_trail_once_and_one_that_is_typed_each_time(monkeypatch):
    recorded = []
    monkeypatch.setattr(search, "record_name_search", lambda *seen: recorded.append(seen[3]))
    monkeypatch.setattr(search, "_RECORDED", search.OrderedDict())

    class Person:
        account = "a"

    class User:
        person, today = Person, "2019-10-08"

    class Store:
        root = "store"

    class Listing:
        search = "张"

    class Session:
        user, store, asked = User, Store, Listing
        round_name, county, listed, filing = ROUND, COUNTY, "risk", ""

        @staticmethod
        def whole_list():
            return []

    for _ in range(3):
        record_search(Session, again=False)
    assert recorded == ["张"]
    record_search(Session)
    assert recorded == ["张", "张"]
    Listing.search = "李"
    record_search(Session, again=False)
    assert recorded == ["张", "张", "李"]
    User.today = "2019-10-09"
    record_search(Session, again=False)
    assert len(recorded) == 4
