"""A file is read in a process of its own: with the same result, and whatever becomes of that process is said in words."""

import os
import signal
import subprocess
import sys
from dataclasses import fields

import psutil
import pytest

from tests.intake.hostile_files import good, stray_cell_spelt_otherwise
from tests.intake.person_lists import A2017, person, sheet, write_csv, write_xlsx
from workbench.errors import FileError, InputError
from workbench.intake.export import read_export
from workbench.intake.isolation import child, parent
from workbench.intake.isolation.parent import ReadingLimits, read_apart
from workbench.intake.tables.mapping import load_mapping

MB = 1 << 20


@pytest.fixture(autouse=True)
def started_by_itself(monkeypatch):
    """The process that reads is started as users start it, not forked."""
    monkeypatch.setattr(parent, "subprocess", subprocess)


ROOMY = ReadingLimits(memory=1500 * MB, seconds=60, mapped=8000 * MB)


def same(one, other):
    for field in fields(one):
        assert getattr(one, field.name) == getattr(other, field.name), field.name
    return True


def test_the_result_is_the_same(tmp_path):
    people = [person(A2017, 1), person(A2017, 2, 证件号码="1"), person(A2017, 3, household="x")]
    path = write_xlsx(tmp_path / "给.xlsx", sheet(A2017, *people))
    reports = []
    result = read_apart(path, round_name="2019-10", county="341524", progress=lambda *reached: reports.append(reached))
    assert same(result, read_export(path, round_name="2019-10", county="341524"))
    assert result.problems
    assert reports[-1][0] == reports[-1][1] > 0


def test_a_mapping_goes_with_it(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["id", "inc", "who"], ["1", "100", "yes"], ["2", "", "no"]])
    written = tmp_path / "m.yaml"
    written.write_text(
        "key: id\nfacts:\n  county_code: {constant: '341524'}\n  net_income: {expression: 'inc * 12'}\n"
        "  disability: {column: who, values: {yes: true, no: null}}\n",
        encoding="utf-8",
    )
    mapping = load_mapping(written)
    result = read_apart(path, round_name="2019-10", mapping=mapping)
    assert same(result, read_export(path, round_name="2019-10", mapping=mapping))


def test_its_refusals_are_the_same(tmp_path):
    for path in (tmp_path / "absent.xlsx", write_csv(tmp_path / "t.csv", [["a"], ["1"]])):
        with pytest.raises(FileError) as apart:
            read_apart(path, round_name="2019-10")
        with pytest.raises(FileError) as here:
            read_export(path, round_name="2019-10")
        assert apart.value.message == here.value.message
    with pytest.raises(InputError, match="2019-13"):
        read_apart(good(tmp_path / "g.xlsx"), round_name="2019-13")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="private memory as Linux tells it")
def test_what_fills_the_memory_is_stopped(tmp_path):
    path = stray_cell_spelt_otherwise(tmp_path / "给.xlsx")
    with pytest.raises(FileError) as refused:
        read_apart(path, round_name="2019-10", limits=ReadingLimits(memory=400 * MB, seconds=60, mapped=100_000 * MB))
    assert "给.xlsx" in str(refused.value)


def test_what_takes_for_ever_is_stopped(tmp_path):
    rows = sheet(A2017, *(person(A2017, n % 4, household=f"{n // 4:014}") for n in range(40_000)))
    path = write_csv(tmp_path / "long.csv", rows)
    with pytest.raises(FileError, match="用时"):
        read_apart(path, round_name="2019-10", limits=ReadingLimits(memory=1500 * MB, seconds=1, mapped=8000 * MB))


def _children():
    """The processes that read for this one; those that ended and wait to be fetched have no command any more."""
    running = (each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE)
    return [each for each in running if child.__name__ in each.cmdline()]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_its_death_is_a_refusal(tmp_path, how):
    def kill(_done, _total):
        for each in _children():
            os.kill(each.pid, how)

    with pytest.raises(FileError) as refused:
        read_apart(good(tmp_path / "给.xlsx"), round_name="2019-10", progress=kill, limits=ROOMY)
    assert "给.xlsx" in str(refused.value)
    assert "没有写入" in refused.value.words.zh


def test_who_asked_can_call_it_off(tmp_path):
    class CalledOffError(Exception):
        pass

    def call_off(_done, _total):
        raise CalledOffError

    with pytest.raises(CalledOffError):
        read_apart(good(tmp_path / "给.xlsx"), round_name="2019-10", progress=call_off)
    assert _children() == []


def test_it_knows_nothing_of_who_is_signed_in(tmp_path, monkeypatch):
    started = []

    class Recorded(parent.subprocess.Popen):
        def __init__(self, *words, **options):
            started.append(options["env"])
            super().__init__(*words, **options)

    monkeypatch.setenv("HTTP_X_WORKBENCH_PERSON", "%5B%5D")
    monkeypatch.setattr(parent.subprocess, "Popen", Recorded)
    read_apart(good(tmp_path / "g.xlsx"), round_name="2019-10")
    assert "HTTP_X_WORKBENCH_PERSON" not in started[0]
