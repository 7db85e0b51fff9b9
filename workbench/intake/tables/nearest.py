"""The known name that is nearest to one that is not."""

from collections.abc import Sequence
from difflib import get_close_matches

from workbench.errors import Words


def suggestion(name: str, known: Sequence[str]) -> Words:
    """`；最接近的是 …`, or nothing where none is near."""
    # `get_close_matches` takes a letter of another case for another letter.
    near = get_close_matches(name.casefold(), [one.casefold() for one in known], n=1, cutoff=0.5)
    match = next((one for one in known if near and one.casefold() == near[0]), None)
    return Words(f"；最接近的是 {match!r}", f"; the nearest is {match!r}") if match else Words("", "")
