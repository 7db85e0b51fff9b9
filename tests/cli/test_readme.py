"""The commands that the README shows do what it says: each is run, in the README's order, on stores of this test."""

import re
import shlex
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cli.command import run
from workbench.cli.app import app
from workbench.store.facts import FactStore

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
EXAMPLES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
UNTIL_INTERRUPTED = {"serve", "lab"}
WRITTEN = (
    "问题.csv",
    "未建档户.xlsx",
    "风险台账.xlsx",
    "附件.xlsx",
    "请示.docx",
    "备案.docx",
    "六安.backup",
    "六安市.summary",
    "单元",
)
_OF_TOOLS = (".git", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")
FINDS_PROBLEMS, HOUSEHOLD = "霍邱县", "34159999139346"


def test_every_command_is_listed_and_has_an_example():
    commands = {command.name for command in (*app.registered_commands, *app.registered_groups)}
    assert set(re.findall(r"^\| `([a-z ]+)` \|", README, re.MULTILINE)) == commands
    named = [shlex.split(line)[1:3] for line in EXAMPLES]
    assert {" ".join(words) if " ".join(words) in commands else words[0] for words in named} == commands


def listing(folder, leave_out=()):
    """Every file of a folder with its size and when it was changed; without what tests, tools and Python themselves keep there."""
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", *leave_out} & set(path.relative_to(folder).parts)
    }


@pytest.fixture
def in_project(tmp_path, monkeypatch):
    """The project's folder as the working one, with stores elsewhere; nothing is written there, nor at home."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("WORKBENCH_MODELS", raising=False)
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = listing(PROJECT, _OF_TOOLS)
    yield _places(tmp_path)
    assert listing(PROJECT, _OF_TOOLS) == before
    assert listing(tmp_path / "home") == {}
    assert listing(tmp_path / "temporary") == {}
    written = {path.name for path in tmp_path.iterdir()}
    assert written <= {"home", "temporary", "store", "demo", "restored", *WRITTEN}


def _places(tmp_path):
    """Where this test puts what the examples name."""
    return {
        "data/demo": str(tmp_path / "demo"),
        "data/restored": str(tmp_path / "restored"),
        **{name: str(tmp_path / name) for name in WRITTEN},
    }


def shown_by(capsys, examples, instead, problems):
    """What each command shows; `instead`: words in place of the README's; `problems`: words of those that find some."""
    shown = {}
    for line in examples:
        program, *words = shlex.split(line)
        assert program == "workbench"
        if words[0] in UNTIL_INTERRUPTED:
            words.append("--help")
        done = run(capsys, *(instead.get(word, word) for word in words))
        assert done.status == (1 if any(each in line for each in problems) else 0), (line, done.err)
        shown[words[0]] = done.out
    return shown


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_the_examples(capsys, in_project):
    shown = shown_by(capsys, EXAMPLES, in_project, {FINDS_PROBLEMS})
    assert f"{HOUSEHOLD} 已脱贫户" in shown["explain"]
    assert "已训练并启用" in shown["train"]
    assert_whole(shown, in_project)


def test_the_examples_on_a_smaller_city(capsys, in_project, trained):
    """Every command once on four rounds that are simulated and trained on already, for every run of the tests."""
    store = shutil.copytree(trained[0], Path(in_project["data/demo"]), ignore=shutil.ignore_patterns("scores"))
    lifted = (
        row
        for row in FactStore(store).read("2020-04", columns=["household_id", "kind"]).to_pylist()
        if row["kind"] == "lifted"
    )
    household = next(lifted)["household_id"]
    instead = in_project | {HOUSEHOLD: household, "2021-04": "2020-04", "2021-10": "2020-10"}
    examples = [line for line in EXAMPLES if shlex.split(line)[1] not in {"simulate", "train"}]
    shown = shown_by(capsys, examples, instead, {FINDS_PROBLEMS, "低保名单"})
    assert f"{household} 已脱贫户" in shown["explain"]
    assert_whole(shown, in_project)


def assert_whole(shown, in_project):
    """What the commands say they did, and the files that they wrote."""
    assert "模拟数据" in shown["preview"]
    assert "预计风险变差" in shown["preview"]
    assert "占可解释部分" in shown["evaluate"]
    assert "先走访" in shown["visits"]
    assert "已封存" in shown["close"]
    assert "已恢复" in shown["restore"]
    assert "登记库已是版本" in shown["upgrade"]
    for name in WRITTEN:
        assert Path(in_project[name]).exists()
        assert not (PROJECT / name).exists()


def test_the_program_in_the_readme(capsys, in_project):
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert (
        run(
            capsys, *shlex.split(f"simulate --households 2000 --rounds 2 --seed 1 --store {in_project['data/demo']}")
        ).status
        == 0
    )
    exec(compile(program.replace("data/demo", in_project["data/demo"]), "README.md", "exec"), {})  # noqa: S102 - ours
    assert re.match(r"\d+ \d+ \{'dilapidated_housing': \d+", capsys.readouterr().out)
