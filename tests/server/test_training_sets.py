"""Trainers write cases without code: through the pages as anybody would, on a server over a demonstration."""

import json
import re
import urllib.error
import urllib.request
import uuid

import pytest

from tests.server.visitor import Visitor
from tests.ui.registers import demonstration_store
from workbench.ui.pages.training.teaching import cases, questions

CASE = {
    "action": "case", "kind": "lifted", "title": "看病花了很多钱", "ask": "一人大病，自付很多。",
    "explain": "自付超过纯收入三成。", "clause": "§2.1.1-c", "fact:out_of_pocket": "1.5万", "fact:medical": "有困难",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 400)


@pytest.fixture(scope="module")
def server(voila_server, store):
    return voila_server(store.root)


def as_(server, account):
    visitor = Visitor(server)
    visitor.sign_in(account, "")
    return visitor


def begun(trainer, title):
    """The address of a new set."""
    status, _ = trainer.post("training/sets", {"action": "new", "title": title})
    assert status == 200
    return next(address for address, name in sets(trainer) if name == title)


def sets(visitor):
    text = visitor.get("training/sets")[1]
    return re.findall(r'<th scope="row"><a class="wb-link" href="/(training/sets/\w+)">([^<]+)</a>', text)


def change(visitor, address, **fields):
    revision = re.search(r'name="revision" value="(\d+)"', visitor.get(address)[1])
    return visitor.post(address, {"revision": revision[1] if revision else "1", **fields})


def upload(visitor, content):
    """Send a file as a browser does."""
    mark = uuid.uuid4().hex
    parts = [("_xsrf", None, visitor.token().encode()), ("action", None, b"import"), ("file", "a.json", content)]
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{f"; filename={chr(34)}{file}{chr(34)}" if file else ""}\r\n\r\n'.encode()
        + value + b"\r\n"
        for name, file, value in parts
    ) + f"--{mark}--\r\n".encode()  # fmt: skip
    # Of the opener's own headers urllib would take its own for a form's.
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    sent = urllib.request.Request(visitor.server.url + "training/sets", body, headers)  # noqa: S310 - our own server
    try:
        with visitor.opener.open(sent, timeout=600) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_trainer_writes_a_set_that_others_answer_and_find_again(server):
    trainer = as_(server, "trainer")
    address = begun(trainer, "新人第一课")
    status, text = change(trainer, address, **CASE)
    assert status == 200
    assert "看病花了很多钱" in text
    assert "一级" in text.partition('data-table="cases"')[2].partition("</table>")[0]
    learner, sheet = as_(server, "r1"), address.replace("sets", "sheets")
    asked = learner.get(f"{sheet}/quiz")[1]
    assert "自付超过纯收入三成" not in asked
    assert "答对 1 题" in learner.post(f"{sheet}/quiz", {"a:0": "1"})[1]
    again = as_(server, "r1").get(f"{sheet}/quiz")[1]
    assert "上次交过卷：答对 1 题" in again
    # Of the same computer the next trainee may sit here: what was answered is offered, and not shown.
    assert "自付超过纯收入三成" not in again
    assert "自付超过纯收入三成" in as_(server, "r1").get(f"{sheet}/quiz?last=1")[1]
    assert "答对" not in as_(server, "r2").get(f"{sheet}/quiz")[1]
    assert "答对" not in learner.get(f"{sheet}/quiz?again=1")[1]


def test_paper_has_the_answers_only_where_they_are_asked_for(server):
    trainer = as_(server, "trainer")
    for name, number in (("cases", len(cases())), ("questions", len(questions()))):
        plain, answered = (trainer.get(f"training/sheets/{name}/paper{query}")[1] for query in ("", "?answers=1"))
        assert "按规则：" not in plain
        assert answered.count("按规则：") == number
    assert trainer.get("training/sheets/cases/paper?answers=1")[1].count("我们采用的口径") == 10
    # The titles of the tour say what comes out.
    titles = [case.title[0] for case in cases()]
    plain, answered = (trainer.get(f"training/sheets/cases/paper{query}")[1] for query in ("", "?answers=1"))
    assert [title for number, title in enumerate(titles, 1) if f"<h2>{number}. {title}</h2>" in plain] == []
    assert [title for number, title in enumerate(titles, 1) if f"<h2>{number}. {title}</h2>" not in answered] == []
    assert trainer.get("training/sheets/cases/paper")[1].count("□") >= 40


def test_versions_stay_and_come_back(server):
    trainer = as_(server, "trainer")
    address = begun(trainer, "会改的一套")
    change(trainer, address, **CASE)
    change(trainer, address, action="remove", number="0")
    assert "还没有案例" in trainer.get(address)[1]
    assert "看病花了很多钱" in change(trainer, address, action="restore", earlier="2")[1]
    assert trainer.post(address, {"revision": "1", "action": "remove", "number": "0"})[0] == 400


def test_a_file_goes_from_one_office_to_another(server):
    trainer = as_(server, "trainer")
    address = begun(trainer, "要带走的")
    change(trainer, address, **CASE)
    content = trainer.get(f"{address}?file=1")[1]
    assert upload(trainer, content.encode())[0] == 200
    assert [name for _, name in sets(trainer)].count("要带走的") == 2
    wrong = json.loads(content)
    wrong["cases"][0]["facts"]["labour"] = 99
    status, text = upload(trainer, json.dumps(wrong).encode())
    assert status == 400
    assert "第 1 个案例" in text
    assert upload(trainer, b"\xff\xfe")[0] == upload(trainer, b"not json")[0] == 400


@pytest.mark.parametrize("account", ["officer-341524", "admin", "reader"])
def test_only_a_trainer_writes(server, account):
    visitor = as_(server, account)
    assert visitor.post("training/sets", {"action": "new", "title": "别人的"})[0] == 400
    assert "别人的" not in visitor.get("training/sets")[1]
    address = begun(as_(server, "trainer"), f"只读 {account}")
    assert 'id="wb-case"' not in visitor.get(address)[1]
    assert change(visitor, address, action="delete")[0] == 400


def test_what_is_wrong_is_said_and_what_was_typed_stays(server):
    trainer = as_(server, "trainer")
    status, text = change(trainer, begun(trainer, "填错的"), **{**CASE, "fact:labour": "两个"})
    assert status == 400
    assert "两个" in text
    assert "自付超过纯收入三成。" in text


def test_a_number_below_nought_is_refused_in_words_and_what_must_be_filled_in_is_marked(server):
    trainer = as_(server, "trainer")
    address = begun(trainer, "负数")
    status, text = change(trainer, address, **{**CASE, "fact:persons": "-5"})
    assert status == 400
    assert "人数" in text.partition('role="alert"')[2].partition("</p>")[0]
    assert text.count(" required") >= 3
    assert "带 * 的必须填写" in text


def test_a_sheet_says_what_the_plain_household_is_like_and_which_links_have_answers(server):
    trainer = as_(server, "trainer")
    text = trainer.get("training/sheets/cases/paper")[1]
    assert text.count("data-plain") == 2  # one of each kind
    assert "普通的一户（已脱贫户）" in text
    listed = trainer.get("training/sets")[1]
    for words in ("十个案例，不带答案", "十个案例，带答案", "测验题，不带答案", "测验题，带答案"):
        assert words in listed


def test_what_is_saved_bears_the_day_that_the_other_pages_show(server):
    trainer = as_(server, "trainer")
    begun(trainer, "哪一天")
    row = trainer.get("training/sets")[1].partition(">哪一天<")[2].partition("</tr>")[0]
    assert "2019-1" in row


def test_names_are_shown_and_not_obeyed(server):
    trainer = as_(server, "trainer")
    trainer.post("training/sets", {"action": "new", "title": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in trainer.get("training/sets")[1]
    for path in ("training/sets/000000000000", "training/sheets/nonsense/paper", "training/sheets/cases/nonsense"):
        assert trainer.status(path)[0] == 404


def test_a_blank_sheet_handed_in_is_not_taken_and_leads_back(server):
    visitor = as_(server, "trainer")
    _, text = visitor.post("training/sheets/questions/quiz", {})
    assert "还没有选答案" in text
    assert "答对" not in text
    assert re.search(r'<a class="wb-link" href="/training/sets[^"]*">返回：自编案例和测验</a>', text)
