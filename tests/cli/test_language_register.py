"""The register's commands speak one language at a time: what they print, what they refuse, their help (contract §5)."""

import re
import shutil

import polars as pl
import pytest

from tests.cli.command import loaded, run
from tests.variants import seldom
from workbench.cli import output
from workbench.cli.register.app import register_app
from workbench.domain.parameters import counties
from workbench.store.facts import FactStore

ROUND, COUNTY = "2019-10", "341504"
OFFICER, SECOND = f"officer-{COUNTY}", f"second-{COUNTY}"
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ENGLISH = re.compile(r"\b[a-z]{3,} [a-z]{3,}\b")
KIND = re.compile(r"<[^>]*>")
"""What kind of value an option takes, as the parser writes it."""
COMMAND = re.compile(r"workbench( [a-z-]+)+")
TYPED = re.compile(
    r"（演示）[^\s│;]*|演示(走访人|管理员|责任人)|市级查阅|分析人员|培训人员|\S+经办[甲乙]|\S+(审核人|走访人)"
)
"""What people typed, names of people among it: it is shown as it was typed."""
NUMBER = re.compile(r"\S+-2019-10-(风险|边缘户)-\d{3}")
STANDARD = "county: '341504'\ntitle: second\neffective: 2019-10-20\nincome: {ceiling: {multiple: 1.5}}\n"
NOTE = ("--note", "ok")
FIVE = tuple(
    word for name in ("industry", "employment", "education", "medical", "housing") for word in ("--found", f"{name}=ok")
)


@pytest.fixture(scope="module")
def places(city):
    """The names of places, longest first."""
    facts = pl.DataFrame(FactStore(city).read(ROUND, COUNTY))
    names = {name for column in ("township", "village") for name in facts[column].unique() if name}
    return sorted({*names, *(county.zh for county in counties().values())}, key=len, reverse=True)


@pytest.fixture
def county(workbench, demonstrated, tmp_path, monkeypatch, places):
    """The commands on a copy of the register, on a console wide enough for every table."""
    monkeypatch.setattr(output.console(), "width", 600)
    return County(workbench, shutil.copytree(demonstrated, tmp_path / "copy"), places)


class County:
    """Commands given to a copy of the register in one language; `entry` and `worker` find households and who visits them."""

    def __init__(self, workbench, store, places):
        self.workbench, self.store, self.places = workbench, store, places

    def __call__(self, lang, account, *words, status=(0,)):
        done = self.workbench("register", *words, "--as", account, "--at", "2019-10-24T09:00", "--store", self.store,
                              "--lang", lang)  # fmt: skip
        assert done.status in status, (words, done.out, done.err)
        said = done.out + done.err
        assert said.strip(), words
        assert foreign(said, lang, self.places) == [], words
        return said

    def json(self, account, *words):
        return self.workbench("register", *words, "--as", account, "--store", self.store, "--json").record

    def entry(self, stage, kind):
        rows = self.json(OFFICER, "list", "--round", ROUND, "--stage", stage, "--kind", kind)["households"]
        return rows[0]["household_id"], self.acting("w", rows[0]), self.acting("r", rows[0])

    def acting(self, letter, row):
        """The account of a village's worker (w) or a township's reviewer (r)."""
        place = (row["township"], row["village"] if letter == "w" else None)
        known = self.json("admin", "accounts", "list")["accounts"]
        return next(each["account"] for each in known if (each["township"], each["village"]) == place)


def foreign(text, lang, places=()):
    """The lines that have words of the other language."""
    if lang == "zh":
        return [line for line in text.splitlines() if ENGLISH.search(COMMAND.sub("", line))]
    text = TYPED.sub("", NUMBER.sub("", text))
    for name in places:
        text = text.replace(name, "")
    return [line for line in text.splitlines() if CJK.search(line)]


def test_what_is_foreign_is_seen():
    assert foreign("户 household 1: 已退回 was returned", "zh")
    assert foreign("1: 已退回 returned", "en")
    assert foreign("叶集区 341504（演示）文号 叶集区-2019-10-风险-001", "en", ["叶集区"]) == []
    assert foreign("请先运行 workbench audit verify", "zh") == []


@pytest.mark.parametrize("lang", ["zh", seldom("en")])
def test_what_is_shown_is_in_one_language(county, lang):
    at = ("--round", ROUND)
    filed, worker, _ = county.entry("filed", "edge")
    for account, *words in (
        ("admin", "accounts", "list"),
        (OFFICER, "list", *at),
        (OFFICER, "progress", *at),
        (worker, "progress", *at),
        (OFFICER, "filings"),
        (OFFICER, "show", filed),
        (OFFICER, "screening", *at, "--county", COUNTY),
        (OFFICER, "officers"),
        (OFFICER, "cases", "list"),
        (OFFICER, "cases", "show", "1"),
        (OFFICER, "standards", "list"),
        (OFFICER, "standards", "effect", "1", *at),
        (OFFICER, "standards", "compare", "1", "1", *at),
        (OFFICER, "settings", "show", "--county", COUNTY),
        (OFFICER, "plans", "suggest", filed, *at),
        (OFFICER, "plans", "housing", filed, *at),
        (OFFICER, "plans", "show", filed),
        (OFFICER, "prove", county.json(OFFICER, "filings")["filings"][0]["number"]),
    ):
        county(lang, account, *words)


@pytest.mark.parametrize("lang", ["zh", seldom("en")])
def test_what_is_done_is_said_in_one_language(county, lang, tmp_path):
    at = ("--round", ROUND)
    filed, filed_by, _ = county.entry("filed", "edge")
    proposed, _, reviewer = county.entry("proposed", "risk")
    visited, visitor, _ = county.entry("visited", "risk")
    standard = tmp_path / "standard.yaml"
    standard.write_text(STANDARD, encoding="utf-8")
    for account, *words in (
        ("admin", "accounts", "add", "new", "--name", "new", "--role", "city_reader"),
        ("admin", "accounts", "change", "new", "--name", "new", "--role", "analyst"),
        ("admin", "accounts", "close", "new"),
        ("admin", "accounts", "reopen", "new"),
        ("admin", "accounts", "reset", "new"),
        (visitor, "visit", visited, *at, *FIVE, "--visitors", "we"),
        (visitor, "propose", visited, *at, "--as-tier", "2", "--reason", "ok"),
        (reviewer, "return", proposed, *at, "--reason", "ok"),
        (filed_by, "plans", "make", filed, *at, "--goal", "work", "--responsible", "we"),
        (filed_by, "plans", "add", filed, *at, "--measure", "motivation", "--amount", "500"),
        (filed_by, "plans", "versions", filed),
        (filed_by, "plans", "end", "1", "--reason", "ok"),
        (filed_by, "plans", "show", filed),
        (filed_by, "adjust", filed, *at, "--cause", "ok", "--evidence", "ok", *FIVE, "--visitors", "we"),
        (OFFICER, "file", *at, "--county", COUNTY),
        (OFFICER, "file", *at, "--county", COUNTY),
        (OFFICER, "cases", "open", *at, "--county", COUNTY),
        (county.acting("w", county.json(OFFICER, "cases", "list")["cases"][0]), "cases", "step", "1", "verify", *NOTE),
        ("admin", "cases", "window", "open", "--opens", "2019-10-20", "--closes", "2019-10-30"),
        (OFFICER, "cases", "entry-list", *at, "--county", COUNTY, "--window", "open", "--out", tmp_path / "e.xlsx"),
        (OFFICER, "standards", "draft", standard),
        (OFFICER, "standards", "submit", "2", *at, "--reason", "ok"),
        (SECOND, "standards", "approve", "2", "--document", "no. 2", "--for-this-round", *at),
        (OFFICER, "settings", "set", "publicity_days", "7", "--county", COUNTY, "--reason", "ok"),
    ):
        county(lang, account, *words)


@pytest.mark.parametrize("lang", ["zh", seldom("en")])
def test_what_is_refused_is_said_in_one_language(county, lang, tmp_path):
    at = ("--round", ROUND)
    visited, visitor, reviewer = county.entry("visited", "risk")
    filed, filed_by, _ = county.entry("filed", "edge")
    visits = tmp_path / "visits.csv"
    visits.write_text("household_id,day,visitors,industry,employment,education,medical,housing\n1,x,a,b,c,d,e,f\n")
    report = (*at, *FIVE, "--visitors", "we")
    for account, *words in (
        ("nobody", "list", *at),
        (OFFICER, "list", *at, "--kind", "x"),
        (OFFICER, "list", *at, "--stage", "x"),
        (visitor, "visit", *at),
        (visitor, "visit", *at, "--file", visits),
        (visitor, "visit", *at, "--file", visits, "--visitors", "we"),
        (OFFICER, "cases", "list", "--stage", "x"),
        (visitor, "visit", visited, *at, "--visitors", "we"),
        (visitor, "visit", visited, *at, *FIVE),
        (visitor, "visit", visited, *report, "--found", "x=y"),
        (visitor, "visit", visited, *report, "--found", "x"),
        (visitor, "visit", visited, *report, "--day", "x"),
        (visitor, "visit", visited, *report, "--day", "2018-01-01"),
        (visitor, "visit", visited, *report, "--day", "2019-01-01"),
        (visitor, "visit", visited, *report, "--correct", "work_months=x"),
        (visitor, "visit", visited, *report, "--amend", "disaster=x"),
        (filed_by, "visit", filed, *report, "--correct", "work_months=3"),
        (visitor, "show", "1"),
        ("admin", "list", *at),
        (visitor, "propose", *at),
        (visitor, "propose", *at, "--all", "--reason", "x"),
        (visitor, "propose", visited, *at, "--proposal", "9"),
        (reviewer, "review", visited, *at),
        (reviewer, "review", *at),
        (visitor, "file", *at, "--county", COUNTY),
        (OFFICER, "cases", "step", "1", "x", *NOTE),
        (reviewer, "cases", "step", "99", "verify", *NOTE),
        (OFFICER, "officers", "1"),
        (filed_by, "plans", "make", filed, *at, "--goal", "x", "--responsible", "y", "--measure", "x"),
        (filed_by, "plans", "make", filed, *at, "--goal", "x", "--responsible", "y", "--measure", "training"),
        (filed_by, "plans", "make", filed, *at, "--goal", "x", "--responsible", "y", "--measure", "training:99"),
        (filed_by, "plans", "make", filed, *at, "--goal", "x", "--responsible", "y", "--measure", "training:x"),
        (filed_by, "plans", "make", filed, *at, "--goal", " ", "--responsible", "y"),
        (OFFICER, "settings", "set", "x", "7", "--county", COUNTY, "--reason", "ok"),
        (OFFICER, "settings", "set", "publicity_days", "x", "--county", COUNTY, "--reason", "ok"),
        (OFFICER, "standards", "show", "99"),
    ):
        county(lang, account, *words, status=(1, 2))


def test_a_visit_is_missing_in_one_language_in_json_too(county):
    household, _, reviewer = county.entry("visited", "risk")
    said = {
        lang: county.workbench("register", "review", household, "--round", ROUND, "--as", reviewer, "--store", county.store,
                               "--lang", lang, "--json")
        for lang in ("zh", "en")
    }  # fmt: skip
    for lang, done in said.items():
        assert foreign(done.out + done.err, lang, county.places) == []
    assert said["zh"] != said["en"]


def commands(group=None, path=()):
    """Every command and group of the register, by its words."""
    yield path
    for name, command in getattr(group or loaded(register_app), "commands", {}).items():
        yield from commands(command, (*path, name))


@pytest.mark.parametrize("words", list(commands()), ids=lambda words: " ".join(words) or "register")
@pytest.mark.parametrize("lang", ["zh", seldom("en")])
def test_help_is_in_one_language(workbench, words, lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "600")
    done = workbench("register", *words, "--help", "--lang", lang)
    assert done.status == 0, done.err
    lines = [KIND.sub("", line) for line in done.out.splitlines() if "Usage: " not in line]
    assert any(CJK.search(line) for line in lines) == (lang == "zh")
    assert foreign("\n".join(lines), lang) == []


TERM_OPTIONS = ("--amount", "--starts", "--due", "--link", "--responsible", "--detail")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("没有写的选项，原来约定的即取消", "不写--member即指全户")),
        (
            "en",
            ("an option that is omitted takes away what was agreed", "without --member the whole household is meant"),
        ),
    ],
)
def test_help_of_a_change_says_what_omitted_options_do(capsys, lang, said):
    helps = {name: run(capsys, "register", "plans", name, "--help", "--lang", lang) for name in ("add", "change")}
    for words in said:
        assert "".join(words.split()) in "".join(helps["change"].out.split())
    for done in helps.values():
        assert done.status == 0
        assert all(option in done.out for option in TERM_OPTIONS)
