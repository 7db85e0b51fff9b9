"""An error says what failed: what a caller does inside a transaction, a backup or a look stays the caller's error."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from workbench.errors import DamagedError, InputError, StoreError
from workbench.store.archive import layout
from workbench.store.archive.reading import open_archive
from workbench.store.archive.writing import writing_archive
from workbench.store.files import write_file
from workbench.store.scenarios import read_scenario, save_scenario
from workbench.store.transaction import holding, transaction


@pytest.fixture
def backup(tmp_path):
    with writing_archive(tmp_path / "b", {"made_at": "", "register": None}) as writer:
        writer.add_lines("store/a.txt", ["a"])


def reading(tmp_path):
    return open_archive(tmp_path / "b")


def archiving(tmp_path):
    return writing_archive(tmp_path / "new", {})


def changing(tmp_path):
    return transaction(tmp_path / "store")


def keeping_still(tmp_path):
    return holding(tmp_path / "store")


@pytest.mark.usefixtures("backup")
@pytest.mark.parametrize("manager", [reading, archiving, changing, keeping_still])
@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), TypeError("x"), FileNotFoundError(2, "none", "/a/source"),
                                   PermissionError("no name"), zipfile.BadZipFile("theirs")], ids=repr)  # fmt: skip
def test_what_a_caller_raises_comes_out_as_it_is(tmp_path, manager, error):
    with pytest.raises(type(error)) as raised, manager(tmp_path):
        raise error
    assert raised.value is error
    assert not (tmp_path / "new").exists()


def test_a_source_that_is_missing_is_said_to_be_missing(tmp_path):
    gone = tmp_path / "gone.parquet"
    with pytest.raises(FileNotFoundError), transaction(tmp_path / "store") as pending:
        shutil.copyfile(gone, pending.stage(tmp_path / "store" / "x"))
    with pytest.raises(StoreError, match=r"gone\.parquet cannot be read \(No such file"), archiving(tmp_path) as writer:
        writer.add_file("store/x", gone)
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_cannot_be_staged_is_said_of_the_store(tmp_path):
    with (
        pytest.raises(StoreError, match=r"store: cannot be written \(No such file"),
        transaction(tmp_path / "store") as p,
    ):
        (p.folder / "no folder" / "x").write_text("")


_LIMITED = """
import os, resource, sys
from pathlib import Path
from workbench.errors import WorkbenchError
from workbench.store.archive.writing import writing_archive
from workbench.store.files import write_file
from workbench.store.scenarios import read_scenario, save_scenario
from workbench.store.transaction import transaction

resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
root = Path(sys.argv[2])

def backup():
    with writing_archive(root / "b", {}) as writer:
        for number in range(9):
            writer.add_lines(str(number), [os.urandom(999).hex()])

def stored():
    with transaction(root / "store") as pending:
        pending.stage(root / "store" / "x").write_bytes(bytes(9000))

def table():
    import pyarrow as pa, pyarrow.parquet as pq
    with transaction(root / "store") as pending:
        pq.write_table(pa.table({"a": list(range(9000))}), pending.stage(root / "store" / "x"), compression=None)

def file():
    write_file(root / "out.xlsx", bytes(9000))

try:
    globals()[sys.argv[1]]()
except WorkbenchError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit of a file's size stands for a full disk")
@pytest.mark.parametrize("work", ["backup", "stored", "table", "file"])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path, work):
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, work, str(tmp_path)], capture_output=True, text=True, timeout=600, check=False
    )
    assert "cannot be written" in done.stdout, done.stderr
    assert os.strerror(27) in done.stdout
    assert done.stderr == ""
    leftovers = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert leftovers == []


@pytest.mark.parametrize(
    "manifest", ["[]", "{}", '{"format": "new"}', '{"format": 1, "members": 5}', "null", "no json"]
)
def test_a_zip_of_somebody_else_is_no_backup(tmp_path, manifest):
    with (tmp_path / "file").open("w+b") as opened:
        with zipfile.ZipFile(opened, "w") as made:
            made.comment = b"0" * 64
            made.writestr("manifest.json", manifest)
        layout.append_digest(opened)
    with pytest.raises(DamagedError, match="is no backup of this workbench"), open_archive(tmp_path / "file"):
        pass


def test_a_name_as_long_as_a_name_can_be(tmp_path):
    long = tmp_path / ("a" * 250 + ".txt")
    write_file(long, b"1")
    assert long.read_bytes() == b"1"
    with writing_archive(tmp_path / ("b" * 250), {}):
        pass
    for wrong in (tmp_path / ("c" * 300), tmp_path / "a\0b", tmp_path / "none" / "x"):
        with pytest.raises(InputError, match="cannot be written"):
            write_file(wrong, b"1")
    with pytest.raises(InputError, match="cannot be read"), open_archive(tmp_path / "a\0b"):
        pass


def test_a_scenario_that_cannot_be_read_is_not_said_to_be_deleted(tmp_path):
    saved = save_scenario(tmp_path, {"name": "一"}, "2019-10-08T09:00:00")
    path = tmp_path / "scenarios" / f"{saved.identity}.json"
    path.unlink()
    with pytest.raises(StoreError, match="it may be deleted"):
        read_scenario(tmp_path, saved.identity)
    path.mkdir()
    with pytest.raises(StoreError, match=r"cannot be read \(Is a directory"):
        read_scenario(tmp_path, saved.identity)
