"""The rounds of the demonstration city: the baseline of May 2019, then every October and April (LA2019-15 §4.3-a)."""

from workbench.domain.rounds import round_year

FIRST_ROUND = "2019-05"
_OCTOBER = "10"


def next_round(name: str) -> str:
    """The round after a round."""
    year = round_year(name)
    # After the baseline of May as after any April comes October (§4.3-a).
    return f"{year + 1}-04" if name.endswith(_OCTOBER) else f"{year}-10"


def round_names(count: int) -> list[str]:
    """The first `count` rounds."""
    names = [FIRST_ROUND]
    while len(names) < count:
        names.append(next_round(names[-1]))
    return names[:count]


def is_summer(name: str) -> bool:
    """Whether the half year that follows a round is the summer, the season of floods."""
    return not name.endswith(_OCTOBER)
