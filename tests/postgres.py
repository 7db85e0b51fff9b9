"""A real PostgreSQL cluster for tests: made in a temporary folder, reached through a socket there, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.browser import wait_until

_PLACES = (*(str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


class Cluster:
    """A running server; `new_database()` gives the URL of an empty one."""

    def __init__(self, folder: Path, start: Callable[[], subprocess.Popen]) -> None:
        self.folder = folder
        self._start = start
        self._process: subprocess.Popen | None = None
        self._numbers = count(1)

    def start(self) -> None:
        self._process = self._start()
        wait_until(lambda: _answers(self.folder), 60, f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """At once, whoever is still connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def new_database(self) -> str:
        name = f"register_{next(self._numbers)}"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Fails, saying what to install, where PostgreSQL is missing: these tests are not skipped."""
    programs = next((place for place in _PLACES if shutil.which("initdb", path=place)), "")
    initdb, postgres = shutil.which("initdb", path=programs), shutil.which("postgres", path=programs)
    if not initdb or not postgres:
        pytest.fail("PostgreSQL is missing: sudo apt-get install -y postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"],
        check=True, user=user, cwd="/", stdout=subprocess.DEVNULL,
    )  # fmt: skip
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def start() -> subprocess.Popen:
        with (folder / "log").open("a") as log:
            return subprocess.Popen([postgres, "-D", data, *options], user=user, cwd="/", stdout=log, stderr=log)

    running = Cluster(folder, start)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True
