"""Of many examples of one rule, those that every run tries; the others are in the long runs (decision 0046)."""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def one_in(every: int, examples: Iterable[Any]) -> list[Any]:
    """The examples for `pytest.mark.parametrize`, the first of every so many as it is, those between marked `deep`.

    A tuple is a row of arguments, as it is to pytest. Numbers and names of the examples stay what they are.
    """
    return [each if number % every == 0 else seldom(each) for number, each in enumerate(examples)]


def often(chosen: Container[Any], examples: Iterable[Any]) -> list[Any]:
    """As `one_in`, with the chosen ones in every run."""
    return [each if each in chosen else seldom(each) for each in examples]


def seldom(example: Any) -> Any:
    """One example, marked `deep`."""
    row = example if isinstance(example, tuple) else (example,)
    return pytest.param(*row, marks=pytest.mark.deep)
