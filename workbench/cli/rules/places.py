"""Counties as the shell names them."""

from workbench.cli.language import label
from workbench.domain.parameters import counties


def county_name(code: str) -> str:
    """A county's code and name; the code alone of a region that is not the city's."""
    known = counties().get(code)
    return f"{code} {label((known.zh, known.en))}" if known else str(code)
