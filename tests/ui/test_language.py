"""The English catalogue holds every text of the pages, and nothing else; numbers and money as each language writes them."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import workbench.ui
from workbench.domain.rules.clauses import clauses
from workbench.errors import Words
from workbench.ui.kit.texts.language import LOCALE, Language

UI = Path(workbench.ui.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
BLANK = re.compile(r"\{\w+\}")


def texts():
    result = extract_from_dir(str(UI), method_map=METHODS, keywords={"t": None, "language": None})
    return {message for _, _, message, _, _ in result if isinstance(message, str)}


def catalogue():
    with (LOCALE / "en" / "LC_MESSAGES" / "workbench.po").open("rb") as opened:
        return {message.id: message.string for message in read_po(opened) if message.id}


def test_every_text_has_its_english_and_no_other_is_kept():
    assert set(catalogue()) == texts()


def test_english_keeps_the_blanks():
    for chinese, english in catalogue().items():
        assert english
        assert sorted(BLANK.findall(chinese)) == sorted(BLANK.findall(english)), chinese


def test_numbers_and_money():
    zh, en = Language("zh"), Language("en")
    assert zh.number(1234567.891, 2) == "1,234,567.89"
    assert (zh.yuan(228000), zh.yuan(950), en.yuan(228000)) == ("22.8 万元", "950 元", "¥228,000")
    assert (zh.signed(-3), zh.signed(0), zh.signed(12)) == ("−3", "±0", "+12")
    assert (zh.percent(0.0166), zh.percent(None), zh.number(None)) == ("1.7%", "–", "–")


@pytest.mark.parametrize("code", ["zh", "en"])
def test_what_is_less_than_nought_has_one_sign_everywhere(code):
    t = Language(code)
    assert (t.number(-4.4, 1), t.percent(-0.006), t.percent_whole(-0.06)) == ("−4.4", "−0.6%", "−6%")
    assert t.signed(-4.4, 1) == t.number(-4.4, 1)
    assert "-" not in t.yuan(-228000) + t.yuan(-950)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_what_is_estimated_always_has_its_decimals(code):
    t = Language(code)
    assert (t.estimate(5), t.estimate(5.24), t.estimate(0.5, 2), t.estimate(None)) == ("5.0", "5.2", "0.50", "–")
    assert (t.signed(2, 1), t.signed(-4.42, 1), t.signed(0.04, 1), t.signed(12)) == ("+2.0", "−4.4", "±0.0", "+12")


def test_messages_of_pages_cite_clauses_by_their_place_in_the_notice():
    words = Words(
        "去掉了群体（§2.2-b）；一户一计划（§2.1.4）", "left out (§2.2-b); a plan each (§2.1.4); see §2.1.1-c."
    )
    assert Language("zh").words(words) == "去掉了群体（通知二（二））；一户一计划（通知二（一）4）"
    assert Language("en").words(words) == "left out (notice 2 (2)); a plan each (notice 2 (1) 4); see notice 2 (1) 1."
    assert (Language("zh").clause("§2.1.1-c"), Language("en").clause("§3.4-b")) == ("二（一）1", "3 (4)")


def test_places_of_clauses_are_those_of_the_notice():
    for identity, clause in clauses().items():
        assert clause.place == {code: Language(code).clause(identity) for code in ("zh", "en")}


def test_an_unknown_language_is_chinese():
    assert Language("fr")("纳入") == "纳入"
    assert Language("en")("纳入") == "Brought in"
    assert Language("en").words(Words("甲", "a")) == "a"


def test_messages_of_pages_name_rounds_as_offices_do():
    words = Words("期次 2019-10 已封存；期次 2019-05，2020-04。", "round 2019-10 is closed; 2019-05, 2020-04.")
    assert Language("zh").words(words) == "期次 2019年下半年 已封存；期次 2019年5月，2020年上半年。"
    assert Language("en").words(words) == "round October 2019 is closed; May 2019, April 2020."
    for text in ("2019-10-31", "金寨县-2019-10-风险-001", "霍邱县_2019-10.csv", "应为 YYYY-MM，如 2019-10", "2019-104"):
        assert Language("zh").words(Words(text, text)) == text
