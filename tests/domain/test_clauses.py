"""The notice in its own words: every criterion has some, and the text is never lost in cutting it up."""

import pytest

from workbench.domain.facts import KEY_GROUPS
from workbench.domain.rules.clauses import clauses, segments
from workbench.domain.rules.criteria import CRITERIA

LANGUAGES = ("zh", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_passages_are_the_whole_text(language):
    for clause in clauses().values():
        assert "".join(segment.text for segment in segments(clause, language)) == clause.text[language]


def test_every_criterion_and_every_key_group_has_its_words_in_its_clause():
    for criterion in CRITERIA:
        assert criterion.name in clauses()[criterion.clause].phrases
    assert set(clauses()["§2.2-b"].phrases) == set(KEY_GROUPS)
    assert "below_line" in clauses()["§2.2-d"].phrases


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_phrase_stands_alone_in_its_text(language):
    for clause in clauses().values():
        criteria = {name for segment in segments(clause, language) for name in segment.criteria}
        assert criteria == set(clause.phrases)
