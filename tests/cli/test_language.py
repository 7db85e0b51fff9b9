"""People see one language at a time in the shell: --lang, else the environment (contract §5)."""

import re

import pytest

from tests.cli.command import run_program
from workbench.cli.language import in_language, take_language
from workbench.errors import InputError, Words

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


CJK = re.compile(r"[\u4e00-\u9fff]")
WRONG = [
    ["tier"],
    ["nothing"],
    ["tier", "--rond", "x"],
    ["tier", "--round", "2019-13"],
    ["tier", "--round", "2019-10", "--line", "x"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_with_a_command_is_said_in_one_language(words, tmp_path):
    chinese = run_program(*words, LANG="C", LC_ALL="", WORKBENCH_STORE=str(tmp_path))
    english = run_program(*words, "--lang", "en", WORKBENCH_STORE=str(tmp_path))
    assert (chinese.status, english.status) == (2, 2)
    assert CJK.search(chinese.err)
    assert english.err
    assert not CJK.search(english.err)
