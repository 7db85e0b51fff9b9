"""What several test folders share: the pages' server and the browser."""

import asyncio
import gc
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import product
from pathlib import Path

import hypothesis
import pytest
from _pytest.mark.expression import Expression
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import Server, launch, new_page, new_profile, start_server
from tests.reading_process import CAN_FORK, forking
from tests.tree import PROJECT, came, standing
from workbench.intake.isolation import parent
from workbench.settings import NOTEBOOKS

# What is collected stays: a sixth of collecting was the collector's looking for what of it might go.
gc.disable()
# Tests run side by side, one on each core: threads of two trainings that share both cores wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# How long an example takes is no property of the program: on a busy machine each may take any time. A few examples for
# every change, many (`--hypothesis-profile=many`) in the long runs.
hypothesis.settings.register_profile("few", deadline=None, max_examples=4)
hypothesis.settings.register_profile("many", deadline=None, max_examples=150)
hypothesis.settings.load_profile("few")

NEEDS = {
    "browser": {"browser", "page", "voila_server"},
    "database": {"postgresql"},
    "training": {"trained", "model", "scored", "commands"},
}
"""What a test needs, by the fixtures that it uses; `make fast` leaves such tests out."""
_LISTED = [
    line.split()
    for line in Path(__file__).with_name("slow.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
SLOW = frozenset(line[0] for line in _LISTED if line[0] != "file")
"""Files and tests that `make fast` has no time for: measured, not guessed, and in one place (`tests.slow`)."""
SECONDS = {line[1]: float(line[2]) for line in _LISTED if line[0] == "file"}
"""How long the files take that take a second or more."""
AFTER_TRAINING = 20.0
"""Files that take longer than that, other than with the model, are begun while it is trained."""


@cache
def leaves_out_slow(marks: str) -> bool:
    """Whether an expression of marks (`-m`) can be met by no test that is slow, whatever else that is."""
    if not marks:
        return False
    others = sorted(set(re.findall(r"\w+", marks)) - {"and", "or", "not", "slow"})
    expression = Expression.compile(marks)
    for borne in product((False, True), repeat=len(others)):
        bears = {"slow": True, **dict(zip(others, borne, strict=True))}
        if expression.evaluate(lambda name, /, bears=bears, **_: bears[name]):
            return False
    return True


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read a file of which the run would take no test: reading all of them takes as long as many tests do."""
    if collection_path.suffix == ".py" and leaves_out_slow(config.option.markexpr):
        place = collection_path.relative_to(config.rootpath).as_posix()
        return True if place in SLOW else None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        params = getattr(getattr(item, "callspec", None), "params", {})
        if any(isinstance(value, str) and value == "postgresql" for value in params.values()):
            used.add("postgresql")
        for mark, fixtures in NEEDS.items():
            if used & fixtures:
                item.add_marker(mark)
        name = item.nodeid.partition("[")[0]
        if {name, name.partition("::")[0]} & SLOW:
            item.add_marker("slow")
    with_model = {item.nodeid.partition("::")[0] for item in items if item.get_closest_marker("training")}
    # The model is trained for all by whoever asks first: of two files that begin at once, one would do nothing but wait for it.
    trains = max(with_model, key=lambda path: SECONDS.get(path, 0.0), default="")

    def length(item: pytest.Item) -> float:
        path = item.nodeid.partition("::")[0]
        seconds = SECONDS.get(path, 0.0)
        return min(seconds, AFTER_TRAINING) if path in with_model and path != trains else seconds

    # The longest files first (the sort leaves the order within a file as it is): where one of them comes last, one
    # process of a run still works at it while the others have nothing left to do.
    items.sort(key=lambda item: -length(item))


def pytest_collection_finish() -> None:
    """Put what is collected out of the collector's reach: some hundred thousand objects that stay, which it would look through
    again and again. What tests leave behind it looks for now and then: at every seven hundredth object is meant for little memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


STANDING = pytest.StashKey[frozenset[str]]()
"""What stood in the project's folder before the tests, as the process knows it that has all of them."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember what stands in the project's folder."""
    if not hasattr(session.config, "workerinput"):
        session.config.stash[STANDING] = standing(PROJECT)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where the tests left files in the project's folder: they may have written into somebody's store."""
    before = session.config.stash.get(STANDING, None)
    if before is None:
        return
    if new := came(before, standing(PROJECT)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.get_terminal_writer().line(f"\nthe tests left in {PROJECT}: {', '.join(new)}", red=True)


@pytest.fixture(scope="session", autouse=True)
def store_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The store of whatever names none, which by default is the user's own: a place where there is nothing."""
    store = tmp_path_factory.mktemp("nobody") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_STORE", str(store))
        yield store


@pytest.fixture(scope="module", autouse=True)
def nothing_in_the_store_of_nobody(store_of_nobody: Path) -> Iterator[None]:
    """Fails where the tests of a file wrote without naming a store: at somebody's computer it would have been theirs."""
    yield
    written = [path.relative_to(store_of_nobody).as_posix() for path in store_of_nobody.rglob("*") if path.is_file()]
    shutil.rmtree(store_of_nobody, ignore_errors=True)
    assert written == [], "written where no store was named"


@pytest.fixture(scope="session", autouse=True)
def forked_readings() -> Iterator[None]:
    """Files are read in processes that are forked, not started: see `tests.reading_process`."""
    with pytest.MonkeyPatch.context() as patch:
        if CAN_FORK:
            patch.setattr(parent, "subprocess", forking)
        yield


@pytest.fixture(scope="module")
def voila_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """`voila_server(store, notebooks=NOTEBOOKS, session_limit=40)`: one running server for each set of arguments.

    Stopped when its file is through: stores are made a file at a time, and servers that nobody asks any more cost memory.
    """
    running: dict[tuple, Server] = {}

    def serve(store: Path, notebooks: Path = NOTEBOOKS, session_limit: int = 40) -> Server:
        key = (store, notebooks, session_limit)
        if key not in running or running[key].process.poll() is not None:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            running[key] = start_server(store, notebooks, log, session_limit)
        return running[key]

    yield serve
    for server in running.values():
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[[], AbstractContextManager[Browser]]]:
    """One Chromium a process of a run: to start one for every file costs more than many files look at.

    Playwright's event loop counts as running in this thread from its start to its end. Outside the context that this
    gives nothing sees it: what runs a loop of its own there may.
    """
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        launched = launch(playwright)

        @contextmanager
        def in_use() -> Iterator[Browser]:
            asyncio._set_running_loop(loop)
            try:
                yield launched
            finally:
                asyncio._set_running_loop(None)

        asyncio._set_running_loop(None)
        yield in_use
        asyncio._set_running_loop(loop)
        launched.close()


@pytest.fixture(scope="module")
def browser(chromium: Callable[[], AbstractContextManager[Browser]]) -> Iterator[Browser]:
    """A module at a time: while Playwright is in use, nothing else in this thread may run an event loop.

    What a file leaves open is closed after it: its pages would go on asking servers that have ended.
    """
    with chromium() as launched:
        yield launched
        for context in launched.contexts:
            context.close()


@pytest.fixture(scope="module")
def profile(browser: Browser) -> BrowserContext:
    """The profile of a file's pages: what one page has fetched and compiled the next one need not, a fifth of what opening takes."""
    return new_profile(browser)


@pytest.fixture
def page(browser: Browser, profile: BrowserContext) -> Iterator[Page]:
    """See `tests.browser`: open it with `open_page`, then act and assert. Nobody is signed in, nothing is stored but scripts."""
    opened = new_page(browser, profile)
    yield opened
    for each in profile.pages:
        each.close()
    profile.clear_cookies()
