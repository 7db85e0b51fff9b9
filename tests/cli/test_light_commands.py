"""A command loads what it works with, and nothing that only others need."""

import subprocess
import sys

import pytest

from tests.cli.command import loaded
from tests.ui.stores import simulated_store
from workbench.cli.app import app
from workbench.cli.registration import UnloadedCommand

HEAVY = {"alembic", "argon2", "duckdb", "lightgbm", "polars", "pyarrow", "pypinyin", "sklearn", "sqlalchemy", "voila"}
NOT_OF_A_PREVIEW = {"babel", "cryptography", "docx", "duckdb", "jinja2", "scipy", "sklearn", "sqlalchemy", "xlsxwriter"}
_RUN = """
import sys
sys.argv = ["workbench", *sys.argv[1:]]
from workbench.cli.app import main
try:
    main()
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


def modules_after(*words):
    command = [sys.executable, "-c", _RUN, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "words", [["--help"], ["register", "--help"], ["tir"], ["--lang", "en", "--help"]], ids=" ".join
)
def test_what_there_is_is_said_without_the_libraries(words):
    assert modules_after(*words) & HEAVY == set()


@pytest.mark.parametrize(
    ("words", "needs", "not_needed"),
    [
        (["simulate", "--help"], {"polars"}, {"argon2", "pypinyin", "sklearn", "alembic"}),
        (["preview", "--help"], {"polars"}, {"pypinyin", "sklearn", "alembic"}),
        (["register", "review", "--help"], {"sqlalchemy"}, {"pypinyin", "sklearn", "duckdb"}),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_command_loads_what_it_works_with(words, needs, not_needed):
    there = modules_after(*words)
    assert needs <= there
    assert not_needed & there == set()


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("light") / "store", households=2_000)


def test_a_preview_loads_neither_the_register_nor_what_writes_documents(city, tmp_path):
    """The first answer comes from the facts; the second makes the index, which no NumPy number may bring to pandas."""
    standard = tmp_path / "standard.yaml"
    standard.write_text("income: {ceiling: {multiple: 1.5}}\n", encoding="utf-8")
    words = ["preview", "--round", "2019-05", "--standard", str(standard), "--store", str(city.root), "--json"]
    first, second = (modules_after(*words) for _ in range(2))
    for there in (first, second):
        assert "polars" in there
        assert there & {*NOT_OF_A_PREVIEW, "pandas"} == set()
    assert list((city.root / "index").rglob("*.arrow"))
    # Of what only files of Arrow need, and tables on a terminal, a first answer in JSON loads nothing.
    assert first & {"pyarrow", "rich", "markdown_it"} == set()
    assert "pyarrow" in second


def test_tiers_are_counted_without_arrow(city):
    there = modules_after("tier", "--round", "2019-05", "--store", str(city.root), "--json")
    assert there & {*NOT_OF_A_PREVIEW, "pandas", "pyarrow", "rich"} == set()


def test_every_command_of_the_table_is_there():
    def commands(group):
        for each in group.commands.values():
            yield each
            yield from commands(each) if hasattr(each, "commands") else ()

    there = list(commands(loaded(app)))
    assert len(there) > 60
    assert not any(isinstance(each, UnloadedCommand) for each in there)
