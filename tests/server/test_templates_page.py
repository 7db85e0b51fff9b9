"""The page of a county's template: who may open it, what a wrong file is answered with, what is fetched."""

import datetime as dt
import io
import urllib.error
import urllib.request
import zipfile

import pytest

from tests.browser import start_server
from tests.server.visitor import SECRET, Visitor
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.reports.templates.default_template import default_template
from workbench.settings import DIVISIONS, NOTEBOOKS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    facts = FactStore(tmp_path_factory.mktemp("templates") / "store")
    write_city(facts, simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    register, now = open_register(facts), dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)
    first_account(register, NewAccount("admin", "管理员", "administrator"), now)
    people = [
        NewAccount("officer", "县办甲", "county_officer", Area("341524")),
        NewAccount("reviewer", "审核", "township_reviewer", Area("341524", "梅山镇")),
    ]
    add_accounts(register.acting_user("admin", now), people)
    for account in ("admin", "officer", "reviewer"):
        set_password(register.acting_user(account, now), account, SECRET)
    register.engine.dispose()
    running = start_server(facts.root, NOTEBOOKS, facts.root.parent / "server.log")
    yield running
    running.stop()


def entered(server, account):
    visitor = Visitor(server)
    assert visitor.sign_in(account)[0] == 200
    return visitor


def hand_in(visitor, content, note="", name="红头.docx"):
    """Send the form with its file, as a browser does; status, address and text."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in (("_xsrf", visitor.token()), ("action", "add"), ("note", note))
    ]
    parts.append(
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: x/y\r\n\r\n'.encode()
    )
    body = b"".join(parts) + content + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    asked = urllib.request.Request(visitor.server.url + "templates", body, headers)  # noqa: S310 - this test's own server
    try:
        with visitor.opener.open(asked, timeout=600) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.url, error.read().decode()


def edited(before, after):
    """The default template with other words in its text."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(default_template())) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            changed = content.replace(before.encode(), after.encode()) if name == "word/document.xml" else content
            target.writestr(name, changed)
    return written.getvalue()


def fetched(visitor, query):
    with visitor.opener.open(f"{visitor.server.url}templates?{query}", timeout=600) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_a_county_officer_hands_one_in_and_the_page_shows_it(server):
    officer = entered(server, "officer")
    assert "默认模板" in officer.get("templates")[1]
    # What is wrong is named line by line, and nothing of it stays.
    status, _, text = hand_in(officer, edited("{{等级情况}}", "{{等级情祝}}"), "改错了")
    assert status == 400
    assert "不认识的占位符 {{等级情祝}}" in text
    assert "第 1 版" not in text
    assert 'value="改错了"' in text
    own = edited("一、总体情况", "一、今年情况")
    status, url, text = hand_in(officer, own, "改了小标题")
    assert (status, "done=added" in url) == (200, True)
    assert "从现在起使用第 1 版" in text
    for words in ("红头.docx", "改了小标题", "县办甲"):
        assert words in text
    kind, content = fetched(officer, "fetch=1")
    assert kind.endswith("wordprocessingml.document")
    assert content == own
    assert fetched(officer, "fetch=default")[1] == default_template()
    assert zipfile.ZipFile(io.BytesIO(fetched(officer, "fetch=1&sample=1")[1])).testzip() is None
    assert "从现在起使用默认模板" in officer.post("templates", {"action": "choose", "version": "0"})[1]


def test_nobody_else_is_let_in_and_no_form_without_its_token(server):
    for account in ("admin", "reviewer"):
        visitor = entered(server, account)
        assert visitor.status("templates")[0] == 403
        assert hand_in(visitor, default_template())[0] == 403
    assert "login" in Visitor(server).get("templates")[0]
    officer = entered(server, "officer")
    assert officer.post("templates", {"action": "choose", "version": "0"}, token=False)[0] == 403
    for version in ("-1", "x", "９", "1" * 20):
        assert officer.post("templates", {"action": "choose", "version": version})[0] == 400


def test_its_way_stands_on_the_home_page_of_who_may_go_there(server):
    assert "/templates" in entered(server, "officer").get("")[1]
    assert "/templates" not in entered(server, "reviewer").get("")[1]
