"""People see one language at a time in the shell: --lang, else the environment (contract §5)."""

import re
from pathlib import Path

import pyarrow.compute as pc
import pytest

from tests.cli.command import CJK, loaded, run_here
from tests.variants import one_in
from workbench.cli.app import app
from workbench.cli.language import in_language, take_language
from workbench.cli.output import console
from workbench.errors import InputError, Words
from workbench.store.facts import FactStore

WIDE = Path(__file__).parent / "standards" / "wide.yaml"
WORDS = Words("中文", "English")


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "中文"),
        ({"LANG": "C"}, "中文"),
        ({"LANG": "C.UTF-8"}, "中文"),
        ({"LANG": "de_DE.UTF-8"}, "中文"),
        ({"LANG": "zh_CN.UTF-8"}, "中文"),
        ({"LANG": "en_GB.UTF-8"}, "English"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "English"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "中文"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "English"),
    ],
)
def test_the_environment_chooses_the_language(environment, spoken):
    assert take_language(["tier"], environment) == ["tier"]
    assert in_language(WORDS) == spoken


@pytest.mark.parametrize("arguments", [["--lang", "en", "tier"], ["tier", "--lang=en"], ["tier", "--lang", "en"]])
def test_the_option_may_stand_anywhere_and_wins(arguments):
    assert take_language(arguments, {"LANG": "zh_CN.UTF-8"}) == ["tier"]
    assert in_language(WORDS) == "English"


def test_what_follows_two_dashes_is_no_option():
    assert take_language(["explain", "--", "--lang", "en"], {}) == ["explain", "--", "--lang", "en"]
    assert in_language(WORDS) == "中文"


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["tier", "--lang"], ["tier", "--lang="]])
def test_another_language_is_refused(arguments):
    with pytest.raises(InputError, match="zh"):
        take_language(arguments, {})


WRONG = [
    ["tier"],
    ["nothing"],
    ["tier", "--rond", "x"],
    ["tier", "--round", "2019-13"],
    ["tier", "--round", "2019-10", "--line", "x"],
    ["tier", "more", "words"],
    ["intake", "undo", "x"],
    ["preview", "--round", "2019-10", "--standard", "/nosuch.yaml"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_with_a_command_is_said_in_one_language(workbench, words, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path))
    chinese, english = (workbench(*words, "--lang", code) for code in ("zh", "en"))
    assert (chinese.status, english.status) == (2, 2)
    assert CJK.search(chinese.err)
    assert not ENGLISH.search(without_names(chinese.err)), chinese.err
    assert english.err
    assert not CJK.search(english.err)


STANDARD = Path(__file__).parent / "standards" / "good.yaml"
ROUND = ("--round", "2019-10")
OF_ROUND = {
    "tier": ("tier", *ROUND),
    "tier of another line": ("tier", *ROUND, "--line", 4000, "--reading", "either_half"),
    "changes": ("changes", *ROUND),
    "coverage": ("coverage", *ROUND),
    "gaps of a county": ("coverage", *ROUND, "--county", "341524", "--standard", STANDARD, "--list"),
    "preview": ("preview", *ROUND, "--standard", STANDARD, "--against", WIDE),
    "all of a preview": (
        *("preview", *ROUND, "--standard", STANDARD, "--county", "341524"),
        *("--bunching", "--income-error", 0.1, "--threshold", 0.05),
    ),
    "sweep": ("sweep", *ROUND, "--standard", STANDARD, "--vary", "income.ceiling.multiple=1:2:0.5"),
    "hindsight": ("hindsight", "--standard", STANDARD, "--against", WIDE),
    "models": ("models",),
}
ENGLISH = re.compile(r"\b[a-z]{3,} [a-z]{3,}\b")


def without_names(text, *names):
    """A text without paths, commands, kinds of values, and the names that are written the same in both languages."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return re.sub(r"\bworkbench( [a-z]+)*|<[^>]+>|/\S+", "", text)


def assert_one_language(chinese, english, *names):
    """Both said something; neither says a sentence of the other language."""
    chinese, english = without_names(chinese, *names), without_names(english, *names)
    assert CJK.search(chinese), chinese
    assert re.search("[a-z]{3,}", english), english
    assert not ENGLISH.search(chinese), chinese
    assert not CJK.search(english), english


@pytest.fixture
def wide(monkeypatch):
    """A terminal in which no name is broken over two lines."""
    monkeypatch.setattr(console(), "width", 250)


@pytest.fixture(scope="module")
def places(city):
    """The townships and villages of the city, which have no English."""
    table = FactStore(city).read("2019-10", columns=["township", "village"])
    return {name for column in table.columns for name in column.unique().to_pylist() if name}


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("command", one_in(2, OF_ROUND))
def test_a_command_speaks_one_language(workbench, city, places, command):
    chinese, english = (workbench(*OF_ROUND[command], "--store", city, "--lang", code) for code in ("zh", "en"))
    assert (chinese.status, english.status) == (0, 0), chinese.err + english.err
    assert_one_language(chinese.out + chinese.err, english.out + english.err, *places)


@pytest.mark.parametrize("kind", ["lifted", "unregistered", "registered"])
def test_an_explanation_speaks_one_language(workbench, city, kind):
    table = FactStore(city).read("2019-10", columns=["household_id", "kind", "income_pc"])
    rows = table.filter(pc.equal(table["kind"], kind))
    unknown = rows.filter(pc.is_null(rows["income_pc"])).slice(0, 1).to_pylist()
    for row in (*rows.slice(0, 1).to_pylist(), *unknown):
        words = ("explain", row["household_id"], *ROUND, "--store", city)
        chinese, english = (workbench(*words, "--lang", code) for code in ("zh", "en"))
        assert_one_language(chinese.out, english.out)


@pytest.fixture(scope="module")
def scored(trained):
    """The store of the model, its round scored once for all that is asked about it."""
    done = run_here("score", "--round", "2020-10", "--store", trained[0], "--lang", "zh")
    assert done.status == 0, done.err
    return trained[0], done


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", *ROUND),
        ("score", "--round", "2020-10"),
        ("visits", "--round", "2020-10"),
        ("models",),
        ("preview", "--round", "2020-10", "--standard", STANDARD),
    ],
    ids=lambda words: words[0],
)
def test_what_a_model_tells_is_in_one_language(workbench, scored, words):
    store, scoring = scored
    # Scores were made in Chinese for all: they are made once more, in English, and not twice.
    chinese = scoring if words[0] == "score" else workbench(*words, "--store", store, "--lang", "zh")
    english = workbench(*words, "--store", store, "--lang", "en")
    assert (chinese.status, english.status) == (0, 0), chinese.err + english.err
    places = FactStore(store).read("2020-10", columns=["township"])["township"].unique().to_pylist()
    assert_one_language(chinese.out, english.out, *filter(None, places))


def helped(command, path=()):
    """The words that lead to each command of a tree."""
    yield path
    for name, each in getattr(command, "commands", {}).items():
        yield from helped(each, (*path, name))


PROGRAM = loaded(app)
OF_TWO_WORDS = [name for name in PROGRAM.commands if " " in name]


@pytest.mark.parametrize("path", list(helped(PROGRAM)), ids=" ".join)
def test_a_help_text_is_whole_and_in_one_language(workbench, path):
    chinese, english = (workbench(*path, "--help", "--lang", code).out for code in ("zh", "en"))
    assert_one_language(chinese, english, *OF_TWO_WORDS)
    assert "…" not in (chinese + english).replace(
        "=…", ""
    )  # where a text is cut off, but not where a value is to stand
