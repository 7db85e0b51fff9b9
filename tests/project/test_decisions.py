"""Decisions are in one form: the number of the file in its heading, a question, a decision, a row in docs/README.md."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
QUESTION, DECISION = (
    re.compile(r"^\*\*(问题 )?Question\.\*\*", re.MULTILINE),
    re.compile(r"^\*\*(决定 )?Decision\.\*\*", re.MULTILINE),
)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_a_question_and_a_decision(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    asked, decided = QUESTION.search(text), DECISION.search(text)
    assert asked, "**问题 Question.**"
    assert decided, "**决定 Decision.**"
    assert asked.start() < decided.start()


def test_a_number_is_of_one_decision():
    numbers = [path.name[:4] for path in DECISIONS]
    assert sorted(set(numbers)) == numbers


def test_every_decision_is_listed():
    listed = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DECISIONS if path.name not in listed] == []
