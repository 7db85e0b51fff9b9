"""What the workbench needs of a computer, looked at one part at a time."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.safeguards.private_files import close_to_others, is_open_to_others
from workbench.settings import DIVISIONS, NOTEBOOKS
from workbench.store.facts import FactStore
from workbench.store.files import check_writable

_PACKAGES = ("voila", "jupyterlab", "ipywidgets", "anywidget", "pandas", "polars", "duckdb", "scikit-learn")
_OLDEST_PYTHON = (3, 11)
_PORT = 8866


@dataclass(frozen=True)
class Check:
    """One part: whether it is `fine`, what was `found`, the `cure`, and whether the pages need it."""

    name: str
    fine: bool
    found: str
    cure: str = ""
    needed: bool = True


def examine(store: Path) -> list[Check]:
    """Look at every part. Changes nothing but a file it writes to the store and removes."""
    open_before = is_open_to_others(store)  # opening it, as its owner, closes it
    return [
        _python(),
        *(_package(name) for name in _PACKAGES),
        _package("pyspark", needed=False, cure=".venv/bin/uv sync --inexact --extra spark"),
        _private(store, open_before),
        _writable(store),
        _facts(store),
        _exists("页面 notebooks", NOTEBOOKS),
        _exists("区划 divisions", DIVISIONS),
        _port(),
        _program("浏览器 chromium", ("chromium", "google-chrome", "microsoft-edge"), "apt-get install chromium"),
        _fonts(),
        _program("java (Spark)", ("java",), "apt-get install openjdk-17-jre-headless"),
    ]


def _python() -> Check:
    fine = sys.version_info >= _OLDEST_PYTHON
    return Check("python", fine, sys.version.split()[0], "" if fine else "Python 3.11 以上 or newer")


def _package(name: str, *, needed: bool = True, cure: str = "make setup") -> Check:
    try:
        return Check(name, fine=True, found=version(name), needed=needed)
    except PackageNotFoundError:
        return Check(name, fine=False, found="未安装 not installed", cure=cure, needed=needed)


def _writable(store: Path) -> Check:
    try:
        check_writable(store)
        there = next(each for each in (store, *store.absolute().parents) if each.exists())
    except (OSError, ValueError) as error:
        return Check(
            "数据目录 store",
            fine=False,
            found=f"{store}: {getattr(error, 'strerror', None) or error}",
            cure="--store 或 or WORKBENCH_STORE",
        )
    free = shutil.disk_usage(there).free / 2**30
    return Check("数据目录 store", fine=True, found=f"{store.resolve()}，可写 writable，{free:.0f} GiB 可用 free")


def _private(store: Path, open_before: bool) -> Check:  # noqa: FBT001 - as it was found
    """Whether anybody else on this computer may look into the store."""
    name = "私密 private"
    if not open_before or not store.exists():
        return Check(name, fine=True, found=f"{store}：仅本用户可读 its owner's alone")
    if close_to_others(store):
        return Check(name, fine=True, found=f"{store}：曾对他人开放，已收紧 was open to others, is closed now")
    if not any(store.iterdir()):
        return Check(name, fine=True, found=f"{store}：空目录 empty")
    return Check(name, fine=False, found=f"{store}：他人可读 others may read it", cure=f"chmod -R go-rwx {store}")


def _facts(store: Path) -> Check:
    try:
        stored = FactStore(store)
        rounds = stored.rounds()
        origins = [stored.origin(name) for name in rounds]
    except (WorkbenchError, OSError) as error:
        return Check("数据 facts", fine=False, found=str(error))
    if not rounds:
        return Check("数据 facts", fine=False, found="没有 none", cure="workbench intake / simulate", needed=False)
    mark = "，模拟数据 simulated" if any(origin.simulated for origin in origins) else ""
    return Check("数据 facts", fine=True, found=f"{', '.join(rounds)}{mark}")


def _exists(name: str, path: Path) -> Check:
    return Check(name, path.exists(), str(path), "" if path.exists() else "重新取得项目 get the project again")


def _port() -> Check:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", _PORT)) == 0
    return Check(
        "端口 port",
        not taken,
        f"{_PORT}{' 已被占用 taken' if taken else ' 空闲 free'}",
        "--port" if taken else "",
        needed=False,
    )


def _program(name: str, commands: tuple[str, ...], cure: str) -> Check:
    found = next((path for command in commands if (path := shutil.which(command))), None)
    return Check(name, found is not None, found or "未找到 not found", "" if found else cure, needed=False)


def _fonts() -> Check:
    """Chinese fonts; office computers with Chinese Windows have them, bare servers do not."""
    listing = shutil.which("fc-list")
    if os.name == "nt" or listing is None:
        return Check("中文字体 CJK fonts", fine=True, found="未检查 not looked at", needed=False)
    found = subprocess.run([listing, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603
    names = sorted(set(found.stdout.split("\n")) - {""})
    return Check(
        "中文字体 CJK fonts",
        bool(names),
        names[0] if names else "没有 none",
        "apt-get install fonts-noto-cjk",
        needed=False,
    )
