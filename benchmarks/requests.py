"""The register page without a kernel: 200 people at once, then many at a bounded rate, on lists of 40,000 households.

One county whose lifted households are all visited and proposed; its officer, the reviewers of its townships and the workers
of its villages are signed in, as many times over as there are to be people. Each asks in turn for a list, its second page,
another order of it and a household, and begins at a place of the own among these four (chosen by a seed): two thousand people
do not move in step. With --in-step they do, so that all accounts come to a kind of page for the first time at once. Beside it, in the same run: the sign-in page, which only the server's own templates write.

Pages that nobody has looked at since the last change are written anew, all others are ready (decision 0069): --changes says
how often a minute the county's register changes while it is looked at. Of ten changes nine are reviews of a household, which
show in its village, its township and the county, and one is a figure of the county, which shows everywhere.

Run: python -m benchmarks.requests [--households 40000] [--people 200] [--rate 20] [--seconds 60] [--changes 0] [--in-step]
     [--register URL] [--keep FOLDER]
2,000 people, each a request every 30 seconds, for five minutes: --people 2000 --rate 67 --seconds 300. Making the county takes
longer than that; with --keep it is made once, in a folder that is used again (with the same --register).
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psutil
from sqlalchemy import select
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from benchmarks.register import COUNTY, ROUND, Office, county, proposed, visited
from benchmarks.report import table
from tests.browser import _free_port
from workbench.clock import now_in_beijing
from workbench.domain.procedure.workflow import Stage
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import RISK
from workbench.register.clock import now_of
from workbench.register.county_settings import set_figure
from workbench.register.db.procedure_tables import Account
from workbench.register.procedure.entries import listed
from workbench.register.procedure.reviews import agree
from workbench.safeguards.private_memory import private_memory
from workbench.server.writers.page_writers import TITLE
from workbench.settings import NOTEBOOKS
from workbench.store.facts import FactStore

_SERVE = """import sys
from pathlib import Path
from workbench.server.pages import serve
serve(Path(sys.argv[1]), notebooks=Path(sys.argv[2]), port=int(sys.argv[3]), announce=lambda text: print(text, flush=True))"""
_PLACE = {"county": COUNTY, "round": ROUND}
AT_ONCE, MOST_SECONDS = 200, 600
SEED, KINDS_OF_PAGE = 17, 4


@dataclass
class Person:
    """Somebody signed in: the account, the cookies of the browser, and a household that the own list shows."""

    account: str
    cookies: dict[str, str]
    household: str = ""
    turn: Iterator[int] = field(default_factory=itertools.count)

    def address(self) -> str:
        """What is looked at next; the list, until it has shown a household."""
        household = {"household": self.household} if self.household else {}
        looks: list[dict[str, str]] = [{}, {"page": "2"}, {"sort": "changed"}, household]
        return f"register?{urlencode({**_PLACE, 'view': 'risk', **looks[next(self.turn) % KINDS_OF_PAGE]})}"


class Clients:
    """Browsers without scripts, all in this process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = AsyncHTTPClient(force_instance=True, max_clients=1000)
        self.errors: list[str] = []
        self.households: dict[str, str] = {}

    async def ask(self, person: Person, path: str, form: dict[str, str] | None = None) -> tuple[float, str]:
        """Seconds until a page is there, and the page; an error is kept, and no page."""
        begin = time.perf_counter()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items())}
        options = {"method": "POST", "body": urlencode(form)} if form else {}
        try:
            answer = await self.client.fetch(
                self.url + path, headers=headers, follow_redirects=False, raise_error=False,
                connect_timeout=MOST_SECONDS, request_timeout=MOST_SECONDS, **options,
            )  # fmt: skip
        except (OSError, HTTPClientError) as error:
            self.errors.append(repr(error))
            return time.perf_counter() - begin, ""
        for each in answer.headers.get_list("Set-Cookie"):
            person.cookies |= {name: morsel.value for name, morsel in SimpleCookie(each).items()}
        if answer.code >= 400:
            self.errors.append(f"{answer.code} {path}")
        return time.perf_counter() - begin, answer.body.decode() if answer.body else ""

    async def look(self, person: Person, address: str) -> tuple[float, str]:
        """Ask for a page as `ask` does; whoever has this person's account has seen its list then, and may ask for a household of it."""
        seconds, page = await self.ask(person, address)
        if shown := household_in(page):
            self.households.setdefault(person.account, shown)
        return seconds, page

    async def sign_in(self, account: str) -> Person:
        """Somebody who chooses whom to act as, which simulated data allows."""
        person = Person(account, {})
        await self.ask(person, "login")
        await self.ask(person, "login", {"account": account, "_xsrf": person.cookies["_xsrf"]})
        return person


def accounts(root: Path, url: str | None) -> list[str]:
    """Who works in the county, those with the largest lists first."""
    of_people = select(Account.account).where(Account.role != "administrator").order_by(Account.account)
    with open_register(FactStore(root), url).engine.connect() as connection:
        # `officer`, then `r-` of townships, then `w-` of villages.
        return list(connection.execute(of_people).scalars())


async def in_burst(clients: Clients, people: Sequence[Person]) -> list[float]:
    """Seconds of everybody's first list, all asked for at once."""
    address = f"register?{urlencode({**_PLACE, 'view': 'risk'})}"
    return [seconds for seconds, _ in await asyncio.gather(*(clients.look(each, address) for each in people))]


def household_in(page: str) -> str:
    """The first household of a list; empty where it shows none."""
    shown = re.search(r'<th scope="row"><button[^>]*>([^<]+)</button>', page)
    return shown[1] if shown else ""


async def at_rate(ask: Callable[[int], Awaitable[tuple[float, str]]], rate: float, seconds: float) -> list[float]:
    """Seconds of each answer to requests that come at a rate, whether the ones before were answered or not."""
    begin, asked = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        asked.append(asyncio.ensure_future(ask(number)))
    return [taken for taken, _ in await asyncio.gather(*asked)]


async def changing(root: Path, url: str | None, times: float) -> None:
    """Review so many households a minute, each by its township, until this is cancelled; every tenth time a figure is set.

    A review shows in its village, its township and the county; a figure of the county to everybody: no page that was ready
    still is.
    """
    register = open_register(FactStore(root), url)
    now = now_of(register, now_in_beijing())
    officer = register.acting_user("officer", now)
    waiting = listed(officer, ROUND, RISK, stages=[Stage.PROPOSED])
    random.Random(SEED).shuffle(waiting)  # noqa: S311 - an order that is the same each time
    for number, entry in enumerate(waiting, 1):
        await asyncio.sleep(60 / times)
        if number % 10:
            reviewer = register.acting_user(f"r-{entry['township']}", now)
            await asyncio.to_thread(agree, reviewer, ROUND, RISK, [entry["household_id"]])
        else:
            days = str(182 + number // 10 % 2)
            await asyncio.to_thread(
                set_figure, officer, COUNTY, "visit_interval_days", days, officer.today, "benchmark"
            )


def writing(server: psutil.Process) -> list[psutil.Process]:
    """Return the server with the processes that write pages for it (0073)."""
    return [server, *(each for each in server.children(recursive=True) if each.name() == TITLE)]


def row(name: str, times: Sequence[float], errors: int, cpu: float, base: float) -> list[str]:
    """A line of the table."""
    middle, late = statistics.median(times), sorted(times)[int(0.95 * len(times))]
    each = cpu / len(times)
    return [
        name, str(len(times)), f"{1000 * middle:.0f}", f"{1000 * late:.0f}", str(errors), f"{1000 * each:.1f}",
        f"{each / base:.1f}" if base else "1.0",
    ]  # fmt: skip


async def measure(url: str, people_of: Sequence[str], process: psutil.Process, asked: argparse.Namespace) -> None:
    """Sign in, ask, and say what was seen."""
    clients, names, rows = Clients(url), itertools.cycle(people_of), []

    def spent() -> float:
        return sum(used.user + used.system for used in (each.cpu_times() for each in writing(process)))

    def taken() -> float:
        return sum(private_memory(each.pid, 0) for each in writing(process))

    people = [await clients.sign_in(next(names)) for _ in range(asked.people)]
    if clients.errors:
        raise SystemExit(f"nobody can sign in: {clients.errors[:3]}")
    memory = [taken()]
    # The county is put under the rules once, by whoever comes first; that one is said apart.
    first, _ = await clients.look(people[0], people[0].address())
    # Whoever has seen the own list goes on from a place of the own; in step, all come to a kind of page together.
    chosen = random.Random(SEED)  # noqa: S311 - a draw that is the same each time
    for each in people:
        each.turn = itertools.count(0 if asked.in_step else chosen.randrange(KINDS_OF_PAGE))
    begin = spent()
    plain = await at_rate(
        lambda number: clients.ask(people[number % len(people)], "login"), asked.rate, min(15.0, asked.seconds / 4)
    )
    base = (spent() - begin) / len(plain)
    rows.append(row("sign-in page, at the rate", plain, len(clients.errors), spent() - begin, 0))
    begin, before = spent(), len(clients.errors)
    burst = await in_burst(clients, people[:AT_ONCE])
    rows.append(row(f"{len(burst)} lists at once", burst, len(clients.errors) - before, spent() - begin, base))
    memory.append(taken())
    begin, before = spent(), len(clients.errors)
    others = asyncio.ensure_future(changing(asked.store, asked.register, asked.changes)) if asked.changes else None

    def next_look(number: int) -> Awaitable[tuple[float, str]]:
        person = people[number % len(people)]
        person.household = clients.households.get(person.account, "")
        return clients.look(person, person.address())

    steady = await at_rate(next_look, asked.rate, asked.seconds)
    step = ", in step" if asked.in_step else ""
    changes = f", {asked.changes:g} changes a minute" if asked.changes else ""
    rows.append(
        row(
            f"register at {asked.rate:g} a second{step}{changes}",
            steady,
            len(clients.errors) - before,
            spent() - begin,
            base,
        )
    )
    if others is not None:
        others.cancel()
    memory.append(taken())
    title = (
        f"{asked.households:,} households, {asked.people} people signed in, first list {first:.1f} s, all {len(burst)} lists in "
        f"{max(burst):.1f} s; private memory of the server and its {len(writing(process)) - 1} writers before, after the burst, at the end: "
        + ", ".join(f"{each / 2**20:.0f}" for each in memory) + " MB"
    )  # fmt: skip
    table(
        title, ["what", "requests", "p50 ms", "p95 ms", "errors", "processor ms each", "times the sign-in page"], rows
    )
    for error in sorted(set(clients.errors))[:5]:
        print(error)


def main() -> None:
    """Make the county, serve it and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=40_000)
    parser.add_argument("--people", type=int, default=AT_ONCE)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--changes", type=float, default=0.0)
    parser.add_argument("--in-step", action="store_true")
    parser.add_argument("--register", default=None)
    parser.add_argument("--keep", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, port = asked.keep or Path(name), _free_port()
        asked.store = root / "store"
        if not (root / "store").exists():
            root.mkdir(parents=True, exist_ok=True)
            county(root / "store", asked.households)
            office = Office(root / "store", asked.register)
            visited(office, root)
            proposed(office, root)
        environment = {**os.environ, **({"WORKBENCH_REGISTER": asked.register} if asked.register else {})}
        server = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", _SERVE, str(root / "store"), str(NOTEBOOKS), str(port)],
            stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        try:
            next(line for line in server.stdout or [] if "ready" in line)
            people_of = accounts(root / "store", asked.register)
            asyncio.run(measure(f"http://127.0.0.1:{port}/", people_of, psutil.Process(server.pid), asked))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
