"""Processes that write pages where many look at once: asked in turn, done without where they fail, ended with the server."""

import asyncio
import json
import os
import signal
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psutil
import pytest

from tests.browser import start_server, wait_until
from tests.server.forks import NEED_LINUX, SECONDS, has_ended
from tests.server.test_ready_pages import TOKENS
from tests.server.test_register_requests import HERE, ROWS
from tests.server.visitor import Visitor
from tests.ui.registers import COUNTY, demonstration_store
from workbench.server.writers import page_writers, writer_process
from workbench.server.writers.home_look import HomeLook
from workbench.server.writers.looks import Written
from workbench.server.writers.page_writers import TITLE, PageWriters
from workbench.server.writers.register_look import RegisterLook
from workbench.server.writers.writer_process import look_from, write_pages
from workbench.settings import NOTEBOOKS

BY_SERVER, BY_PROCESS = Written("by the server"), Written("by a process")
LOOK = HomeLook("w", {"county": COUNTY}, "zh", "notebooks", "/", accounts=True)


# -- without a process -------------------------------------------------------------------------------------------------


class Process:
    """What is asked of a forked process, of which there is none here."""

    def __init__(self):
        self.ended = False

    def poll(self):
        return 0 if self.ended else None

    def kill(self):
        self.ended = True

    def wait(self):
        return 0


class Warm:
    """Gives what `answer(handle)` makes of each wish; `made`: the processes given so far."""

    is_ready = True

    def __init__(self, answer):
        self.answer, self.made = answer, []

    def fork(self, _request, handle):
        given = Future()
        try:
            self.answer(handle)
            self.made.append(Process())
            given.set_result(self.made[-1])
        except OSError as error:
            given.set_exception(error)
        return given


def serving(answers):
    """A thread that answers one look after another and then hangs up, in the place of a process."""

    def answer(handle):
        looks = Connection(handle)

        def work():
            with suppress(EOFError):
                for each in answers:
                    looks.recv_bytes()
                    looks.send_bytes(each)
            looks.close()

        threading.Thread(target=work, daemon=True).start()

    return answer


def looks(writers, count=2):
    """What so many are answered who look at once, after two that had processes begun."""

    async def by_server():
        await asyncio.sleep(0)
        return BY_SERVER

    async def ask():
        await asyncio.gather(*(writers.written(LOOK, by_server) for _ in range(2)))
        return await asyncio.gather(*(writers.written(LOOK, by_server) for _ in range(count)))

    try:
        return asyncio.run(ask())
    finally:
        writers.close()


def writers_of(answer, most=1):
    made = PageWriters(most)
    made.warm_process = Warm(answer)
    return made


def refuse(_handle):
    raise ConnectionError("none can be had")


def test_one_person_after_another_begins_none():
    made = writers_of(serving([]))

    async def by_server():
        return BY_SERVER

    async def ask():
        return [await made.written(LOOK, by_server) for _ in range(5)]

    assert asyncio.run(ask()) == [BY_SERVER] * 5
    assert made.warm_process.made == []
    made.close()


def test_several_at_once_are_written_by_a_process():
    made = writers_of(serving([BY_PROCESS.to_bytes()] * 9), most=2)
    assert looks(made, 4) == [BY_PROCESS] * 4
    assert len(made.warm_process.made) == 2
    assert all(each.ended for each in made.warm_process.made)


@pytest.mark.parametrize(
    "answer",
    [serving([writer_process.FAILED] * 9), serving([]), serving([b"no answer of ours"]), refuse],
    ids=["it failed", "it is gone", "nonsense", "it cannot be had"],
)
def test_what_no_process_writes_the_server_writes(answer):
    assert looks(writers_of(answer)) == [BY_SERVER] * 2


def test_one_that_does_not_answer_is_ended_and_missed_by_nobody(monkeypatch):
    monkeypatch.setattr(page_writers, "PATIENCE_SECONDS", 0.05)
    hanging = []
    made = writers_of(hanging.append)
    assert BY_SERVER in looks(made)
    assert made.warm_process.made[0].ended
    os.close(hanging[0])


def test_without_a_warm_process_there_are_none():
    made = PageWriters(2)
    assert looks(made) == [BY_SERVER] * 2


@pytest.mark.parametrize(
    "look", [LOOK, RegisterLook("w", {"view": "risk"}, "en", "header", "view=risk", True, "token", "pane.js")]
)
def test_a_look_comes_over_as_it_was_sent(look):
    assert look_from(look.to_bytes()) == look
    with pytest.raises(KeyError):
        look_from(json.dumps(["Look", {}]).encode())


def test_a_writer_answers_says_where_it_fails_and_ends_when_nobody_asks(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(writer_process, "_AT_REST_SECONDS", 0.01)
    monkeypatch.setattr(writer_process, "give_back", lambda: None)
    ours, theirs = (Connection(each.detach()) for each in socket.socketpair())
    thread = threading.Thread(target=write_pages, args=(theirs, 0.5))
    thread.start()
    first = HomeLook("", {}, "zh", str(NOTEBOOKS), "/", accounts=False)
    for message, right in ((first.to_bytes(), True), (b"[]", False), (first.to_bytes(), True)):
        ours.send_bytes(message)
        assert (ours.recv_bytes() != writer_process.FAILED) is right
    thread.join(SECONDS)
    assert not thread.is_alive()


# -- with processes ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 800)


def writing(server):
    """The processes that write pages for a server: they hold the other end of a pipe of it, and are no children of its own here."""
    pipes = pipes_of(server.process.pid)
    return [each for each in psutil.process_iter() if each.name() == TITLE and pipes_of(each.pid) & pipes]


def pipes_of(pid):
    held = set()
    for each in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):  # it was closed, or the process ended, while we looked
            held.add(str(each.readlink()))
    return {name for name in held if name.startswith("pipe:")}


def at_once(visitor, **query):
    """The households of a list that is asked for four times at once, in other orders each time."""
    orders = (("household_id", "zh"), ("changed", "en"), ("stage", "zh"), ("rule", "en"))
    with ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(visitor.get, f"register?{urlencode({**HERE, 'view': 'risk', 'sort': sort, 'lang': lang, **query})}")
            for sort, lang in orders
        ]  # fmt: skip
        return [ROWS.findall(each.result()[1]) for each in asked]


def own_home(visitor, lang):
    """The home page without the token and the query of its address; asked for with a query that nobody else asks with."""
    text = visitor.get(f"?{urlencode({'lang': lang, 'look': uuid4().hex, **HERE})}")[1]
    assert '<div class="wb-home-head">' in text
    assert "&lt;div" not in text
    return TOKENS.sub("", text)


def home_at_once(visitor, lang):
    """The home page as several see it who ask at once, the same for all: some of them are answered by a process."""
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(own_home, visitor, lang) for _ in range(4)]
        (shown,) = {each.result() for each in asked}
    return shown


def begun(visitor):
    """Have many look until processes write; the lists that they saw."""
    pages = iter(range(2, 1000))
    wait_until(lambda: at_once(visitor, page=next(pages)) and bool(writing(visitor.server)), SECONDS, "none was begun")
    return writing(visitor.server)


@NEED_LINUX
def test_processes_write_what_the_server_writes_and_killed_ones_are_missed_by_nobody(act):
    own = act(f"officer-{COUNTY}")
    before = at_once(own)
    assert all(before)
    processes = begun(own)
    assert at_once(own, page="1") == before
    homes = [home_at_once(own, lang) for lang in ("zh", "en")]
    for each in processes:
        each.send_signal(signal.SIGKILL)
    assert at_once(own, page=1, by_rule="") == before
    assert [own_home(own, lang) for lang in ("zh", "en")] == homes
    for each in processes:
        has_ended(each.pid)
    assert not {each.pid for each in begun(own)} & {each.pid for each in processes}


@NEED_LINUX
@pytest.mark.deep
def test_they_end_with_a_server_that_was_killed(store, tmp_path):
    running = start_server(store.root, NOTEBOOKS, tmp_path / "log.txt")
    visitor = Visitor(running)
    visitor.sign_in(f"officer-{COUNTY}")
    processes = begun(visitor)
    running.process.kill()
    running.process.wait()
    for each in processes:
        has_ended(each.pid)
