"""The archive that installs without internet: a wheel of everything for every target, held to its hash, and a page at the end."""

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from deployment import bundle
from deployment.bundle import CACHE, CHECKSUMS, fetch, members, program_files, write
from deployment.licences import DOCUMENT, licence_of, metadata_of, projects, row
from deployment.locked import EVERY_TARGET, PROJECT, Target, every_wheel, exported, requirements, wheels_for
from tests.browser import wait_until

HERE = Target(f"3.{sys.version_info.minor}", platform.machine())
RELEASES = [f"{target.python}.{patch}" for target in EVERY_TARGET[:3] for patch in (0, 4, 5, 9, 20)]
INSTALLER = PROJECT / "deployment" / "install.sh"


# -- what the lock file names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", EVERY_TARGET, ids=lambda target: f"{target.python}-{target.machine}")
def test_every_target_has_a_wheel_of_every_requirement_whatever_its_release(target):
    held = {(wheel.project, wheel.version) for wheel in every_wheel([target])}
    for release in (each for each in RELEASES if each.startswith(f"{target.python}.")):
        environment = target.environment(release)
        needed = {
            (canonicalize_name(each.name), next(iter(each.specifier)).version)
            for each in requirements()
            if each.marker is None or each.marker.evaluate(environment)
        }
        assert len(needed) > 100
        assert needed <= held, release


def test_a_wheel_is_of_its_target():
    for target in EVERY_TARGET:
        other = {"x86_64", "aarch64"} - {target.machine}
        files = [wheel.file for wheel in wheels_for(target, target.environment(f"{target.python}.1"))]
        assert not [name for name in files if any(f"_{machine}" in name for machine in other)]
        versions = {"cp311", "cp312", "cp313"} - {"cp" + target.python.replace(".", "")}
        assert not [name for name in files if re.search(f"-({'|'.join(versions)})-(?!abi3)", name)]


def test_pip_will_ask_for_exactly_the_wheels_that_are_there():
    """Every hash of the archive is among those that the requirements allow."""
    allowed = set(re.findall(r"sha256:([0-9a-f]{64})", exported("--no-annotate")))
    assert {wheel.sha256 for wheel in every_wheel(EVERY_TARGET)} <= allowed


# -- the archive ---------------------------------------------------------------------------------------------------


@pytest.fixture
def no_wheels(monkeypatch):
    """Archives without the wheels."""
    monkeypatch.setattr(bundle, "every_wheel", lambda _targets: [])


def test_the_program_goes_along_whole_and_nothing_of_the_tests():
    names = {path.as_posix() for path in program_files()}
    assert {"workbench/cli/app.py", "notebooks/training.ipynb", "pyproject.toml", "LICENSE"} <= names
    assert {"data/divisions/luan_villages.csv", "docs/operations.md"} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "data/demo", "data/store", "."))]


@pytest.mark.usefixtures("no_wheels")
def test_every_file_has_its_sum_and_the_same_tree_gives_the_same_bytes(tmp_path):
    *files, (name, sums) = members([HERE])
    assert name == CHECKSUMS
    wanted = [f"{hashlib.sha256(content).hexdigest()}  {each}" for each, content in files]
    assert sums.decode().splitlines() == wanted
    first, second = (write(tmp_path / each, [HERE]).read_bytes() for each in ("a", "b"))
    assert first == second


def test_a_wheel_that_is_not_the_lock_files_goes_into_no_archive(tmp_path):
    wheel = every_wheel([HERE])[0]
    (tmp_path / wheel.file).write_bytes(b"another")
    with pytest.raises(ValueError, match=re.escape(wheel.file)):
        list(members([HERE], tmp_path))


# -- the installer -------------------------------------------------------------------------------------------------


@pytest.fixture
def unpacked(tmp_path, no_wheels):  # noqa: ARG001 - in force while the archive is written
    """An archive without wheels, unpacked."""
    with tarfile.open(write(tmp_path / "dist", [HERE])) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    return folder


def install(folder, target, **environment):
    command = ["sh", str(folder / "install.sh"), str(target)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=900, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("change", ["altered", "missing"])
def test_an_archive_with_a_wrong_file_installs_nothing(unpacked, tmp_path, change):
    victim = unpacked / "program" / "workbench" / "clock.py"
    victim.write_text("import os") if change == "altered" else victim.unlink()
    done = install(unpacked, tmp_path / "target")
    assert (done.returncode, (tmp_path / "target").exists()) == (2, False)
    assert "get the archive again" in done.stderr


@pytest.fixture
def stand_in(tmp_path):
    """A Python that installs nothing and says that it did, in a folder with a space; it waits in pip where a file says so."""
    python = tmp_path / "a python" / "python3"
    python.parent.mkdir()
    python.write_text(
        """#!/bin/sh
case "$*" in
*"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
*"-m pip"*) [ -z "${WAITS:-}" ] || { : >"$WAITS"; sleep 60; } ;;
esac
"""
    )
    python.chmod(0o755)
    return str(python)


def test_what_it_installs_can_be_read_by_the_user_of_the_service(unpacked, tmp_path, stand_in):
    for folder in (unpacked, *(each for each in unpacked.rglob("*") if each.is_dir())):
        folder.chmod(0o700)  # unpacked by a careful administrator
    done = install(unpacked, tmp_path / "the target", PYTHON=stand_in)
    assert done.returncode == 0, done.stderr
    installed = [tmp_path / "the target", *(tmp_path / "the target").rglob("*")]
    assert len(installed) > 100
    assert not [each for each in installed if each.stat().st_mode & 0o044 != 0o044]
    assert not [each for each in installed if each.is_dir() and each.stat().st_mode & 0o011 != 0o011]


def test_a_file_that_no_checksum_names_is_not_installed(unpacked, tmp_path, stand_in):
    (unpacked / "program" / "workbench" / "of_the_version_before.py").touch()
    done = install(unpacked, tmp_path / "target", PYTHON=stand_in)
    assert (done.returncode, (tmp_path / "target").exists()) == (2, False)
    assert "not of the archive" in done.stderr


def test_an_installation_that_is_interrupted_leaves_nothing(unpacked, tmp_path, stand_in):
    environment = {**os.environ, "PYTHON": stand_in, "WAITS": str(tmp_path / "waits")}
    command = ["sh", str(unpacked / "install.sh"), str(tmp_path / "target")]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    wait_until((tmp_path / "waits").exists, 60, "pip was not called")
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(60) == 143
    assert not (tmp_path / "target").exists()


@pytest.mark.deep  # one that is interrupted in every run: the test above
def test_what_cannot_be_finished_leaves_nothing(unpacked, tmp_path):
    done = install(unpacked, tmp_path / "target")  # its wheels are missing
    assert (done.returncode, (tmp_path / "target").exists()) == (2, False)
    assert "is removed" in done.stderr


def test_a_folder_in_use_is_not_installed_into(unpacked, tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "mine").touch()
    done = install(unpacked, tmp_path / "target")
    assert (done.returncode, [path.name for path in (tmp_path / "target").iterdir()]) == (2, ["mine"])
    assert "sh install.sh FOLDER" in done.stderr


def test_without_a_suitable_python_it_says_which(unpacked, tmp_path):
    done = install(unpacked, tmp_path / "target", PYTHON="false")
    assert (done.returncode, (tmp_path / "target").exists()) == (2, False)
    assert "3.11 to 3.13" in done.stderr


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a network namespace is made by root")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="network namespaces are Linux's")
def test_it_is_installed_and_opens_a_page_where_there_is_no_network(tmp_path):
    fetch([HERE])
    with tarfile.open(write(tmp_path / "dist", [HERE])) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("luan-workbench-*")
    journey = Path(__file__).with_name("offline_journey.py")
    # A home, a pip and a PATH of its own: nothing of this machine's may help.
    environment = {"PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["unshare", "--net", sys.executable, str(journey), str(folder), str(tmp_path / "opt")],
        capture_output=True, text=True, check=False, env=environment, cwd=tmp_path, timeout=3000,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no network, installed, a page opened" in done.stdout


# -- licences ------------------------------------------------------------------------------------------------------


def test_every_bundled_project_has_its_licence_in_the_document():
    written = DOCUMENT.read_text(encoding="utf-8").splitlines()
    there = {wheel: metadata_of(wheel, CACHE) for wheel in projects()}
    known = [row(wheel, metadata) for wheel, metadata in there.items() if metadata is not None]
    assert len(known) > 100
    assert set(known) <= set(written)
    named = [re.match(r"\| `([^`]+)` \| ([^|]+) \|", line) for line in written]
    versions = {match.groups() for match in named if match} - {("luan-workbench", "–")}
    assert versions == {(wheel.project, wheel.version) for wheel in projects()}


def test_metadata_that_name_no_licence_are_refused():
    metadata = next(each for wheel in projects() if (each := metadata_of(wheel)) is not None)
    for name in ("License-Expression", "License", "Classifier"):
        del metadata[name]
    with pytest.raises(LookupError, match="somebody"):
        licence_of("somebody", metadata)
