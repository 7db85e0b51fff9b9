"""Clauses of the notice by their place in it, as officials cite them: 二（一）1 for what code and files call §2.1.1-c."""

import re

_CLAUSE = re.compile(r"§(\d)(?:\.(\d))?(?:\.(\d))?(?:-[a-z])?")
_NUMERALS = "零一二三四五六七八九"


def place_of_clause(identity: str, code: str) -> str:
    """The place of a clause in the notice in a language ("zh", "en"); what is no clause's id stays as it is."""
    return _CLAUSE.sub(lambda match: _place(match, code), identity)


def with_places(text: str, code: str) -> str:
    """A sentence in which clauses are cited by their place in the notice, and not by the ids that code has for them."""
    # The notice is named: within a sentence “二（二）” alone would be of no paper.
    named = "通知" if code == "zh" else "notice "
    return _CLAUSE.sub(lambda match: named + _place(match, code), text)


def _place(match: re.Match[str], code: str) -> str:
    chapter, section, item = match.groups()
    if code != "zh":
        return " ".join([chapter, *([f"({section})"] if section else []), *([item] if item else [])])
    section = f"（{_NUMERALS[int(section)]}）" if section else ""
    return f"{_NUMERALS[int(chapter)]}{section}{item or ''}"
