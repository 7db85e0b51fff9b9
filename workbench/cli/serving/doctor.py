"""What the workbench needs of a computer, looked at one part at a time."""

import datetime as dt
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench.backup.backup import Origin
from workbench.backup.series import last_backup
from workbench.clock import now_in_beijing
from workbench.errors import Words, WorkbenchError
from workbench.register.location import register_exists
from workbench.safeguards.private_files import close_to_others, is_open_to_others
from workbench.safeguards.system_errors import said_by_system
from workbench.settings import DIVISIONS, NOTEBOOKS, register_url
from workbench.store.facts import FactStore
from workbench.store.files import check_writable

_PACKAGES = ("voila", "jupyterlab", "ipywidgets", "anywidget", "pandas", "polars", "duckdb", "scikit-learn")
_BACKUP_AGE = dt.timedelta(days=2)
"""A nightly backup that failed once is younger than this; one that failed twice is not."""
_BACK_UP = "workbench backup; workbench service"
_OLDEST_PYTHON = (3, 11)
_OLDEST_JAVA = 17
_PATIENCE_SECONDS = 30
_PORT = 8866
_PARTS = {
    "private": Words("私密", "privacy"),
    "store": Words("数据目录", "store"),
    "facts": Words("数据", "facts"),
    "notebooks": Words("页面", "notebooks"),
    "divisions": Words("区划", "divisions"),
    "backup": Words("备份", "backup"),
    "port": Words("端口", "port"),
    "chromium": Words("浏览器 Chromium", "browser (Chromium)"),
    "fonts": Words("中文字体", "Chinese fonts"),
    "java": Words("Java（Spark 用）", "Java (for Spark)"),
}


@dataclass(frozen=True)
class Check:
    """One part by its fixed `name`: whether it is `fine`, the `state` it is in, the `cure`, and whether the pages need it."""

    name: str
    fine: bool
    state: Words | str
    cure: Words | str = ""
    needed: bool = True
    part: Words | str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "part", _PARTS.get(self.name, self.name))


def examine(store: Path) -> list[Check]:
    """Look at every part. Changes nothing but a file it writes to the store and removes."""
    open_before = is_open_to_others(store)  # opening it, as its owner, closes it
    return [
        _python(),
        *(_package(name) for name in _PACKAGES),
        # Only for clusters (0042).
        _package("pyspark", needed=False, cure=".venv/bin/uv sync --inexact --extra spark"),
        _private(store, open_before),
        _writable(store),
        _facts(store),
        _backup(store),
        _exists("notebooks", NOTEBOOKS),
        _exists("divisions", DIVISIONS),
        _port(),
        _program("chromium", ("chromium", "google-chrome", "microsoft-edge"), "apt-get install chromium"),
        _fonts(),
        _java(),
    ]


def _python() -> Check:
    fine = sys.version_info >= _OLDEST_PYTHON
    return Check(
        "python",
        fine,
        sys.version.split()[0],
        ""
        if fine
        else Words("需要 Python 3.11 以上", "Python 3.11 or newer is needed", code="cli.newer-python-needed"),
    )


def _package(name: str, *, needed: bool = True, cure: str = "make setup") -> Check:
    try:
        return Check(name, fine=True, state=version(name), needed=needed)
    except PackageNotFoundError:
        return Check(
            name,
            fine=False,
            state=Words("未安装", "not installed", code="cli.part-not-installed"),
            cure=cure,
            needed=needed,
        )


def _writable(store: Path) -> Check:
    try:
        check_writable(store)
        # A store may not be there yet: its disk is that of the nearest folder that is.
        there = next(each for each in (store, *store.absolute().parents) if each.exists())
    except (OSError, ValueError) as error:
        why = said_by_system(error)
        return Check(
            "store",
            fine=False,
            state=Words(f"{store}：{why.zh}", f"{store}: {why.en}", code="cli.store-not-writable"),
            cure=Words("--store 或 WORKBENCH_STORE", "--store or WORKBENCH_STORE", code="cli.check-store-option"),
        )
    free = shutil.disk_usage(there).free / 2**30
    message = Words(
        f"{store.resolve()}，可写，{free:.0f} GiB 可用",
        f"{store.resolve()}, writable, {free:.0f} GiB free",
        code="cli.store-writable",
    )
    return Check("store", fine=True, state=message)


def _private(store: Path, open_before: bool) -> Check:  # noqa: FBT001 - as it was found
    """Whether anybody else on this computer may look into the store."""
    name = "private"
    if not open_before or not store.exists():
        return Check(
            name,
            fine=True,
            state=Words(f"{store}：仅本用户可读", f"{store} can be read by its owner only", code="cli.store-private"),
        )
    if close_to_others(store):
        message = Words(
            f"{store}：曾对他人开放，已收紧",
            f"{store} was open to others and is closed now",
            code="cli.store-closed-now",
        )
        return Check(name, fine=True, state=message)
    if not any(store.iterdir()):
        return Check(name, fine=True, state=Words(f"{store}：空目录", f"{store} is empty", code="cli.store-empty"))
    message = Words(f"{store}：他人可读", f"{store} can be read by others", code="cli.store-open-to-others")
    return Check(name, fine=False, state=message, cure=f"chmod -R go-rwx {store}")


def _facts(store: Path) -> Check:
    try:
        stored = FactStore(store)
        rounds = stored.rounds()
        origins = [stored.origin(name) for name in rounds]
    except (WorkbenchError, OSError) as error:
        return Check("facts", fine=False, state=error.words if isinstance(error, WorkbenchError) else str(error))
    if not rounds:
        return Check(
            "facts",
            fine=False,
            state=Words("没有", "none", code="cli.no-facts"),
            cure="workbench intake / simulate",
            needed=False,
        )
    simulated = any(origin.simulated for origin in origins)
    mark = Words("，模拟数据", ", simulated") if simulated else Words("", "")
    return Check("facts", fine=True, state=Words("、".join(rounds), ", ".join(rounds), code="cli.rounds-stored") + mark)


def _backup(store: Path) -> Check:
    """Whether the last backup is of this or the last night; a demonstration needs none."""
    origin = Origin(store, register_url())
    try:
        if FactStore(store).simulated() or not register_exists(store, origin.url):
            return Check(
                "backup", fine=True, state=Words("不需要", "not needed", code="cli.backup-not-needed"), needed=False
            )
        last = last_backup(origin)
    except (WorkbenchError, OSError) as error:
        state = error.words if isinstance(error, WorkbenchError) else str(error)
        return Check("backup", fine=False, state=state, needed=False)
    if last is None:
        return Check(
            "backup",
            fine=False,
            state=Words("从未备份", "never", code="cli.never-backed-up"),
            cure=_BACK_UP,
            needed=False,
        )
    # Either way: a date to come is of a wrong clock, and would pass for recent until it comes.
    fine = abs(now_in_beijing() - last) < _BACKUP_AGE
    state = Words(f"上次 {last:%Y-%m-%d %H:%M}", f"the last one: {last:%Y-%m-%d %H:%M}", code="cli.last-backup")
    return Check("backup", fine, state, "" if fine else _BACK_UP, needed=False)


def _exists(name: str, path: Path) -> Check:
    return Check(
        name,
        path.exists(),
        str(path),
        "" if path.exists() else Words("请重新取得项目", "get the project again", code="cli.get-project-again"),
    )


def _port() -> Check:
    with socket.socket() as probe:
        # Connecting, not binding: a port just given up would refuse to be bound for a while.
        taken = probe.connect_ex(("127.0.0.1", _PORT)) == 0
    message = (
        Words(f"{_PORT} 已被占用", f"{_PORT} is taken", code="cli.port-taken")
        if taken
        else Words(f"{_PORT} 空闲", f"{_PORT} is free", code="cli.port-free")
    )
    return Check("port", not taken, message, "--port" if taken else "", needed=False)


def _program(name: str, commands: tuple[str, ...], cure: str) -> Check:
    path_found = next((path for command in commands if (path := shutil.which(command))), None)
    return Check(
        name,
        path_found is not None,
        path_found or Words("未找到", "not found", code="cli.program-not-found"),
        "" if path_found else cure,
        needed=False,
    )


def _java() -> Check:
    """Java for Spark, which runs on 17 and newer: one that is older starts, and fails in words of its own."""
    cure = Words(
        "安装 Java 17：apt-get install openjdk-17-jre-headless",
        "install Java 17: apt-get install openjdk-17-jre-headless",
    )
    home = os.environ.get("JAVA_HOME")
    # Spark's scripts ask JAVA_HOME first.
    path = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if path is None:
        missing = Words("未找到（需要 17）", "not found (17 is needed)", code="cli.java-not-found")
        return Check("java", fine=False, state=missing, cure=cure, needed=False)
    answered = _answer_of([path, "-version"])
    version = re.search(r'version "(?:1\.)?(\d+)', answered)
    if version is None:
        silent = Words(
            f"{path}：不能运行（需要 17）", f"{path} does not run (17 is needed)", code="cli.java-does-not-run"
        )
        return Check("java", fine=False, state=silent, cure=cure, needed=False)
    fine = int(version[1]) >= _OLDEST_JAVA
    state = (
        f"{version[1]}，{path}"
        if fine
        else Words(f"{version[1]}，需要 17", f"{version[1]}, 17 is needed", code="cli.java-too-old")
    )
    return Check("java", fine, state, "" if fine else cure, needed=False)


def _answer_of(command: list[str]) -> str:
    """What a program prints, on either output; nothing where it does not run or never ends."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS)  # noqa: S603 - found on the PATH
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stderr + done.stdout


def _fonts() -> Check:
    """Chinese fonts; office computers with Chinese Windows have them, bare servers do not."""
    listing = shutil.which("fc-list")
    # Not looked at, rather than missing: nothing here can tell.
    if os.name == "nt" or listing is None:
        return Check(
            "fonts", fine=True, state=Words("未检查", "not looked at", code="cli.fonts-not-looked-at"), needed=False
        )
    listed = subprocess.run([listing, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603
    names = sorted(set(listed.stdout.split("\n")) - {""})
    there = names[0] if names else Words("没有", "none", code="cli.no-chinese-font")
    return Check("fonts", bool(names), there, "" if names else "apt-get install fonts-noto-cjk", needed=False)
