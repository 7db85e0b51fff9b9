"""Whatever the workbench writes is its owner's alone, whatever the machine's own default is."""

import os
import stat
import subprocess
import tempfile

import pytest

from tests.browser import start_server
from tests.cli.command import run_here, run_program
from tests.intake.person_lists import A2017, person, sheet, write_xlsx
from workbench.cli.serving.doctor import examine
from workbench.safeguards.private_files import close_to_others
from workbench.settings import NOTEBOOKS
from workbench.store.facts import FactStore

OF_ANOTHER_PROGRAM = ("startup/README",)
"""IPython copies it with the rights that it has in the installation."""
ROUND = ("--round", "2019-10")


def open_to_others(root):
    """Every path below that anybody else may read, write or enter."""
    results = []
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118
            if not os.path.islink(path) and stat.S_IMODE(os.stat(path).st_mode) & 0o077:  # noqa: PTH114, PTH116
                results.append(os.path.relpath(path, root))
    return [path for path in results if not path.endswith(OF_ANOTHER_PROGRAM)]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A home, a temporary folder and a store of their own, on a machine whose default lets everybody read."""
    for name in ("home", "temporary", "out"):
        (tmp_path / name).mkdir(mode=0o700)
    for name, value in {
        "HOME": "home",
        "TMPDIR": "temporary",
        "WORKBENCH_STORE": "store",
        "XDG_CACHE_HOME": "home/.cache",
    }.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(tempfile, "tempdir", None)  # it was read from another environment
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


@pytest.mark.slow
def test_all_that_commands_and_pages_write(place):
    export = write_xlsx(place / "out" / "给.xlsx", sheet(A2017, person(A2017, 1), person(A2017, 2)))
    export.chmod(0o600)
    out, real = place / "out", place / "real"
    commands = [
        ("simulate", "--households", 300, "--rounds", 2, "--seed", 1),
        ("register", "accounts", "add", "admin", "--name", "管理员", "--role", "administrator"),
        ("ledger", *ROUND, "--county", "341524", "--kind", "risk", "--out", out / "l.xlsx"),
        ("filing", *ROUND, "--county", "341524", "--out", out / "f.docx"),
        ("intake", export, *ROUND, "--problems", out / "问题.csv", "--store", real),
        ("backup", "--out", out / "b.backup"),
        ("restore", out / "b.backup", "--store", place / "again"),
        ("preview", *ROUND, "--standard", "data/examples/standard.yaml"),
    ]
    for words in commands:
        os.umask(
            0o022
        )  # a command sets it for its process, which is this one but for the first, that starts as users start it
        done = (run_program if words[0] == "simulate" else run_here)(*words)
        assert done.status in (0, 1), (words, done.err)
    os.umask(0o022)
    log = place / "out" / "log"
    log.touch(0o600)
    server = start_server(place / "store", NOTEBOOKS, log)
    try:
        for path in ("", "voila/render/county_standard.ipynb"):
            assert server.get(path)[0] in (200, 404)
        assert open_to_others(place) == []
    finally:
        server.stop()
    assert open_to_others(place) == []


def test_a_store_that_was_left_open_is_closed_by_its_owner(place):
    assert run_program("simulate", "--households", 20, "--rounds", 1, "--seed", 1).status == 0
    store = place / "store"
    subprocess.run(["chmod", "-R", "go+rX", store], check=True)
    assert open_to_others(store)
    done = run_program("doctor", "--json")
    assert any("已收紧" in check["found"] for check in done.record["checks"])
    assert open_to_others(place) == []
    assert not any("已收紧" in str(check.state) for check in examine(store))


def test_reading_closes_it_too(place):
    assert run_here("simulate", "--households", 20, "--rounds", 1, "--seed", 1).status == 0
    subprocess.run(["chmod", "-R", "go+rX", place / "store"], check=True)
    FactStore(place / "store")
    assert open_to_others(place) == []


def test_a_folder_that_is_no_store_stays_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "letter").write_text("mine")
    assert not close_to_others(tmp_path)
    FactStore(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
