"""What a command cannot do it says in words: what was found, what is accepted, exit status 2, and no traceback."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from tests.cli.command import AS_OWNER, refused, refused_in_both, run_program

STANDARDS = Path(__file__).parent / "standards"
CASES = yaml.safe_load((STANDARDS / "cases.yaml").read_text(encoding="utf-8"))
GOOD = STANDARDS / "good.yaml"
ROUND = ("--round", "2019-10")


def test_every_broken_standard_has_its_words():
    assert set(CASES) == {path.stem for path in STANDARDS.glob("*.yaml")} - {"cases", "good", "wide"}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_standard(workbench, city, name):
    words = ("preview", *ROUND, "--standard", STANDARDS / f"{name}.yaml", "--store", city, "--json")
    assert refused_in_both(workbench, *words, said=CASES[name])


WRONG = {
    "a round that cannot be": (("tier", "--round", "2019-13"), ("2019-13", "YYYY-MM")),
    "a path as a round": (("tier", "--round", "../2019-10"), ("YYYY-MM",)),
    "a round not stored": (("tier", "--round", "2018-10"), ("2018-10", "2019-05, 2019-10, 2020-04")),
    "a county not stored": (("tier", *ROUND, "--county", "999999"), ("999999", "341524")),
    "a county to preview not stored": (
        ("preview", *ROUND, "--county", "999999", "--standard", GOOD),
        ("999999", "341524"),
    ),
    "a county to look back on not stored": (
        ("hindsight", "--county", "999999", "--standard", STANDARDS / "wide.yaml"),
        ("999999", "341524"),
    ),
    "no round to look back until": (("hindsight", "--until", "2019", "--standard", GOOD), ("2019", "YYYY-MM")),
    "an engine": (("tier", *ROUND, "--engine", "dask"), ("dask", "pandas", "duckdb")),
    "a reading": (("tier", *ROUND, "--reading", "mild"), ("mild", "either_half")),
    "a household": (("explain", "34159900000000", *ROUND), ("34159900000000", "没有")),
    "a line of nothing": (("tier", *ROUND, "--line", "0"), ("--line", "正数")),
    "a negative line": (("preview", *ROUND, "--standard", GOOD, "--line", "-5"), ("--line", "正数")),
    "a line that is no number": (("preview", *ROUND, "--standard", GOOD, "--line", "nan"), ("--line", "nan")),
    "a standard not there": (("preview", *ROUND, "--standard", "none.yaml"), ("none.yaml",)),
    "a folder as a standard": (("preview", *ROUND, "--standard", STANDARDS), ("standards",)),
    "another standard broken": (
        ("preview", *ROUND, "--standard", GOOD, "--against", STANDARDS / "negative_cost.yaml"),
        ("negative_cost.yaml", "help_cost"),
    ),
    "no range": (("sweep", *ROUND, "--standard", GOOD, "--vary", "budget"), ("start:stop:step",)),
    "no step": (("sweep", *ROUND, "--standard", GOOD, "--vary", "help_cost=1:2:0"), ("步长",)),
    "a range backwards": (("sweep", *ROUND, "--standard", GOOD, "--vary", "help_cost=2:1:1"), ("stop not below",)),
    "endless steps": (("sweep", *ROUND, "--standard", GOOD, "--vary", "help_cost=0:1:1e-9"), ("20000",)),
    "a key that is none": (("sweep", *ROUND, "--standard", GOOD, "--vary", "quota=1:2:1"), ("quota",)),
    "a ceiling below the line": (
        ("sweep", *ROUND, "--standard", GOOD, "--vary", "income.ceiling.multiple=0.5:2:0.5"),
        ("0.5", "1 or more"),
    ),
    "three axes": (
        ("sweep", *ROUND, "--standard", GOOD, *("--vary", "help_cost=1:2:1", "--vary", "budget=1:2:1") * 2),
        ("--vary", "two"),
    ),
    "an export not there": (("intake", "none.xlsx", *ROUND), ("none.xlsx",)),
    "a mapping not there": (("intake", GOOD, *ROUND, "--mapping", "none.yaml"), ("none.yaml",)),
    "a mapping that is none": (("intake", GOOD, *ROUND, "--mapping", GOOD), ("facts", "missing")),
    "no households": (("simulate", "--households", "0"), ("--households", "1")),
    "no rounds": (("simulate", "--rounds", "0"), ("--rounds", "1")),
    "a wild drift": (("simulate", "--drift", "nan"), ("--drift",)),
    "a round to close": (("close", "--round", "2030-04"), ("2030-04", "2020-04")),
    "an annex of the summary": (
        ("ledger", *ROUND, "--county", "341524", "--kind", "summary", "--for-paper", "--out", "a.xlsx"),
        ("--for-paper", "risk", "edge"),
    ),
    "a ledger of another kind of file": (
        ("ledger", *ROUND, "--county", "341524", "--kind", "risk", "--out", "a.txt"),
        ("--out", ".xlsx"),
    ),
    "an option without its value": (("tier",), ("--round",)),
    "a command that is none": (("forecast",), ("forecast",)),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage(workbench, city, case):
    words, said = WRONG[case]
    store = () if case == "a command that is none" else ("--store", city)
    assert refused_in_both(workbench, *words, *store, said=said)


READS = {
    "tier": ("tier", *ROUND),
    "explain": ("explain", "1", *ROUND),
    "preview": ("preview", *ROUND, "--standard", GOOD),
    "sweep": ("sweep", *ROUND, "--standard", GOOD, "--vary", "help_cost=1:2:1"),
}


@pytest.mark.parametrize("command", READS)
def test_a_store_that_is_not_there(workbench, tmp_path, command):
    missing = tmp_path / "missing"
    assert refused(workbench(*READS[command], "--store", missing), "missing", "intake", "simulate")
    assert not missing.exists()


@pytest.mark.parametrize("command", READS)
def test_a_store_that_is_a_file(workbench, tmp_path, command):
    file = tmp_path / "file"
    file.write_text("no store")
    assert refused(workbench(*READS[command], "--store", file), "file")


def test_nothing_is_written_to_a_store_that_is_a_file(workbench, tmp_path, monitoring):
    file = tmp_path / "file"
    file.write_text("no store")
    assert refused(workbench("simulate", "--households", 10, "--rounds", 1, "--store", file), "无法写入")
    assert refused(workbench("intake", monitoring, *ROUND, "--store", file), "无法写入")
    assert file.read_text() == "no store"


@pytest.mark.parametrize("command", [*READS, "simulate"])
@pytest.mark.parametrize("damage", ["newer", "damaged"])
def test_a_file_that_cannot_be_read(workbench, city_copy, command, damage):
    path = city_copy / "facts" / "round=2019-10" / "county_code=341502" / "facts.parquet"
    if damage == "newer":
        table = pq.ParquetFile(path).read()
        stamp = json.loads(table.schema.metadata[b"workbench"]) | {"schema_version": 99}
        pq.write_table(table.replace_schema_metadata({b"workbench": json.dumps(stamp).encode()}), path)
    else:
        path.write_bytes(path.read_bytes()[:-1000])
    words = READS.get(command, ("simulate", "--households", 10, "--rounds", 1))
    said = ("99", "升级") if damage == "newer" else ("Parquet", "恢复")
    assert refused(workbench(*words, "--store", city_copy), "facts.parquet", *said)
    doctor = workbench("doctor", "--store", city_copy, "--json")
    assert doctor.status == 1
    assert any("facts.parquet" in check["found"] for check in doctor.record["checks"])


@pytest.fixture
def read_only(city_copy):
    folders = [city_copy, *(path for path in city_copy.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    yield city_copy
    for folder in folders:
        folder.chmod(0o700)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="permissions of folders as Linux has them")
def test_a_store_that_cannot_be_written(workbench, read_only, city):
    words = ("preview", *ROUND, "--standard", GOOD, "--json")
    preview = run_program(*words, "--store", read_only, before=AS_OWNER)
    writable = workbench(*words, "--store", city)
    assert preview.status == 0, preview.err
    timed = {"milliseconds": 0}
    assert preview.record | timed == writable.record | timed
    for words in (("simulate", "--households", 10, "--rounds", 1), ("close", *ROUND)):
        done = run_program(*words, "--store", read_only, before=AS_OWNER)
        assert refused(done, "无法写入", "没有权限")


def test_the_installed_program_says_the_same():
    done = run_program("tier", "--round", "2019-10", WORKBENCH_STORE="/nonexistent/store")
    assert refused(done, "/nonexistent/store", "workbench intake")


def test_help_is_everywhere(workbench):
    listed = workbench("--help")
    assert listed.status == 0
    for command in ("simulate", "intake", "close", "tier", "explain", "preview", "sweep", "serve", "lab", "doctor"):
        assert command in listed.out
        done = workbench(command, "--help")
        assert done.status == 0
        assert "Usage" in done.out


def test_a_program_tells_a_refusal_by_its_code(workbench, city):
    """The words may change, and are in the language of the run; the code is what a program goes by."""
    done = workbench("tier", "--round", "2031-10", "--store", city, "--json")
    assert refused(done)
    words, record = done.err.splitlines()
    assert json.loads(record)["error"] == {"code": "store.round-not-stored", "message": words}
