"""A trained store, to be scored county by county."""

from tests.cli.conftest import trained

__all__ = ["trained"]
