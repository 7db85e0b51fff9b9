"""A page's kernel is of the sign-in, or the browser, that opened it; what no page sends is refused, and stops nothing."""

from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.browser import kernel_process, start_server, wait_until
from tests.server.test_signing_in import store
from tests.server.visitors import PROTOCOL, SECRET, Visitor, answered, frame, framed, write_notebook
from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import (
    NewAccount,
    add_accounts,
    change_account,
    close_account,
    give_first_password,
)
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.server.kernels.limits import OF_PERSON
from workbench.store.facts import FactStore

HUGE = 10**17
PARTS = [b"shell", b'{"msg_type": "comm_msg", "msg_id": "1"}', b"{}", b"{}", b"{}"]
HOSTILE = {
    "no frame": b"",
    "a huge count": framed(PARTS, count=HUGE),
    "the largest count": framed(PARTS, count=2**64 - 1),
    "a count of nothing": framed(PARTS, count=0),
    "a count too many": framed(PARTS, count=7),
    "offsets far away": framed(PARTS, offsets=[56, HUGE, HUGE, HUGE, HUGE, HUGE]),
    "offsets that go back": framed(PARTS, offsets=[56, 100, 90, 95, 96, 140]),
    "offsets into the offsets": framed(PARTS, offsets=[0, 5, 10, 12, 14, 16]),
    "no content": framed(PARTS[:4]),
    "no UTF-8": framed([b"shell", b"\xff\xfe", b"{}", b"{}", b"{}"]),
    "no JSON": framed([b"shell", b"{", b"{}", b"{}", b"{}"]),
    "no object": framed([b"shell", b"[]", b"{}", b"{}", b"{}"]),
    "no type": framed([b"shell", b"{}", b"{}", b"{}", b"{}"]),
    "nested without end": framed([b"shell", b"[" * 15_000, b"{}", b"{}", b"{}"]),
    "a header without end": framed([b"shell", b'{"a": "' + b"x" * 100_000 + b'"}', b"{}", b"{}", b"{}"]),
    "no such channel": framed([b"iopub", *PARTS[1:]]),
    "a channel that is none": framed([b"\xff", *PARTS[1:]]),
    "ten thousand buffers": framed([*PARTS, *[b""] * 10_000]),
    "text": '{"channel": "shell", "header": {"msg_type": "kernel_info_request"}}',
}  # fmt: skip


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    write_notebook(folder, "label.ipynb")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory, notebooks):
    """Nobody has an account: visitors only."""
    root = tmp_path_factory.mktemp("open")
    running = start_server(root / "store", notebooks, root / "log.txt")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory, notebooks):
    """Simulated: one chooses whom to act as."""
    root = tmp_path_factory.mktemp("demonstration")
    running = start_server(store(root / "store", simulated=True), notebooks, root / "log.txt")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def visitor(server):
    """One visitor with one page: whatever it sends, its kernel goes on."""
    with_page = Visitor(server)
    with_page.kernel = with_page.open()
    yield with_page
    with_page.ask(f"api/kernels/{with_page.kernel}", method="DELETE")


def consume(socket):
    while True:
        socket.recv(30)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_frame_that_no_page_sends_ends_its_connection_and_nothing_else(visitor, hostile):
    with visitor.socket(visitor.kernel) as socket:
        socket.send(hostile)
        with pytest.raises(ConnectionClosed):
            consume(socket)
    with visitor.socket(visitor.kernel) as socket:
        assert answered(socket)


def test_a_connection_in_another_protocol_is_not_opened(visitor):
    for subprotocol in (None, "legacy", f"x{PROTOCOL}"):
        with pytest.raises(InvalidStatus, match="400"):
            visitor.socket(visitor.kernel, subprotocol)
    with visitor.socket(visitor.kernel) as socket:
        assert answered(socket)


def test_messages_of_a_page_are_answered(visitor):
    with visitor.socket(visitor.kernel) as socket:
        assert answered(socket)
        socket.send(frame("execute_request", content={"code": "1/0", "silent": False}))
        assert answered(socket)


# -- whose ---------------------------------------------------------------------------------------------------------


def is_out_of_reach(stranger, kernel):
    assert stranger.ask(f"api/kernels/{kernel}")[0] in (403, 404)
    assert stranger.ask(f"alive/{kernel}")[0] == 404
    assert stranger.ask(f"api/kernels/{kernel}", method="DELETE")[0] in (403, 404)
    assert stranger.ask(f"voila/api/shutdown/{kernel}", method="POST", body={})[0] in (403, 404)
    with pytest.raises(InvalidStatus, match=r"40[34]"):
        stranger.socket(kernel)


def test_a_kernel_of_another_browser_is_out_of_reach(server, visitor):
    stranger = Visitor(server)
    is_out_of_reach(stranger, visitor.kernel)  # one who opened nothing
    stranger.open()
    is_out_of_reach(stranger, visitor.kernel)
    assert visitor.alive(visitor.kernel)


def test_a_kernel_of_another_person_is_out_of_reach_and_of_the_same_one_elsewhere(demonstration):
    owner, other, elsewhere = (Visitor(demonstration) for _ in range(3))
    owner.sign_in("金寨经办")
    kernel = owner.open()
    other.sign_in("city")
    elsewhere.sign_in("金寨经办")
    for stranger in (other, elsewhere, Visitor(demonstration)):
        is_out_of_reach(stranger, kernel)
    assert owner.alive(kernel)


def test_signing_in_as_somebody_else_ends_what_was_opened_before(demonstration):
    person = Visitor(demonstration)
    before = person.open()
    person.sign_in("金寨经办")
    kernel = person.open()
    person.sign_in("city")
    for each in (before, kernel):
        wait_until(lambda each=each: kernel_process(each) is None, 30, "the kernel of the one before still runs")


# -- how many ------------------------------------------------------------------------------------------------------


@pytest.mark.deep  # how many pages one person has in every run: the test of four pages
def test_the_oldest_page_that_nobody_looks_at_gives_up_its_place(server):
    visitor = Visitor(server)
    pages = [visitor.open() for _ in range(OF_PERSON)]
    for page in pages:
        with visitor.socket(page):
            pass  # shown, and closed without a word
    newest = visitor.open()
    assert [visitor.alive(page) for page in (*pages, newest)] == [False, True, True, True, True]
    for page in (*pages[1:], newest):
        visitor.ask(f"api/kernels/{page}", method="DELETE")


def test_one_person_has_four_pages_and_a_fifth_says_so(demonstration):
    person, elsewhere = Visitor(demonstration), Visitor(demonstration)
    person.sign_in("admin")
    elsewhere.sign_in("admin")
    with ExitStack() as open_pages:
        for _ in range(OF_PERSON):
            open_pages.enter_context(person.socket(person.open()))
        for each in (person, elsewhere):
            status, text = each.ask("voila/render/label.ipynb")
            assert status == 503
            assert "最多同时打开 4 个" in text
        assert "most for one person" in person.ask("voila/render/label.ipynb?lang=en")[1]


def test_a_program_without_cookies_does_not_fill_the_server(tmp_path, notebooks):
    server = start_server(tmp_path / "store", notebooks, tmp_path / "log.txt", session_limit=6)
    try:
        answers = [Visitor(server).ask("voila/render/label.ipynb") for _ in range(4)]
        assert [status for status, _ in answers] == [200, 200, 200, 503]
        assert "没有登录的访客" in answers[-1][1]
    finally:
        server.stop()


# -- how long ------------------------------------------------------------------------------------------------------


def test_a_page_that_is_not_there_takes_no_place(server):
    visitor = Visitor(server)
    for _ in range(OF_PERSON + 1):
        assert visitor.ask("voila/render/nosuch.ipynb")[0] == 404
    assert visitor.alive(visitor.open())


def closed(user, account):
    close_account(user, account)


def another_password(user, account):
    give_first_password(user, account)


def another_role(user, account):
    change_account(user, NewAccount(account, "张三", "city_reader"))


def another_area(user, account):
    change_account(user, NewAccount(account, "张三", "county_officer", Area("341522")))


CHANGES = [closed, another_password, another_role, another_area]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Real data, with an officer for each of CHANGES beside the one who is there."""
    root = store(tmp_path_factory.mktemp("real") / "store", simulated=False)
    admin = open_register(FactStore(root)).acting_user("admin", now_in_beijing())
    officers = [NewAccount(change.__name__, "张三", "county_officer", Area("341524")) for change in CHANGES]
    add_accounts(admin, officers)
    for each in officers:
        set_password(admin.register.acting_user(each.account, admin.now), each.account, SECRET)
    return root


@pytest.fixture(scope="module")
def by_password(real, notebooks):
    running = start_server(real, notebooks, real.parent / "log.txt")
    yield running
    running.stop()


SELDOM = {another_password, another_role, another_area}


@pytest.mark.parametrize(
    "change", [pytest.param(each, marks=pytest.mark.deep if each in SELDOM else ()) for each in CHANGES]
)
def test_a_page_left_open_ends_when_its_account_is_another(real, by_password, change):
    person = Visitor(by_password)
    assert person.sign_in(change.__name__) == 200
    kernel = person.open()
    with person.socket(kernel) as socket:
        assert answered(socket)
        change(open_register(FactStore(real)).acting_user("admin", now_in_beijing()), change.__name__)
        wait_until(lambda: kernel_process(kernel) is None, 60, "the kernel outlived what its account was")
        socket.send(frame())
        with pytest.raises(ConnectionClosed):
            consume(socket)
    assert not person.alive(kernel)


def test_a_cookie_copied_before_signing_out_opens_no_page_and_no_connection_after(by_password):
    person, copy = Visitor(by_password), Visitor(by_password)
    person.sign_in("金寨经办")
    kernel = person.open()
    for cookie in person.cookies:
        copy.cookies.set_cookie(cookie)
    with copy.socket(kernel) as socket:
        assert answered(socket)  # until then it is as good as the original
    person.ask("logout", method="POST", body={})
    assert 'name="password"' in copy.ask("voila/render/label.ipynb")[1]
    assert not copy.alive(kernel)
    with pytest.raises(InvalidStatus, match=r"40[34]"):
        copy.socket(kernel)
