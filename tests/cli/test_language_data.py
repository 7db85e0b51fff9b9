"""One language at a time: data, audit, serving and report commands, and intake's problems."""

import re
from pathlib import Path

import pytest

from tests.cli.command import run
from tests.variants import seldom
from workbench.errors import InputError, Words
from workbench.server.pages import serve

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
CJK = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?<![\w./-])[a-z]{3,} [a-z]{3,}(?![\w/-])")
FROM_FILES = re.compile(r"“[^”]*”|霍邱县\S*|[\u4e00-\u9fff]+(?:、[^;\s]+)+|(?<=, )[^ :]+(?= “|: )|六政办〔2019〕15号")
NAMES = re.compile(
    r"workbench(?: [a-z]+)+|--[a-z-]+(?: [A-Z]\S*)?|apt-get install [^│]*|INTEGER RANGE|int range|Permission denied"
)


def said(done, *, values=()):
    text = done.out + done.err
    for value in values:
        text = text.replace(str(value), "")
    return text


def in_chinese(text):
    return ENGLISH.findall(NAMES.sub("", text))


def in_english(text):
    return CJK.findall(FROM_FILES.sub("", text))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("language") / "store"


@pytest.fixture(scope="module")
def steps(store, tmp_path_factory):
    """What to run, in order, on the one store; each is run in both languages."""
    out = tmp_path_factory.mktemp("out")
    small = ("simulate", "--households", 60, "--rounds", 2, "--store", store)
    county = ("--round", "2019-10", "--county", "341524", "--store", store)
    real = ("--round", "2019-10", "--store", out / "real")
    return [
        small,
        ("intake", EXPORT, *real, "--dry-run"),
        ("intake", EXPORT, EXPORT, *real),
        ("intake", EXPORT, *real),
        ("intake", EXPORT, *real),
        ("ledger", *county, "--out", out / "a.xlsx"),
        ("ledger", *county, "--kind", "other", "--out", out / "a.xlsx"),
        ("ledger", *county, "--out", out / "a.docx"),
        ("filing", *county, "--out", out / "a.docx"),
        ("audit", "verify", "--store", store),
        ("close", "--round", "2019-05", "--store", store),
        ("close", "--round", "2019-05", "--store", store),
        ("backup", "--out", out / "LANG.backup", "--store", store),
        ("backup", "--out", out / "LANG.backup", "--store", store),
        ("restore", EXPORT, "--store", out / "LANG"),
        ("restore", out / "LANG.backup", "--store", out / "LANG"),
        ("restore", out / "LANG.backup", "--store", out / "LANG"),
        ("upgrade", "--store", store),
        ("doctor", "--store", store),
    ]


@pytest.mark.parametrize(("language", "foreign"), [("zh", in_chinese), seldom(("en", in_english))])
def test_each_command_speaks_one_language(capsys, steps, store, language, foreign):
    for words in steps:
        given = [str(word).replace("LANG", language) for word in words]
        done = run(capsys, *given, "--lang", language)
        text = said(done, values=(store, store.parent, *given))
        assert done.out + done.err
        assert foreign(text) == [], (given, text)


def test_a_problem_keeps_its_reason_and_says_it_in_the_language_of_the_run(capsys, tmp_path):
    words = ("intake", EXPORT, "--round", "2019-10", "--dry-run", "--store", tmp_path, "--json")
    chinese, english = (run(capsys, *words, "--lang", language).record["problems"] for language in ("zh", "en"))
    assert [each["reason"] for each in chinese] == [each["reason"] for each in english] != []
    assert all(in_chinese(each["message"]) == [] for each in chinese)
    assert all(in_english(each["message"].replace(each["column"], "")) == [] for each in english)


def test_what_a_server_refuses_is_in_words(tmp_path):
    with pytest.raises(InputError) as refused:
        serve(tmp_path, notebooks=tmp_path)
    assert isinstance(refused.value.words, Words)
    assert not CJK.search(refused.value.words.en)
    assert not ENGLISH.search(refused.value.words.zh)
