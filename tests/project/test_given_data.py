"""YAML and JSON that people hand in go through one reader, which refuses what grows, hides or runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import workbench
from workbench.domain.rules.standard import read_standard
from workbench.errors import InputError
from workbench.safeguards.plain_data import DEEPEST, read_json, read_yaml

ROOT = Path(workbench.__file__).parent
OWN_YAML = {"safeguards/plain_data.py", "domain/parameters.py"}
"""The reader itself, and the figures that come with the program."""
OWN_JSON = {
    "safeguards/plain_data.py",
    "intake/isolation/child.py",  # what its parent asks of it
    "server/sign_in/authenticator.py",  # a cookie that the server signed
    "server/catalogue.py",  # the program's own notebooks
    "ui/kit/frame/current_user.py",  # what the server told its kernel
    "ui/kit/charts/county_map.py",  # boundaries that come with the program
    "store/schema.py",  # stamps of the program's own tables
    "store/scores.py",
    "store/transaction.py",
    "preview/index/memory_map.py",
    "store/cluster/counties.py",  # what the program's own workers answer
    "store/cluster/packed.py",
    "cli/data/intake_folder.py",
    "cli/data/simulation.py",
    "risk/cluster/drawn_store.py",
    "risk/cluster/scores.py",
    "statistics/on_cluster.py",
    "statistics/summaries/county_summary.py",
}
DATABASE_ONLY = "register/"
"""Columns of the register, which the program wrote and sealed."""
UNSAFE_YAML = re.compile(r"yaml\.(\w*load\w*|parse|compose|scan)\b|YAML\(")
UNSAFE_JSON = re.compile(r"\bjson\.loads?\(")


@pytest.mark.parametrize(("pattern", "own"), [(UNSAFE_YAML, OWN_YAML), (UNSAFE_JSON, OWN_JSON)], ids=["yaml", "json"])
def test_nothing_else_reads_what_people_hand_in(pattern, own):
    reads = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    reads -= {each for each in reads if each.startswith(DATABASE_ONLY)}
    assert reads - own == set()
    assert own - reads == set(), "no longer needed in the list"


def laughs(levels: int = 9, times: int = 9) -> str:
    """Nine levels of lists, each nine times the one before: 387 bytes for 3,486,784,401 words."""
    lines = ["a0: &a0 [" + ",".join(["lol"] * times) + "]"]
    lines += [f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * times) + "]" for n in range(1, levels)]
    return "\n".join(lines)


HOSTILE = {
    "aliases": (laughs(), "line 1"),
    "an anchor alone": ("a: 1\nb: &x 2", "line 2"),
    "itself": ("a: &a [*a]", "line 1"),
    "a merge key": ("a: {<<: {b: 1}}", "line 1"),
    "a merge list": ("a: 1\nb:\n  <<: [{b: 1}]", "line 3"),
    "nested brackets": ("a: " + "[" * 5000, "line 1"),
    "nested brackets, closed": ("a: " + "[" * 5000 + "]" * 5000, "line 1"),
    "nested tables": ("a: " + "{b: " * 5000, "line 1"),
    "nested dashes": ("a:\n" + "- " * 5000 + "b", "line 2"),
    "nested keys": ("? " * 5000, "line 1"),
    "nested by indents": ("\n".join(" " * depth + "a:" for depth in range(400)), f"line {DEEPEST}"),
    "a million digits": ("a: " + "9" * 100_000, "line 1"),
    "base 60": ("a: 1" + ":59" * 30_000, "line 1"),
    "base 2": ("a: 0b" + "1" * 100_000, "line 1"),
    "base 16": ("a: 0x" + "f" * 100_000, "line 1"),
    "a long float": ("a: 1." + "9" * 100_000, "line 1"),
    "a day that is none": ("a: 2019-13-45", "line 1"),
    "bytes": ("a: !!binary aGVsbG8=", "line 1"),
    "a set": ("a: !!set {b, c}", "line 1"),
    "an object": ("a: 1\nb: !!python/object/apply:os.system [id]", "line 2"),
    "a name": ("a: !!python/name:os.system ''", "line 1"),
    "a tag of its own": ("a: !mine b", "line 1"),
    "a number that is none": ("a: !!int x", "line 1"),
    "a key twice": ("a: 1\nb: 2\na: 3", "line 3"),
    "a key twice, spelt otherwise": ("yes: 1\ntrue: 2", "line 2"),
    "a key twice within": ("a: {b: 1, b: 2}", "line 1"),
    "a list as a key": ("? [a]\n: b", "line 1"),
    "two documents": ("a: 1\n---\nb: 2", "line 2"),
    "a control character": ("a: \x00", "YAML"),
    "too long": ("a: " + "b" * 300_000, "characters"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_by_its_line(name):
    text, said = HOSTILE[name]
    with pytest.raises(InputError) as refused:
        read_yaml(text)
    assert said in refused.value.words.en
    assert len(str(refused.value)) < 500


def test_plain_yaml_is_read_as_it_stands():
    text = 'a: 1\nb: [1.5, yes, null, "x", 2019-10-01]\nc: {d: !!str 7}\n' + "# 注\n"
    result = read_yaml(text)
    assert result["a"] == 1
    assert result["b"][:4] == [1.5, True, None, "x"]
    assert result["c"] == {"d": "7"}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 100_000, "9" * 5000, '{"a": 1, "a": 2}', "{", "\x00"])
def test_hostile_json_is_refused_in_words(text):
    with pytest.raises(InputError):
        read_json(text)


def test_a_standard_of_laughs_costs_nothing():
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2)\n"
        "from workbench.domain.rules.standard import read_standard\n"
        "from workbench.errors import InputError\n"
        "try:\n    read_standard(sys.stdin.read())\n"
        "except InputError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", limited], input=laughs(), capture_output=True, text=True, check=True)
    assert "line 1" in done.stdout


def test_a_value_of_a_standard_is_shown_by_its_beginning():
    with pytest.raises(InputError) as refused:
        read_standard("income: {ceiling: {multiple: 1.5}}\nhelp_cost: " + "x" * 50_000)
    assert len(str(refused.value)) < 500
