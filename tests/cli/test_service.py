"""The units of systemd: systemd itself accepts them, and what they start serves and backs up."""

import datetime as dt
import errno
import re
import shlex
import shutil
import signal
import subprocess
import urllib.request
from configparser import RawConfigParser

import pytest

from tests.browser import _free_port, wait_until
from tests.cli.command import refused
from workbench.backup import backup
from workbench.backup.series import name_at, remove_older
from workbench.cli.serving.doctor import _BACKUP_AGE, examine
from workbench.cli.serving.service_units import quoted
from workbench.clock import BEIJING
from workbench.errors import InputError

NOW = dt.datetime(2021, 10, 8, 2, tzinfo=BEIJING)
PAGES, BACKUP, TIMER = (
    "luan-workbench.service",
    "luan-workbench-backup.service",
    "luan-workbench-backup.timer",
)


def unit(path):
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def command_of(path):
    """ExecStart as systemd splits it."""
    words = shlex.split(unit(path)["Service"]["ExecStart"])
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


@pytest.fixture
def units(workbench, city_copy, tmp_path):
    """Written for a store whose name has what systemd reads in ways of its own."""
    store = city_copy.rename(tmp_path / "a store 100%h $HOME")
    options = ("--store", store, "--backups", tmp_path / "kept", "--port", _free_port())
    done = workbench("service", "--out", tmp_path / "units", *options, "--json")
    assert done.status == 0, done.err
    assert {path.rpartition("/")[2] for path in done.record["units"]} == {PAGES, BACKUP, TIMER}
    return tmp_path / "units"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="only where systemd is")
def test_systemd_accepts_them(units):
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    broken = units / PAGES
    broken.write_text(broken.read_text(encoding="utf-8").replace("Type=exec", "Typo=exec"), encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Typo" in done.stderr


def test_what_the_service_starts_serves_the_pages_and_stops_when_asked(units, tmp_path):
    command = command_of(units / PAGES)
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log)
    address = f"http://127.0.0.1:{command[command.index('--port') + 1]}/"

    def answers():
        try:
            return urllib.request.urlopen(address, timeout=60).status == 200
        except OSError:
            return process.poll() is not None

    wait_until(answers, 120, "nothing answers")
    assert process.poll() is None, (tmp_path / "log").read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) in (0, 128 + signal.SIGTERM, -signal.SIGTERM)


def test_what_the_timer_starts_backs_up(units, tmp_path):
    done = subprocess.run(command_of(units / BACKUP), cwd="/", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    (made,) = (tmp_path / "kept").iterdir()
    assert re.fullmatch(r"workbench-[0-9a-f]{8}-[\d-]{10}T\d{6}\.backup", made.name)
    assert unit(units / TIMER)["Timer"]["OnCalendar"] == "*-*-* 02:00:00 Asia/Shanghai"


def full_disk(*_):
    raise OSError(errno.ENOSPC, "no space")


def test_a_backup_by_the_timer_is_put_back_and_the_doctor_sees_its_age(workbench, monitoring, tmp_path, monkeypatch):
    store = tmp_path / "real"
    assert workbench("intake", monitoring, "--round", "2019-10", "--store", store).status == 1  # with findings
    person = ("register", "accounts", "add", "admin", "--name", "管理员", "--role", "administrator", "--store", store)
    assert workbench(*person).status == 0

    def seen():
        return next(check for check in examine(store) if check.name == "backup")

    assert (seen().fine, seen().needed, seen().state.zh) == (False, False, "从未备份")
    with monkeypatch.context() as patch:
        patch.setattr(backup, "writing_archive", full_disk)
        assert workbench("backup", "--into", tmp_path / "kept", "--as", "admin", "--store", store).status != 0
    assert not seen().fine, "one that failed passes for the last"
    done = workbench("backup", "--into", tmp_path / "kept", "--keep", 3, "--as", "admin", "--store", store, "--json")
    assert (done.status, done.record["removed"]) == (0, []), done.err
    assert seen().fine
    monkeypatch.setattr("workbench.cli.serving.doctor._BACKUP_AGE", dt.timedelta())
    assert not seen().fine
    assert "workbench backup" in seen().cure
    assert dt.timedelta(days=1) < _BACKUP_AGE
    restored = workbench("restore", done.record["file"], "--store", tmp_path / "again")
    assert restored.status == 0, restored.err


def test_a_demonstration_and_a_folder_without_a_register_need_no_backup(city, tmp_path):
    for store in (city, tmp_path):
        assert next(check for check in examine(store) if check.name == "backup").fine


def test_only_older_backups_of_the_series_go(tmp_path):
    names = [name_at(NOW + dt.timedelta(days=day), tmp_path) for day in range(5)]
    others = [
        "六安.backup", "workbench-2019-10-08T020000.backup.part", "workbench-notes.backup",
        "workbench-0123abcd-2019-10-08T020000.backup",
    ]  # fmt: skip
    for name in (*names, *others):
        (tmp_path / name).touch()
    (tmp_path / "workbench-2018-10-08T020000.backup").mkdir()
    assert [path.name for path in remove_older(tmp_path / names[4], 2)] == names[:3]
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {*names[3:], *others}
    assert (tmp_path / "workbench-2018-10-08T020000.backup").is_dir()
    assert remove_older(tmp_path / names[4], 2) == []


def test_a_clock_that_was_set_back_removes_neither_the_new_one_nor_those_ahead(tmp_path):
    names = [name_at(NOW + dt.timedelta(days=day), tmp_path) for day in range(4)]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in remove_older(tmp_path / names[1], 1)] == names[:1]


def test_stores_that_share_a_folder_have_series_of_their_own(tmp_path):
    names = []
    for identity in ("0123456789", "fedcba9876"):
        root = tmp_path / identity
        root.mkdir()
        (root / "register.json").write_text(f'{{"register": "{identity}"}}')
        names += [name_at(NOW + dt.timedelta(days=day), root) for day in range(2)]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in remove_older(tmp_path / names[3], 1)] == [names[2]]


def test_stores_without_a_register_that_share_a_folder_have_series_of_their_own(tmp_path):
    one, other = (name_at(NOW + dt.timedelta(days=day), tmp_path / root) for day, root in enumerate(("one", "other")))
    for name in (one, other):
        (tmp_path / name).touch()
    assert remove_older(tmp_path / max(one, other), 1) == []
    assert (tmp_path / one).exists()
    assert (tmp_path / other).exists()


def test_wrong_usage_is_not_tried_again_for_ever(units):
    """Options that `serve` refuses are as wrong five seconds later."""
    assert unit(units / PAGES)["Service"]["RestartPreventExitStatus"] == str(InputError.exit_status) == "2"


def test_a_backup_is_not_put_inside_of_what_it_backs_up(workbench, city_copy):
    before = sorted(city_copy.rglob("*"))
    for words in (
        ("--into", city_copy / "nightly"),
        ("--out", city_copy / "a.backup"),
        ("--out", city_copy / "facts/a"),
    ):
        assert refused(workbench("backup", *words, "--store", city_copy), "数据目录之内")
    assert sorted(city_copy.rglob("*")) == before
    assert workbench("backup", "--into", city_copy / "backups", "--store", city_copy).status == 0


def test_nothing_older_goes_where_the_new_one_fails(workbench, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(3):
        (folder / name_at(NOW + dt.timedelta(days=day), tmp_path)).touch()
    assert workbench("backup", "--into", folder, "--keep", 1, "--store", tmp_path / "nothing").status != 0
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("words", [(), ("--out", "a", "--into", "b"), ("--out", "a", "--keep", "3")])
def test_where_a_backup_goes_is_said_once(workbench, tmp_path, words):
    assert refused(workbench("backup", *words, "--store", tmp_path), "--out", "--into")


@pytest.mark.parametrize(
    "words",
    [
        ("--user", "root; rm"),
        ("--user", "a\nb"),
        ("--host", "0.0.0.0"),  # noqa: S104 - refused
        ("--base-url", "workbench"),
        ("--key", "alone.pem"),
        ("--name", "a\nExecStartPre=/bin/false"),
        ("--backups", "/var/a\nb"),
    ],
)
def test_what_the_server_would_refuse_is_not_written(workbench, tmp_path, words):
    done = workbench("service", "--out", tmp_path / "units", "--store", tmp_path, *words)
    assert done.status == 2, done
    assert not (tmp_path / "units").exists()


def test_what_the_administrator_is_to_run_holds_paths_whole(workbench, tmp_path):
    words = ("--out", tmp_path / "the units", "--backups", "/var/the backups; x", "--store", tmp_path)
    said = workbench("service", *words).out
    assert "'/var/the backups; x'" in said
    assert f"'{tmp_path}/the units/{PAGES}'" in said


def test_options_of_the_server_come_whole_into_its_command(workbench, tmp_path):
    words = ("--behind-proxy", "127.0.0.1", "--name", "workbench.example", "--base-url", "/w/")
    assert workbench("service", "--out", tmp_path, "--store", tmp_path, *words).status == 0
    assert set(words) <= set(command_of(tmp_path / PAGES))


@pytest.mark.parametrize("word", ["plain", "a b", 'a"b', "50%", "a\\b", "六安"])
def test_a_word_is_quoted_so_that_it_is_one(word):
    assert shlex.split(quoted(word))[0].replace("%%", "%") == word
    assert quoted("$HOME", command=True) == '"$$HOME"'
