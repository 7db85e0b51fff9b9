"""Whatever a command says in its JSON bears a code: notes, warnings and reasons as much as errors (contract §5)."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.command import run
from workbench.cli import output
from workbench.cli.output import with_codes
from workbench.errors import Words
from workbench.store.facts import FactStore

PROJECT = Path(__file__).parents[2]
EXPORTS, EXAMPLES = PROJECT / "tests" / "data" / "exports", PROJECT / "data" / "examples"
ROUND, COUNTY = "2019-10", "341504"
COUNTY_ACCOUNT = f"officer-{COUNTY}"
SENTENCE = re.compile(r"[\u4e00-\u9fff][^“”]*[，；。：]|[a-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}")
"""Words with a stop between them, or four in a row: no name of a place, a person or a household."""
NAMED_BESIDE = {"part", "standard", "words", "question", "name", "label"}
"""Names of things, each beside the code of the thing itself."""
CODED_BY = {"reason", "code", "name", "topic"}
"""Keys beside a text, of which the value is its code."""
TYPED = {"title", "reason", "note", "detail", "visitors", "cause", "goal", "evidence", "content", "yaml"}
"""What people typed, and what a file is called: shown as it is."""


def uncoded(value, path=()):
    """The places of a record, as with_codes makes it, at which a text for people has no code beside it."""
    if isinstance(value, Mapping):
        for key, content in value.items():
            if isinstance(content, Words):
                if not (f"{key}_code" in value or key in NAMED_BESIDE or (key == "message" and CODED_BY & set(value))):
                    yield ".".join((*path, str(key))), content.en
            elif isinstance(content, list) and any(isinstance(each, Words) for each in content):
                codes = value.get(f"{key}_codes", [None])
                yield from (
                    (".".join((*path, str(key))), each.en)
                    for each, code in zip(content, codes, strict=False)
                    if not code
                )
            elif not (key in TYPED | NAMED_BESIDE or (key in {"zh", "en"} and CODED_BY & set(value))):
                yield from uncoded(content, (*path, str(key)))
    elif isinstance(value, list):
        for each in value:
            yield from uncoded(each, path)
    elif isinstance(value, str) and SENTENCE.search(value):
        yield ".".join(path), value


@pytest.fixture(scope="module")
def under_way(demonstrated, tmp_path_factory):
    """The register of a county under way. Its commands change it."""
    return shutil.copytree(demonstrated, tmp_path_factory.mktemp("codes") / "store")


def commands(store, out):
    standard = out / "no_effect.yaml"
    standard.write_text("income: {ceiling: {multiple: 1.0}}\ngroups: []\nbudget: 100\n", encoding="utf-8")
    plain = out / "plain.yaml"
    plain.write_text("income: {ceiling: {multiple: 1.5}}\nhelp_cost: 3000\n", encoding="utf-8")
    here, officer = ("--store", store), ("--as", COUNTY_ACCOUNT, "--store", store)
    household = FactStore(store).read(ROUND, COUNTY, columns=["household_id"]).to_pylist()[0]["household_id"]
    of_round, of_county = ("--round", ROUND), ("--round", ROUND, "--county", COUNTY)
    return [
        ("tier", *of_round, *here), ("explain", household, *of_round, *here),
        ("questions", household, *of_round, *here), ("changes", *of_county, *here),
        ("coverage", *of_county, "--list", *here), ("preview", *of_county, "--standard", standard, *here),
        ("preview", *of_county, "--standard", plain, "--bunching", "--carry", 80000, *here),
        ("hindsight", "--county", COUNTY, "--standard", plain, *here),
        ("frontier", "--hindsight", "--county", COUNTY, *here), ("readings", *of_county, *here),
        ("intake", EXPORTS / "霍邱县_监测信息_2019-10.csv", *of_round, "--dry-run", "--store", out / "real"),
        ("intake", EXPORTS / "霍邱县_监测信息_2019-10.csv", *of_round, "--store", out / "real"),
        ("intake", "history", "--store", out / "real"),
        ("intake", "add", EXAMPLES / "低保名单.csv", "--list", "dibao", *of_round, *here),
        ("audit", "verify", *here), ("doctor", *here), ("models", *here),
        ("register", "list", *of_round, *officer), ("register", "progress", *of_round, *officer),
        ("register", "file", *of_county, *officer), ("register", "filings", *officer),
        ("register", "standards", "list", *officer), ("register", "cases", "list", *officer),
        ("register", "accounts", "list", "--as", "admin", *here),
    ]  # fmt: skip


def test_each_text_in_the_json_of_a_command_has_a_code(capsys, under_way, tmp_path, monkeypatch):
    printed = []
    monkeypatch.setattr(output, "print_json", lambda record: printed.append(with_codes(record)))
    said = {}
    for words in commands(under_way, tmp_path):
        done = run(capsys, *words, "--json")
        assert done.status in {0, 1}, (words, done.err)
        assert len(printed) == 1, (words, done.err)
        said[" ".join(map(str, words[:2]))] = sorted(set(uncoded(printed.pop())))
    assert {command: texts for command, texts in said.items() if texts} == {}


@pytest.mark.training
def test_what_a_model_says_has_a_code(capsys, trained, tmp_path, monkeypatch):
    printed = []
    monkeypatch.setattr(output, "print_json", lambda record: printed.append(with_codes(record)))
    store = shutil.copytree(trained[0], tmp_path / "store")
    here = ("--round", "2020-04", "--store", store)
    for words in (
        ("score", *here), ("evaluate", *here), ("visits", "--county", COUNTY, *here),
        ("preview", "--standard", EXAMPLES / "standard.yaml", "--county", "341524", "--line", 3000, *here), ("models", "--store", store),
    ):  # fmt: skip
        done = run(capsys, *words, "--json")
        assert done.status == 0, (words, done.err)
        assert sorted(set(uncoded(printed.pop()))) == [], words


def test_a_code_stands_beside_its_message():
    note, label = Words("甲", "a", code="cli.one"), Words("乙", "b")
    record = with_codes(
        {"note": note, "notes": [note, label], "part": label, "in": [{"why": note, "n": 1}], "none": []}
    )
    assert json.loads(json.dumps(record, default=str)) == {
        "note": "甲 / a", "note_code": "cli.one", "notes": ["甲 / a", "乙 / b"], "notes_codes": ["cli.one", None],
        "part": "乙 / b", "in": [{"why": "甲 / a", "why_code": "cli.one", "n": 1}], "none": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        {"note": Words("甲", "a")}, {"notes": [Words("甲", "a")]}, {"x": {"state": "读不到，请检查权限"}},
        {"x": ["the facts have changed since"]},
    ],
)  # fmt: skip
def test_a_text_without_one_is_seen(record):
    assert list(uncoded(with_codes(record)))


def test_what_people_typed_and_what_things_are_called_needs_none():
    assert not list(uncoded({"part": Words("端口", "port"), "title": "金寨县边缘户标准，草案", "township": "张家店镇"}))
