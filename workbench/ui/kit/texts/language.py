"""The language of a page: Chinese as written in the code, English from a catalogue; numbers and money as each writes them."""

import datetime as dt
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.messages.pofile import read_po
from babel.numbers import parse_pattern

from workbench.domain.clause_places import place_of_clause, with_places
from workbench.domain.rounds import round_words
from workbench.errors import Words, WorkbenchError
from workbench.ui.kit.frame.page_environment import query

LOCALE = Path(__file__).parents[2] / "locale"
_BABEL = {"zh": "zh_CN", "en": "en"}
_WAN = 10_000
# Not “the workbench is …”: there it is a word of the sentence and no command.
# Neither a part of a day, a number of a list or a file's name: there the round is written as it is looked for.
_ROUND = re.compile(r"(?<![A-Za-z0-9_/=-])((?:19|2\d)\d\d)-(04|05|10)(?![A-Za-z0-9_/-]|\.[A-Za-z0-9])")
_FORM_OF_ROUND = "YYYY-MM"
_OF_THE_SHELL = re.compile(r"\s?[（(][^（）()]*(?:--[a-z]|(?<!this )(?<!the )\bworkbench [a-z])[^（）()]*[）)]")


class Language:
    """One of "zh" (the default) and "en"."""

    def __init__(self, code: str) -> None:
        self.code = code if code in _BABEL else "zh"
        self._locale = _locale(self.code)

    def __call__(self, text: str, **values: object) -> str:
        """A text of the pages, in this language, its blanks `{name}` filled in."""
        # A text without a translation fails here, loudly; a test compares every text with the catalogue.
        translated = text if self.code == "zh" else _catalogue(self.code)[text]
        # Unformatted where nothing is filled in: a brace in a text stays a brace.
        return translated.format(**values) if values else translated

    def label(self, pair: tuple[str, str]) -> str:
        """Return a pair of words (Chinese, English) in the language of the page."""
        return pair[0] if self.code == "zh" else pair[1]

    def begins(self, pair: tuple[str, str]) -> str:
        """A pair of words as they begin a line or stand on a button: English ones with a capital."""
        label = self.label(pair)
        return label[:1].upper() + label[1:]

    def words(self, words: Words) -> str:
        """A message as offices write: without what it says in brackets to whoever works in a shell, rounds and clauses by their names."""
        text = without_commands(words.zh if self.code == "zh" else words.en)
        return self.with_rounds(with_places(text, self.code))

    def clause(self, identity: str) -> str:
        """A clause of the notice by its place there, for a column of clauses: 二（一）1."""
        return place_of_clause(identity, self.code)

    def with_rounds(self, text: str) -> str:
        """A text in which the rounds that commands are given (2019-10) are named as offices name them (2019年下半年)."""
        # What explains how a round is written shows one as it is written.
        return text if _FORM_OF_ROUND in text else _ROUND.sub(lambda match: self.round(match[0]), text)

    def round(self, name: str) -> str:
        """A round as offices call it: 2021年下半年 for that of October, 2019年5月 for one outside of the calendar; October 2021."""
        if self.code == "zh":
            return round_words(name)
        year, month = name.split("-")
        return self.month(int(year), int(month))

    def error(self, error: WorkbenchError) -> str:
        """Return what an error says."""
        return self.words(error.words)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with its thousands marked; a dash for one that is not known."""
        if value is None:
            return "–"
        # Minus nought equals nought, and must not stand for it in what is kept.
        return _number(value + 0, decimals, self.code)

    def signed(self, value: float, decimals: int = 0) -> str:
        """A difference, with its sign; ± where it is none that can be seen."""
        # By what will be shown: a difference that rounds to nought would else be “−0”.
        seen = round(value, decimals)
        return f"{'+' if seen > 0 else '−' if seen < 0 else '±'}{self.estimate(abs(seen), decimals)}"

    def estimate(self, value: float | None, decimals: int = 1) -> str:
        """A number that is no count, always with its decimals: beneath 5.2 stands 5.0; a dash for one that is not known."""
        return "–" if value is None else _number(value + 0, decimals, self.code, fixed=True)

    def percent(self, share: float | None) -> str:
        """Return a share as per cent, one decimal."""
        return "–" if share is None else _with_minus(str(_pattern("0.0%").apply(share, self._locale)))

    def percent_whole(self, share: float) -> str:
        """Return a share as a whole number of per cent."""
        return _with_minus(str(_pattern("0%").apply(share, self._locale)))

    def month(self, year: int, month: int) -> str:
        """Return a month of a year: 2019年5月, May 2019."""
        if self.code == "zh":
            return f"{year}年{month}月"
        return f"{self._locale.months['format']['wide'][month]} {year}"

    def date(self, day: dt.date) -> str:
        """Return a day: 2019年5月31日, 31 May 2019."""
        if self.code == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {self.month(day.year, day.month)}"

    def yuan(self, value: float | None) -> str:
        """An amount of money: 万元 in Chinese from ten thousand on, yuan in English."""
        if value is None:
            return "–"
        if self.code == "zh":
            return f"{self.number(value / _WAN, 2)} 万元" if abs(value) >= _WAN else f"{self.number(value)} 元"
        return f"¥{self.number(value)}"


def read_all() -> None:
    """Read what both languages need, for the processes that are forked from this one: names, signs of numbers, the catalogue."""
    for code in _BABEL:
        language = Language(code)
        language.month(2019, 10)
        # Any number: with the first one the locale's signs are read, some megabytes.
        language.percent(0.5)
        language.estimate(1.0)
    _catalogue("en")


def without_commands(text: str) -> str:
    """A message without the brackets that name a command or an option of one: a page has its own controls."""
    return _OF_THE_SHELL.sub("", text)


def page_language() -> Language:
    """The language that the page was asked for: `?lang=en` in its address, Chinese else."""
    return Language(query().get("lang", "zh"))


@cache
def _locale(code: str) -> Locale:
    # Once: parsing it looks through the names of all the locales that there are, at every request.
    return Locale.parse(_BABEL[code])


@lru_cache(maxsize=4096)
def _number(value: float, decimals: int, code: str, *, fixed: bool = False) -> str:
    """A number as a language writes it; lists show the same few counts again and again."""
    pattern = "#,##0" + ("." + ("0" if fixed else "#") * decimals if decimals else "")
    return _with_minus(str(_pattern(pattern).apply(value, _locale(code))))


def _with_minus(written: str) -> str:
    """A number with the sign that `signed` writes: beside a range's dash, and in one table, a hyphen looks like another figure."""
    return written.replace("-", "−")


@cache
def _pattern(text: str) -> Any:
    return parse_pattern(text)


@cache
def _catalogue(code: str) -> dict[str, str]:
    with (LOCALE / code / "LC_MESSAGES" / "workbench.po").open("rb") as opened:
        return {str(message.id): str(message.string) for message in read_po(opened) if message.id}
