"""The catalogue of messages is that of the source."""

from tests.project.messages import CATALOGUE, catalogue


def test_the_catalogue_is_that_of_the_source():
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(), "run: make messages"
