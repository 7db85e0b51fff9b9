"""The commands that the README shows do what it says: each is run, in the README's order, on stores of this test."""

import json
import re
import shlex
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cli.command import run
from tests.tree import OF_TOOLS, PROJECT, listing
from workbench.cli.app import app
from workbench.domain.parameters import load_yaml
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.store.facts import FactStore

README = (PROJECT / "README.md").read_text(encoding="utf-8")
EXAMPLES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
UNTIL_INTERRUPTED = {"serve", "lab"}
WRITTEN = (
    "问题.csv",
    "未建档户.xlsx",
    "风险台账.xlsx",
    "附件.xlsx",
    "请示.docx",
    "呈批表.docx",
    "备案.docx",
    "六安.backup",
    "六安市.summary",
    "单元",
)
FINDS_PROBLEMS, HOUSEHOLD = "霍邱县", "34159999139346"


def test_every_command_is_listed_and_has_an_example():
    commands = {command.name for command in (*app.registered_commands, *app.registered_groups)}
    assert set(re.findall(r"^\| `([a-z ]+)` \|", README, re.MULTILINE)) == commands
    named = [shlex.split(line)[1:3] for line in EXAMPLES]
    assert {" ".join(words) if " ".join(words) in commands else words[0] for words in named} == commands


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
    before = listing(PROJECT, OF_TOOLS)
    yield _places(tmp_path)
    assert listing(PROJECT, OF_TOOLS) == before
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


@pytest.mark.deep
def test_the_figures_for_the_demonstration(capsys, in_project):
    """What the README says of hindsight, of why slips were missed and of the frontier is what the demonstration's store says."""
    store = in_project["data/demo"]
    assert run(capsys, *shlex.split(EXAMPLES[0].replace("data/demo", store))[1:]).status == 0
    past = hindsight(PastScope(FactStore(Path(store))), parse_standard(load_yaml("edge_standard")))
    missed = past["missed"]
    chinese = (
        f"参照标准在五期 {past['slips']} 户次风险变差中赶在前面的有 {past['caught']} 户次（{past['caught_share']:.1%}）；"
        f"只差重点群体的 {missed['group']}，只因高于上限的 {missed['ceiling']}，两样都差的 {missed['both']}，"
        f"被排除的 {missed['excluded']}，不能判定的 {missed['cannot_tell']}，不止一条不符的 {missed['other']}："
    )
    assert len(past["rounds"]) == 5
    assert chinese in README
    words = f"frontier --hindsight --county 341524 --standard data/examples/standard.yaml --json --store {store}"
    record = json.loads(run(capsys, *shlex.split(words)).out)
    own, best = record["at_hand"], record["points"][record["proposal"]]
    low, high = best["gain"]["interval"]
    # The share of all slips that is caught gives their number: the record has no other.
    slips = round(own["caught"] / own["caught_share"])
    searched = f"{record['searched']['standards']:,}"
    assert (
        f"五期纳入 {own['in']} 户次，赶在 {slips} 户次风险变差中的 {own['caught']:.0f} 户次前面；试过 {searched} 个标准，"
        f"户次不多于它而最好的一个纳入 {best['in']} 户次，赶上 {best['caught']:.0f} 户次"
        f"（多 {best['gain']['slips']:.0f}，九成把握 {low:.0f}–{high:.0f}）"
    ) in README
    english = [past["caught"], past["slips"], missed["group"], missed["ceiling"], missed["both"], missed["excluded"],
               missed["cannot_tell"], missed["other"], f"{own['caught']:.0f}", slips, own["in"], searched,
               f"{best['caught']:.0f}", best["in"], f"{best['gain']['slips']:.0f}"]  # fmt: skip
    section = README[README.index("**Hindsight.**") : README.index("**The model.**")]
    assert [each for each in map(str, english) if not re.search(rf"\b{each}\b", section)] == []


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
