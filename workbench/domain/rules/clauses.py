"""The clauses of the notice in its own words, and which of its words each criterion stands for."""

from dataclasses import dataclass, field
from functools import cache

from workbench.domain.parameters import load_yaml


@dataclass(frozen=True)
class Clause:
    """A clause: its place in the notice and its text, each by language; `phrases`: words of the text by criterion."""

    id: str
    place: dict[str, str]
    text: dict[str, str]
    phrases: dict[str, dict[str, str]] = field(default_factory=dict)

    def beginning(self, language: str) -> str:
        """The first words of the text: several clauses stand at one place of the notice."""
        return self.text[language].split(",")[0]


@cache
def clauses() -> dict[str, Clause]:
    """The clauses by id, in the order of the notice (`parameters/notice_clauses.yaml`)."""
    return {
        entry["id"]: Clause(
            entry["id"], entry["place"], {"zh": entry["zh"], "en": entry["en"]}, entry.get("phrases", {})
        )
        for entry in load_yaml("notice_clauses")
    }


@dataclass(frozen=True)
class Segment:
    """A piece of a clause's text; `criteria`: those it stands for, none for the words between."""

    text: str
    criteria: tuple[str, ...] = ()


def segments(clause: Clause, language: str) -> list[Segment]:
    """The text cut at its phrases, in its own order; together the passages are the whole text."""
    text = clause.text[language]
    standing: dict[str, list[str]] = {}
    for name, phrase in clause.phrases.items():
        # Two criteria may stand for the same words: cut twice, the text would no longer add up.
        standing.setdefault(phrase[language], []).append(name)
    pieces, rest = [], 0
    # By their place in the text, not in the file: the segments have to add up to the clause.
    for words in sorted(standing, key=text.index):
        start = text.index(words)
        pieces += [Segment(text[rest:start]), Segment(words, tuple(standing[words]))]
        rest = start + len(words)
    return [segment for segment in (*pieces, Segment(text[rest:])) if segment.text]
