"""Folders for what is written meanwhile: see `workbench.safeguards.temporary_folders`."""

import stat
import subprocess
import sys

import pytest

from workbench.safeguards.temporary_folders import new_folder, temporary_folder

_WRITES_AND_IS_KILLED = """
import os, signal
from workbench.safeguards.temporary_folders import temporary_folder
with temporary_folder("reading") as folder:
    (folder / "list.csv").write_text("names")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_a_folder_is_its_owners_and_goes_with_the_block(place):
    with temporary_folder("reading") as folder:
        assert folder.parent == place
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "list.csv").write_text("names", encoding="utf-8")
    assert list(place.iterdir()) == []


def test_what_a_killed_process_wrote_goes_with_the_next_folder_of_its_kind(place):
    subprocess.run([sys.executable, "-c", _WRITES_AND_IS_KILLED], check=False)
    (remaining,) = place.iterdir()
    assert (remaining / "list.csv").exists()
    new_folder("register")
    assert remaining.exists()
    new_folder("reading")
    assert not remaining.exists()


def test_what_belongs_to_a_running_process_or_to_others_stays(place):
    first, others = new_folder("reading"), place / "workbench-of-mine"
    others.mkdir()
    new_folder("reading")
    assert first.exists()
    assert others.exists()
