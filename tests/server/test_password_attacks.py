"""Attacks on passwords against a real server: many at once, spread over addresses, accounts, processes and restarts.

Nothing is timed: the server under attack writes down each password that it hashes, in order, and can be made to stay at one.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.browser import Server, start_server, wait_until
from tests.server.test_accounts_page import register  # noqa: F401 - a fixture
from tests.server.visitor import SECRET, Visitor
from workbench.register.access.sign_in_attempts import TRIES, TRIES_OF_ADDRESS
from workbench.register.audit.log import head_of
from workbench.register.db.sign_in_tables import SignInAttempt
from workbench.settings import NOTEBOOKS

HELD, STRANGER = "held-by-the-test", "127.0.0.9"
_WATCH = """
import time
from pathlib import Path
from workbench.register.access import passwords
_matches, _hashed, _hold = passwords._matches, Path({hashed!r}), Path({hold!r})
def _watched(kept, typed):
    with _hashed.open("a") as log:
        log.write(typed + chr(10))
    for _ in range(3000):
        if not (typed.startswith(_hold.name) and _hold.exists()):
            break
        time.sleep(0.02)
    return _matches(kept, typed)
passwords._matches = _watched
"""


@dataclass
class Watched:
    """A server that writes down what it hashes; while `hold` stands, passwords that begin with HELD are not done with."""

    store: Path
    folder: Path
    servers: list[Server] = field(default_factory=list)

    @property
    def hashed(self):
        log = self.folder / "hashed"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def hold(self):
        return self.folder / HELD

    def start(self):
        """One more server process on the same register."""
        watch = _WATCH.format(hashed=str(self.folder / "hashed"), hold=str(self.hold))
        log = self.folder / f"server{len(self.servers)}.log"
        server = start_server(self.store, NOTEBOOKS, log, before=watch)
        self.servers.append(server)
        return server

    def stop(self):
        self.hold.unlink(missing_ok=True)
        for server in self.servers:
            if server.process.poll() is None:
                server.stop()


@pytest.fixture
def watched(register, tmp_path):  # noqa: F811
    with register.engine.begin() as connection:
        connection.execute(SignInAttempt.__table__.delete())
    running = Watched(register.facts.root, tmp_path)
    yield running
    running.stop()


def tried(server, account, password, address=STRANGER, headers=()):
    """The status of one try by somebody new."""
    return Visitor(server, address).sign_in(account, password, headers=headers)[0]


def all_at_once(tries):
    """Statuses of tries that are sent at the same moment."""
    together = threading.Barrier(len(tries))

    def one(arguments):
        together.wait(60)
        return tried(*arguments)

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(one, tries))


@pytest.mark.deep
def test_sixty_passwords_at_once_are_no_more_than_five_tries(watched):
    server = watched.start()
    statuses = [
        status
        for turn in range(2)
        for status in all_at_once([(server, "admin", f"guess-{turn}-{n}", f"127.0.1.{n + 1}") for n in range(60)])
    ]
    assert set(statuses) <= {401, 429}
    assert 1 <= len(watched.hashed) <= TRIES
    for number in range(2 * TRIES):
        tried(server, "admin", f"guess-later-{number}", f"127.0.2.{number + 1}")
    assert len(watched.hashed) == TRIES


def test_a_hundred_tries_at_once_are_refused_at_once_and_delay_nobody_elsewhere(watched):
    """One stranger holds the queue; who comes from another address is next but the stranger's two, whatever else came."""
    server = watched.start()
    watched.hold.touch()
    answers = []
    visitors = [Visitor(server, STRANGER) for _ in range(100)]

    def attack(number):
        answers.append(visitors[number].sign_in(f"account-{number}", f"{HELD}-{number}"))

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(100)]
    for each in attackers:
        each.start()
    wait_until(lambda: len(answers) == 98, 120, "the tries over the bound were not refused at once")
    assert {status for status, _ in answers} == {429}
    assert all("登录的请求太多" in text for _, text in answers)
    with ThreadPoolExecutor(1) as pool:
        honest = pool.submit(tried, server, "officer0", SECRET, "127.0.0.1")
        assert not honest.done()
        watched.hold.unlink()
        assert honest.result(120) == 200
    for each in attackers:
        each.join(60)
    assert watched.hashed.index(SECRET) <= 2


@pytest.mark.deep
def test_who_sits_at_the_machine_always_used_waits_for_no_stranger(watched):
    """Strangers from forty addresses fill their queue, and it stands still: the machine that is known has a place of its own."""
    server = watched.start()
    owner = Visitor(server, "127.0.0.1")
    assert owner.sign_in("admin")[0] == 200
    owner.post("logout", {})
    watched.hold.touch()
    statuses = []

    def attack(number):
        statuses.append(tried(server, f"account-{number}", f"{HELD}-{number}", f"127.0.3.{number + 1}"))

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(40)]
    for each in attackers:
        each.start()
    wait_until(lambda: statuses.count(429) == 10, 120, "the queue is not bounded")
    assert owner.sign_in("admin")[0] == 200
    assert "/login" not in owner.get("")[0]
    watched.hold.unlink()
    for each in attackers:
        each.join(120)
    assert statuses.count(401) == 30


@pytest.mark.deep  # of the register in every run: register/test_sign_in_attempts
def test_wrong_tries_by_strangers_do_not_lock_the_administrator_out_of_the_own_machine(watched):
    server = watched.start()
    owner = Visitor(server, "127.0.0.1")
    assert owner.sign_in("admin")[0] == 200
    owner.post("logout", {})
    assert [tried(server, "admin", f"guess-{n}", f"127.0.4.{n + 1}") for n in range(TRIES + 1)] == [401] * TRIES + [429]
    assert tried(server, "admin", SECRET, "127.0.0.1") == 429
    assert owner.sign_in("admin")[0] == 200


@pytest.mark.deep
def test_two_processes_and_a_restart_count_together(watched):
    one, two = watched.start(), watched.start()
    owner = Visitor(one, "127.0.0.1")
    assert owner.sign_in("admin")[0] == 200
    statuses = [tried(server, "admin", f"guess-{n}") for n, server in enumerate((one, two, one, two, one, two))]
    assert statuses == [401] * TRIES + [429]
    one.stop()
    three = watched.start()
    assert tried(three, "admin", "guess-again") == 429
    owner.server = three
    assert owner.sign_in("admin")[0] == 200  # the machine is known to the register, not to a process


@pytest.mark.deep
def test_no_header_makes_an_address_another_one(watched):
    server = watched.start()
    names = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "X-Client-Ip")
    statuses = [
        tried(server, f"account-{n}", f"guess-{n}", headers=[(name, f"10.0.0.{n}") for name in names])
        for n in range(TRIES_OF_ADDRESS + 1)
    ]
    assert statuses == [401] * TRIES_OF_ADDRESS + [429]
    assert tried(server, "officer0", SECRET, "127.0.0.1") == 200


@pytest.mark.deep
def test_names_that_nobody_has_leave_no_trace_and_a_megabyte_is_not_hashed(watched, register):  # noqa: F811
    server = watched.start()
    with register.engine.connect() as connection:
        before = head_of(connection)[0]
    for number in range(TRIES_OF_ADDRESS + 5):
        tried(server, f"nobody-{number}", f"guess-{number}")
    with register.engine.connect() as connection:
        assert head_of(connection)[0] == before
        assert len(connection.execute(SignInAttempt.__table__.select()).all()) == TRIES_OF_ADDRESS
    count = len(watched.hashed)
    assert tried(server, "admin", "x" * 2**20, "127.0.5.1") == 401
    assert len(watched.hashed) == count
